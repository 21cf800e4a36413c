"""The values of FEEL (DMN 1.5, 10.3.2): exact numbers, texts, dates, durations, ranges; null for what is none."""

import decimal
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.engine.languages.errors import Failed

CONTEXT = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])
"""Numbers are decimal128 (10.3.2.3.1). What overflows or is undefined is no number, and null."""
MOST_STEPS = 100_000
MOST_ITEMS = 10_000
LONGEST = 100_000
"""Characters of a text that is put together."""
CHARACTERS = 50
ENTRIES = 10
"""So many are gone through, or made anew, in one step."""
MOST = 2**53 - 1
"""What every reader of JSON still counts exactly."""

Tick = Callable[[int], None]

_NUMBER = re.compile(r"-?(?:\d{1,200}(?:\.\d{1,200})?|\.\d{1,200})(?:[eE][+-]?\d{1,4})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"(\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[\w/+-]{1,40})?", re.ASCII)
_MONTHS = re.compile(r"(-)?P(?=\d)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
_DAYS = re.compile(
    r"(-)?P(?=\d|T\d)(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?", re.ASCII
)


@dataclass(frozen=True, order=True)
class Months:
    """A duration of years and months."""

    count: int


@dataclass(frozen=True)
class Span:
    """A range; None for an end that is open."""

    low: Any
    high: Any
    with_low: bool
    with_high: bool


@dataclass(frozen=True, eq=False)
class Closure:
    """A function of one's own, with what was in view where it was written."""

    parameters: tuple[str, ...]
    call: Callable[[list[Any]], Any]
    """With a value for each parameter. Raises Failed."""


class Work:
    """Counts the steps of one evaluation, and ends one that takes too many. What is large counts for more: a step
    stands for so much time and memory at most."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps
        self.patterns = set[str]()
        """Those that were read before."""

    def tick(self, steps: int = 1) -> None:
        """Raises Failed when there is none left."""
        self.left -= steps
        if self.left < 0:
            raise Failed("it takes too many steps")

    def now(self) -> datetime:
        """What time it is. Raises Failed where that is not given."""
        raise Failed("what time it is, is not given here")

    def weigh(self, value: Any) -> None:
        """Count going through a value, or making it. Raises Failed."""
        self.tick(weight(value))


def weight(value: Any) -> int:
    """The steps that it takes to go through a value, or to make it, on its outermost level."""
    if isinstance(value, str):
        return len(value) // CHARACTERS
    return len(value) // ENTRIES if isinstance(value, list | dict) else 0


def kind(value: Any) -> str:
    """The name of the value's type, as `instance of` has it."""
    return _KINDS.get(type(value), "Any")


_KINDS: dict[type, str] = {
    type(None): "Null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    date: "date",
    time: "time",
    datetime: "date and time",
    timedelta: "days and time duration",
    Months: "years and months duration",
    Span: "range",
    Closure: "function",
    list: "list",
    dict: "context",
}
ORDERED = frozenset({Decimal, str, date, time, datetime, timedelta, Months})


def incoming(value: Any, tick: Tick) -> Any:
    """A value of the case as FEEL has it: numbers exact, lists and contexts through and through."""
    tick(1)
    if isinstance(value, bool) or value is None or type(value) in (str, Decimal):
        return value
    if isinstance(value, int | float):
        return number(Decimal(value) if isinstance(value, int) else Decimal(repr(value)))
    if isinstance(value, list | tuple):
        return [incoming(entry, tick) for entry in value]
    if isinstance(value, Mapping):
        return {str(name): incoming(entry, tick) for name, entry in value.items()}
    return value if type(value) in _KINDS else str(value)


def outgoing(value: Any, tick: Tick) -> Any:
    """A value as a variable can hold it: dates and durations as ISO 8601. Raises Failed."""
    tick(1 + (weight(value) if isinstance(value, str) else 0))
    if isinstance(value, Decimal):
        if value != value.to_integral_value(context=CONTEXT):
            return float(value)
        if abs(value) > MOST:
            raise Failed("the number is too large to be kept exactly")
        return int(value)
    if isinstance(value, list):
        return [outgoing(entry, tick) for entry in value]
    if isinstance(value, dict):
        return {name: outgoing(entry, tick) for name, entry in value.items()}
    if isinstance(value, Closure):
        raise Failed("a function cannot be kept in a variable")
    return value if value is None or isinstance(value, bool | str) else text(value, tick)


def number(value: Decimal) -> Decimal | None:
    """The number within 34 digits; None for one that is none."""
    rounded = CONTEXT.plus(value)
    return rounded if rounded.is_finite() else None


def number_of(written: str) -> Decimal | None:
    """The number that a text holds."""
    return number(Decimal(written)) if _NUMBER.fullmatch(written) else None


def date_of(written: str) -> date | None:
    """`2026-05-01`"""
    try:
        return date.fromisoformat(written) if _DATE.fullmatch(written) else None
    except ValueError:
        return None


def time_of(written: str) -> time | None:
    """`09:00:00`, `09:00:00+08:00`, `09:00:00@Asia/Shanghai`"""
    match = _TIME.fullmatch(written)
    if match is None:
        return None
    try:
        found = time.fromisoformat(match[1])
        micro = int((match[2] or ".0")[1:7].ljust(6, "0"))
        return found.replace(microsecond=micro, tzinfo=_zone(match[3]))
    except (ValueError, OSError):
        return None


def _zone(written: str | None) -> timezone | ZoneInfo | None:
    if not written:
        return None
    if written.startswith("@"):
        try:
            return ZoneInfo(written[1:])
        except Exception as error:  # zoneinfo raises whatever it meets on the disk
            raise ValueError from error
    if written == "Z":
        return UTC
    hours, minutes = int(written[1:3]), int(written[4:6])
    if minutes > 59 or hours > 14:
        raise ValueError
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if written[0] == "-" else offset)


def moment_of(written: str) -> datetime | None:
    """`2026-05-01T09:00:00+08:00`; a date alone is its midnight."""
    day, mark, rest = written.partition("T")
    found, clock = date_of(day), time_of(rest) if mark else time()
    return datetime.combine(found, clock) if found is not None and clock is not None else None


def duration_of(written: str) -> timedelta | Months | None:
    """`P15D`, `PT4H`, `P1Y6M`"""
    match = _MONTHS.fullmatch(written)
    if match:
        count = int(match[2] or 0) * 12 + int(match[3] or 0)
        return Months(-count if match[1] else count)
    match = _DAYS.fullmatch(written)
    if match is None:
        return None
    try:
        found = timedelta(int(match[2] or 0), 0, 0, 0, int(match[4] or 0), int(match[3] or 0)) + timedelta(
            microseconds=int(Decimal(match[5] or 0) * 1_000_000)
        )
        return -found if match[1] else found
    except OverflowError:
        return None


def temporal(written: str) -> Any:
    """What `@"…"` stands for; None for no date, time or duration."""
    for read in (date_of, moment_of, time_of, duration_of):
        if (found := read(written)) is not None:
            return found
    return None


def text(value: Any, tick: Tick) -> str | None:
    """What `string()` gives (10.3.4.1)."""
    return None if value is None else value if isinstance(value, str) else written(value, tick)


def written(value: Any, tick: Tick) -> str:
    """A value as it would be written in FEEL."""
    text = _written(value, tick)
    tick(1 + weight(text))
    return text


def _written(value: Any, tick: Tick) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        short = value.normalize(CONTEXT)
        return "0" if not short else format(short, "f")
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(written(entry, tick) for entry in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {written(entry, tick)}" for name, entry in value.items()) + "}"
    if isinstance(value, Closure):
        return f"function({', '.join(value.parameters)})"
    if isinstance(value, Span):
        low, high = written(value.low, tick), written(value.high, tick)
        return f"{'[' if value.with_low else '('}{low}..{high}{']' if value.with_high else ')'}"
    return _written_time(value)


def _written_time(value: Any) -> str:
    if isinstance(value, Months):
        return _signed(value.count, [(abs(value.count) // 12, "Y"), (abs(value.count) % 12, "M")], "P0M")
    if isinstance(value, timedelta):
        return _written_days(value)
    found: str = value.isoformat()
    zone = getattr(value, "tzinfo", None)
    if isinstance(zone, ZoneInfo):
        return f"{value.replace(tzinfo=None).isoformat()}@{zone.key}"
    return found.removesuffix("+00:00") + "Z" if found.endswith("+00:00") else found


def _written_days(value: timedelta) -> str:
    whole = abs(value)
    minutes, seconds = divmod(whole.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    rest = f"{seconds}.{whole.microseconds:06}".rstrip("0") if whole.microseconds else seconds
    clock = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if count)
    parts: list[tuple[Any, str]] = [(whole.days, "D"), ("T" + clock if clock else 0, "")]
    return _signed(-1 if value < timedelta() else 1, parts, "PT0S")


def _signed(sign: int, parts: list[tuple[Any, str]], none: str) -> str:
    written = "".join(f"{count}{unit}" for count, unit in parts if count)
    return f"{'-' if sign < 0 else ''}P{written}" if written else none


def equal(left: Any, right: Any, tick: Tick) -> bool | None:
    """Whether they are the same (10.3.2.13): null only equals null; of two types nothing is known."""
    tick(1)
    if left is None or right is None:
        return left is right
    if type(left) is not type(right):
        return None
    if isinstance(left, list):
        if len(left) != len(right):
            return False
        return together([equal(one, other, tick) for one, other in zip(left, right, strict=True)])
    if isinstance(left, dict):
        if left.keys() != right.keys():
            return False
        return together([equal(value, right[name], tick) for name, value in left.items()])
    if isinstance(left, datetime | time) and (left.tzinfo is None) != (right.tzinfo is None):
        return None
    return bool(settled(left) == settled(right))


def settled(value: Any) -> Any:
    """A time of day in a zone by the standard offset of the zone: which one it has, only a day would tell."""
    if not isinstance(value, time) or not isinstance(value.tzinfo, ZoneInfo):
        return value
    day = datetime.combine(date(2000, 1, 1), value)
    offset, saved = day.utcoffset(), day.dst()
    return value.replace(tzinfo=timezone((offset or timedelta()) - (saved or timedelta())))


def together(values: list[Any]) -> bool | None:
    """All of them, in three values."""
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


def one_of(values: list[Any]) -> bool | None:
    """One of them, in three values."""
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else None


def opposite(value: Any) -> bool | None:
    """Not it; null for what is neither true nor false."""
    return not value if isinstance(value, bool) else None


def ordered(sign: str, left: Any, right: Any) -> bool | None:
    """`<`, `<=`, `>` or `>=`; null where the two have no order."""
    if type(left) is not type(right) or type(left) not in ORDERED:
        return None
    left, right = settled(left), settled(right)
    try:
        if sign == "<":
            return bool(left < right)
        if sign == "<=":
            return bool(left <= right)
        return bool(left > right) if sign == ">" else bool(left >= right)
    except TypeError:
        return None  # one has a time zone and the other has none


def inside(value: Any, span: Span) -> bool | None:
    """Whether a value lies in a range."""
    found: list[bool | None] = []
    if span.low is not None:
        found.append(ordered(">=" if span.with_low else ">", value, span.low))
    if span.high is not None:
        found.append(ordered("<=" if span.with_high else "<", value, span.high))
    return together(found) if found else None
