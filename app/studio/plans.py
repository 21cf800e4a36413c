"""How a play is led: by a plan to its end, or by what somebody chose so far. The child's side of app/studio/play.py.

How a plan is followed
1. Operations of service tasks are done as soon as they are asked for.
2. A step that waits for a person takes the outcome given for this visit, or its default, which is reported as assumed.
   From the fourth visit on the outcomes take turns where none is given, so that a loop is left.
3. Where a step is given time (`after`), or nobody does it (null), time moves: to the next timer, light or step,
   whichever is first.
4. A message that nothing in the diagram throws is assumed to arrive before time moves; one that something throws, only
   where nothing else is left. An outcome given for an event says that its message comes (any code, or {"form": {…}}
   with what it brings) or not (null). One given for a step may name an event on its border: it is reported.
5. A variable that an expression asks for and nobody set is assumed, reported, and the play begun anew.
It ends when no token is left, nothing more can happen, something failed, or `MOST_MOVES` were made.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from app.engine.diagram import drawn
from app.studio import calendars
from app.studio.play import Choices, empty, said
from app.studio.subject import Subject
from app.studio.walk import Open, Walk, described, marks, waiting

MOST_ASSUMED: Final = 40
PATIENCE: Final = 3
MOST_DAYS: Final = 3_660


@dataclass(frozen=True, slots=True)
class Turn:
    """What is chosen for one visit of a step. `done` False: nobody does it."""

    outcome: str | None = None
    after: str | None = None
    form: Mapping[str, Any] = field(default_factory=dict)
    done: bool = True


class Plan:
    """Chooses by outcomes that were given beforehand."""

    def __init__(self, subject: Subject, outcomes: Choices) -> None:
        self._subject, self._outcomes = subject, outcomes
        self._came: Counter[str] = Counter()

    def begin(self) -> None:
        """Begin anew."""
        self._came.clear()

    def follow(self, walk: Walk) -> list[dict[str, Any]]:
        """Walk to the end; returns what was assumed: outcomes, messages."""
        assumed: list[dict[str, Any]] = []
        while walk.failed is None and not walk.ended:
            if walk.operate() or self._receive_given(walk):
                continue
            ready = next(((step, turn) for step, turn in self._turns(walk) if self._ready(walk, step, turn)), None)
            if ready is not None:
                self._do(walk, *ready, assumed)
            elif not (
                self._receive(walk, assumed, thrown=False)
                or self._wait(walk)
                or self._receive(walk, assumed, thrown=True)
            ):
                break
        return assumed

    def _receive_given(self, walk: Walk) -> bool:
        """A message that is given, and beside the flow not null, comes as soon as it is awaited, once for each time
        given; whether there was one."""
        for awaited in (*walk.beside, *walk.awaited):
            element = drawn(awaited.element)
            came = self._came[element]
            given = self._outcomes.get(element)
            times = given if isinstance(given, list) else [given]
            if came < len(times) and (message := times[came]) is not None:
                self._came[element] += 1
                walk.receive(awaited, message.get("form") if isinstance(message, Mapping) else None)
                return True
        return False

    def _receive(self, walk: Walk, assumed: list[dict[str, Any]], *, thrown: bool) -> bool:
        """Let the message that has been awaited longest arrive; whether there is one. `thrown`: those that something in
        the diagram throws, or that came often: they are only assumed to come where nothing else is left."""
        names = set(walk.definition.thrown.values())
        for awaited in walk.awaited:
            element = drawn(awaited.element)
            is_refused = element in self._outcomes and self._outcomes[element] is None
            is_expected = (awaited.kind, awaited.name) not in names and self._came[element] < PATIENCE
            if not is_refused and is_expected is not thrown:
                self._came[element] += 1
                assumed.append({"element": element, "what": "message", "value": awaited.name})
                walk.receive(awaited)
                return True
        return False

    def _do(self, walk: Walk, step: Open, turn: Turn, assumed: list[dict[str, Any]]) -> None:
        outcome = turn.outcome
        if outcome is None:
            offered: tuple[str | None, ...] = self._subject.offered(step.element)
            offered = offered or (*self._subject.asked(step.element), None)
            outcome = offered[max(step.visit - PATIENCE, 0) % len(offered)]
            if outcome is not None:
                assumed.append({"element": drawn(step.element), "what": "outcome", "value": outcome})
        walk.do(step, outcome, turn.form)

    def _turns(self, walk: Walk) -> list[tuple[Open, Turn]]:
        return [(step, self._turn(step)) for step in walk.open]

    def _turn(self, step: Open) -> Turn:
        if drawn(step.element) not in self._outcomes:
            return Turn()
        given = self._outcomes[drawn(step.element)]
        if isinstance(given, list):
            given = given[min(step.visit, len(given)) - 1] if given else None
        if isinstance(given, Mapping):
            return Turn(given.get("outcome"), given.get("after"), given.get("form") or {})
        return Turn(given, done=given is not None)

    def _at(self, walk: Walk, step: Open, turn: Turn) -> datetime | None:
        """When the step is done; None: never."""
        if not turn.done:
            return None
        return walk.clocks.after(step.since, turn.after) if turn.after else step.since

    def _ready(self, walk: Walk, step: Open, turn: Turn) -> bool:
        at = self._at(walk, step, turn)
        return at is not None and at <= walk.now

    def _wait(self, walk: Walk) -> bool:
        """Move time to the next thing that happens; whether there is any."""
        steps = [at for step, turn in self._turns(walk) if (at := self._at(walk, step, turn))]
        moment = min([*steps, *filter(None, [walk.next_instant()])], default=None)
        if moment is None:
            return False
        walk.wait_until(moment)
        return True


class Acts:
    """Does what was chosen, one act after the other, and stops there."""

    def __init__(self, acts: Sequence[Mapping[str, Any]]) -> None:
        self._acts = acts

    def begin(self) -> None:
        """Nothing is kept between two walks."""

    def follow(self, walk: Walk) -> list[dict[str, Any]]:
        """Do all acts that are possible; one that is not is passed over."""
        _operate(walk)
        for act in self._acts:
            if walk.failed is not None or walk.ended:
                break
            self._act(walk, act)
            _operate(walk)
        return []

    def _act(self, walk: Walk, act: Mapping[str, Any]) -> None:
        if step := next((step for step in walk.open if drawn(step.element) == act.get("do")), None):
            offered = (*walk.subject.outcomes(step.element), *walk.definition.reports.get(step.element, ()))
            outcome = act.get("outcome")
            if outcome is None or outcome in offered:
                form = act.get("form")
                walk.do(step, outcome, form if isinstance(form, Mapping) else {})
        elif awaited := next((one for one in (*walk.awaited, *walk.beside) if one.element == act.get("message")), None):
            walk.receive(awaited)
        elif act.get("time") == "next":
            if (moment := walk.next_instant()) is not None:
                walk.wait_until(moment)
        elif isinstance(days := act.get("days"), int) and 0 < days <= MOST_DAYS:
            walk.wait_until(walk.now + timedelta(days=days))


def _operate(walk: Walk) -> None:
    while walk.failed is None and walk.operate():
        pass


def trace(
    subject: Subject,
    variables: Mapping[str, Any],
    how: Plan | Acts,
    at: datetime,
    calendar: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Walk, with what has to be assumed of variables found on the way.

    What the proof refuses is walked too, so that its designer sees what happens: it stays refused, `came_to` says what
    became of this walk.
    """
    findings = [asdict(finding) for finding in subject.findings]
    if subject.definition is None:
        return {**empty("refused"), "findings": findings}
    counted, of_calendar = calendars.made(calendar, subject.item.calendar if subject.item else "", at)
    guessed: dict[str, Any] = {}
    while True:
        how.begin()
        walk = Walk(subject, subject.definition, counted, {**guessed, **variables}, at)
        outcomes = how.follow(walk)
        missed = sorted(walk.missed - guessed.keys() - variables.keys())
        if walk.failed is None or not missed or len(guessed) >= MOST_ASSUMED:
            break
        guessed |= {name: subject.plausible(name, at.date()) for name in missed}
    assumed = _questions(subject) + outcomes
    assumed += [{"element": subject.definition.process_id, "what": "variable", "name": name, "value": value}
                for name, value in guessed.items()]  # fmt: skip
    if walk.clocks.counted and of_calendar:
        assumed.append({"element": subject.definition.process_id, "what": "calendar", "value": of_calendar})
    once = [one for number, one in enumerate(assumed) if one not in assumed[:number]]
    told = {**_told(walk), "findings": findings, "assumed": once}
    return {**told, "state": "refused", "came_to": told["state"]} if subject.refused else told


