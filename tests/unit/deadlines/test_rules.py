"""The rules for counting, as decision tables; each row quotes the rule that it checks.

2026: Monday is 2 March; the office works on Sunday 20 September and Saturdays 28 February, 9 May and 10 October; it is
closed on 25 September, 1–7 October, 4–6 April, 1–5 May.
"""

from dataclasses import replace

import pytest

from app.deadlines.errors import NoCalendar
from app.deadlines.rules import due, due_instants, light_at, next_instant, parse_limit, yellow_instant
from app.deadlines.types import ClockFacts
from tests.unit.deadlines.office import OFFICE, at, away, calendar, day, here

DAYS = [
    ("201: the day of the event is not counted", "2026-03-02 10:00", "P1D", "2026-03-03 17:00"),
    ("Art. 82: only working days are counted", "2026-03-02 10:00", "P5D", "2026-03-09 17:00"),
    ("203: what happens at the close of business is in time", "2026-03-06 17:00", "P1D", "2026-03-09 17:00"),
    ("outside office hours: from the next working day", "2026-03-06 17:01", "P1D", "2026-03-10 17:00"),
    ("outside office hours: on a Saturday", "2026-03-07 11:00", "P1D", "2026-03-10 17:00"),
    ("before opening it is the same day", "2026-03-02 07:30", "P1D", "2026-03-03 17:00"),
    ("at noon it is the same day", "2026-03-02 12:30", "P1D", "2026-03-03 17:00"),
    ("调休: a Sunday moved to work counts", "2026-09-16 10:00", "P3D", "2026-09-20 17:00"),
    ("调休: what arrives on it arrives on a working day", "2026-09-20 10:00", "P1D", "2026-09-21 17:00"),
    ("调休: what arrives the day before arrives on it", "2026-09-19 10:00", "P1D", "2026-09-21 17:00"),
    ("a week is five working days", "2026-09-16 10:00", "P1W", "2026-09-22 17:00"),
    ("holidays are not counted", "2026-09-30 10:00", "P1D", "2026-10-08 17:00"),
    ("Art. 32: told within 5 days", "2026-09-28 16:00", "P5D", "2026-10-10 17:00"),
    ("Art. 42: decided within 20 days", "2026-09-16 10:00", "P20D", "2026-10-20 17:00"),
    ("Art. 42: decided jointly within 45 days", "2026-03-02 10:00", "P45D", "2026-05-08 17:00"),
    ("202: the corresponding day", "2026-03-02 10:00", "P1M", "2026-04-02 17:00"),
    ("202: the event's day is the next working day's", "2026-03-01 10:00", "P1M", "2026-04-02 17:00"),
    ("202: no such day, so the month's last", "2026-01-30 10:00", "P1M", "2026-02-28 17:00"),
    ("203: a last day on a holiday moves", "2026-03-04 10:00", "P2M", "2026-05-06 17:00"),
    ("202, 203: years and months", "2025-03-03 10:00", "P1Y2M", "2026-05-06 17:00"),
    ("202: a year", "2025-03-03 10:00", "P1Y", "2026-03-03 17:00"),
    ("months first, then working days", "2026-03-02 10:00", "P1M5D", "2026-04-10 17:00"),
    ("nothing to count: at once", "2026-03-07 11:00", "P0D", "2026-03-07 11:00"),
]


@pytest.mark.parametrize(("rule", "start", "limit", "expected"), DAYS, ids=[row[0] for row in DAYS])
def test_days_of_working_time(rule, start, limit, expected):
    assert here(due(OFFICE, at(start), parse_limit(limit))) == expected


CIVIL = [
    ("201: every day counts", "2026-03-02 10:00", "P4D", "2026-03-06 17:00"),
    ("203: a last day on a Saturday moves", "2026-03-02 10:00", "P5D", "2026-03-09 17:00"),
    ("a week is seven days", "2026-03-02 10:00", "P1W", "2026-03-09 17:00"),
    ("203: a last day on the National Day moves", "2026-09-16 10:00", "P15D", "2026-10-08 17:00"),
    ("203: a Sunday moved to work is no day off", "2026-09-16 10:00", "P4D", "2026-09-20 17:00"),
    ("outside office hours: from the next working day", "2026-03-06 18:00", "P1D", "2026-03-10 17:00"),
    ("202: a month", "2026-03-02 10:00", "P1M", "2026-04-02 17:00"),
    ("201: hours run from the hour", "2026-03-06 16:00", "PT4H", "2026-03-06 20:00"),
    ("hours run on through a weekend", "2026-03-06 16:00", "PT48H", "2026-03-08 16:00"),
]


