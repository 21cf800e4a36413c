"""Limits and thresholds as they are written."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deadlines.errors import LimitRefused, ThresholdRefused
from app.deadlines.rules import Limit, parse_limit, parse_threshold


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("P5D", Limit(days=5)),
        ("P1W", Limit(weeks=1)),
        ("P1M", Limit(months=1)),
        ("P1Y2M", Limit(months=14)),
        ("P1M5D", Limit(months=1, days=5)),
        ("PT4H", Limit(time=timedelta(hours=4))),
        ("PT1H30M", Limit(time=timedelta(minutes=90))),
        ("P1DT12H", Limit(days=1, time=timedelta(hours=12))),
        (" P5D ", Limit(days=5)),
        ("P0D", Limit()),
        ("PT0S", Limit()),
    ],
)
def test_limits(text, limit):
    assert parse_limit(text) == limit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "5D",
        "-P5D",
        "P-5D",
        "P1.5D",
        "PT0.5H",
        "P5",
        "5",
        "P٥D",
        "P5D extra",
        "P1D1W",
        "P99999D",
        "R3/P1D",
    ],
)
def test_what_is_no_limit_is_refused(text):
    with pytest.raises(LimitRefused) as raised:
        parse_limit(text)
    assert raised.value.params == {"text": text}


@pytest.mark.parametrize(
    ("text", "before", "length", "share"),
    [
        ("P3D", False, Limit(days=3), None),
        ("-P1D", True, Limit(days=1), None),
        ("-PT2H", True, Limit(time=timedelta(hours=2)), None),
        ("20%", True, Limit(), Fraction(1, 5)),
        ("5%", True, Limit(), Fraction(1, 20)),
    ],
)
def test_thresholds(text, before, length, share):
    assert parse_threshold(text) == (before, length, share)


@pytest.mark.parametrize("text", ["", "-", "100%", "-20%", "20 %", "%", "0.5%", "--P1D", "near"])
def test_what_is_no_threshold_is_refused(text):
    with pytest.raises(ThresholdRefused):
        parse_threshold(text)


def test_the_remedy_can_be_read():
    assert "20%" in ThresholdRefused(text="x").text + ThresholdRefused.remedy


@pytest.mark.parametrize(
    ("text", "in_days"), [("P5D", True), ("P1M", True), ("PT4H", False), ("P1DT1H", False), ("P0D", False)]
)
def test_a_limit_ends_with_a_day_or_at_an_hour(text, in_days):
    assert parse_limit(text).in_days is in_days


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 999999))
def test_every_duration_of_whole_numbers_is_read(months, days, minutes):
    limit = parse_limit(f"P{months}M{days}DT{minutes}M")
    assert limit == Limit(months=months, days=days, time=timedelta(minutes=minutes))


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text):
    try:
        assert parse_limit(text) == parse_limit(text.strip())
    except LimitRefused:
        with pytest.raises(LimitRefused):
            parse_limit(text.strip())
