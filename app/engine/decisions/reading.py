"""From the XML of DMN 1.1–1.5 to decisions. What cannot be read is noted, and the decision left out."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from app.engine.decisions.model import Aggregator, Decision, Input, Output, Policy, Row, Table
from app.engine.findings import Report
from app.engine.languages import Malformed, feel_reading, juel_reading, tree
from app.engine.languages.tree import Node

MAX_CELLS = 10_000
MAX_TEXT = 80_000
"""Characters of all expressions of a file that are not the same."""
_NAMESPACE = re.compile(r"\{https?://www\.omg\.org/spec/DMN/\d{8}/[\w./]*\}")
_EXTENSIONS = re.compile(r"\{http://(?:camunda\.org/schema/1\.0/dmn|www\.flowable\.org/xml/dmn)\}")
_FEEL = re.compile(r"feel", re.IGNORECASE)
_POLICIES: dict[str, Policy] = {
    "UNIQUE": "UNIQUE",
    "ANY": "ANY",
    "PRIORITY": "PRIORITY",
    "FIRST": "FIRST",
    "RULE ORDER": "RULE ORDER",
    "OUTPUT ORDER": "OUTPUT ORDER",
    "COLLECT": "COLLECT",
}
_AGGREGATORS: dict[str, Aggregator] = {"SUM": "SUM", "COUNT": "COUNT", "MIN": "MIN", "MAX": "MAX"}


def is_decisions(root: etree._Element) -> bool:
    """Whether this is the root of a DMN file."""
    return local(root) == "definitions"


def local(element: etree._Element) -> str:
    """The local name of a DMN element; "" for an element of another namespace."""
    tag = str(element.tag)
    match = _NAMESPACE.match(tag)
    return tag[match.end() :] if match else ""


def read(root: etree._Element, file: str, report: Report) -> Iterator[Decision]:
    """The decisions of one file, as far as they can be read."""
    reader = _Reader(root, file, report)
    for element in root:
        if local(element) == "decision" and (decision := reader.decision(element)):
            yield decision


class _Unread(Exception):
    """The decision cannot be read, and why was noted."""


class _Reader:
    """Reads one file."""

    def __init__(self, root: etree._Element, file: str, report: Report) -> None:
        self.root, self.file, self.report = root, file, report
        self.around = root.get("expressionLanguage")
        self.known = {
            name.strip()
            for element in root.iter()
            if local(element) in ("inputData", "decision", "variable", "itemComponent", "output")
            and (name := element.get("name"))
        }
        """Names that may have spaces."""
        self.deciding = ""
        self.cells, self.text_left = 0, MAX_TEXT
        self.kept: dict[tuple[str, Any], Node] = {}
        """What was read before: cells repeat."""

    def decision(self, element: etree._Element) -> Decision | None:
        """One decision; None where it cannot be read."""
        self.deciding = element.get("id") or element.get("name") or ""
        try:
            logic = self.logic(element)
        except _Unread:
            return None
        variable = child(element, "variable")
        named = (variable.get("name") if variable is not None else None) or element.get("name") or self.deciding
        required = [
            (needed.get("href") or "").rpartition("#")[2].strip()
            for requirement in children(element, "informationRequirement")
            for needed in children(requirement, "requiredDecision")
        ]
        return Decision(
            self.deciding, element.get("name") or "", self.file, logic, named, tuple(required), _names(logic)
        )

    def logic(self, element: etree._Element) -> Table | Node:
        for part in element:
            kind = local(part)
            if kind == "decisionTable":
                return self.table(part)
            if kind in _BOXED:
                return self.boxed(part)
        raise self.unread("decision-empty")

    def unread(self, rule: str, **params: Any) -> _Unread:
        self.report.add(rule, self.deciding, self.file, **params)
        return _Unread()

    def boxed(self, element: etree._Element) -> Node:
        """An expression, in a box or in boxes of boxes (DMN 1.5, 10.2)."""
        kind = local(element)
        if kind == "literalExpression":
            return self.text(element)
        if kind == "list":
            return tree.Listed(tuple(self.boxed(part) for part in element if local(part) in _BOXED))
        if kind == "context":
            return self.context(element)
        if kind == "relation":
            names = [column.get("name", "") for column in children(element, "column")]
            rows = [[self.boxed(part) for part in row if local(part) in _BOXED] for row in children(element, "row")]
            return tree.Listed(tuple(tree.Context(tuple(zip(names, row, strict=False))) for row in rows))
        raise self.unread("decision-kind", type=kind)

    def context(self, element: etree._Element) -> Node:
        entries: list[tuple[str, Node]] = []
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            parts = [self.boxed(part) for part in entry if local(part) in _BOXED]
            if len(parts) != 1:
                raise self.unread("decision-empty")
            if variable is None:
                return tree.Member(tree.Context((*entries, ("result", parts[0]))), "result")
            entries.append((variable.get("name", ""), parts[0]))
        return tree.Context(tuple(entries))

    def text(self, element: etree._Element | None, place: str = "") -> Node:
        """A literal expression in FEEL, or as older modelers write it in JUEL."""
        written = text_of(element)
        if element is None or not written:
            raise self.unread("decision-cell", place=place, expression="", reason="it is empty")
        return self.read(written, element, place, feel_reading.expression)

    def read(self, written: str, element: etree._Element, place: str, in_feel: Callable[..., Node]) -> Node:
        language = element.get("expressionLanguage") or self.around
        try:
            if language is None or _FEEL.search(language):
                if len(written) > 2_000:
                    raise Malformed("longer than 2000 characters")
                if (written, in_feel) not in self.kept:
                    self.text_left -= len(written)
                    if self.text_left < 0:
                        raise self.unread("decision-large", limit=MAX_CELLS)
                    self.kept[written, in_feel] = in_feel(written.removeprefix("="), self.known)
                return self.kept[written, in_feel]
            if language.lower().endswith("juel") and in_feel is feel_reading.expression:
                # Its operators on names and constants mean the same in FEEL, of which it is made a part.
                juel_reading.expression(written if "${" in written else f"${{{written}}}")
                bare = written.strip().removeprefix("${").removeprefix("#{").removesuffix("}")
                return feel_reading.expression(bare.replace("==", "="), self.known)
        except Malformed as error:
            raise self.unread("decision-cell", place=place, expression=written[:80], reason=str(error)) from None
        raise self.unread("decision-language", language=language[:80])

    def table(self, element: etree._Element) -> Table:
        policy = _POLICIES.get((element.get("hitPolicy") or "UNIQUE").replace("_", " ").strip().upper())
        given = element.get("aggregation")
        aggregator = _AGGREGATORS.get(given.strip().upper()) if given else None
        if policy is None or (given and (aggregator is None or policy != "COLLECT")):
            written = f"{element.get('hitPolicy')} {given or ''}".strip()
            raise self.unread("decision-policy", policy=written[:40])
        inputs = tuple(self.input(part, number) for number, part in enumerate(children(element, "input"), 1))
        outputs = tuple(self.output(part) for part in children(element, "output"))
        if not outputs or (len(outputs) > 1 and (aggregator or len({found.name for found in outputs}) < len(outputs))):
            raise self.unread("decision-outputs")
        if policy in ("PRIORITY", "OUTPUT ORDER") and not any(found.values for found in outputs):
            raise self.unread("decision-priorities")
        rows = tuple(
            self.row(part, number, inputs, outputs) for number, part in enumerate(children(element, "rule"), 1)
        )
        return Table(policy, aggregator, inputs, outputs, rows)

    def input(self, element: etree._Element, number: int) -> Input:
        expression = child(element, "inputExpression")
        variable = next((value for name, value in element.attrib.items() if _is_input_variable(str(name))), "")
        written = text_of(expression) or str(variable)
        label = element.get("label") or written or str(number)
        if expression is None or not written:
            raise self.unread("decision-cell", place=label, expression="", reason="it is empty")
        allowed = child(element, "inputValues")
        return Input(
            label,
            self.read(written, expression, label, feel_reading.expression),
            expression.get("typeRef") or "",
            self.read(text_of(allowed) or "-", expression, label, feel_reading.unary_tests)
            if allowed is not None
            else None,
            str(variable),
        )

    def output(self, element: etree._Element) -> Output:
        default, values = child(element, "defaultOutputEntry"), child(element, "outputValues")
        name = element.get("name") or ""
        listed: tuple[Node, ...] = ()
        if values is not None and (written := text_of(values)):
            found = self.read(written, values, name, feel_reading.unary_tests)
            listed = found.tests if isinstance(found, tree.Within) else ()
        return Output(
            name or element.get("label") or "",
            element.get("typeRef") or "",
            listed,
            self.text(default, name) if default is not None else None,
        )

    def row(self, element: etree._Element, number: int, inputs: tuple[Input, ...], outputs: tuple[Output, ...]) -> Row:
        tests, results = list(children(element, "inputEntry")), list(children(element, "outputEntry"))
        self.cells += len(tests) + len(results)
        if self.cells > MAX_CELLS:
            raise self.unread("decision-large", limit=MAX_CELLS)
        if len(tests) != len(inputs) or len(results) != len(outputs):
            raise self.unread("decision-row", row=number)
        return Row(
            number,
            tuple(
                self.read(text_of(cell) or "-", cell, f"{number}, {column.label}", feel_reading.unary_tests)
                for cell, column in zip(tests, inputs, strict=True)
            ),
            tuple(
                self.text(cell, f"{number}, {column.name}") if text_of(cell) not in (None, "-") else tree.Literal(None)
                for cell, column in zip(results, outputs, strict=True)
            ),
        )


_BOXED = frozenset(
    ("literalExpression", "context", "list", "relation", "invocation", "functionDefinition", "conditional", "filter")
) | {"for", "every", "some"}


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The DMN elements of this name right below an element."""
    return (part for part in element if local(part) == name)


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first of them."""
    return next(children(element, name), None)


def text_of(element: etree._Element | None) -> str | None:
    """What is written in the `text` of an element; None for nothing."""
    text = child(element, "text") if element is not None else None
    return "".join(str(part) for part in text.itertext()).strip() or None if text is not None else None


def _is_input_variable(name: str) -> bool:
    return _EXTENSIONS.match(name) is not None and name.endswith("}inputVariable")


def _names(logic: Table | Node) -> frozenset[str]:
    if isinstance(logic, Node):
        return tree.free_names(logic)
    own = frozenset(column.variable for column in logic.inputs if column.variable) | {"cellInput"}
    found = [column.expression for column in logic.inputs]
    cells = [cell for row in logic.rows for cell in (*row.tests, *row.results)]
    reads = frozenset().union(*(tree.free_names(node) for node in found))
    return reads | (frozenset().union(*(tree.free_names(node) for node in cells)) - own)
