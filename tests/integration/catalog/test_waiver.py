"""A version of which it is not proven that every case ends is published only when a second person answers for it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.catalog import errors, life, operations, queries, settings, waiver
from app.catalog.models import ItemVersion
from app.engine.proof import search
from app.identity.types import Actor
from tests.integration.catalog.test_life import people, separated
from tests.unit.catalog.small_item import DIAGRAM, encoded, files
from tests.unproven import unproven

__all__ = ["people", "separated", "unproven"]
pytestmark = pytest.mark.usefixtures("unproven")
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CODE = "bench-permit"


def test_it_is_not_published_in_one_act(session: Session, people: dict[str, Actor]) -> None:
    with pytest.raises(errors.NotProven, match="second person"):
        operations.publish(session, encoded(files()), people["li"], NOW)


def test_a_second_person_answers_for_it_with_a_reason(session: Session, people: dict[str, Actor], tenant: str) -> None:
    li = replace(people["li"], permissions=people["li"].permissions | {"item.draft"})
    operations.submit(session, encoded(files()), li, NOW)
    with pytest.raises(errors.NotProven):
        life.publish(session, CODE, 1, li, NOW)
    with pytest.raises(errors.OwnWork):
        waiver.waive(session, CODE, 1, li, NOW, "I am sure")
    with pytest.raises(errors.ReasonNeeded):
        waiver.waive(session, CODE, 1, people["zhao"], NOW, " ")
    with pytest.raises(errors.MayNot):
        waiver.waive(session, CODE, 1, replace(people["zhao"], permissions=frozenset({"item.draft"})), NOW, "seen")
    waiver.waive(session, CODE, 1, people["zhao"], NOW, "walked through by hand")
    with pytest.raises(errors.NotProven):
        life.publish(session, CODE, 1, people["zhao"], NOW)
    life.publish(session, CODE, 1, li, NOW)
    assert queries.current_item(session, CODE).version == 1
    told = [(line.act, line.actor, line.note) for line in queries.history(session, CODE)]
    assert ("waived", "zhao", "walked through by hand") in told
    tags = {entry.tag for entry in session.query(AuditEntry).filter_by(tenant=tenant)}
    assert "catalog:item:waived" in tags


def test_who_answered_may_still_review_where_duties_are_separated(
    session: Session, separated: dict[str, Actor]
) -> None:
    operations.submit(session, encoded(files()), separated["wang"], NOW)
    waiver.waive(session, CODE, 1, separated["li"], NOW, "seen")
    life.review(session, CODE, 1, separated["li"], NOW)
    life.confirm(session, CODE, 1, separated["zhao"], NOW)
    life.publish(session, CODE, 1, separated["sun"], NOW)
    assert settings.separated(session)


def test_it_counts_no_more_when_the_version_was_sent_back(session: Session, people: dict[str, Actor]) -> None:
    operations.submit(session, encoded(files()), people["wang"], NOW)
    waiver.waive(session, CODE, 1, people["li"], NOW, "seen")
    life.send_back(session, CODE, 1, people["zhao"], NOW, "not yet")
    with pytest.raises(errors.NotProven):
        life.publish(session, CODE, 1, people["zhao"], NOW)


def test_what_is_proven_needs_no_waiver(
    session: Session, people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_STATES", 20_000)
    operations.submit(session, encoded(files()), people["wang"], NOW)
    with pytest.raises(errors.NothingToWaive):
        waiver.waive(session, CODE, 1, people["li"], NOW, "seen")


@pytest.mark.parametrize("code", ["deadlock", "never-done", "no-way-on", "step-dead"])
def test_what_is_unsound_is_kept_as_a_draft_and_goes_no_further(
    session: Session, people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """Not even with a waiver: that only stands in for what is not proven. Whoever is refused is told what is wrong."""
    monkeypatch.setattr(search, "MAX_STATES", 20_000)
    operations.submit(session, encoded(unsound(code)), people["wang"], NOW)
    told = {finding.code for finding in operations.findings(session, CODE, 1) if finding.kind == "refused"}
    assert told == {code}
    for verb in (life.review, life.publish):
        with pytest.raises(errors.ItemRefused) as refused:
            verb(session, CODE, 1, people["li"], NOW)
        assert code in {finding.code for finding in refused.value.findings}
    session.get_one(ItemVersion, (CODE, 1)).state = "reviewed"
    session.flush()
    with pytest.raises(errors.ItemRefused):
        life.confirm(session, CODE, 1, people["zhao"], NOW)
    with pytest.raises(errors.NothingToWaive):
        waiver.waive(session, CODE, 1, people["zhao"], NOW, "seen")
    with pytest.raises(errors.ItemRefused):
        operations.publish(session, encoded(unsound(code)), people["li"], NOW)
    assert queries.line(session, CODE).current is None


def unsound(code: str) -> dict[str, str]:
    """The small item, with something wrong at `sign` behind its review."""
    found = files()
    ways = found[DIAGRAM].replace('targetRef="granted"/>', 'targetRef="sign"/>')
    found[DIAGRAM] = ways.replace('<endEvent id="granted">', WRONG[code])
    return found


def flow(key: str, source: str, target: str, outcome: str = "") -> str:
    asked = f'<conditionExpression>review.outcome == "{outcome}"</conditionExpression>' if outcome else ""
    return f'<sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">{asked}</sequenceFlow>'


GRANTED = '<endEvent id="granted">'
SIGN = '<exclusiveGateway id="sign" default="d1"/>'
AGAIN = '<exclusiveGateway id="again" default="d3"/>'
WRONG = {
    "deadlock": SIGN
    + flow("d1", "sign", "both")
    + flow("d2", "sign", "again", "grant")
    + '<exclusiveGateway id="again"/><parallelGateway id="both"/>'
    + flow("d3", "again", "both")
    + flow("d4", "both", "granted")
    + GRANTED,
    "no-way-on": SIGN
    + flow("d1", "sign", "granted")
    + flow("d2", "sign", "again", "grant")
    + '<exclusiveGateway id="again"/>'
    + flow("d3", "again", "granted", "deny")
    + flow("d4", "again", "granted", "deny")
    + GRANTED,
    "never-done": SIGN
    + '<scriptTask id="wait"><script>waited = 1</script></scriptTask>'
    + flow("d1", "sign", "wait")
    + flow("d2", "sign", "granted", "grant")
    + flow("d3", "wait", "sign")
    + GRANTED,
    "step-dead": SIGN
    + flow("d1", "sign", "granted")
    + flow("d2", "sign", "again", "grant")
    + AGAIN
    + flow("d3", "again", "granted")
    + flow("d4", "again", "extra", "deny")
    + '<scriptTask id="extra"><script>extra_done = 1</script></scriptTask>'
    + flow("d5", "extra", "granted")
    + GRANTED,
}
