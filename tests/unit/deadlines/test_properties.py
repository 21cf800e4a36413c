"""What holds for every limit, start and excluded time, whatever the calendar says."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.deadlines.rules import due, due_instants, explain, light_at, parse_limit
from app.deadlines.types import ClockFacts, Exclusion
from tests.unit.deadlines.office import OFFICE

FOREVER = datetime.max.replace(tzinfo=UTC)
MINUTE = timedelta(minutes=1)

instants = st.integers(0, 400 * 24 * 60).map(lambda minutes: datetime(2025, 6, 1, tzinfo=UTC) + minutes * MINUTE)
near = st.integers(0, 30 * 24 * 60).map(lambda minutes: datetime(2026, 1, 25, tzinfo=UTC) + minutes * MINUTE)
lengths = st.integers(0, 15 * 24 * 60).map(lambda minutes: minutes * MINUTE)
closed = st.builds(lambda opened, length: Exclusion(opened, opened + length), near, lengths)
exclusions = st.lists(closed, max_size=4)
day_limits = st.one_of(
    st.integers(1, 30).map("P{}D".format), st.integers(1, 3).map("P{}M".format), st.integers(1, 4).map("P{}W".format)
)
hour_limits = st.integers(1, 3000).map("PT{}M".format)
limits = st.one_of(day_limits, hour_limits)
countings = st.sampled_from(["working", "civil"])
thresholds = st.sampled_from(["P1D", "P9D", "-P1D", "-P3D", "-PT2H", "20%", "7%", "50%", "0%", "-P1M"])


def ends(start, limit, counting, spans, extra=0):
    return due(OFFICE, start, parse_limit(limit), counting, spans, extra) or FOREVER


@given(near, limits, countings, exclusions, st.integers(0, 3), lengths, lengths)
def test_a_longer_span_never_makes_a_limit_end_earlier(start, limit, counting, spans, which, before, after):
    if not spans:
        return
    chosen = spans[which % len(spans)]
    longer = Exclusion(chosen.opened_at - before, chosen.closed_at + after)
    others = [span for span in spans if span is not chosen]
    assert ends(start, limit, counting, [*others, longer]) >= ends(start, limit, counting, spans)
    still_open = Exclusion(chosen.opened_at - before, None)
    assert ends(start, limit, counting, [*others, still_open]) >= ends(start, limit, counting, spans)


@given(near, limits, countings, exclusions, closed)
def test_one_more_span_never_makes_a_limit_end_earlier(start, limit, counting, spans, more):
    assert ends(start, limit, counting, [*spans, more]) >= ends(start, limit, counting, spans)


@given(near, limits, thresholds, countings, exclusions, near, st.none() | lengths)
def test_no_span_changes_what_had_passed_when_it_opened(start, limit, yellow, counting, spans, opened, length):
    before = due_instants(OFFICE, ClockFacts(start, limit, yellow, counting, tuple(spans)))
    more = Exclusion(opened, None if length is None else opened + length)
    after = due_instants(OFFICE, ClockFacts(start, limit, yellow, counting, (*spans, more)))
    if before.red_at < opened:
        assert after == before
    if length is None:
        assert after.red_at in (before.red_at, None)
        assert light_at(after.yellow_at, after.red_at, opened) == light_at(before.yellow_at, before.red_at, opened)


@given(near, limits, countings, near, st.lists(lengths, min_size=2, max_size=4))
def test_overlapping_spans_count_once(start, limit, counting, opened, parts):
    edges = sorted(opened + part for part in parts)
    pieces = [Exclusion(begin, edges[-1]) for begin in edges[:-1]]
    assert ends(start, limit, counting, pieces) == ends(start, limit, counting, [Exclusion(edges[0], edges[-1])])


@given(near, st.integers(1, 40), st.integers(0, 20), countings, exclusions)
def test_a_longer_limit_and_an_extension_never_end_earlier(start, days, extra, counting, spans):
    plain = ends(start, f"P{days}D", counting, spans)
    assert ends(start, f"P{days}D", counting, spans, extra) >= plain
    assert ends(start, f"P{days}D", counting, spans, extra) == ends(start, f"P{days + extra}D", counting, spans)


@given(
    near,
    st.integers(0, 10 * 24 * 60),
    st.one_of(st.integers(1, 30).map("P{}D".format), hour_limits),
    countings,
    exclusions,
)
def test_who_starts_later_never_ends_earlier(start, minutes, limit, counting, spans):
    """Not so for months: one from 29 January has 30 days, one from 30 January has 29 (Civil Code, Art. 202)."""
    assert ends(start + minutes * MINUTE, limit, counting, spans) >= ends(start, limit, counting, spans)


@given(near, day_limits, countings, exclusions)
def test_a_limit_in_days_ends_at_the_close_of_a_working_day_while_the_clock_runs(start, limit, counting, spans):
    end = ends(start, limit, counting, spans)
    last = OFFICE.local(end).date()
    assert OFFICE.is_working(last)
    assert end == OFFICE.closes(last)
    assert not any(span.opened_at < end < span.closed_at for span in spans)


@given(near, limits, thresholds, countings, exclusions, st.integers(0, 5))
def test_yellow_lies_between_start_and_red_and_never_in_excluded_time(start, limit, yellow, counting, spans, extra):
    found = due_instants(OFFICE, ClockFacts(start, limit, yellow, counting, tuple(spans), extra))
    assert start <= found.yellow_at <= found.red_at or _started_in(spans, start)
    assert found.yellow_at == found.red_at or not any(
        span.opened_at < found.yellow_at < span.closed_at for span in spans
    )


def _started_in(spans, start):
    return any(span.opened_at < start < span.closed_at for span in spans)


@given(instants, limits, countings)
def test_without_excluded_time_a_limit_is_what_the_calendar_adds(start, limit, counting):
    read = parse_limit(limit)
    end = ends(start, limit, counting, [])
    if counting == "working" and read.time:
        assert end == OFFICE.add_hours(start, read.time)
    elif counting == "working" and not read.months:
        assert end == OFFICE.add_days(start, read.weeks * 5 + read.days)
    elif read.time:
        assert end == start + read.time


@given(near, limits, thresholds, countings, exclusions, st.integers(0, 5))
def test_the_record_day_by_day_comes_to_the_same_limit(start, limit, yellow, counting, spans, extra):
    read = parse_limit(limit)
    extra = extra if read.in_days else 0
    facts = ClockFacts(start, limit, yellow, counting, tuple(spans), extra)
    found = due_instants(OFFICE, facts)
    lines = explain(OFFICE, facts, found.red_at)
    assert lines[0].day == OFFICE.local(start).date()
    assert lines[-1].day == OFFICE.local(found.red_at).date()
    assert [line.day for line in lines] == [lines[0].day + timedelta(days=number) for number in range(len(lines))]
    assert sum(line.amount for line in lines) == lines[-1].total
    assert all(line.counted == (line.amount > 0) for line in lines)
    assert "red" in lines[-1].marks
    if not read.in_days:
        assert lines[-1].total == read.time.total_seconds()
    elif not read.months:
        week = 5 if counting == "working" else 7
        assert lines[-1].total == read.weeks * week + read.days + extra


@given(near, st.integers(1, 1500), exclusions)
def test_office_hours_counted_minute_by_minute(start, minutes, spans):
    """An oracle that knows nothing of tables: it looks at every minute."""
    moment, left = start, minutes
    while left:
        local = OFFICE.local(moment)
        clock = (local.hour, local.minute)
        open_now = (9, 0) <= clock < (12, 0) or (13, 30) <= clock < (17, 0)
        away = any(span.opened_at <= moment < span.closed_at for span in spans)
        left -= OFFICE.is_working(local.date()) and open_now and not away
        moment += MINUTE
    assert ends(start, f"PT{minutes}M", "working", spans) == moment


@given(near, near, near, near)
def test_a_light_never_goes_back_by_itself(yellow_at, red_at, one, other):
    order = ["green", "yellow", "red"]
    earlier, later = sorted((one, other))
    assert order.index(light_at(yellow_at, red_at, earlier)) <= order.index(light_at(yellow_at, red_at, later))
    assert light_at(yellow_at, red_at, later, earlier) == light_at(yellow_at, red_at, earlier)