@pytest.mark.parametrize(("rule", "start", "limit", "expected"), CIVIL, ids=[row[0] for row in CIVIL])
def test_civil_time(rule, start, limit, expected):
    assert here(due(OFFICE, at(start), parse_limit(limit), "civil")) == expected


HOURS = [
    ("over the noon break", "2026-03-02 10:00", "PT4H", "2026-03-02 15:30"),
    ("up to the noon break, not over it", "2026-03-02 11:00", "PT1H", "2026-03-02 12:00"),
    ("from within the noon break", "2026-03-02 12:30", "PT1H", "2026-03-02 14:30"),
    ("from before opening", "2026-03-02 06:00", "PT1H", "2026-03-02 10:00"),
    ("over the close of business", "2026-03-02 16:00", "PT2H", "2026-03-03 10:00"),
    ("up to the close of business, not over it", "2026-03-02 16:00", "PT1H", "2026-03-02 17:00"),
    ("a whole office day", "2026-03-02 09:00", "PT6H30M", "2026-03-02 17:00"),
    ("over a weekend", "2026-03-06 16:30", "PT1H", "2026-03-09 09:30"),
    ("from a weekend", "2026-03-07 16:30", "PT1H", "2026-03-09 10:00"),
    ("调休: into a Sunday moved to work", "2026-09-18 16:00", "PT2H", "2026-09-20 10:00"),
    ("over a holiday", "2026-09-30 16:59", "PT2M", "2026-10-08 09:01"),
    ("a day, then hours", "2026-03-02 10:00", "P1DT2H", "2026-03-04 11:00"),
]


@pytest.mark.parametrize(("rule", "start", "limit", "expected"), HOURS, ids=[row[0] for row in HOURS])
def test_office_hours(rule, start, limit, expected):
    assert here(due(OFFICE, at(start), parse_limit(limit))) == expected


@pytest.mark.parametrize(
    ("rule", "start", "limit", "extra", "expected"),
    [
        ("Art. 42: 20 days, 10 more", "2026-09-16 10:00", "P20D", 10, "2026-11-03 17:00"),
        ("Art. 42: 45 days, 15 more", "2026-03-02 10:00", "P45D", 15, "2026-05-28 17:00"),
        ("an extension of months is in working days", "2026-03-02 10:00", "P1M", 5, "2026-04-10 17:00"),
        ("an extension of hours is in working days", "2026-03-02 10:00", "PT2H", 1, "2026-03-04 11:00"),
    ],
)
def test_extensions(rule, start, limit, extra, expected):
    assert here(due(OFFICE, at(start), parse_limit(limit), extra_days=extra)) == expected


