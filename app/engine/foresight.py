"""What a case will be asked for further on and never got, because it came by the old version's way."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from app.engine import expressions
from app.engine.assembly import LevelSpec
from app.engine.definition import Definition
from app.engine.events import Clockless
from app.engine.nesting import Again
from app.engine.obstacles import Obstacle, obstacle
from app.engine.specs import Choice, Guarded, Inclusive, Script
from app.engine.standing import boundaries
from app.engine.tokens import Token


@dataclass(frozen=True)
class Names:
    """What expressions can read besides outcomes: fields of the application, and of each step's form."""

    application: frozenset[str] = frozenset()
    of_steps: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Foresight:
    """For all cases that go over to one version."""

    def __init__(self, new: Definition, old_names: Names, names: Names) -> None:
        self._levels: Mapping[str, LevelSpec] = new.scope_specs
        self._names = names
        self._reads = {spec: _read_by(spec) for level in self._levels.values() for spec in level.task_specs.values()}
        self._writes = {spec: self._written_by(spec) for spec in self._reads}
        items = {spec.item_name for spec in self._reads if getattr(spec, "item_name", None)}
        offered = names.application.union(*self._writes.values())
        read = frozenset[str]().union(*self._reads.values())
        self.wanted = (read & offered) - items - old_names.application
        self._main = new.spec

    def missing(self, tokens: Collection[Token], known: Collection[str]) -> Iterator[Obstacle]:
        """What is read on the ways from `tokens`, that is not among the names `known` and is not written before.

        What a case that begins in the new version could miss as well is the designer's matter, not the move's.
        """
        for name in sorted(self.wanted):
            if name in known:
                continue
            reader = self._reader(name, self._after(name, tokens))
            first = self._main.start
            if reader and (name in self._names.application or not self._reader(name, [(self._main, first)])):
                yield obstacle("value-missing", reader, name=name)

    def _after(self, name: str, tokens: Iterable[Token]) -> list[tuple[LevelSpec, Any]]:
        """What comes next after where the tokens stand, unless `name` is written on leaving."""
        found = []
        for token in tokens:
            level, spec = token.workflow.spec, token.task_spec
            following = [] if name in self._writes[spec] else list(spec.outputs)
            found += [(level, output) for output in (*following, *boundaries(level, spec.name))]
        return found

    def _reader(self, name: str, starts: list[tuple[LevelSpec, Any]]) -> str | None:
        """The first element that reads `name` on a way from `starts` on which nothing has written it."""
        waiting, seen = list(starts), set[str]()
        while waiting:
            level, spec = waiting.pop(0)
            if spec.name in seen:
                continue
            seen.add(spec.name)
            if name in self._reads[spec]:
                return str(spec.bpmn_id)
            inner = self._levels.get(getattr(spec, "spec", None) or "")
            if inner is not None:
                waiting.append((inner, inner.start))
            if isinstance(spec, LoopTask):
                waiting.append((level, level.task_specs[f"{spec.bpmn_id}:item"]))
            if isinstance(spec, Guarded) or name not in self._writes[spec]:
                waiting += [(level, output) for output in spec.outputs]
        return None

    def _written_by(self, spec: Any) -> frozenset[str]:
        if isinstance(spec, Script):
            return expressions.script(spec.script).assigns
        if isinstance(spec, Guarded) or not spec.activity:
            return frozenset()
        inner = self._levels.get(getattr(spec, "spec", None) or "")
        within = frozenset[str]()
        if inner is not None:
            within = within.union(*(self._written_by(found) for found in inner.task_specs.values()))
        return within | self._names.of_steps.get(spec.bpmn_id, frozenset()) | {spec.bpmn_id}


def _read_by(spec: Any) -> frozenset[str]:
    found: list[str] = []
    if isinstance(spec, Choice | Inclusive):
        found = [condition.args[0] for condition, _name in spec.cond_task_specs if condition is not None]
    elif isinstance(spec, LoopTask):
        texts = [getattr(spec, name, None) for name in ("collection", "cardinality", "condition", "gives")]
        found = [text for text in texts if isinstance(text, str)]
    elif isinstance(spec, Script):
        return expressions.script(spec.script).reads
    clock = getattr(spec, "event_definition", None)
    if isinstance(clock, Clockless) and clock.literal is None:
        found = [clock.expression]
    reads = frozenset[str]().union(*(expressions.expression(text).reads for text in found))
    return reads - {spec.bpmn_id} if isinstance(spec, LoopTask | Again) else reads
