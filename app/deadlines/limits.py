"""Limits and thresholds as they are written: ISO 8601 durations of whole numbers. Pure."""

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from app.deadlines.errors import LimitRefused, ThresholdRefused

_LIMIT = re.compile(
    r"P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?"
    r"(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?",
    re.ASCII,
)
_SHARE = re.compile(r"(\d{1,2})%", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time as ISO 8601 writes it; what its parts mean depends on how it is counted."""

    months: int = 0
    weeks: int = 0
    days: int = 0
    time: timedelta = timedelta(0)

    @property
    def in_days(self) -> bool:
        """Whether it ends with a day, and not at some hour of it."""
        return not self.time and bool(self.months or self.weeks or self.days)


class Threshold(NamedTuple):
    """When the yellow light turns: `length` after the start, or `before` the limit, or with a `share` of it left."""

    before: bool
    length: Limit
    share: Fraction | None


@lru_cache
def parse_limit(text: str) -> Limit:
    """Read P5D, PT4H, P1W, P1M, P1Y2M. Raises LimitRefused."""
    found = _LIMIT.fullmatch(text.strip())
    if found is None:
        raise LimitRefused(text=text)
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return Limit(years * 12 + months, weeks, days, timedelta(hours=hours, minutes=minutes, seconds=seconds))


@lru_cache
def parse_threshold(text: str) -> Threshold:
    """Read P3D (after the start), -P1D (before the limit), 20% (of the limit left). Raises ThresholdRefused."""
    written = text.strip()
    share = _SHARE.fullmatch(written)
    if share:
        return Threshold(True, Limit(), Fraction(int(share[1]), 100))
    try:
        return Threshold(written.startswith("-"), parse_limit(written.removeprefix("-")), None)
    except LimitRefused:
        raise ThresholdRefused(text=text) from None
