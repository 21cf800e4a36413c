"""Loading calendars, and computing anew what they decide."""

from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from app.deadlines import seed
from app.deadlines.errors import CalendarRefused, NoCalendar, UnknownCalendar
from app.deadlines.models import CalendarDay, Flip
from app.deadlines.operations import (
    define_calendar,
    load_year,
    raise_lights,
    recompute_cases,
    start_clocks,
    stop_clocks,
)
from app.deadlines.queries import cases_on, clocks, ledger, load_calendar, years
from app.deadlines.types import Day, Ledger
from app.kernel.ids import new_id
from tests.integration.deadlines.cases import NOW, add_case, load_calendars, statements, step_clock
from tests.unit.deadlines.office import at, here


def test_the_seed_loads_all_announced_years_and_the_next_as_provisional(session):
    seed.seed(session, NOW)
    loaded = {each.year: each.status for each in years(session, "cn")}
    last = seed.announced_years()[-1]
    assert loaded == dict.fromkeys(range(2004, last + 1), "announced") | {last + 1: "provisional"}
    office = load_calendar(session, "cn")
    assert here(office.add_days(at("2026-09-16 10:00"), 3)) == "2026-09-20 17:00"
    assert office.name(date(2026, 9, 25)) == "Mid-autumn Festival"


def test_a_year_that_is_announced_replaces_the_provisional_one(session, calendars):
    assert load_calendar(session, "cn").is_working(date(2027, 2, 9)) is False
    announced = {date(2027, 2, 5): Day(False, "Spring Festival"), date(2027, 2, 20): Day(True, "Spring Festival")}
    load_year(session, "cn", 2027, "announced", announced, "State Council", NOW)
    office = load_calendar(session, "cn")
    assert office.years[2027] == "announced"
    assert office.is_working(date(2027, 2, 9))
    assert office.is_moved(date(2027, 2, 20))
    kept = select(func.count()).where(CalendarDay.calendar == "cn", CalendarDay.day >= date(2027, 1, 1))
    assert session.scalar(kept) == 2
    with pytest.raises(CalendarRefused):
        load_year(session, "cn", 2027, "provisional", {}, "", NOW)


def test_what_makes_no_year_is_refused(session, calendars):
    with pytest.raises(CalendarRefused):
        load_year(session, "cn", 2028, "provisional", {date(2027, 1, 1): Day(False, "")}, "", NOW)
    with pytest.raises(UnknownCalendar):
        load_year(session, "nowhere", 2028, "provisional", {}, "", NOW)
    with pytest.raises(CalendarRefused):
        define_calendar(session, "night", name_zh="", name_en="", timezone="Asia/Shanghai", hours=[])
    with pytest.raises(UnknownCalendar):
        load_calendar(session, "nowhere")


def test_a_calendar_without_the_year_refuses_the_clock(session, tenant, case_id):
    with pytest.raises(NoCalendar):
        start_clocks(session, tenant, case_id, [step_clock(started_at=at("2027-12-30 10:00"))], Ledger())
    assert clocks(session, tenant, case_id) == []


def test_a_change_of_office_hours_is_seen(session, calendars):
    load_calendar(session, "cn")
    names = {"name_zh": "工作日", "name_en": "Working days", "timezone": "Asia/Shanghai"}
    define_calendar(session, "cn", **names, hours=[seed.HOURS[0]])
    assert here(load_calendar(session, "cn").add_days(NOW, 1)) == "2026-03-03 12:00"


def test_a_process_reads_a_calendar_once_and_asks_for_its_version_once_a_transaction(database):
    with database.transaction("330300") as session:
        load_calendars(session)
    with database.transaction("330300") as session:
        first = load_calendar(session, "cn")
    with database.transaction("330300") as session, statements(session.connection()) as sent:
        assert load_calendar(session, "cn") is first
        assert load_calendar(session, "cn") is first
    assert len(sent) == 1
    with database.transaction("330300") as session, statements(session.connection()) as sent:
        ledger(session, "330300", new_id())
        assert load_calendar(session, "cn") is first
    assert len(sent) == 1


