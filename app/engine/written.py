"""Everything written in a diagram that is evaluated, and the names that the diagram itself gives a value."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine import expressions
from app.engine.bringing import brought
from app.engine.decisions import calls
from app.engine.diagram import Diagram, Node
from app.engine.languages import Compiled
from app.engine.nesting import COUNTER, COUNTS
from app.engine.timing import literal


@dataclass(frozen=True, slots=True)
class Written:
    """An expression or script. `asked`: the (step, outcome) that it compares; `names`: the variables that it reads."""

    element: str
    """The id of the node, or of the flow, where it stands."""
    file: str
    text: str
    is_condition: bool
    """Whether it stands on a flow."""
    asked: frozenset[tuple[str, str]]
    names: frozenset[str]


def written(diagram: Diagram) -> Iterator[Written]:
    """What is evaluated in the main process and those it opens."""
    for scope in diagram.used():
        for node in scope.nodes.values():
            for flow in node.outgoing:
                if flow.condition is not None and flow.id != node.default:
                    yield from _read(flow.id, flow.file, flow.condition, is_condition=True)
            for text in texts_of(node):
                yield from _read(node.id, node.file, text, is_condition=False)
            if node.script is not None and node.result is None:
                compiled = expressions.script(node.script)
                names = compiled.reads - compiled.assigns
                yield Written(node.id, node.file, node.script, False, frozenset(), names)
            if node.decision is not None:
                asked = calls.bound(node.decision, diagram.decisions)
                yield Written(node.id, node.file, asked.decision, False, frozenset(), calls.reads(asked))


def texts_of(node: Node) -> Iterator[str]:
    """The expressions in a node itself; those on the flows out of it are not among them."""
    timing, loop = node.trigger.timing, node.loop
    if timing is not None and literal(timing.kind, timing.text) is None:
        yield timing.text
    if node.script is not None and node.result is not None:
        yield node.script
    if node.trigger.condition is not None:
        yield node.trigger.condition
    if loop is not None:
        yield from filter(None, (loop.collection, loop.cardinality, loop.condition, loop.gives))


def _read(element: str, file: str, text: str, *, is_condition: bool) -> Iterator[Written]:
    compiled: Compiled = expressions.expression(text)
    yield Written(element, file, text, is_condition, compiled.outcomes, compiled.reads - compiled.assigns)


def given(diagram: Diagram) -> frozenset[str]:
    """The names that scripts, decisions, repetitions and messages give a value."""
    found: set[str] = {name for names in brought(diagram).values() for name in names}
    for scope in diagram.used():
        for node in scope.nodes.values():
            if node.result is not None:
                found.add(node.result)
            elif node.script is not None:
                found |= expressions.script(node.script).assigns
            if node.decision is not None:
                found |= calls.gives(calls.bound(node.decision, diagram.decisions))
            if node.loop is not None:
                names = (node.loop.item, node.loop.index, node.loop.collects)
                found |= {COUNTER, *COUNTS, *filter(None, names)}
    return frozenset(found)


def gone_through(diagram: Diagram) -> frozenset[str]:
    """The names of the variables for whose members something is done."""
    loops = (node.loop for scope in diagram.used() for node in scope.nodes.values() if node.loop is not None)
    texts = ((loop.collection or "").strip().removeprefix("=").strip("${#} ") for loop in loops)
    return frozenset(text for text in texts if text.isidentifier())
