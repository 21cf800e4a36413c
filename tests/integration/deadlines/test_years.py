"""Administering calendars: what a load would change is shown before, who did it is recorded, two do not overwrite."""

from datetime import date, time

import pytest
from sqlalchemy import select

from app.audit.queries import history
from app.deadlines import years
from app.deadlines.errors import UnknownCalendar
from app.deadlines.models import CalendarChange
from app.deadlines.operations import define_calendar, raise_lights, start_clocks
from app.deadlines.queries import calendar, change_number, changes_of, clocks, days_of, load_calendar, open_changes
from app.deadlines.types import Day, Ledger
from app.deadlines.years import Hours, Plan
from app.identity.types import Actor
from app.kernel.errors import Forbidden, Invalid, Stale
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.org.operations import add_region
from tests.integration.deadlines.cases import NOW, add_case, load_calendars, step_clock
from tests.unit.deadlines.office import at, here

PLATFORM = Actor(
    account_id=new_id(),
    username="platform",
    name="平台",
    kind="staff",
    source="web",
    tenant="330300",
    permissions=frozenset({"calendar.manage"}),
)
DISTRICT = Actor(account_id=new_id(), username="admin", name="管理", kind="staff", source="web", tenant="330300")
NEW_YEAR = {date(2027, 1, 1): Day(False, "New Year's Day"), date(2027, 1, 4): Day(False, "New Year's Day")}
OFFICE = ((time(9), time(12)), (time(13, 30), time(17)))


def plan(days=NEW_YEAR, status="announced", year=2027, source="国务院办公厅", code="cn") -> Plan:
    return Plan(code, year, status, days, source)


def hours(code="cn", sessions=OFFICE, name="工作日", timezone="Asia/Shanghai") -> Hours:
    return Hours(code, name, "Working days", timezone, sessions)


@pytest.fixture
def jurisdictions(session, calendars):
    """Two of them: a preview counts the open deadlines of all."""
    for code in ("330300", "330302"):
        add_region(session, code=code, name_zh=code, name_en=code, parent=None, is_tenant=True, calendar="cn")


def test_a_preview_says_which_days_change_and_how_many_deadlines_move(session, tenant, jurisdictions):
    late = at("2026-12-30 10:00")
    for started in (late, late, NOW):
        start_clocks(session, tenant, add_case(session, tenant), [step_clock(started_at=started)], Ledger())
    red = add_case(session, tenant)
    start_clocks(session, tenant, red, [step_clock("P1D", None, at("2026-12-31 10:00"))], Ledger())
    raise_lights(session, tenant, [red], at("2027-01-04 18:00"))
    before = [clock.red_at for clock in clocks(session, tenant, red)]

    found = years.preview(session, PLATFORM, plan())
    days = {change.day: (change.was_worked, change.worked) for change in found.changes}
    assert days[date(2027, 1, 4)] == (True, False)
    assert days[date(2027, 2, 9)] == (False, True)  # the provisional Spring Festival
    assert date(2027, 1, 1) not in days
    effect = found.effect
    assert (effect.clocks, effect.counted, effect.moved, effect.later, effect.lights) == (3, 3, 3, 3, 1)
    assert (effect.sooner, effect.failing) == (0, 0)
    assert (found.was.status, found.version) == ("provisional", 0)

    assert [clock.red_at for clock in clocks(session, tenant, red)] == before
    assert load_calendar(session, "cn").is_working(date(2027, 1, 4))
    assert open_changes(session) == []


def test_of_very_many_clocks_a_preview_computes_some_and_counts_all(session, tenant, jurisdictions, monkeypatch):
    monkeypatch.setattr(years, "MOST_COUNTED", 2)
    for _ in range(3):
        start_clocks(
            session, tenant, add_case(session, tenant), [step_clock(started_at=at("2026-12-30 10:00"))], Ledger()
        )
    effect = years.preview(session, PLATFORM, plan()).effect
    assert (effect.clocks, effect.counted, effect.moved) == (3, 2, 2)


def test_a_year_is_loaded_once_by_one_and_stands_in_the_record(session, jurisdictions):
    made = years.load(session, PLATFORM, plan(), NOW, version=0)
    assert days_of(session, "cn", 2027) == NEW_YEAR
    assert (made.year, made.status, made.by, made.finished_at) == (2027, "announced", "platform", None)
    assert [change.id for change in open_changes(session)] == [made.id]
    assert change_number(session, "cn", 2027) == 1
    [act] = history(session, GLOBAL_TENANT, years.chain_of("cn"))
    assert (act.tag, act.actor) == ("web:calendar:loaded", "platform")
    assert act.data["year"] == 2027
    with pytest.raises(Stale):
        years.load(session, PLATFORM, plan({}), NOW, version=0)
    years.load(session, PLATFORM, plan({}), NOW, version=1)
    assert [change.year for change in changes_of(session, "cn", 10)] == [2027, 2027]