FIVE_DAYS = [
    (
        "Art. 45: not counted after the day it opened",
        [away("2026-03-03 10:00", "2026-03-05 15:00")],
        "2026-03-11 17:00",
    ),
    ("within one day nothing is excluded", [away("2026-03-03 10:00", "2026-03-03 16:00")], "2026-03-09 17:00"),
    ("a working day that lies within is excluded", [away("2026-03-06 20:00", "2026-03-09 20:00")], "2026-03-10 17:00"),
    ("a weekend that lies within changes nothing", [away("2026-03-06 16:00", "2026-03-08 12:00")], "2026-03-09 17:00"),
    (
        "overlap is excluded once",
        [away("2026-03-03 10:00", "2026-03-05 10:00"), away("2026-03-04 09:00", "2026-03-06 12:00", "testing")],
        "2026-03-12 17:00",
    ),
    (
        "what lies within another is excluded once",
        [away("2026-03-03 10:00", "2026-03-06 12:00"), away("2026-03-04 09:00", "2026-03-05 12:00", "testing")],
        "2026-03-12 17:00",
    ),
    (
        "one after the other on one day",
        [away("2026-03-03 10:00", "2026-03-04 12:00"), away("2026-03-04 15:00", "2026-03-05 12:00")],
        "2026-03-11 17:00",
    ),
    (
        "two days apart",
        [away("2026-03-05 10:00", "2026-03-06 12:00"), away("2026-03-02 15:00", "2026-03-03 12:00")],
        "2026-03-11 17:00",
    ),
    ("the last day cannot end in it", [away("2026-03-09 10:00", "2026-03-11 10:00")], "2026-03-12 17:00"),
    ("it is over before the last day ends", [away("2026-03-09 10:00", "2026-03-09 16:00")], "2026-03-09 17:00"),
    ("it is over after the last day ended", [away("2026-03-09 10:00", "2026-03-09 18:00")], "2026-03-10 17:00"),
    ("it opened after the limit", [away("2026-03-09 17:30", "2026-03-13 10:00")], "2026-03-09 17:00"),
    ("it opened before the clock started", [away("2026-02-27 10:00", "2026-03-03 12:00")], "2026-03-10 17:00"),
    ("it closed before the clock started", [away("2026-02-10 10:00", "2026-02-27 12:00")], "2026-03-09 17:00"),
    ("open: the clock stands still", [away("2026-03-04 10:00")], None),
    ("open on the last day: the clock stands still", [away("2026-03-09 16:59")], None),
    ("open after the limit: the past is not changed", [away("2026-03-09 17:30")], "2026-03-09 17:00"),
    ("open from the limit on", [away("2026-03-09 17:00")], "2026-03-09 17:00"),
    (
        "open, another one closed meanwhile",
        [away("2026-03-04 10:00"), away("2026-03-05 10:00", "2026-03-06 10:00", "testing")],
        None,
    ),
]


@pytest.mark.parametrize(("rule", "exclusions", "expected"), FIVE_DAYS, ids=[row[0] for row in FIVE_DAYS])
def test_five_days_with_excluded_time(rule, exclusions, expected):
    """Five days from Monday 2 March at ten; without excluded time they end on Monday 9 March."""
    assert here(due(OFFICE, at("2026-03-02 10:00"), parse_limit("P5D"), exclusions=exclusions)) == expected


@pytest.mark.parametrize(
    ("rule", "start", "limit", "counting", "exclusions", "expected"),
    [
        (
            "调休: a Sunday moved to work is excluded as a working day",
            "2026-09-16 10:00",
            "P5D",
            "working",
            [away("2026-09-18 10:00", "2026-09-21 11:00")],
            "2026-09-24 17:00",
        ),
        (
            "a month grows by the days excluded, then 203",
            "2026-03-02 10:00",
            "P1M",
            "working",
            [away("2026-03-10 10:00", "2026-03-12 10:00")],
            "2026-04-07 17:00",
        ),
        (
            "civil days: all days of the span",
            "2026-03-02 10:00",
            "P10D",
            "civil",
            [away("2026-03-05 10:00", "2026-03-09 10:00")],
            "2026-03-16 17:00",
        ),
        (
            "hours: to the minute",
            "2026-03-02 10:00",
            "PT4H",
            "working",
            [away("2026-03-02 11:00", "2026-03-02 14:30")],
            "2026-03-03 09:30",
        ),
        (
            "hours: overlap once",
            "2026-03-02 10:00",
            "PT4H",
            "working",
            [away("2026-03-02 11:00", "2026-03-02 14:00"), away("2026-03-02 10:30", "2026-03-02 11:30")],
            "2026-03-03 09:30",
        ),
        (
            "hours: in the noon break nothing is lost",
            "2026-03-02 10:00",
            "PT4H",
            "working",
            [away("2026-03-02 12:00", "2026-03-02 13:30")],
            "2026-03-02 15:30",
        ),
        (
            "hours: open from the very end",
            "2026-03-02 10:00",
            "PT4H",
            "working",
            [away("2026-03-02 15:30")],
            "2026-03-02 15:30",
        ),
        ("hours: open", "2026-03-02 10:00", "PT4H", "working", [away("2026-03-02 15:00")], None),
        (
            "civil hours",
            "2026-03-06 16:00",
            "PT4H",
            "civil",
            [away("2026-03-06 17:00", "2026-03-06 19:00")],
            "2026-03-06 22:00",
        ),
    ],
)
def test_excluded_time_otherwise(rule, start, limit, counting, exclusions, expected):
    assert here(due(OFFICE, at(start), parse_limit(limit), counting, exclusions)) == expected