def _told(walk: Walk) -> dict[str, Any]:
    state = "failed" if walk.failed is not None else "ended" if walk.ended else "waiting"
    calendar = walk.clocks.calendar

    def shown(value: Any) -> Any:
        """Instants on the office's clock."""
        if isinstance(value, datetime):
            return calendar.local(value).isoformat()
        if isinstance(value, Mapping):
            return {str(name): shown(inner) for name, inner in value.items()}
        return [shown(inner) for inner in value] if isinstance(value, list | tuple) else value

    found = {
        **empty(state),
        "process": walk.definition.process_id,
        "result": walk.result,
        "elements": walk.record.elements,
        "steps": walk.record.steps,
        "lights": walk.record.lights,
        "milestones": walk.record.milestones,
        "variables": walk.variables,
        "waiting": waiting(walk) if state == "waiting" else [],
        "now": walk.now,
        "open": list(described(walk)),
        "timers": [{"element": one.timer.element, "due": one.due} for one in walk.timers],
        "messages": [{"element": one.element, "name": one.name} for one in (*walk.awaited, *walk.beside)],
        "marks": marks(walk),
        "way": walk.record.way,
    }
    if walk.failed is not None:
        found["error"] = said(walk.failed)
    plain: dict[str, Any] = shown(found)
    return plain


def _questions(subject: Subject) -> list[dict[str, Any]]:
    """What the designer has yet to say, as it is taken until then."""
    kinds = ("condition", "timer", "message")
    return [
        {
            "element": found.element or "",
            "what": next((kind for kind in kinds if kind in found.code), "answer"),
            "value": found.offer,
        }
        for found in subject.findings
        if found.severity == "question"
    ]
