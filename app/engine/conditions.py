"""Whether the expressions, scripts, times and loops of a diagram can be read, and lead somewhere in every case."""

import ast
import re

from app.engine import expressions
from app.engine.diagram import Flow, Node
from app.engine.findings import Report
from app.engine.timing import literal

_PYTHON = re.compile(r"(?:(?:text|application)/(?:x-)?)?python[\d.]*", re.IGNORECASE)
_FOREIGN = (("${", "JUEL"), ("#{", "JUEL"), ("=", "FEEL"))
_LANGUAGES = {
    "javascript": "JavaScript",
    "ecmascript": "JavaScript",
    "groovy": "Groovy",
    "juel": "JUEL",
    "feel": "FEEL",
}
_COUNT = re.compile(r"[1-9]\d{0,5}", re.ASCII)
_LOOKS_LIKE_TIME = re.compile(r"[PR][\dT/][A-Z0-9/.:+-]*", re.IGNORECASE)


def check_expressions(node: Node, report: Report) -> None:
    """Note what is wrong with everything written in a node and on the flows out of it."""
    _check_ways(node, report)
    if node.type == "scriptTask":
        _check_text(node, node.script or "", node.language, report, is_script=True)
    if node.trigger.kind == "timer":
        _check_timer(node, report)
    if node.loop is not None:
        _check_loop(node, report)


def foreign(text: str, language: str | None) -> str | None:
    """The name of the language that an expression is in, if it is not ours."""
    if language and not _PYTHON.fullmatch(language.strip()):
        known = next((name for mark, name in _LANGUAGES.items() if mark in language.lower()), None)
        return known or language
    return next((name for mark, name in _FOREIGN if text.startswith(mark)), None)


def _check_text(node: Node, text: str, language: str | None, report: Report, *, is_script: bool = False) -> None:
    other = foreign(text, language)
    if other is not None:
        report.add("foreign-language", node.id, node.file, expression=text[:80], language=other)
        return
    try:
        if is_script:
            expressions.script(text)
        else:
            expressions.expression(text)
    except expressions.Malformed as error:
        report.add("expression-malformed", node.id, node.file, expression=text[:80], reason=str(error))


def _check_ways(node: Node, report: Report) -> None:
    """The conditions on the flows out of a node."""
    deciding = node.type in {"exclusiveGateway", "inclusiveGateway"}
    conditional = [flow for flow in node.outgoing if flow.condition is not None and flow.id != node.default]
    if not deciding:
        for flow in conditional:
            report.add("conditional-flow", node.id, node.file, flow=flow.id)
        return
    for flow in conditional:
        _check_text(node, flow.condition or "", flow.language, report)
    if len(node.outgoing) < 2 and not conditional:
        return
    if not node.default and not _one_is_true(conditional):
        report.add("default-missing", node.id, node.file)


def _one_is_true(flows: list[Flow]) -> bool:
    """Whether two of the conditions are each other's opposite, as far as can be seen from how they are written."""
    trees = [tree for flow in flows if (tree := _tree(flow.condition or "")) is not None]
    written = {ast.dump(tree) for tree in trees}
    return any(ast.dump(opposite) in written for tree in trees for opposite in _opposites(tree))


def _tree(text: str) -> ast.expr | None:
    if len(text) > expressions.MAX_EXPRESSION:
        return None
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _opposites(tree: ast.expr) -> list[ast.expr]:
    found: list[ast.expr] = [ast.UnaryOp(ast.Not(), tree)]
    if isinstance(tree, ast.Compare) and len(tree.ops) == 1:
        [right] = tree.comparators
        for sign, other in _OPPOSITE:
            if isinstance(tree.ops[0], sign):
                found.append(ast.Compare(tree.left, [other()], [right]))
        if isinstance(tree.ops[0], ast.Eq) and isinstance(right, ast.Constant) and isinstance(right.value, bool):
            found.append(ast.Compare(tree.left, [ast.Eq()], [ast.Constant(not right.value)]))
    return found


_OPPOSITE: tuple[tuple[type[ast.cmpop], type[ast.cmpop]], ...] = (
    (ast.Eq, ast.NotEq),
    (ast.Lt, ast.GtE),
    (ast.LtE, ast.Gt),
    (ast.In, ast.NotIn),
    (ast.Is, ast.IsNot),
)


def _check_timer(node: Node, report: Report) -> None:
    timing = node.trigger.timing
    if timing is None:
        return
    if timing.kind == "cycle" and (node.type != "boundaryEvent" or node.interrupting):
        report.add("cycle-place", node.id, node.file)
    if literal(timing.kind, timing.text) is not None:
        return
    constant = _tree(timing.text)
    if isinstance(constant, ast.Constant) or _LOOKS_LIKE_TIME.fullmatch(timing.text):
        report.add("timer-invalid", node.id, node.file, value=timing.text[:80], kind=timing.kind)
    else:
        _check_text(node, timing.text, None, report)


def _check_loop(node: Node, report: Report) -> None:
    loop = node.loop
    if loop is None:
        return
    for text in (loop.collection, loop.cardinality, loop.condition):
        if text is not None:
            _check_text(node, text, None, report)
    if loop.kind == "standard":
        if loop.condition is None and loop.maximum is None:
            report.add("loop-endless", node.id, node.file)
        if loop.maximum is not None and not (_COUNT.fullmatch(loop.maximum.strip())):
            report.add("loop-maximum", node.id, node.file, value=loop.maximum)
        return
    if (loop.collection is None) == (loop.cardinality is None):
        report.add("items-unclear", node.id, node.file)
    if loop.item is not None and not loop.item.isidentifier():
        report.add("item-name", node.id, node.file, value=loop.item)
    if loop.output:
        report.add("items-output", node.id, node.file)
