"""Stored tokens given the specs of another version: row by row, with a reason for each that has no counterpart."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from app.engine import standing
from app.engine.assembly import LevelSpec
from app.engine.catching import Cause
from app.engine.definition import Definition
from app.engine.events import Armed, Clockless, Waiting
from app.engine.obstacles import Obstacle, obstacle
from app.engine.specs import FirstEvent, Guarded
from app.kernel.ids import new_id

_ALIKE = (("operation", "operation-differs"), ("leg", "leg-differs"), ("excluded", "excluded-differs"))
"""Properties that an open element must have in both versions, and what is said where it has not."""

Row = list[Any]


class Shape:
    """A definition as its specs by name, each with its level."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.main = str(definition.spec.name)
        self.levels: Mapping[str, LevelSpec] = definition.scope_specs
        self.level_of = {name: key for key, level in self.levels.items() for name in level.task_specs}
        self.specs: Mapping[str, Any] = {
            name: spec for level in self.levels.values() for name, spec in level.task_specs.items()
        }

    def of(self, row: Row) -> Any:
        """The spec of a stored token."""
        return self.specs[self.definition.spec_names[row[0]]]

    def knows(self, spec: Any) -> bool:
        """Whether a spec is one of these, and not of the same name in the other version."""
        return self.specs.get(spec.name) is spec

    def boundaries(self, name: str) -> dict[str, Any]:
        """The boundary events of the activity `name`, by their ids."""
        return {event.name: event for event in standing.boundaries(self.levels[self.level_of[name]], name)}

    def inside(self, host: Any) -> str | None:
        """The level that opens when `host` is entered."""
        return getattr(host, "spec", None)


