"""A concluded case lived again on another version of its item: the same outcomes, after the same times.

1. The case begins when it was received, with what the applicant entered.
2. A visit of a step ends as it did, with the outcome and the form that were given, after the time that it took: office
   time for the office's steps, plain time for the applicant's. A visit that was not done then is not done now.
3. A step that the case's version did not have takes what is assumed (`Assumed`): a time, and an outcome.
4. What was never done and is no new step cannot be guessed: the case cannot be replayed, and says where.

Lights turn as they do in a case (clocks, walk). Nothing personal leaves this module: only elements, colours, reasons.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from app.deadlines.calendars import WorkingCalendar
from app.deadlines.errors import NoCalendar
from app.studio.subject import Subject
from app.studio.walk import Open, Walk

CASE: Final = "case:"
"""Before the basis of a clock that is the case's own."""
RANKS: Final = ("green", "yellow", "red")

Lights = Mapping[str, str]
"""Element, or case:promised and case:statutory → the worst light that it had."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One time that a step was open. `closed` None: it was not done."""

    opened: datetime
    closed: datetime | None
    outcome: str | None
    form: Mapping[str, Any]
    by_applicant: bool


@dataclass(frozen=True, slots=True)
class Past:
    """What happened in a case. `known`: the elements that its version has, as the new version calls them."""

    received_at: datetime
    application: Mapping[str, Any]
    visits: Mapping[str, tuple[Visit, ...]]
    known: frozenset[str]
    lights: Lights


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is taken for steps that are new: office time by kind of step, an outcome by element."""

    times: Mapping[str, timedelta] = field(default_factory=dict)
    otherwise: timedelta = timedelta(0)
    outcomes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of it. `missed`: why it could not be replayed, and at which element. `new`: new steps it met."""

    lights: Lights
    missed: tuple[str, str] | None
    new: frozenset[str]


def replay(subject: Subject, calendar: WorkingCalendar, past: Past, assumed: Assumed, until: datetime) -> Replayed:
    """Live a case again; what nobody has done yet is waited for `until` then.

    Never raises for what a diagram does: `missed` tells.
    """
    if subject.definition is None:
        raise ValueError("a version that is refused replays nothing")
    walk = Walk(subject, subject.definition, calendar, past.application, past.received_at)
    life = _Life(subject, calendar, past, assumed)
    missed = life.follow(walk, until)
    lights: dict[str, str] = {}
    for turned in walk.record.lights:
        key = f"{CASE}{turned['basis']}" if turned.get("level") == "case" else turned["step"]
        lights[key] = worst(lights.get(key, "green"), turned["colour"])
    return Replayed(lights, missed, frozenset(life.new))


def worst(*lights: str) -> str:
    """The worst of some lights; green where there are none."""
    return max(lights, key=RANKS.index, default="green")


class _Life:
    def __init__(self, subject: Subject, calendar: WorkingCalendar, past: Past, assumed: Assumed) -> None:
        self._subject, self._calendar, self._past, self._assumed = subject, calendar, past, assumed
        self.new: set[str] = set()

    def follow(self, walk: Walk, until: datetime) -> tuple[str, str] | None:
        """Walk to where the case came to an end, or stands as it stood; the reason where it cannot."""
        while walk.failed is None and not walk.ended:
            if walk.operate():
                continue
            if unknown := next((step.element for step in walk.open if self._visit(step) is None), None):
                return "never-done", unknown
            due = [(at, step) for step in walk.open if (at := self._done_at(step)) is not None]
            at, step = min(due, key=lambda each: each[0], default=(None, None))
            if at is not None and step is not None and at <= walk.now:
                self._do(walk, step)
                continue
            moment = min(filter(None, [at, walk.next_instant()]), default=None)
            if moment is None:
                break
            if at is None and moment > until:
                walk.wait_until(until)
                break
            walk.wait_until(moment)
        if walk.failed is not None:
            return walk.failed.code, str(walk.failed.params.get("element") or walk.failed.params.get("step") or "")
        waits = [step.element for step in walk.open if self._was_done(step.element)]
        waits += [awaited.element for awaited in walk.awaited if not walk.ended and not walk.open]
        return ("waits", waits[0]) if waits else None

    def _visit(self, step: Open) -> Visit | None:
        """What was done at this visit; for a new step, what is assumed."""
        visits = self._past.visits.get(step.element, ())
        if step.visit <= len(visits):
            return visits[step.visit - 1]
        if step.element in self._past.known:
            return None
        self.new.add(step.element)
        offered = self._subject.outcomes(step.element)
        outcome = self._assumed.outcomes.get(step.element) or (offered[0] if offered else None)
        return Visit(step.since, None, outcome, {}, by_applicant=False)

    def _done_at(self, step: Open) -> datetime | None:
        visit = self._visit(step)
        if visit is None:
            return None
        if step.element not in self._past.known:
            return self._after(step.since, self._time_of(step.element))
        if visit.closed is None or visit.opened == step.since:
            return visit.closed
        if visit.by_applicant:
            return step.since + (visit.closed - visit.opened)
        return self._after(step.since, office_time(self._calendar, visit.opened, visit.closed))

    def _time_of(self, element: str) -> timedelta:
        definition = self._subject.definition
        kind = definition.elements[element].properties.get("kind", "review") if definition else "review"
        return self._assumed.times.get(kind, self._assumed.otherwise)

    def _after(self, since: datetime, time: timedelta) -> datetime | None:
        try:
            return self._calendar.add_hours(since, time) if time else since
        except (NoCalendar, OverflowError):
            return None

    def _do(self, walk: Walk, step: Open) -> None:
        if (visit := self._visit(step)) is not None:
            walk.do(step, visit.outcome, visit.form)

    def _was_done(self, element: str) -> bool:
        """Whether a step was done in the end: where the case still waits for it, it came to a stop on the way."""
        visits = self._past.visits.get(element, ())
        return not visits or visits[-1].closed is not None


def office_time(calendar: WorkingCalendar, since: datetime, until: datetime) -> timedelta:
    """The office time between two instants; none where no calendar reaches."""
    try:
        return max(calendar.worked(until) - calendar.worked(since), timedelta(0))
    except NoCalendar:
        return timedelta(0)
