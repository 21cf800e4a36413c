"""Whether the expressions, scripts, times and loops of a diagram can be read, and lead somewhere in every case."""

import re
from collections.abc import Collection, Iterator
from decimal import Decimal

from app.engine import expressions
from app.engine.decisions.calls import is_dynamic
from app.engine.diagram import Flow, Node
from app.engine.findings import Report
from app.engine.importing.wording import is_ours
from app.engine.languages import Kind, Language, language_of, tree
from app.engine.timing import literal, timing_text

_LANGUAGES = {
    "javascript": "JavaScript",
    "ecmascript": "JavaScript",
    "groovy": "Groovy",
    "juel": "JUEL",
    "feel": "FEEL",
}
_TRUTH: frozenset[Kind] = frozenset({"boolean"})
_TIME: frozenset[Kind] = frozenset({"string", "duration", "date"})
_ITEMS: frozenset[Kind] = frozenset({"list", "context"})
_NUMBER: frozenset[Kind] = frozenset({"number"})
_COUNT = re.compile(r"[1-9]\d{0,5}", re.ASCII)
_LOOKS_LIKE_TIME = re.compile(r"[PR][\dT/][A-Z0-9/.:+-]*|\d{1,9}[-/]\d{1,2}[-/]\d{1,2}.*", re.IGNORECASE)


def check_expressions(node: Node, report: Report, waits: bool = True) -> None:
    """Note what is wrong with everything written in a node and on the flows out of it.

    `waits`: False for the start of a process, which is passed whatever it is drawn to wait for.
    """
    _check_ways(node, report)
    if node.type == "scriptTask":
        _check_text(node, node.script or "", node.language, report, is_script=node.result is None)
    if node.decision is not None and is_dynamic(node.decision):
        report.add("decision-changing", node.id, node.file, decision=node.decision.decision[:80])
    for name in {node.result, node.decision.result if node.decision else None} - {None, ""}:
        if not str(name).isidentifier():
            report.add("result-name", node.id, node.file, value=str(name)[:80])
    if node.trigger.kind == "timer" and waits:
        _check_timer(node, report)
    if node.trigger.condition is not None:
        _check_text(node, node.trigger.condition, None, report, _TRUTH)
    if node.loop is not None:
        _check_loop(node, report)


def foreign(text: str, language: str | None, *, is_script: bool = False) -> str | None:
    """The name of the language that an expression or script is in, if it is not read."""
    own: Language = language_of(text)
    if language and not is_ours(language):
        known = next((name for mark, name in _LANGUAGES.items() if mark in language.lower()), language)
        return None if known == own and not is_script else known
    return own if is_script and own != "Python" else None


def _check_text(
    node: Node,
    text: str,
    language: str | None,
    report: Report,
    wanted: Collection[Kind] = (),
    *,
    is_script: bool = False,
) -> None:
    other = foreign(text, language, is_script=is_script)
    if other is not None:
        report.add("foreign-language", node.id, node.file, expression=text[:80], language=other)
        return
    try:
        compiled = expressions.script(text) if is_script else expressions.expression(text)
    except expressions.Malformed as error:
        report.add("expression-malformed", node.id, node.file, expression=text[:80], reason=str(error))
        return
    if wanted and compiled.result not in {"unknown", *wanted} and _minds(compiled):
        kinds = {"kind": compiled.result, "wanted": ", ".join(sorted(wanted))}
        report.add("expression-type", node.id, node.file, expression=text[:80], **kinds)


def _minds(compiled: expressions.Compiled) -> bool:
    """Python takes any value for a truth; a text that is one was meant otherwise."""
    return compiled.language != "Python" or compiled.result == "string"


def _check_ways(node: Node, report: Report) -> None:
    """The conditions on the flows out of a node."""
    deciding = node.type in {"exclusiveGateway", "inclusiveGateway"}
    conditional = [flow for flow in node.outgoing if flow.condition is not None and flow.id != node.default]
    if not deciding:
        for flow in conditional:
            report.add("conditional-flow", node.id, node.file, flow=flow.id)
        return
    for flow in conditional:
        _check_text(node, flow.condition or "", flow.language, report, _TRUTH)


