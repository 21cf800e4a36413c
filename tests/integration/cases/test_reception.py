"""Received anywhere: a window takes in for another jurisdiction, stands in for who came in person, sees no more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.audit.queries import history
from app.cases import operations, papers, queries, reception
from app.cases.errors import MaterialsMissing, NotReceivedHere, TenantUnknown
from app.cases.handing import attach_material
from app.cases.models import Case
from app.cases.queries import CaseFilter
from app.cases.types import Application, Channel, Status
from app.identity.models import Account
from app.identity.queries import applicant_account
from app.identity.types import Actor
from app.inbox import operations as inbox
from app.inbox.errors import StepClosed
from app.inbox.models import Step
from app.kernel.database import enter_tenant
from app.kernel.errors import Forbidden, NotFound
from app.kernel.ids import GLOBAL_TENANT
from app.materials.store import FileStore
from tests.integration.cases.conftest import PDF, waiting
from tests.neighbour import THERE, There, settle_next_door
from tests.office import LAND, MONDAY, TENANT, Office
from tests.well_permit import CODE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DATA = {"well_name": "一号井", "owner": "陈晓", "pump": "electric"}

Entering = Callable[[Actor], Session]


@pytest.fixture
def there(session: Session, office: Office) -> There:
    """A district that handles wells."""
    return settle_next_door(session)


@pytest.fixture
def enter(session: Session) -> Entering:
    """The session as a request has it: staff read their own jurisdiction only."""

    def begin(actor: Actor) -> Session:
        session.flush()
        session.expunge_all()
        enter_tenant(session, actor.tenant, [TENANT, THERE] if actor.kind == "applicant" else ())
        return session

    return begin


def application(tenant: str = THERE, item: str = CODE, **changes: Any) -> Application:
    given = {"applicant_id": None, "channel": Channel.WINDOW, "data": DATA} | changes
    return Application(item=item, tenant=tenant, title="", applicant="陈晓", **given)


@pytest.fixture
def draft(there: There, office: Office, enter: Entering) -> Case:
    return operations.create_draft(enter(office.clerk), office.clerk, application(), MONDAY)


@pytest.fixture
def received(draft: Case, office: Office, enter: Entering, store: FileStore) -> Case:
    clerk = office.clerk
    attach_material(enter(clerk), clerk, store, draft.id, "sketch", "map.pdf", PDF, MONDAY)
    return operations.submit(enter(clerk), clerk, draft.id, MONDAY)


def ask_for_supplement(enter: Entering, there: There, case: Case) -> Step:
    session = enter(there.clerk)
    step = waiting(session, case.id)["accept"]
    inbox.claim(session, there.clerk, step.id, MONDAY + HOUR)
    operations.complete_step(
        session, there.clerk, step.id, outcome="supplement", data={}, opinion="请补井深。", now=MONDAY + HOUR
    )
    return waiting(enter(there.clerk), case.id)["supplement"]


# --- taking in


def test_a_window_takes_in_what_another_jurisdiction_handles(received: Case, there: There, enter: Entering) -> None:
    """Wenzhou police: received anywhere, allocated, investigated (domain.md §6, 8)."""
    session = enter(there.clerk)
    case = session.get_one(Case, (THERE, received.id))
    assert (case.tenant, case.received_in, case.status, case.channel) == (THERE, TENANT, Status.RECEIVED, "window")
    assert (case.code or "").startswith(THERE)
    assert set(waiting(session, case.id)) == {"accept"}
    assert queries.by_code(session, there.clerk, case.code or "").id == case.id


def test_its_record_is_kept_where_it_is_handled_and_names_who_received_it(
    received: Case, office: Office, enter: Entering, there: There
) -> None:
    acts = history(enter(there.clerk), THERE, received.id)
    assert [act.tag for act in acts] == ["web:case:drafted", "web:material:handed-in", "web:case:received"]
    assert {act.actor_id for act in acts} == {office.clerk.account_id}
    assert {act.data["window"] for act in acts} == {TENANT}


def test_the_receipt_says_which_window_received_it(received: Case, enter: Entering, there: There) -> None:
    facts = papers.facts(enter(there.clerk), THERE, received.id, "receipt", None, "http://x")
    assert facts.window == {"zh": "温州市政务服务窗口", "en": "the service window of Wenzhou"}


def test_what_is_received_only_where_it_is_handled_is_not_taken_in_elsewhere(
    there: There, office: Office, enter: Entering
) -> None:
    with pytest.raises(NotReceivedHere):
        operations.create_draft(enter(office.clerk), office.clerk, application(item=LAND), MONDAY)


def test_a_region_that_runs_no_office_takes_nothing(there: There, office: Office, enter: Entering) -> None:
    with pytest.raises(TenantUnknown):
        operations.create_draft(enter(office.clerk), office.clerk, application("999999"), MONDAY)


def test_a_reviewer_receives_nothing(there: There, office: Office, enter: Entering) -> None:
    with pytest.raises(Forbidden):
        operations.create_draft(enter(office.land), office.land, application(), MONDAY)


def test_a_draft_is_saved_and_checked_across(draft: Case, office: Office, enter: Entering, there: There) -> None:
    clerk = office.clerk
    saved = operations.save_draft(enter(clerk), clerk, draft.id, DATA | {"well_name": "二号井"}, "二号井", MONDAY)
    assert (saved.tenant, saved.title) == (THERE, "二号井")
    with pytest.raises(MaterialsMissing):
        operations.submit(enter(clerk), clerk, draft.id, MONDAY)
    with pytest.raises(NotFound):
        operations.save_draft(enter(there.land), there.land, draft.id, DATA, None, MONDAY)


def test_a_draft_is_of_the_window_that_began_it(draft: Case, enter: Entering, there: There) -> None:
    with pytest.raises(NotFound):
        queries.by_code(enter(there.clerk), there.clerk, str(draft.id))


# --- seeing


def test_the_window_sees_what_it_received_and_nothing_else_there(
    received: Case, office: Office, enter: Entering, there: There, store: FileStore
) -> None:
    own = operations.create_draft(enter(there.clerk), there.clerk, application(), MONDAY)
    attach_material(enter(there.clerk), there.clerk, store, own.id, "sketch", "map.pdf", PDF, MONDAY)
    theirs = operations.submit(enter(there.clerk), there.clerk, own.id, MONDAY)
    clerk = office.clerk
    assert queries.by_code(enter(clerk), clerk, received.code or "").id == received.id
    for key in (theirs.code or "", str(theirs.id)):
        with pytest.raises(NotFound):
            queries.by_code(enter(clerk), clerk, key)
    rows, _ = queries.listing(enter(clerk), clerk, CaseFilter(received_here=True), 10)
    assert [row.case.id for row in rows] == [received.id]
    assert queries.listing(enter(clerk), clerk, CaseFilter(), 10)[0] == []
    assert queries.listing(enter(office.land), office.land, CaseFilter(received_here=True), 10)[0] == []


def test_another_window_of_the_same_jurisdiction_sees_it_too_a_reviewer_does_not(
    received: Case, office: Office, enter: Entering
) -> None:
    with pytest.raises(NotFound):
        queries.by_code(enter(office.land), office.land, received.code or "")


def test_the_window_learns_what_its_applicant_would(
    received: Case, office: Office, enter: Entering, there: There
) -> None:
    ask_for_supplement(enter, there, received)
    clerk = office.clerk
    session = enter(clerk)
    case = queries.by_code(session, clerk, received.code or "")
    page = queries.overview(session, case, clerk)
    assert set(page.people) <= {clerk.account_id}
    assert "office" in {line.actor for line in queries.history(session, case, clerk)}
    assert "there-window-clerk" not in {line.actor for line in queries.history(session, case, clerk)}


def test_reading_across_locks_nothing(received: Case, office: Office, enter: Entering) -> None:
    """“reading across is read-only and never locks” (house.md, Tenancy): a row lock needs the right to write."""
    clerk = office.clerk
    session = enter(clerk)
    case = queries.by_code(session, clerk, received.code or "")
    locked = select(Case.id).where(Case.tenant == THERE, Case.id == case.id).with_for_update()
    assert session.scalar(locked) is None
    assert session.execute(text("SELECT current_setting('greenlight.tenant')")).scalar() == TENANT


def test_the_window_decides_nothing_there(received: Case, office: Office, enter: Entering, there: There) -> None:
    """It holds a post of the same code in its own jurisdiction; that of the other one is not its."""
    step = waiting(enter(there.clerk), received.id)["accept"]
    clerk = office.clerk
    with pytest.raises(NotFound):
        inbox.claim(enter(clerk), clerk, step.id, MONDAY)
    with pytest.raises(NotFound):
        operations.complete_step(enter(clerk), clerk, step.id, outcome="accept", data={}, opinion="", now=MONDAY)
    with pytest.raises(NotFound):
        queries.step_view(enter(clerk), clerk, step.id)


def test_who_may_extend_at_home_extends_nothing_there(received: Case, office: Office, enter: Entering) -> None:
    both = office.clerk.__class__(
        **{name: getattr(office.clerk, name) for name in office.clerk.__slots__}
        | {"permissions": office.clerk.permissions | {"case.extend"}}
    )
    with pytest.raises(NotFound):
        operations.extend(enter(both), both, received.id, "promised", 1, "忙", MONDAY)


# --- standing in for who came in person


def test_the_window_does_the_steps_of_applicants_who_came_in_person(
    received: Case, office: Office, enter: Entering, there: There, store: FileStore
) -> None:
    step, clerk = ask_for_supplement(enter, there, received), office.clerk
    found, more = reception.waiting(enter(clerk), clerk, 10)
    assert [(one.step.id, one.name.zh) for one in found] == [(step.id, "补正")]
    assert more is None
    view = queries.step_view(enter(clerk), clerk, step.id)
    assert view.opinions[-1].opinion == "请补井深。"
    assert view.opinions[-1].by == ""
    attach_material(enter(clerk), clerk, store, received.id, "deed", "deed.pdf", PDF, MONDAY + DAY)
    operations.complete_step(
        enter(clerk),
        clerk,
        step.id,
        outcome="submit",
        data={"supplement_reply": "已补。"},
        opinion="",
        now=MONDAY + DAY,
    )
    assert set(waiting(enter(there.clerk), received.id)) == {"accept"}
    act = history(enter(there.clerk), THERE, received.id)[-1]
    assert (act.tag, act.actor_id, act.data["window"]) == ("web:step:completed", clerk.account_id, TENANT)
    with pytest.raises(StepClosed):
        operations.complete_step(enter(clerk), clerk, step.id, outcome="submit", data={}, opinion="", now=MONDAY + DAY)
    assert reception.waiting(enter(clerk), clerk, 10)[0] == []


def test_nobody_else_does_them(received: Case, office: Office, enter: Entering, there: There) -> None:
    step = ask_for_supplement(enter, there, received)
    for actor in (there.clerk, there.land, office.land, office.stranger):
        with pytest.raises(NotFound):
            queries.step_view(enter(actor), actor, step.id)
        with pytest.raises(NotFound):
            operations.complete_step(enter(actor), actor, step.id, outcome="submit", data={}, opinion="", now=MONDAY)
    with pytest.raises(Forbidden):
        reception.waiting(enter(office.land), office.land, 10)


def test_a_window_stands_in_for_its_own_applicants_as_well(
    office: Office, enter: Entering, there: There, store: FileStore
) -> None:
    """An application received and handled here: until now nobody could answer what was asked."""
    clerk = there.clerk
    draft = operations.create_draft(enter(clerk), clerk, application(), MONDAY)
    attach_material(enter(clerk), clerk, store, draft.id, "sketch", "map.pdf", PDF, MONDAY)
    case = operations.submit(enter(clerk), clerk, draft.id, MONDAY)
    step = ask_for_supplement(enter, there, case)
    operations.complete_step(enter(clerk), clerk, step.id, outcome="submit", data={}, opinion="", now=MONDAY + DAY)
    assert set(waiting(enter(clerk), case.id)) == {"accept"}


def test_what_was_applied_for_online_is_not_the_windows(
    office: Office, enter: Entering, there: There, store: FileStore
) -> None:
    me = office.applicant
    online = application(applicant_id=me.account_id, channel=Channel.ONLINE)
    draft = operations.create_draft(enter(me), me, online, MONDAY)
    assert draft.received_in is None
    attach_material(enter(me), me, store, draft.id, "sketch", "map.pdf", PDF, MONDAY)
    case = operations.submit(enter(me), me, draft.id, MONDAY)
    step = ask_for_supplement(enter, there, case)
    for clerk in (office.clerk, there.clerk):
        with pytest.raises(NotFound):
            operations.complete_step(enter(clerk), clerk, step.id, outcome="submit", data={}, opinion="", now=MONDAY)


# --- the applicant's account


def test_an_applicant_whose_account_is_named_sees_the_case_and_answers_online(
    office: Office, enter: Entering, there: There, store: FileStore
) -> None:
    clerk, me = office.clerk, office.applicant
    named = applicant_account(enter(clerk), "Applicant")
    assert named == me.account_id
    draft = operations.create_draft(enter(clerk), clerk, application(applicant_id=named), MONDAY)
    attach_material(enter(clerk), clerk, store, draft.id, "sketch", "map.pdf", PDF, MONDAY)
    case = operations.submit(enter(clerk), clerk, draft.id, MONDAY)
    assert queries.by_code(enter(me), me, case.code or "").id == case.id
    step = ask_for_supplement(enter, there, case)
    operations.complete_step(enter(me), me, step.id, outcome="submit", data={}, opinion="", now=MONDAY + DAY)
    assert set(waiting(enter(there.clerk), case.id)) == {"accept"}


@pytest.mark.parametrize(
    ("named", "found"),
    [("applicant", True), ("APPLICANT", True), ("330302199001011234", True), ("applican", False), ("", False)],
)
def test_an_account_is_named_exactly(session: Session, office: Office, named: str, found: bool) -> None:
    enter_tenant(session, GLOBAL_TENANT)
    session.get_one(Account, (GLOBAL_TENANT, office.applicant.account_id)).id_number = "330302199001011234"
    session.flush()
    if found:
        assert applicant_account(session, named) == office.applicant.account_id
    else:
        with pytest.raises(NotFound):
            applicant_account(session, named)


def test_staff_are_no_applicants(session: Session, office: Office) -> None:
    with pytest.raises(NotFound):
        applicant_account(session, "window-clerk")


def test_nobody_applies_in_the_reserved_tenant(office: Office, enter) -> None:
    """“*” is what an applicant acts in; it is read by everybody and handles nothing."""
    applicant = office.applicant
    given = application(GLOBAL_TENANT, LAND, channel=Channel.ONLINE, applicant_id=applicant.account_id)
    with pytest.raises(TenantUnknown):
        operations.create_draft(enter(applicant), applicant, given, MONDAY)
