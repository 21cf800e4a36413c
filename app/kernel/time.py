"""Instants. Everything inside is UTC and aware; a naive datetime is an error, never a guess."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Says what time it is for the office. Only an edge calls it, once for each request, job or command."""


class NaiveDatetime(ValueError):
    """A datetime without a time zone reached a place that needs an instant."""


def instant(value: datetime) -> datetime:
    """`value` in UTC; raises NaiveDatetime where it has no zone."""
    if value.tzinfo is None:
        raise NaiveDatetime(f"{value!r} has no time zone")
    return value.astimezone(UTC)


def real_now() -> datetime:
    """The machine's time. Sessions, tokens and throttles live by it even where a demo's clock is moved."""
    return datetime.now(UTC)


def shifted(offset: timedelta) -> Clock:
    """A clock that runs `offset` ahead of the machine's."""
    return lambda: real_now() + offset