YELLOW = [
    ("after the start", "P5D", "P3D", [], "2026-03-05 17:00"),
    ("one working day before", "P5D", "-P1D", [], "2026-03-06 17:00"),
    ("two working days before", "P5D", "-P2D", [], "2026-03-05 17:00"),
    ("20 % of five days is one", "P5D", "20%", [], "2026-03-06 17:00"),
    ("10 % of five days is half of the last", "P5D", "10%", [], "2026-03-09 13:45"),
    ("two office hours before", "P5D", "-PT2H", [], "2026-03-09 15:00"),
    ("as many days before as there are", "P5D", "-P5D", [], "2026-03-02 17:00"),
    ("more days before than there are: from the start", "P5D", "-P9D", [], "2026-03-02 10:00"),
    ("after the limit: with it", "P5D", "P9D", [], "2026-03-09 17:00"),
    ("20 % of one day", "P1D", "20%", [], "2026-03-03 15:42"),
    ("25 % of hours", "PT4H", "25%", [], "2026-03-02 14:30"),
    ("an hour before", "PT4H", "-PT1H", [], "2026-03-02 14:30"),
    ("a day before four hours: from the start", "PT4H", "-P1D", [], "2026-03-02 10:00"),
    ("working days before a month's end", "P1M", "-P5D", [], "2026-03-26 17:00"),
    ("a month before three months' end", "P3M", "-P1M", [], "2026-04-30 17:00"),
    ("excluded time moves it", "P5D", "-P1D", [away("2026-03-03 10:00", "2026-03-05 15:00")], "2026-03-10 17:00"),
    ("never in excluded time", "P5D", "-P1D", [away("2026-03-06 10:00", "2026-03-10 11:00")], "2026-03-10 11:00"),
    ("excluded time moves hours", "PT4H", "25%", [away("2026-03-02 11:00", "2026-03-02 14:30")], "2026-03-02 16:30"),
]


@pytest.mark.parametrize(("rule", "limit", "yellow", "exclusions", "expected"), YELLOW, ids=[row[0] for row in YELLOW])
def test_yellow(rule, limit, yellow, exclusions, expected):
    start = at("2026-03-02 10:00")
    facts = ClockFacts(start, limit, yellow, exclusions=tuple(exclusions))
    found = due_instants(OFFICE, facts)
    assert here(found.yellow_at) == expected
    read = parse_limit(limit)
    assert yellow_instant(OFFICE, start, found.red_at, yellow, read, exclusions=exclusions) == found.yellow_at


@pytest.mark.parametrize(
    ("limit", "yellow", "expected"),
    [("P10D", "20%", "2026-03-10 17:00"), ("P10D", "-P1D", "2026-03-11 17:00"), ("P10D", "25%", "2026-03-10 12:00")],
)
def test_yellow_in_civil_days(limit, yellow, expected):
    facts = ClockFacts(at("2026-03-02 10:00"), limit, yellow, "civil")
    assert here(due_instants(OFFICE, facts).yellow_at) == expected


def test_an_extension_moves_a_yellow_that_counts_back():
    facts = ClockFacts(at("2026-03-02 10:00"), "P5D", "-P1D", extra_days=2)
    found = due_instants(OFFICE, facts)
    assert (here(found.yellow_at), here(found.red_at)) == ("2026-03-10 17:00", "2026-03-11 17:00")


def test_yellow_without_a_limit():
    start = at("2026-03-02 10:00")
    assert here(due_instants(OFFICE, ClockFacts(start, None, "P3D")).yellow_at) == "2026-03-05 17:00"
    assert due_instants(OFFICE, ClockFacts(start, None, "-P1D")).yellow_at is None
    assert due_instants(OFFICE, ClockFacts(start, "P5D")).yellow_at is None


