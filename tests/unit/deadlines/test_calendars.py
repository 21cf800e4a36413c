"""Which days the office works, and what lies within its hours."""

from datetime import timedelta

import pytest

from app.deadlines.errors import CalendarRefused, NoCalendar
from app.kernel.time import NaiveDatetime
from tests.unit.deadlines.office import OFFICE, SHANGHAI, at, calendar, clock, day, here


@pytest.mark.parametrize(
    ("date", "working"),
    [
        ("2026-03-02", True),  # a Monday
        ("2026-03-07", False),  # a Saturday
        ("2026-09-25", False),  # Mid-autumn Festival, a Friday
        ("2026-09-20", True),  # a Sunday moved to work for the National Day (调休)
        ("2026-02-28", True),  # a Saturday moved to work for the Spring Festival
        ("2026-10-07", False),
        ("2027-02-05", False),  # provisional: the Spring Festival's eve, a statutory day since 2025
        ("2027-02-09", False),  # provisional: in lieu of a statutory day on a weekend
        ("2027-02-11", True),
    ],
)
def test_working_days(date, working):
    assert OFFICE.is_working(day(date)) is working


def test_a_day_moved_to_work_is_known_by_name():
    assert OFFICE.is_moved(day("2026-09-20"))
    assert not OFFICE.is_moved(day("2026-09-21"))
    assert OFFICE.name(day("2026-09-25")) == "Mid-autumn Festival"
    assert OFFICE.name(day("2026-09-24")) == ""


def test_counted_days_leaves_out_the_first_and_counts_the_last():
    assert OFFICE.counted_days(day("2026-09-16"), day("2026-09-22")) == 5  # 17, 18, 20, 21, 22
    assert OFFICE.counted_days(day("2026-09-16"), day("2026-09-16")) == 0
    assert OFFICE.counted_days(day("2026-03-06"), day("2026-03-08")) == 0


@pytest.mark.parametrize(
    ("arrived", "event"),
    [
        ("2026-03-06 10:00", "2026-03-06"),
        ("2026-03-06 07:30", "2026-03-06"),  # before opening: the office finds it on the same day
        ("2026-03-06 12:30", "2026-03-06"),  # at noon
        ("2026-03-06 17:00", "2026-03-06"),  # at the close of business
        ("2026-03-06 17:01", "2026-03-09"),  # after it, on a Friday
        ("2026-03-07 10:00", "2026-03-09"),  # on a Saturday
        ("2026-09-19 10:00", "2026-09-20"),  # on a Saturday before a Sunday moved to work
        ("2026-09-30 18:00", "2026-10-08"),  # before the National Day
        ("2026-12-31 18:00", "2027-01-04"),
    ],
)
def test_what_arrives_outside_office_hours_counts_from_the_next_working_day(arrived, event):
    assert OFFICE.arrival_day(at(arrived)) == day(event)


def test_days_are_added_to_the_close_of_business():
    assert here(OFFICE.add_days(at("2026-09-16 10:00"), 3)) == "2026-09-20 17:00"
    assert here(OFFICE.add_days(at("2026-09-16 18:00"), 3)) == "2026-09-21 17:00"


def test_hours_are_added_within_office_hours():
    assert here(OFFICE.add_hours(at("2026-03-02 10:00"), timedelta(hours=4))) == "2026-03-02 15:30"
    assert here(OFFICE.add_hours(at("2026-03-02 11:00"), timedelta(hours=1))) == "2026-03-02 12:00"


def test_office_time_stands_still_outside_office_hours():
    opening = OFFICE.worked(at("2026-03-02 09:00"))
    passed = {
        "2026-03-02 07:00": 0,
        "2026-03-02 12:00": 180,
        "2026-03-02 13:00": 180,
        "2026-03-02 13:31": 181,
        "2026-03-02 23:00": 390,
        "2026-03-03 09:30": 420,
    }
    assert {text: (OFFICE.worked(at(text)) - opening) // timedelta(minutes=1) for text in passed} == passed


def test_a_year_that_is_not_loaded_is_an_error_and_never_a_guess():
    with pytest.raises(NoCalendar) as raised:
        OFFICE.is_working(day("2028-01-03"))
    assert raised.value.params == {"calendar": "cn", "year": 2028}
    with pytest.raises(NoCalendar) as raised:
        OFFICE.add_days(at("2027-12-30 10:00"), 5)
    assert raised.value.params["year"] == 2028
    with pytest.raises(NoCalendar):
        OFFICE.worked(at("2028-01-03 10:00"))
    with pytest.raises(NoCalendar):
        OFFICE.arrival_day(at("2023-12-29 10:00"))


def test_nothing_is_counted_across_a_year_that_is_missing():
    holed = calendar({2025: "announced", 2027: "provisional"})
    assert here(holed.add_days(at("2025-12-29 10:00"), 2)) == "2025-12-31 17:00"
    with pytest.raises(NoCalendar) as raised:
        holed.add_days(at("2025-12-29 10:00"), 3)
    assert raised.value.params["year"] == 2026


def test_a_calendar_without_years_counts_nothing():
    with pytest.raises(NoCalendar):
        calendar({}).add_days(at("2026-03-02 10:00"), 1)


def test_provisional_years_are_told_from_announced_ones():
    assert not OFFICE.provisional(at("2026-03-02 10:00"), at("2026-12-31 17:00"))
    assert OFFICE.provisional(at("2026-12-31 10:00"), at("2027-01-04 17:00"))


def test_the_office_lives_in_its_own_time_zone():
    urumqi_hours = calendar(hours=((clock("10:00"), clock("14:00")), (clock("16:00"), clock("20:00"))))
    # 23:30 in Shanghai on the 2nd is the 2nd in Shanghai, though it is 15:30 of the 2nd in UTC
    assert urumqi_hours.local(at("2026-03-02 23:30")).tzinfo is not None
    assert urumqi_hours.arrival_day(at("2026-03-02 19:30")) == day("2026-03-02")
    berlin = calendar(timezone="Europe/Berlin")
    # 00:30 on the 3rd in Shanghai is 17:30 on the 2nd in Berlin: after hours there
    assert berlin.arrival_day(at("2026-03-03 00:30")) == day("2026-03-03")
    assert berlin.arrival_day(at("2026-03-02 23:30")) == day("2026-03-02")


def test_a_naive_time_is_refused():
    with pytest.raises(NaiveDatetime):
        OFFICE.arrival_day(at("2026-03-02 10:00").astimezone(SHANGHAI).replace(tzinfo=None))


@pytest.mark.parametrize("hours", [(), [("12:00", "09:00")], [("09:00", "12:00"), ("11:00", "17:00")]])
def test_office_hours_must_be_given_in_order(hours):
    with pytest.raises(CalendarRefused):
        calendar(hours=[(clock(begin), clock(end)) for begin, end in hours])
