"""The texts of timers."""

import pytest

from app.engine.timing import is_duration, literal, next_cycle, timing_text


@pytest.mark.parametrize("text", ["P15D", "PT4H", "P1W", "P1Y2M3D", "P1DT12H", "PT30M", "P1M", "PT240H"])
def test_durations(text: str) -> None:
    assert is_duration(text)
    assert literal("duration", text) == literal("duration", f'"{text}"') == literal("duration", text.lower()) == text


@pytest.mark.parametrize(
    "text",
    [
        "P",
        "PT",
        "15D",
        "P1DT",
        "P-1D",
        "-P1D",
        "P1H",
        "P1.5D",
        "R3/P1D",
        "2026-01-01",
        "1 day",
        "",
        "P1234567D",
        "P１D",
    ],
)
def test_no_durations(text: str) -> None:
    assert literal("duration", text) is None


@pytest.mark.parametrize("text", ["R3/PT8H", "R/P1D", "R1/P1D"])
def test_cycles(text: str) -> None:
    assert literal("cycle", text) == text


@pytest.mark.parametrize(
    "text", ["R0/P1D", "R3", "PT8H", "R3/2026-01-01/P1D", "0 0 * * * ?", "R-1/P1D", "R1234567/P1D"]
)
def test_no_cycles(text: str) -> None:
    assert literal("cycle", text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-05-01T09:00:00+08:00", "2026-05-01T09:00:00+08:00"),
        ("2026-05-01", "2026-05-01T00:00:00"),
        ("tomorrow", None),
    ],
)
def test_dates(text: str, value: str | None) -> None:
    assert literal("date", text) == value


def test_what_is_no_text_is_no_time() -> None:
    assert timing_text("duration", 15) is None


def test_a_cycle_counts_down_and_an_endless_one_does_not() -> None:
    values = ["R3/PT8H"]
    while following := next_cycle(values[-1]):
        values.append(following)
    assert values == ["R3/PT8H", "R2/PT8H", "R1/PT8H"]
    assert next_cycle("R/P1D") == "R/P1D"


def test_a_long_text_is_no_time() -> None:
    assert literal("duration", "'" + " " * 300 + "P1D'") is None


@pytest.mark.parametrize(
    ("written", "read"), [("PT0.1S", "PT1S"), ('"PT0.03S"', "PT1S"), ("P1DT2,5S", "P1DT3S"), ("PT5.0S", "PT5S")]
)
def test_a_fraction_of_a_second_is_a_whole_one(written: str, read: str) -> None:
    assert literal("duration", written) == read
    assert literal("duration", "PT0.0S") is None
