"""Playing a draft: a case walked through in a child that is watched, without a database.

This module is what a command at a designer's machine imports: only the child loads the engine.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from app.kernel.confine import Unworkable, run
from app.kernel.errors import DomainError, Invalid
from app.kernel.marking import _
from app.studio.examining import BOUNDS

if TYPE_CHECKING:
    from app.deadlines.calendars import WorkingCalendar

FORMAT: Final = "greenlight-trace/1"

Choices = Mapping[str, Any]
"""Step → outcome, or a list with one for each visit (the last goes on); each a code, null (nobody does it), or
{"outcome": code, "after": ISO 8601 in working time, "form": {…}}. Of an event: a code, or {"form": {…}} with what its
message brings."""


# --- in the office's own process


def play(
    files: Mapping[str, bytes],
    *,
    variables: Mapping[str, Any],
    outcomes: Choices,
    at: datetime,
    calendar: "WorkingCalendar | None" = None,
) -> dict[str, Any]:
    """The trace of a play in a child that is watched, its `findings` and `error` as they are said in `told`.

    What takes too much ends as a trace that says so. Raises Invalid for outcomes that are none.
    """
    check_choices(outcomes)
    return _confined(planned, files, dict(variables), dict(outcomes), at, calendar)


def replay(
    files: Mapping[str, bytes],
    *,
    variables: Mapping[str, Any],
    acts: Sequence[Mapping[str, Any]],
    at: datetime,
    calendar: "WorkingCalendar | None" = None,
) -> dict[str, Any]:
    """As `play`, but only what was chosen: `acts` are {"do": step, "outcome": code, "form": {…}}, {"time": "next"},
    {"days": n}, {"message": event}. The trace has more in it: `open` (steps and their outcomes), `timers`, `messages`,
    `now`, and `marks`, for drawing."""
    return _confined(chosen, files, dict(variables), [dict(act) for act in acts], at, calendar)


def check_choices(outcomes: Choices) -> None:
    """Raise Invalid unless each is what `Choices` says."""
    faults = {
        f"outcomes.{step}": [_("An outcome is a code, null, {outcome, after, form}, or a list of these.")]
        for step, given in outcomes.items()
        if not all(map(_is_turn, given if isinstance(given, list) and given else [given]))
    }
    if faults:
        raise Invalid(faults)


def _is_turn(given: Any) -> bool:
    if not isinstance(given, Mapping):
        return given is None or isinstance(given, str)
    kinds = {"outcome": str | None, "after": str, "form": Mapping}
    return given.keys() <= kinds.keys() and all(isinstance(value, kinds[name]) for name, value in given.items())


def _confined(
    job: Any,
    files: Mapping[str, bytes],
    variables: dict[str, Any],
    choices: Any,
    at: datetime,
    calendar: "WorkingCalendar | None",
) -> dict[str, Any]:
    what = min(files, key=len, default="-")[:200]
    given = _plain(calendar) if calendar is not None else None
    try:
        found: dict[str, Any] = run(
            job, dict(files), variables, choices, at.isoformat(), given, what=what, bounds=BOUNDS
        )
    except Unworkable as error:
        found = {**empty("failed"), "error": said(error)}
    return found


def _plain(calendar: "WorkingCalendar") -> dict[str, Any]:
    """For the child; app/studio/calendars.py makes it anew there."""
    return {
        "code": calendar.code,
        "timezone": calendar.timezone,
        "hours": [[begin.isoformat(), end.isoformat()] for begin, end in calendar.hours],
        "years": {str(year): status for year, status in calendar.years.items()},
        "days": {day.isoformat(): worked for day, worked in calendar.differing.items()},
    }


# --- in the child


def planned(
    files: Mapping[str, bytes],
    variables: Mapping[str, Any],
    outcomes: Choices,
    at: str,
    calendar: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The child's part of `play`."""
    from app.studio import plans, subject

    found = subject.read(files)
    return plans.trace(found, variables, plans.Plan(found, outcomes), _instant(at), calendar)


def chosen(
    files: Mapping[str, bytes],
    variables: Mapping[str, Any],
    acts: Sequence[Mapping[str, Any]],
    at: str,
    calendar: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The child's part of `replay`."""
    from app.studio import plans, subject

    return plans.trace(subject.read(files), variables, plans.Acts(acts), _instant(at), calendar)


def empty(state: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "process": None,
        "state": state,
        "result": None,
        "findings": [],
        "elements": [],
        "steps": [],
        "lights": [],
        "milestones": [],
        "variables": {},
        "waiting": [],
        "assumed": [],
    }


def said(error: DomainError) -> dict[str, Any]:
    """Said in the reader's language by whoever shows it."""
    params = {name: str(value) for name, value in error.params.items()}
    return {
        "code": error.code,
        "element": params.get("element") or params.get("step"),
        "message": error.message,
        "params": params,
    }


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