class Carrying:
    """The rows of one case, carried over. Where `obstacles` is empty `rows` can be restored in the new version."""

    def __init__(self, old: Shape, new: Shape, steps: Mapping[str, str], rows: list[Row]) -> None:
        self.old, self.new, self.steps = old, new, steps
        self.rows: list[Row] = []
        self.obstacles: list[Obstacle] = []
        self.disarmed: list[UUID] = []
        self.to_arm: dict[UUID, list[str]] = {}
        """By the token of an activity: the boundary events that are new on it."""
        self.waiting: set[str] = set()
        """Event subprocesses that wait on to be started."""
        self.renamed: dict[str, str] = {}
        self._stored = rows
        self._at: dict[int, int] = {}
        """Number of a stored row → number of the row that was made of it."""
        self._guards: dict[int, int] = {}
        for number, row in enumerate(rows):
            spec = old.of(row)
            if isinstance(spec, BoundaryEvent):
                self._carry_boundary(row)  # its activity came before it
            elif isinstance(spec, Armed):
                self._carry_handler(row)
            elif not isinstance(spec, Guarded):
                self._carry(number, row)

    def _carry(self, number: int, row: Row) -> None:
        spec = self.old.of(row)
        found = self._counterpart(spec)
        holder = self._holder(row)
        if found is None or holder is None or not self._fits(spec, found, row, holder):
            return
        if found.bpmn_id != spec.bpmn_id:
            self.renamed[spec.bpmn_id] = found.bpmn_id
        self._at[number] = self._add(found, self._guarded(row, found, holder), row[2], self._told(spec, found, row))

    def _counterpart(self, spec: Any) -> Any:
        """The spec of the same element, or of the one named for it; None, and the reason noted, if there is none."""
        element = spec.bpmn_id
        target = self.steps.get(element, element)
        found = self.new.specs.get(target + spec.name.removeprefix(element))
        if found is None:
            code = "repeats-differently" if target in self.new.specs else "step-gone"
            return self._note(code, element)
        if type(found) is type(spec):
            return found
        if isinstance(found, LoopTask) or isinstance(spec, LoopTask):
            return self._note("repeats-differently", element)
        was, now = self.old.definition.elements.get(element), self.new.definition.elements.get(target)
        return self._note("type-differs", element, was=was.type if was else "", now=now.type if now else "")

    def _fits(self, spec: Any, found: Any, row: Row, holder: int) -> bool:
        element = spec.bpmn_id
        if self.new.level_of[found.name] != self._level(row, spec, holder):
            self._note("scope-differs", element)
        elif standing.joins(found) and self._way(found, row) is None:
            self._note("way-gone", element)
        elif isinstance(_clock(spec), Clockless | Cause) and not _same_cause(spec, found):
            self._note("timer-differs", element)
        elif isinstance(spec, LoopTask) and (spec.condition is None) != (found.condition is None):
            self._note("repeats-differently", element)
        elif self._choices(found) != {self.steps.get(name, name) for name in self._choices(spec)}:
            self._note("choice-differs", element)
        elif spec.activity and (code := self._other_property(element, found.bpmn_id)):
            self._note(code, element)
        else:
            return True
        return False

    def _choices(self, spec: Any) -> set[str]:
        """The events of which one will happen: behind an event-based gateway, or beside an event that is behind it."""
        gateways: list[Any] = [spec]
        if isinstance(spec, Waiting):
            level = next(shape.levels[shape.level_of[spec.name]] for shape in (self.old, self.new) if shape.knows(spec))
            gateways += [level.task_specs[name] for name in spec._inputs]
        return {output.name for one in gateways if isinstance(one, FirstEvent) for output in one.outputs}

    def _other_property(self, element: str, target: str) -> str | None:
        was = self.old.definition.elements[element].properties
        now = self.new.definition.elements[target].properties
        return next((code for name, code in _ALIKE if was.get(name) != now.get(name)), None)

    def _holder(self, row: Row) -> int | None:
        """The number of the new row that holds what `row` becomes, guards left out; None where it did not come over."""
        number = row[1]
        if number >= 0 and isinstance(self.old.of(self._stored[number]), Guarded):
            number = self._stored[number][1]
        return -1 if number < 0 else self._at.get(number)

    def _level(self, row: Row, spec: Any, holder: int) -> str | None:
        """The level that a token lies in after the move, by what holds it."""
        if holder < 0:
            return self.new.main
        number = row[1]
        if isinstance(self.old.of(self._stored[number]), Guarded):
            number = self._stored[number][1]
        above, host = self.old.of(self._stored[number]), self.new.of(self.rows[holder])
        if self.old.level_of[above.name] == self.old.level_of[spec.name]:
            return self.new.level_of[host.name]
        return self.new.inside(host)

    def _guarded(self, row: Row, found: Any, holder: int) -> int:
        """What holds the token of an activity: the guard of its boundary events where it has any."""
        events = self.new.boundaries(found.name)
        if not events:
            return holder
        guard = self.new.specs[f"{found.bpmn_id}:guard"]
        known = self._stored[row[1]] if row[1] >= 0 else None
        before: dict[str, Any] = {}
        token = b64encode(new_id().bytes)[:22].decode()
        if known is not None and isinstance(self.old.of(known), Guarded):
            before, token = self.old.boundaries(self.old.of(row).name), known[2]
        number = self._add(guard, holder, token, {})
        if before:
            self._guards[row[1]] = number
        same = {self.steps.get(name, name) for name, event in before.items() if self._same_event(event) is not None}
        if new := [name for name in events if name not in same]:
            self.to_arm[UUID(bytes=b64decode(row[2] + "=="))] = new
        return number

    def _same_event(self, event: Any) -> Any:
        """The boundary event of the new version that waits for the same, on the same activity; else None."""
        found = self.new.specs.get(self.steps.get(event.name, event.name))
        host = self.old.definition.elements[event.name].attached_to or ""
        if not isinstance(found, BoundaryEvent) or found.cancel_activity != event.cancel_activity:
            return None
        if self.new.definition.elements[found.name].attached_to != self.steps.get(host, host):
            return None
        return found if _same_cause(event, found) else None

    def _carry_boundary(self, row: Row) -> None:
        event = self.old.of(row)
        found = self._same_event(event)
        guard = self._guards.get(row[1])
        if found is not None and guard is not None:
            if found.name != event.name:
                self.renamed[event.name] = found.name
            self._add(found, guard, row[2], self._told(event, found, row))
        elif isinstance(_clock(event), Clockless):
            self.disarmed.append(UUID(bytes=b64decode(row[2] + "==")))

    def _carry_handler(self, row: Row) -> None:
        """What waits to start an event subprocess goes on waiting, or is disarmed where the version has none such."""
        event, holder = self.old.of(row), self._holder(row)
        found = self.new.specs.get(f"{self.steps.get(event.bpmn_id, event.bpmn_id)}:await")
        if holder is None:
            return
        same = found is not None and found.interrupts == event.interrupts and _same_cause(event, found)
        if found is not None and same and self.new.level_of[found.name] == self._level(row, event, holder):
            self._add(found, holder, row[2], self._told(event, found, row))
            self.waiting.add(found.name)
        elif isinstance(_clock(event), Clockless):
            self.disarmed.append(UUID(bytes=b64decode(row[2] + "==")))

    def new_handlers(self, level: LevelSpec) -> list[Any]:
        """Event subprocesses of a level of the new version that nothing of the old one could have started."""
        named = {was: now for now, was in self.steps.items()}
        known = self.old.specs
        return [
            spec
            for spec in level.handlers
            if spec.name not in self.waiting and f"{named.get(spec.bpmn_id, spec.bpmn_id)}:await" not in known
        ]

    def _told(self, spec: Any, found: Any, row: Row) -> dict[str, Any]:
        """What the token was told. A timer keeps the time it was armed with, also where another is drawn now."""
        told: dict[str, Any] = dict(row[3]) if len(row) > 3 else {}
        clock = _clock(spec)
        if isinstance(clock, Clockless) and clock.literal and clock.literal != _clock(found).literal:
            told.setdefault("value", clock.literal)
        if standing.joins(found):
            told["via"] = self._way(found, row)
        return told

    def _way(self, join: Any, row: Row) -> str | None:
        """The flow into a join that a token counts for: its own, or the only one that leads on from where it came."""
        came_from = row[3].get("via", "") if len(row) > 3 else ""
        known = self.old.specs.get(came_from)
        if known is None:
            return None
        name = self.steps.get(known.bpmn_id, known.bpmn_id) + came_from.removeprefix(known.bpmn_id)
        if name in join._inputs:
            return str(name)
        level = self.new.levels[self.new.level_of[join.name]]
        if name not in level.task_specs:
            return None
        found = _leading(level, name, join)
        return found.pop() if len(found) == 1 else None

    def _add(self, spec: Any, holder: int, token: str, told: dict[str, Any]) -> int:
        self.rows.append([self.new.definition.spec_index[spec.name], holder, token, *([told] if told else [])])
        return len(self.rows) - 1

    def _note(self, code: str, element: str, **params: Any) -> None:
        found = obstacle(code, element, **params)
        if found not in self.obstacles:
            self.obstacles.append(found)


def _clock(spec: Any) -> Any:
    return getattr(spec, "event_definition", None)


def _same_cause(one: Any, other: Any) -> bool:
    """Whether two events wait for the same: the same kind of time, the message of the same name."""
    was, now = _clock(one), _clock(other)
    if type(was) is not type(now) or getattr(was, "kind", "") != getattr(now, "kind", ""):
        return False
    return getattr(was, "wanted", None) == getattr(now, "wanted", None)


def _leading(level: LevelSpec, name: str, join: Any) -> set[str]:
    """The inputs of `join` that a token which left `name` can come to without passing `join`."""
    found, seen, waiting = set[str](), set[str](), [name]
    while waiting:
        at = waiting.pop()
        if at in seen or at == join.name:
            continue
        seen.add(at)
        if at in join._inputs:
            found.add(at)
        waiting += [output.name for output in level.task_specs[at].outputs]
    return found
