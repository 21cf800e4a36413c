"""What the conditions of a diagram read: which outcomes they ask for, which names they use."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_SETTING = (f"{_BPMN}scriptTask", f"{_BPMN}multiInstanceLoopCharacteristics")
"""What brings names of its own."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a flow. `asked`: (step, outcome) that it compares; `names`: the variables that it reads."""

    flow: str
    file: str
    text: str
    asked: frozenset[tuple[str, str]]
    names: frozenset[str]


def read(diagrams: Mapping[str, bytes]) -> tuple[list[Condition], bool]:
    """The conditions of diagrams that the engine room accepted, and whether a script may set further names."""
    found: list[Condition] = []
    scripted = False
    for file, content in diagrams.items():
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
        scripted = scripted or next(root.iter(*_SETTING), None) is not None
        for flow in root.iter(f"{_BPMN}sequenceFlow"):
            text = (flow.findtext(f"{_BPMN}conditionExpression") or "").strip()
            tree = _tree(text)
            if tree is not None:
                names = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
                found.append(Condition(str(flow.get("id")), file, text, frozenset(_asked(tree)), names))
    return found, scripted


def _tree(text: str) -> ast.AST | None:
    """None for what nobody evaluates: a default flow may carry anything."""
    try:
        return ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _asked(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(step, outcome) of `step.outcome == "x"`, `"x" != step.outcome`, `step.outcome in ("x", "y")`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            steps = [step for side in sides if (step := _step(side))]
            for step in steps:
                yield from ((step, outcome) for side in sides for outcome in _texts(side))


def _step(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute) and node.attr == "outcome" and isinstance(node.value, ast.Name):
        return node.value.id
    return None


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        for entry in node.elts:
            yield from _texts(entry)