def test_a_load_that_is_rolled_back_leaves_nothing_behind(database):
    with database.transaction("330300") as session:
        load_calendars(session)
    with database.transaction("330300") as session:
        load_year(session, "cn", 2027, "announced", {date(2027, 3, 1): Day(False, "")}, "", NOW)
        assert not load_calendar(session, "cn").is_working(date(2027, 3, 1))
        session.rollback()
    with database.transaction("330300") as session:
        assert load_calendar(session, "cn").is_working(date(2027, 3, 1))
    with database.transaction("330300") as session:
        load_year(session, "cn", 2027, "announced", {}, "", NOW)
        assert load_calendar(session, "cn").is_working(date(2027, 3, 1))


def waits(database, act):
    """Whether `act`, in a transaction of its own, has to wait for a lock."""
    try:
        with database.transaction("330300") as session:
            session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            act(session)
    except OperationalError as failure:
        return "lock timeout" in str(failure)
    return False


def test_a_year_is_loaded_before_a_transaction_counts_or_after_it_has_ended(database):
    with database.transaction("330300") as session:
        load_calendars(session)
    with database.transaction("330300") as counting:
        load_calendar(counting, "cn")
        assert waits(database, lambda loading: load_year(loading, "cn", 2027, "announced", {}, "", NOW))
        assert not waits(database, lambda another: load_calendar(another, "cn"))
    with database.transaction("330300") as loading:
        load_year(loading, "cn", 2027, "announced", {}, "", NOW)
        assert waits(database, lambda counting: load_calendar(counting, "cn"))


def test_open_deadlines_are_computed_anew_when_the_calendar_changes(session, tenant, calendars):
    """Working days are the State Council's: every open deadline is computed anew when the calendar changes."""
    decided, untouched, done = (add_case(session, tenant) for _ in range(3))
    late = at("2026-12-30 10:00")
    start_clocks(session, tenant, decided, [step_clock(started_at=late)], Ledger())
    start_clocks(session, tenant, untouched, [step_clock()], Ledger())
    stopping = step_clock(started_at=late)
    start_clocks(session, tenant, done, [stopping], Ledger())
    stop_clocks(session, tenant, done, [stopping.subject], late)
    [before] = clocks(session, tenant, decided)
    assert (here(before.red_at), before.provisional) == ("2027-01-07 17:00", True)

    announced = {date(2027, 1, 1): Day(False, "New Year's Day"), date(2027, 1, 4): Day(False, "New Year's Day")}
    load_year(session, "cn", 2027, "announced", announced, "State Council", late)
    assert cases_on(session, tenant, "cn", 2027) == [decided]
    [moved] = recompute_cases(session, tenant, [decided, untouched], late).moved
    assert moved.was == before
    assert [moved.clock] == clocks(session, tenant, decided)
    assert (here(moved.clock.red_at), moved.clock.provisional) == ("2027-01-08 17:00", False)
    assert moved.clock.next_at == moved.clock.yellow_at == at("2027-01-07 17:00")


def test_a_year_that_turns_from_provisional_to_announced_is_shown_though_no_date_moves(session, tenant, case_id):
    start_clocks(session, tenant, case_id, [step_clock(started_at=at("2027-03-01 10:00"))], Ledger())
    load_year(session, "cn", 2027, "announced", seed.provisional(2027), "State Council", NOW)
    found = recompute_cases(session, tenant, [case_id], NOW)
    assert [(each.was.provisional, each.clock.provisional) for each in found.moved] == [(True, False)]
    assert found.moved[0].was.red_at == found.moved[0].clock.red_at


def test_lights_raised_on_a_provisional_day_are_superseded(session, tenant, case_id):
    late = at("2027-01-04 18:00")
    start_clocks(session, tenant, case_id, [step_clock("P1D", None, at("2026-12-31 10:00"))], Ledger())
    [raised] = raise_lights(session, tenant, [case_id], late)
    assert (raised.colour, here(raised.became_at)) == ("red", "2027-01-04 17:00")
    load_year(session, "cn", 2027, "announced", {date(2027, 1, 4): Day(False, "")}, "State Council", late)
    found = recompute_cases(session, tenant, [case_id], late)
    assert [each.flip_id for each in found.superseded] == [raised.flip_id]
    assert session.scalars(select(Flip.superseded_because)).all() == ["limit moved"]
    [clock] = clocks(session, tenant, case_id)
    # the year as announced here has no holiday on Friday 1 January: the limit ended there, and is raised anew
    assert (clock.light, here(clock.next_at)) == ("green", "2027-01-01 17:00")
    [again] = raise_lights(session, tenant, [case_id], late)
    assert here(again.became_at) == "2027-01-01 17:00"
