"""The demo: everything there is to see, built once, rebuilt where asked, never over other data."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.audit.verification import verify
from app.cases.models import Case
from app.cases.types import Status
from app.cli.demo import building, examples, people
from app.cli.demo.plan import courses, plans
from app.deadlines.models import CaseClock, Flip
from app.identity.operations import log_in
from app.kernel import settings as stored
from app.kernel.time import real_now
from app.notices.models import Document, Outbox
from app.org import operations as org
from app.supervision.models import Entry
from tests.demo import office_of, ran, run


def test_every_state_of_a_case_is_there(demo) -> None:
    office = office_of(demo)
    with office.database.transaction("*", office.tenants) as session:
        cases = session.scalars(select(Case)).all()
        lights = set(session.scalars(select(CaseClock.light).where(CaseClock.stopped_at.is_(None))))
        documents = set(session.scalars(select(Document.kind)))
        entries = set(session.scalars(select(Entry.state)))
        late = session.scalars(select(Flip.noticed_at - Flip.became_at)).all()
        failed = session.scalar(select(func.count()).where(Outbox.state == "failed"))
    # The commands' tests work in the same demo, so there may be more than what was planned.
    assert {case.item for case in cases} == set(courses()) <= set(examples.codes())
    assert {case.status for case in cases} >= set(Status) - {Status.DECIDED, Status.LAPSED}
    assert {case.result for case in cases} >= {"granted", "denied", "refused", "withdrawn", None}
    assert {case.tenant for case in cases} == {place.code for place in people.PLACES}
    assert lights == {"green", "yellow", "red"}
    assert documents >= {"accept", "supplement", "refuse", "grant", "deny"}
    assert entries >= {"open", "taken", "closed"}
    assert failed == 0
    assert max(late) < timedelta(days=5)


def test_the_lot_is_the_same_every_time_and_draws_every_course() -> None:
    assert list(plans(300)) == list(plans(300))
    every = [(item, course.get("acts", [])) for item, said in courses().items() for course in said["courses"]]
    drawn = list(plans(len(every)))
    assert [(plan.item, len(plan.acts)) for plan in drawn] == [(item, len(acts)) for item, acts in every]
    assert {plan.tenant for plan in plans(300)} == {place.code for place in people.PLACES}


def test_its_record_is_sound(demo) -> None:
    office = office_of(demo)
    for tenant in ("*", *office.tenants):
        with office.database.transaction(tenant) as session:
            assert list(verify(session, tenant)) == []


def test_who_is_named_can_log_in(demo) -> None:
    listed = json.loads(ran(demo, "demo", "accounts", "--json"))
    assert {"applicant", "clerk", "supervisor", "lucheng-clerk"} <= {row["username"] for row in listed}
    assert people.PASSWORD in ran(demo, "demo", "accounts")
    office = office_of(demo)
    with office.database.transaction("*", office.tenants) as session:
        named = stored.read(session, building.ACCOUNTS)
        for person in (named[0], named[-1]):
            log_in(session, person["username"], person["password"], real_now())
    assert {"username", "password", "name", "post"} == set(named[0])


def test_a_second_build_does_nothing_and_says_so(demo) -> None:
    before = ran(demo, "case", "list", "--as", "supervisor", "--json")
    assert "built already" in ran(demo, "demo", "build")
    assert ran(demo, "case", "list", "--as", "supervisor", "--json") == before


def test_a_build_that_was_cut_off_is_begun_again(empty, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(building, "courses", lambda: ["land-preliminary-review"])
    monkeypatch.setattr(building, "plans", lambda _: [])
    with monkeypatch.context() as cut:
        cut.setattr(building, "live", cut_off)
        assert run(empty, "demo", "build").exit_code != 0
    office = office_of(empty)
    with office.database.transaction("*") as session:
        assert building.state(session) == "begun"
    assert "Clearing" in ran(empty, "demo", "build", "--cases", "1")
    with office.database.transaction("*") as session:
        assert building.state(session) == "built"
    monkeypatch.setattr(building, "live", lambda *_: [])
    rebuilt = ran(empty, "demo", "build", "--fresh", "--cases", "1")
    assert "Clearing" in rebuilt
    assert rebuilt.endswith("Done.\n")


def test_a_database_with_data_of_its_own_is_left_alone(empty) -> None:
    office = office_of(empty)
    with office.database.transaction("*") as session:
        org.add_region(
            session, code="440106", name_zh="天河区", name_en="Tianhe", parent=None, is_tenant=True, calendar="cn"
        )
    for words in (("demo", "build"), ("demo", "build", "--fresh"), ("demo", "clock", "+1d")):
        result = run(empty, *words)
        assert result.exit_code == 1
        assert "Traceback" not in result.output
    with office.database.transaction("*") as session:
        assert building.state(session) == "other"


def test_the_clock_moves_ahead_only(demo) -> None:
    office = office_of(demo)
    with office.database.transaction("*") as session:
        before = stored.clock_offset(session)
    assert "1 day, 3:20:00" in ran(demo, "demo", "clock", "+1d") + ran(demo, "demo", "clock", "+3h") + ran(
        demo, "demo", "clock", "+20m"
    )
    with office.database.transaction("*") as session:
        assert stored.clock_offset(session) - before == timedelta(days=1, hours=3, minutes=20)
    assert ran(demo, "demo", "clock") == ran(demo, "demo", "clock", "show")
    for wrong in ("-1d", "+1y", "tomorrow"):
        assert run(demo, "demo", "clock", "--", wrong).exit_code == 2
