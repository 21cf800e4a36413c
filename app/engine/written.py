"""Everything written in a diagram that is evaluated, and the names that the diagram itself gives a value."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine import expressions
from app.engine.bringing import brought_by
from app.engine.decisions import calls
from app.engine.diagram import Diagram, Node
from app.engine.languages import Compiled
from app.engine.nesting import COUNTER, COUNTS
from app.engine.timing import literal


@dataclass(frozen=True, slots=True)
class Written:
    """An expression or script. `asked`: the (step, outcome) that it compares; `names`: the variables that it reads;
    `compared`: the (variable, text) that it compares, “part.kind” for a member of one."""

    element: str
    """The id of the node, or of the flow, where it stands."""
    file: str
    text: str
    is_condition: bool
    """Whether it stands on a flow."""
    asked: frozenset[tuple[str, str]]
    names: frozenset[str]
    compared: frozenset[tuple[str, str]] = frozenset()


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
    names = compiled.reads - compiled.assigns
    yield Written(element, file, text, is_condition, compiled.outcomes, names, compiled.values)


def given(diagram: Diagram) -> frozenset[str]:
    """The names that scripts, decisions, repetitions and messages give a value."""
    nodes = [node for scope in diagram.used() for node in scope.nodes.values()]
    return frozenset[str]().union(*(sets(diagram, node) | repeated(node) for node in nodes))


def sets(diagram: Diagram, node: Node) -> frozenset[str]:
    """The names that an element by itself gives a value: by its script, decision or message. Forms are apart."""
    found = set(brought_by(diagram, node))
    if node.result is not None:
        found.add(node.result)
    elif node.type == "scriptTask":
        found |= _script(node)[1]
    if node.decision is not None:
        found |= calls.gives(calls.bound(node.decision, diagram.decisions))
    return frozenset(found)


def repeated(node: Node) -> frozenset[str]:
    """The names that what is done several times gives a value."""
    loop = node.loop
    return (
        frozenset()
        if loop is None
        else frozenset({COUNTER, *COUNTS, *filter(None, (loop.item, loop.index, loop.collects))})
    )


def reads(diagram: Diagram, node: Node) -> frozenset[str]:
    """The names that are read in an element and on the flows out of it. What cannot be read is told elsewhere."""
    conditions = [flow.condition for flow in node.outgoing if flow.condition is not None and flow.id != node.default]
    found = set(_script(node)[0]) if node.type == "scriptTask" and node.result is None else set()
    for text in (*conditions, *texts_of(node)):
        try:
            found |= expressions.expression(text).reads
        except expressions.Malformed:
            continue
    if node.decision is not None:
        found |= calls.reads(calls.bound(node.decision, diagram.decisions))
    return frozenset(found)


def _script(node: Node) -> tuple[frozenset[str], frozenset[str]]:
    """What a script reads, and what it sets."""
    try:
        found = expressions.script(node.script or "")
    except expressions.Malformed:
        return frozenset(), frozenset()
    return found.reads, found.assigns


def gone_through(diagram: Diagram) -> frozenset[str]:
    """The names of the variables for whose members something is done."""
    loops = (node.loop for scope in diagram.used() for node in scope.nodes.values() if node.loop is not None)
    texts = ((loop.collection or "").strip().removeprefix("=").strip("${#} ") for loop in loops)
    return frozenset(text for text in texts if text.isidentifier())
