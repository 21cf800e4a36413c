"""A licence on a commitment: within a working day, verified afterwards, revoked where the commitment was false."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.cases import services
from app.cases.errors import OpinionNeeded
from app.cases.types import Status
from app.kernel.database import Database
from app.kernel.errors import Invalid
from app.materials.store import FileStore
from app.notices import documents, queries
from app.notices import operations as notices
from app.notices.types import DecisionFacts
from tests.items import MONDAY, TENANT, Life, build

ITEM = "product-licence-by-commitment"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def licensed(life: Life) -> None:
    """Applied for, decided and delivered on one Monday."""
    life.apply(MONDAY)
    life.do("accept", "accept", MONDAY + HOUR)
    life.do("review", "approve", MONDAY + 2 * HOUR)
    life.do("decide", "grant", MONDAY + 4 * HOUR)
    life.issue(MONDAY + 4 * HOUR)
    life.do("deliver", "deliver", MONDAY + 5 * HOUR)


def test_it_is_decided_within_one_working_day_and_verified_afterwards(life: Life) -> None:
    licensed(life)
    case = life.case
    assert (case.status, case.decided_at) == (Status.DELIVERED, MONDAY + 4 * HOUR)
    assert life.clock("promised").light == life.clock("statutory").light == "green"
    assert set(life.waiting()) == {"verify"}
    assert life.step_clock("verify").red_at > MONDAY + 41 * DAY, "thirty working days have a limit of their own"


def test_the_promise_is_one_day_of_the_sixty(life: Life) -> None:
    life.apply(MONDAY)
    life.do("accept", "accept", MONDAY + HOUR)
    promised, statutory = life.clock("promised"), life.clock("statutory")
    life.tick(MONDAY + 2 * DAY)
    assert life.clock("promised").light == "red"
    assert life.clock("statutory").light == "green"
    assert promised.red_at < statutory.red_at


def test_a_true_commitment_ends_the_case(life: Life) -> None:
    licensed(life)
    life.do("verify", "confirm", MONDAY + 20 * DAY)
    assert life.waiting() == {}
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "granted")


def test_a_false_commitment_is_revoked_after_the_applicant_was_heard(life: Life) -> None:
    """Art. 69: what was obtained by deception is revoked; the one it is taken from is heard before."""
    licensed(life)
    life.do("verify", "untrue", MONDAY + 20 * DAY)
    assert life.waiting()["statement"].post is None
    life.do("statement", "submit", MONDAY + 22 * DAY)
    life.do("revocation", "revoke", MONDAY + 23 * DAY)
    assert [work.operation for work in life.work()].count("revoke-licence") == 1
    life.issue(MONDAY + 23 * DAY)
    assert life.waiting() == {}
    assert life.case.result == "granted"


def test_whoever_verifies_a_licence_that_was_obtained_by_a_false_commitment_learns_of_it(
    database: Database, tmp_path: Path
) -> None:
    """Its documents are made and committed: licence and delivery, then the decision to revoke, which states why."""
    store = FileStore(tmp_path.as_uri())
    handlers = services.handlers(store, "http://127.0.0.1:8000")
    acts = [
        ("accept", "accept", HOUR),
        ("review", "approve", 2 * HOUR),
        ("decide", "grant", 4 * HOUR),
        ("deliver", "deliver", 5 * HOUR),
        ("verify", "untrue", 20 * DAY),
        ("statement", "submit", 22 * DAY),
        ("revocation", "revoke", 23 * DAY),
    ]
    with database.transaction(TENANT) as session:
        office = build(session)
    with database.transaction(TENANT) as session:
        case_id = Life(session, office, store, ITEM).apply(MONDAY).id
    for element, outcome, after in acts:
        with database.transaction(TENANT) as session:
            life = Life(session, office, store, ITEM)
            life.case_id = case_id
            life.do(element, outcome, MONDAY + after)
        notices.dispatch(database, TENANT, MONDAY + after, handlers)
    with database.transaction(TENANT) as session:
        made = {document.kind: document for document in queries.documents_of(session, TENANT, case_id)}
    assert set(made) == {"receipt", "accept", "grant", "delivery", "revoke"}
    assert documents.public(made["grant"]).revoked_at == MONDAY + 23 * DAY
    assert "虚假承诺" in DecisionFacts.from_json(made["revoke"].facts).reasons
    assert made["grant"].facts["conditions"].startswith("产品名称、规格型号")


def test_who_does_not_speak_within_five_days_is_decided_upon_without(life: Life) -> None:
    licensed(life)
    life.do("verify", "untrue", MONDAY + 7 * DAY)
    life.tick(MONDAY + 15 * DAY)
    assert set(life.waiting()) == {"revocation"}


def test_a_statement_that_holds_keeps_the_licence(life: Life) -> None:
    licensed(life)
    life.do("verify", "untrue", MONDAY + 7 * DAY)
    life.do("statement", "submit", MONDAY + 8 * DAY)
    life.do("revocation", "keep", MONDAY + 9 * DAY)
    assert life.waiting() == {}
    assert "revoke-licence" not in [work.operation for work in life.work()]


def test_what_is_slightly_amiss_is_put_right_and_verified_again(life: Life) -> None:
    licensed(life)
    life.do("verify", "rectify", MONDAY + 7 * DAY)
    life.do("rectify", "submit", MONDAY + 20 * DAY)
    life.do("verify", "rectify", MONDAY + 21 * DAY)
    life.tick(MONDAY + 52 * DAY)
    assert set(life.waiting()) == {"verify"}, "a time that passes unused leads back to the inspectors"


def test_a_denial_needs_its_reasons_and_is_not_verified(life: Life) -> None:
    """Art. 38: a denial states its reasons."""
    life.apply(MONDAY, "fertiliser")
    life.do("accept", "accept", MONDAY + HOUR)
    life.do("review", "reject", MONDAY + 2 * HOUR)
    with pytest.raises(OpinionNeeded), life.session.begin_nested():
        life.do("decide", "deny", MONDAY + 3 * HOUR, opinion=" ")
    life.do("decide", "deny", MONDAY + 3 * HOUR)
    life.issue(MONDAY + 3 * HOUR)
    life.do("deliver", "deliver", MONDAY + 4 * HOUR, delivery_method="window")
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "denied")
    assert life.waiting() == {}


def test_silence_for_five_days_is_acceptance(life: Life) -> None:
    """Art. 32: what is not asked for within five days counts as accepted from the day it was received."""
    life.apply(MONDAY)
    life.tick(MONDAY + 8 * DAY)
    assert set(life.waiting()) == {"review"}
    assert life.case.accepted_at == MONDAY


def test_an_unsigned_commitment_that_never_comes_lapses(life: Life) -> None:
    life.apply(MONDAY, "packaging")
    life.do("accept", "supplement", MONDAY + HOUR)
    life.tick(MONDAY + 31 * DAY)
    assert (life.case.status, life.case.result) == (Status.LAPSED, "lapsed")
    assert "supplement" in life.documents()


def test_one_form_and_one_commitment_are_all(life: Life) -> None:
    assert [need.code for need in life.item.materials if need.required] == ["commitment"]


@pytest.mark.parametrize("promise", ["commit_conditions", "commit_quality", "commit_verification"])
def test_nothing_of_the_commitment_can_be_left_out(life: Life, promise: str) -> None:
    with pytest.raises(Invalid) as refused:
        life.apply(MONDAY, None, **{promise: False})
    assert promise in refused.value.fields
