"""Values that no case can keep, and times that no clock can wait for."""

import pytest

from app.engine import check
from app.engine.sandbox import MOST_KEPT, Stopped, keepable
from app.engine.timing import is_duration, timing_text
from tests.unit.engine.drawing import chain, codes, end, files, node, start, timer, user


@pytest.mark.parametrize("value", ["a\x00b", "x" * MOST_KEPT, {"deep": ["\x00"]}])
def test_what_the_database_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(Stopped):
        keepable("opinion", value)


def test_what_it_can_hold_is_kept() -> None:
    assert keepable("opinion", {"a": [1, "绿灯", None]}) == {"a": [1, "绿灯", None]}


@pytest.mark.parametrize("text", ["PT0S", "P0D", "PT0.5S", "P0Y0M", "P", "PT"])
def test_a_duration_is_longer_than_none_and_in_whole_seconds(text: str) -> None:
    assert not is_duration(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "2026-13-01"])
def test_a_date_lies_within_reach(text: str) -> None:
    assert timing_text("date", text) is None


@pytest.mark.parametrize("text", ["2026-13-45", "2026/05/01", "2026-5-1", "9999999-01-01", "2026-02-30T09:00:00Z"])
def test_a_date_that_is_none_is_not_taken_for_a_sum(text: str) -> None:
    """2026-13-45 comes to 1968 where it is read as Python: no date, which a case would find out too late."""
    event = node("intermediateCatchEvent", "until", timer(text, "timeDate"))
    found = codes(check(files(start(), event, user("a"), end("end"), chain("start", "until", "a", "end"))))
    assert ("timer-invalid", "until") in found
