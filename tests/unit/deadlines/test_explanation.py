"""The record of a clock's time, line by line."""

from app.deadlines.rules import explain
from app.deadlines.types import ClockFacts, Why
from tests.unit.deadlines.office import OFFICE, at, away


def lines(facts, until="2026-01-01 00:00"):
    return [
        (f"{line.day:%m-%d}", line.why, line.note, line.amount, line.total, line.marks)
        for line in explain(OFFICE, facts, at(until))
    ]


def test_five_days_over_a_weekend_moved_to_work_with_a_hearing():
    facts = ClockFacts(
        at("2026-09-16 18:00"), "P5D", "-P1D", exclusions=(away("2026-09-18 10:00", "2026-09-21 11:00", "hearing"),)
    )
    assert lines(facts) == [
        ("09-16", Why.OUTSIDE_HOURS, "", 0, 0, ()),
        ("09-17", Why.EVENT, "", 0, 0, ()),
        ("09-18", Why.WORKING, "", 1, 1, ()),
        ("09-19", Why.WEEKEND, "", 0, 1, ()),
        ("09-20", Why.EXCLUDED, "hearing", 0, 1, ()),
        ("09-21", Why.EXCLUDED, "hearing", 0, 1, ()),
        ("09-22", Why.WORKING, "", 1, 2, ()),
        ("09-23", Why.WORKING, "", 1, 3, ()),
        ("09-24", Why.WORKING, "", 1, 4, ("yellow",)),
        ("09-25", Why.HOLIDAY, "Mid-autumn Festival", 0, 4, ()),
        ("09-26", Why.WEEKEND, "", 0, 4, ()),
        ("09-27", Why.WEEKEND, "", 0, 4, ()),
        ("09-28", Why.WORKING, "", 1, 5, ("red",)),
    ]


def test_a_day_moved_to_work_says_for_which_holiday():
    assert ("09-20", Why.MOVED_TO_WORK, "National Day", 1, 3, ("red",)) in lines(
        ClockFacts(at("2026-09-16 10:00"), "P3D")
    )


def test_the_last_day_moves():
    assert lines(ClockFacts(at("2026-03-02 10:00"), "P5D", counting="civil")) == [
        ("03-02", Why.EVENT, "", 0, 0, ()),
        *((f"03-{number:02}", Why.CIVIL, "", 1, number - 2, ()) for number in range(3, 8)),
        ("03-08", Why.WEEKEND, "", 0, 5, ()),
        ("03-09", Why.LAST_DAY_MOVES, "", 0, 5, ("red",)),
    ]


def test_the_last_day_cannot_end_while_the_clock_stands_still():
    facts = ClockFacts(at("2026-03-05 10:00"), "P1D", exclusions=(away("2026-03-06 10:00", "2026-03-09 11:00"),))
    assert lines(facts) == [
        ("03-05", Why.EVENT, "", 0, 0, ()),
        ("03-06", Why.WORKING, "", 1, 1, ()),
        ("03-07", Why.WEEKEND, "", 0, 1, ()),
        ("03-08", Why.WEEKEND, "", 0, 1, ()),
        ("03-09", Why.EXCLUDED, "hearing", 0, 1, ()),
        ("03-10", Why.CANNOT_END, "", 0, 1, ("red",)),
    ]


def test_a_clock_that_stands_still_is_recorded_up_to_now():
    facts = ClockFacts(
        at("2026-03-02 10:00"), "P5D", exclusions=(away("2026-03-03 10:00"), away("2026-03-04 10:00", reason="testing"))
    )
    assert lines(facts, "2026-03-05 09:00") == [
        ("03-02", Why.EVENT, "", 0, 0, ()),
        ("03-03", Why.WORKING, "", 1, 1, ()),
        ("03-04", Why.EXCLUDED, "hearing, testing", 0, 1, ()),
        ("03-05", Why.EXCLUDED, "hearing, testing", 0, 1, ()),
    ]