def test_while_a_span_is_open_only_what_had_passed_is_known():
    facts = ClockFacts(at("2026-03-02 10:00"), "P5D", "-P1D", exclusions=(away("2026-03-09 10:00"),))
    found = due_instants(OFFICE, facts)
    assert (here(found.yellow_at), found.red_at) == ("2026-03-06 17:00", None)
    earlier = replace(facts, exclusions=(away("2026-03-06 10:00"),))
    assert due_instants(OFFICE, earlier).yellow_at is None
    assert not due_instants(OFFICE, earlier).provisional


@pytest.mark.parametrize(
    ("start", "limit", "provisional"),
    [("2026-12-01 10:00", "P5D", False), ("2026-12-30 10:00", "P5D", True), ("2027-03-01 10:00", "P1D", True)],
)
def test_a_provisional_year_that_decides_a_date_is_shown(start, limit, provisional):
    assert due_instants(OFFICE, ClockFacts(at(start), limit)).provisional is provisional


def test_a_year_that_is_announced_moves_the_limit():
    facts = ClockFacts(at("2026-12-30 10:00"), "P5D")
    assert here(due_instants(OFFICE, facts).red_at) == "2027-01-07 17:00"
    announced = calendar(extra={day("2027-01-04"): False, day("2027-01-02"): True, day("2027-01-03"): True})
    assert here(due_instants(announced, facts).red_at) == "2027-01-06 17:00"


@pytest.mark.parametrize(
    ("start", "limit", "counting", "year"),
    [
        ("2027-12-30 10:00", "P5D", "working", 2028),
        ("2027-12-30 10:00", "P5D", "civil", 2028),
        ("2027-06-30 10:00", "P2Y", "working", 2029),
        ("2026-06-30 10:00", "P9999Y", "working", 12025),
        ("2027-12-31 16:00", "PT2H", "working", 2028),
        ("2023-06-30 10:00", "P1D", "working", 2023),
    ],
)
def test_no_calendar_is_an_error(start, limit, counting, year):
    with pytest.raises(NoCalendar) as raised:
        due(OFFICE, at(start), parse_limit(limit), counting)
    assert raised.value.params["year"] == year


def test_civil_hours_need_no_calendar():
    assert here(due(calendar({}), at("2030-01-01 10:00"), parse_limit("PT15M"), "civil")) == "2030-01-01 10:15"


EARLY, YELLOW_AT, BETWEEN, RED_AT, LATE = (at(f"2026-03-0{number} 17:00") for number in (2, 3, 4, 5, 6))


@pytest.mark.parametrize(
    ("yellow_at", "red_at", "now", "stopped_at", "light"),
    [
        (YELLOW_AT, RED_AT, EARLY, None, "green"),
        (YELLOW_AT, RED_AT, YELLOW_AT, None, "yellow"),
        (YELLOW_AT, RED_AT, BETWEEN, None, "yellow"),
        (YELLOW_AT, RED_AT, RED_AT, None, "red"),
        (YELLOW_AT, RED_AT, LATE, None, "red"),
        (YELLOW_AT, RED_AT, LATE, BETWEEN, "yellow"),
        (YELLOW_AT, RED_AT, LATE, EARLY, "green"),
        (None, RED_AT, BETWEEN, None, "green"),
        (YELLOW_AT, None, LATE, None, "yellow"),
        (None, None, LATE, None, "green"),
    ],
)
def test_lights(yellow_at, red_at, now, stopped_at, light):
    """Green until the threshold, yellow near the limit, red past it; a finished clock keeps the light it had."""
    assert light_at(yellow_at, red_at, now, stopped_at) == light


@pytest.mark.parametrize(
    ("light", "yellow_at", "red_at", "expected"),
    [
        ("green", YELLOW_AT, RED_AT, YELLOW_AT),
        ("green", None, RED_AT, RED_AT),
        ("green", YELLOW_AT, None, YELLOW_AT),
        ("green", None, None, None),
        ("yellow", YELLOW_AT, RED_AT, RED_AT),
        ("yellow", YELLOW_AT, None, None),
        ("red", YELLOW_AT, RED_AT, None),
    ],
)
def test_the_next_light(light, yellow_at, red_at, expected):
    assert next_instant(light, yellow_at, red_at) == expected