def may_be_unmet(node: Node) -> bool:
    """Whether none of the conditions on the flows out of a gateway may be true, as far as their wording says."""
    if node.type not in {"exclusiveGateway", "inclusiveGateway"} or node.default:
        return False
    conditional = [flow for flow in node.outgoing if flow.condition is not None]
    return bool(conditional) and not _one_is_true(conditional)


def _one_is_true(flows: list[Flow]) -> bool:
    """Whether two of the conditions are each other's opposite, as far as can be seen from how they are written."""
    meant = {found for flow in flows if (found := _meant(flow.condition or "")) is not None}
    return any(opposite in meant for condition in meant for opposite in opposites(condition))


def _meant(text: str) -> tree.Node | None:
    try:
        return expressions.expression(text).tree
    except expressions.Malformed:
        return None


def opposites(condition: tree.Node) -> Iterator[tree.Node]:
    """What is true where the condition is not, in every way that it is commonly written."""
    yield condition.of if isinstance(condition, tree.Not) else tree.Not(condition)
    if isinstance(condition, tree.Compare):
        yield tree.Compare(_OPPOSITE[condition.sign], condition.left, condition.right)
        right = condition.right
        if isinstance(right, tree.Literal) and isinstance(right.value, bool):
            yield tree.Compare(condition.sign, condition.left, tree.Literal(not right.value))


_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", "<=": ">", ">": "<="}


def _check_timer(node: Node, report: Report) -> None:
    timing = node.trigger.timing
    if timing is None:
        return
    if timing.kind == "cycle" and (node.type not in {"boundaryEvent", "startEvent"} or node.interrupting):
        report.add("cycle-place", node.id, node.file)
    if literal(timing.kind, timing.text) is not None:
        return
    meant = _meant(timing.text)
    if isinstance(meant, tree.Literal) and timing_text(timing.kind, meant.value) is not None:
        return
    if isinstance(meant, tree.Literal) or _LOOKS_LIKE_TIME.fullmatch(timing.text):
        report.add("timer-invalid", node.id, node.file, value=timing.text[:80], kind=timing.kind)
    else:
        _check_text(node, timing.text, None, report, _TIME)


def _constant(text: str | None) -> Decimal | None:
    """The number in an expression that is nothing else."""
    meant = _meant(text) if text is not None else None
    is_below = isinstance(meant, tree.Negative)
    value = meant.of if isinstance(meant, tree.Negative) else meant
    if not isinstance(value, tree.Literal) or not isinstance(value.value, int | float | Decimal):
        return None
    number = Decimal(str(value.value))
    return -number if is_below else number


def _check_loop(node: Node, report: Report) -> None:
    loop = node.loop
    if loop is None:
        return
    written = ((loop.collection, _ITEMS), (loop.cardinality, _NUMBER), (loop.condition, _TRUTH), (loop.gives, ()))
    for text, wanted in written:
        if text is not None:
            _check_text(node, text, None, report, wanted)
    if loop.kind == "standard":
        if loop.condition is None and loop.maximum is None:
            report.add("loop-endless", node.id, node.file)
        if loop.maximum is not None and not (_COUNT.fullmatch(loop.maximum.strip())):
            report.add("loop-maximum", node.id, node.file, value=loop.maximum)
        return
    number = _constant(loop.cardinality)
    if number is not None and (number < 0 or number != int(number)):
        report.add("items-number", node.id, node.file, value=loop.cardinality)
    if (loop.collection is None) == (loop.cardinality is None):
        report.add("items-unclear", node.id, node.file)
    for name in (loop.item, loop.index):
        if name is not None and not name.isidentifier():
            report.add("item-name", node.id, node.file, value=name)
    if loop.collects is not None:
        _check_collected(node, loop.collects, loop.gives, report)


def _check_collected(node: Node, name: str, gives: str | None, report: Report) -> None:
    if not name.isidentifier():
        report.add("result-name", node.id, node.file, value=name[:80])
    if gives is None:
        report.add("items-output", node.id, node.file, name=name)