def test_what_is_past_its_limit_is_recorded_up_to_the_stop_or_until_now():
    """5 and 6 March stand over: the reader sees by how many days the limit of two was missed."""
    facts = ClockFacts(at("2026-03-02 10:00"), "P2D", exclusions=(away("2026-03-06 09:30", "2026-03-09 10:00"),))
    over = [
        ("03-02", Why.EVENT, "", 0, 0, ()),
        ("03-03", Why.WORKING, "", 1, 1, ()),
        ("03-04", Why.WORKING, "", 1, 2, ("red",)),
        ("03-05", Why.OVER, "", 1, 3, ()),
        ("03-06", Why.OVER, "", 1, 4, ()),
        ("03-07", Why.WEEKEND, "", 0, 4, ()),
        ("03-08", Why.WEEKEND, "", 0, 4, ()),
        ("03-09", Why.EXCLUDED, "hearing", 0, 4, ()),
    ]
    assert lines(facts, "2026-03-09 18:00") == over
    stopped = ClockFacts(facts.started_at, "P2D", exclusions=facts.exclusions, stopped_at=at("2026-03-10 11:00"))
    assert lines(stopped, "2026-04-01 09:00") == [*over, ("03-10", Why.OVER, "", 1, 5, ("stopped",))]


def test_a_clock_that_stopped_is_recorded_up_to_there():
    facts = ClockFacts(at("2026-03-02 10:00"), "P5D", "P1D", stopped_at=at("2026-03-04 15:00"))
    assert lines(facts) == [
        ("03-02", Why.EVENT, "", 0, 0, ()),
        ("03-03", Why.WORKING, "", 1, 1, ("yellow",)),
        ("03-04", Why.WORKING, "", 1, 2, ("stopped",)),
    ]


def test_a_month_counts_all_its_days_and_then_working_days():
    found = lines(ClockFacts(at("2026-02-25 10:00"), "P1M2D"))
    assert found[0][1] is Why.EVENT
    assert {line[1] for line in found[1:29]} == {Why.CIVIL}
    assert [line[:2] for line in found[28:]] == [("03-25", Why.CIVIL), ("03-26", Why.WORKING), ("03-27", Why.WORKING)]
    assert found[-1][4] == 30


def test_office_hours_with_a_hearing():
    facts = ClockFacts(
        at("2026-09-16 18:00"), "PT9H", "20%", exclusions=(away("2026-09-17 11:00", "2026-09-20 16:00"),)
    )
    assert lines(facts) == [
        ("09-16", Why.OUTSIDE_HOURS, "", 0, 0, ()),
        ("09-17", Why.HOURS, "", 7200, 7200, ()),
        ("09-18", Why.EXCLUDED, "hearing", 0, 7200, ()),
        ("09-19", Why.WEEKEND, "", 0, 7200, ()),
        ("09-20", Why.MOVED_TO_WORK, "National Day", 3600, 10800, ()),
        ("09-21", Why.HOURS, "", 21600, 32400, ("yellow", "red")),
    ]
    assert {line.unit for line in explain(OFFICE, facts, at("2026-09-30 10:00"))} == {"seconds"}


def test_hours_of_the_clock():
    facts = ClockFacts(
        at("2026-03-06 20:00"), "PT30H", counting="civil", exclusions=(away("2026-03-07 00:00", "2026-03-08 00:00"),)
    )
    assert lines(facts) == [
        ("03-06", Why.ELAPSED, "", 4 * 3600, 4 * 3600, ()),
        ("03-07", Why.EXCLUDED, "hearing", 0, 4 * 3600, ()),
        ("03-08", Why.ELAPSED, "", 24 * 3600, 28 * 3600, ()),
        ("03-09", Why.ELAPSED, "", 2 * 3600, 30 * 3600, ("red",)),
    ]


def test_a_provisional_day_is_shown_as_such():
    found = explain(OFFICE, ClockFacts(at("2026-12-31 10:00"), "P1D"), at("2026-12-31 11:00"))
    assert [(line.day.year, line.provisional) for line in found] == [(2026, False)] + [(2027, True)] * 4


def test_a_clock_without_a_limit_has_no_record():
    assert lines(ClockFacts(at("2026-03-02 10:00"), None, "P1D")) == []
