"""Types of FEEL: whether a value is of one, and what becomes of it where another is declared (DMN 1.5, 10.3.2.9)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.engine.languages import values
from app.engine.languages.tree import Type
from app.engine.languages.values import Closure, Months, Span, Work

ANY = Type("Any")
_CLASSES: dict[str, type] = {
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "date": date,
    "time": time,
    "date and time": datetime,
    "days and time duration": timedelta,
    "years and months duration": Months,
    "range": Span,
    "list": list,
    "context": dict,
    "function": Closure,
}
BUILT_IN: dict[str, Type] = {
    **{name: Type(name) for name in ("Any", "Null", *_CLASSES)},
    "dateTime": Type("date and time"),
    "dayTimeDuration": Type("days and time duration"),
    "yearMonthDuration": Type("years and months duration"),
}
"""By the names that FEEL gives them, and those that older files have."""


def conforms(value: Any, wanted: Type, work: Work) -> bool:
    """Whether a value is of a type, as `instance of` has it: null is of none but Null."""
    work.tick()
    if value is None or wanted.name in ("Any", "Null"):
        return (value is None) == (wanted.name == "Null")
    if type(value) is not _CLASSES[wanted.name]:
        return False
    if isinstance(value, list):
        return wanted.of is None or all(_fits(entry, wanted.of, work) for entry in value)
    if isinstance(value, dict):
        return all(name in value and _fits(value[name], kind, work) for name, kind in wanted.members or ())
    if isinstance(value, Span):
        ends = [end for end in (value.low, value.high) if end is not None]
        return wanted.of is None or all(conforms(end, wanted.of, work) for end in ends)
    return not isinstance(value, Closure) or wanted.members is None or len(wanted.members) == len(value.parameters)


def _fits(value: Any, wanted: Type, work: Work) -> bool:
    """In a list or context nothing may stand for a value of any type."""
    return value is None or conforms(value, wanted, work)


def coerced(value: Any, wanted: Type, work: Work) -> Any:
    """A value where one of this type is declared: of a list of one its member, of one value a list, else null."""
    if value is None or _fits(value, wanted, work):
        return value
    if wanted.name == "date and time" and type(value) is date:
        return datetime.combine(value, time(), UTC)
    if wanted.name == "list":
        return [value] if wanted.of is not None and conforms(value, wanted.of, work) else None
    return coerced(value[0], wanted, work) if isinstance(value, list) and len(value) == 1 else None


def read(value: Any, wanted: Type) -> Any:
    """A value of the case, in which dates, times and durations are texts, as one of the type declared for it."""
    if isinstance(value, list) and wanted.name == "list" and wanted.of is not None:
        return [read(entry, wanted.of) for entry in value]
    if isinstance(value, dict) and wanted.members:
        kinds = dict(wanted.members)
        return {name: read(entry, kinds[name]) if name in kinds else entry for name, entry in value.items()}
    if not isinstance(value, str) or wanted.name not in _READERS:
        return value
    found = _READERS[wanted.name](value)
    return value if found is None else found


def _day(written: str) -> date | None:
    moment = values.moment_of(written)
    return values.date_of(written) or (moment.date() if moment else None)


_READERS: dict[str, Callable[[str], Any]] = {
    "number": lambda written: values.number_of(written.strip()),
    "date": _day,
    "date and time": values.moment_of,
    "time": values.time_of,
    "days and time duration": values.duration_of,
    "years and months duration": values.duration_of,
}
READ = frozenset(_READERS) | {name for name, kind in BUILT_IN.items() if kind.name in _READERS}
"""Names of the types whose values a case holds as texts."""
