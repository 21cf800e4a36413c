"""What can be wrong with a calendar, a limit, or the record of a case's time."""

from app.kernel.errors import DomainError, Invalid, NotFound


class NoCalendar(DomainError):
    """A date falls into a year that is not loaded. Nothing is guessed: each autumn the next year is announced."""

    code = "no-calendar"
    message = "The working calendar “%(calendar)s” holds no year %(year)s, so this limit cannot be counted."
    remedy = "Load the year: as announced, or as provisional until it is announced."


class UnknownCalendar(NotFound):
    """No calendar has this code."""

    code = "unknown-calendar"
    message = "There is no working calendar “%(calendar)s”."


class CalendarRefused(Invalid):
    """Office hours or days that make no calendar."""

    code = "calendar-refused"
    message = "The calendar “%(calendar)s” cannot be used: %(reason)s"


class LimitRefused(Invalid):
    """A limit or a threshold that is not written as one."""

    code = "limit-refused"
    message = "“%(text)s” is not a limit."
    remedy = "Write an ISO 8601 duration of whole numbers: P5D (days), PT4H (hours), P1W, P1M, P1Y."


class ThresholdRefused(LimitRefused):
    """A threshold of the yellow light that is not written as one."""

    code = "threshold-refused"
    message = "“%(text)s” is not a threshold of the yellow light."
    remedy = "Write P3D (after the start), -P1D (before the limit) or 20%% (of the limit left)."


class ExclusionRefused(Invalid):
    """The law does not know this reason for time that is not counted."""

    code = "exclusion-refused"
    message = "Time is not excluded for “%(reason)s”."
    remedy = "Name one of the special procedures of Art. 45, or a supplement."


class ExtensionRefused(Invalid):
    """An extension that adds no time."""

    code = "extension-refused"
    message = "An extension adds at least one day, not %(days)s."