def test_only_those_who_may_administer_calendars(session, jurisdictions):
    for act in (
        lambda: years.preview(session, DISTRICT, plan()),
        lambda: years.load(session, DISTRICT, plan(), NOW),
        lambda: years.preview_hours(session, DISTRICT, hours()),
        lambda: years.change_hours(session, DISTRICT, hours(), NOW),
        lambda: years.add_calendar(session, DISTRICT, hours("night"), NOW),
        lambda: years.recount(session, DISTRICT, "cn", NOW),
    ):
        with pytest.raises(Forbidden):
            act()
    assert session.scalars(select(CalendarChange)).all() == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [(plan(source=" "), "source"), (plan(source="x" * 201), "source"), (plan(year=1999), "year"),
     (plan({}, "provisional", 2026), "status")],
)  # fmt: skip
def test_what_is_wrong_with_a_load_is_said_of_its_field(session, jurisdictions, wrong, field):
    for act in (years.preview, lambda *given: years.load(*given, NOW)):
        with pytest.raises(Invalid) as refused:
            act(session, PLATFORM, wrong)
        assert list(refused.value.fields) == [field]


def test_a_calendar_that_nobody_knows(session, jurisdictions):
    with pytest.raises(UnknownCalendar):
        years.preview(session, PLATFORM, plan(code="nowhere"))
    with pytest.raises(UnknownCalendar):
        years.change_hours(session, PLATFORM, hours("nowhere"), NOW)


def test_a_calendar_with_other_hours_takes_its_years_from_another(session, jurisdictions):
    early = ((time(8, 30), time(12)), (time(14), time(17, 30)))
    made = years.add_calendar(session, PLATFORM, hours("summer", early), NOW, years_of="cn")
    assert (made.calendar, made.year) == ("summer", None)
    office = load_calendar(session, "summer")
    assert office.years == load_calendar(session, "cn").years
    assert days_of(session, "summer", 2026) == days_of(session, "cn", 2026)
    assert here(office.add_days(NOW, 1)) == "2026-03-03 17:30"
    with pytest.raises(Invalid) as refused:
        years.add_calendar(session, PLATFORM, hours("summer"), NOW)
    assert list(refused.value.fields) == ["code"]


def test_other_hours_move_deadlines_and_other_names_do_not(session, tenant, jurisdictions):
    start_clocks(session, tenant, add_case(session, tenant), [step_clock()], Ledger())
    shorter = hours(sessions=OFFICE[:1])
    assert years.preview_hours(session, PLATFORM, shorter).sooner == 1
    version = calendar(session, "cn").version
    assert years.change_hours(session, PLATFORM, hours(name="工作日历"), NOW, version) is None
    assert calendar(session, "cn").name_zh == "工作日历"
    with pytest.raises(Stale):
        years.change_hours(session, PLATFORM, shorter, NOW, version)
    assert years.change_hours(session, PLATFORM, shorter, NOW, version + 1) is not None
    assert here(load_calendar(session, "cn").add_days(NOW, 1)) == "2026-03-03 12:00"
    tags = [act.tag for act in history(session, GLOBAL_TENANT, years.chain_of("cn"))]
    assert tags == ["web:calendar:renamed", "web:calendar:changed"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [(hours("X"), "code"), (hours(name=" "), "name_zh"), (hours(timezone="Mars/Olympus"), "timezone"),
     (hours(timezone="../etc"), "timezone"), (hours(sessions=()), "hours"), (hours(sessions=OFFICE[::-1]), "hours"),
     (hours(sessions=[(time(hour), time(hour, 30)) for hour in range(8, 13)]), "hours")],
)  # fmt: skip
def test_what_is_wrong_with_a_calendar_is_said_of_its_field(session, jurisdictions, wrong, field):
    with pytest.raises(Invalid) as refused:
        years.add_calendar(session, PLATFORM, wrong, NOW)
    assert list(refused.value.fields) == [field]


def test_a_clock_that_would_need_a_missing_year_is_counted_as_failing(session, tenant, jurisdictions):
    start_clocks(session, tenant, add_case(session, tenant), [step_clock(started_at=at("2027-12-20 10:00"))], Ledger())
    holidays = {date(2027, 12, day): Day(False, "") for day in range(20, 32) if date(2027, 12, day).weekday() < 5}
    effect = years.preview(session, PLATFORM, plan(holidays)).effect
    assert (effect.moved, effect.failing) == (0, 1)


def test_loading_as_others_load_is_not_lost(database):
    """The version is compared under the lock of the calendars."""
    with database.transaction("330300") as session:
        load_calendars(session)
        define_calendar(session, "cn", name_zh="", name_en="", timezone="Asia/Shanghai", hours=OFFICE)
    with database.transaction("330300") as session:
        years.load(session, PLATFORM, plan(), NOW, version=0)
    with database.transaction("330300") as session, pytest.raises(Stale):
        years.load(session, PLATFORM, plan({}), NOW, version=0)
