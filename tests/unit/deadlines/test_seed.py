"""The calendar that a deployment starts with."""

from collections import Counter
from datetime import date

import pytest
from chinese_calendar import is_workday
from hypothesis import given
from hypothesis import strategies as st

from app.deadlines import seed
from tests.unit.deadlines.office import calendar

LAST = seed.announced_years()[-1]


@pytest.mark.parametrize("year", seed.announced_years())
def test_announced_years_agree_with_their_source_day_by_day(year):
    office = calendar({year: "announced"})
    first = date(year, 1, 1).toordinal()
    days = [date.fromordinal(number) for number in range(first, date(year + 1, 1, 1).toordinal())]
    assert [office.is_working(day) for day in days] == [is_workday(day) for day in days]


@pytest.mark.parametrize("year", seed.announced_years())
def test_every_name_can_be_translated(year):
    assert {kept.name for kept in seed.announced(year).values()} <= set(seed.HOLIDAYS)


@pytest.mark.parametrize("year", seed.announced_years())
def test_only_days_that_differ_from_their_weekday_are_kept(year):
    assert all(kept.is_working is (day.weekday() >= 5) for day, kept in seed.announced(year).items())


def test_a_provisional_year_has_its_statutory_days():
    """Measures on Holidays, as revised for 2025: 13 days; one on a weekend is made up for on a working day."""
    found = seed.provisional(2027)
    assert Counter(kept.name for kept in found.values()) == {
        "New Year's Day": 1,
        "Spring Festival": 4,
        "Tomb-sweeping Day": 1,
        "Labour Day": 2,
        "Dragon Boat Festival": 1,
        "Mid-autumn Festival": 1,
        "National Day": 3,
    }
    assert {day for day, kept in found.items() if kept.name == "Mid-autumn Festival"} == {date(2027, 9, 15)}
    assert not any(kept.is_working for kept in found.values())


@given(st.integers(LAST + 1, LAST + 30))
def test_every_coming_year_can_be_loaded_provisionally(year):
    found = seed.provisional(year)
    assert 11 <= len(found) <= 13  # two festivals on one day are made up for once
    assert all(day.weekday() < 5 and day.year == year for day in found)
