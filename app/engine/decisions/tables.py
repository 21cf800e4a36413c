"""Decision tables as they stand in a DMN file (DMN 1.5, chapter 8)."""

import re

from lxml import etree

from app.engine.decisions.boxes import Boxes
from app.engine.decisions.elements import child, children, text_of
from app.engine.decisions.model import Aggregator, Input, Output, Policy, Row, Table
from app.engine.languages import feel_reading, tree
from app.engine.languages.tree import Node

MAX_CELLS = 10_000
_EXTENSIONS = re.compile(r"\{http://(?:camunda\.org/schema/1\.0/dmn|www\.flowable\.org/xml/dmn)\}")
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


class Tables(Boxes):
    """Reads the tables of one file."""

    cells = 0

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
        return Table(policy, aggregator, inputs, outputs, rows, self.name)

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
        allowed: Node | None = None
        if values is not None and (written := text_of(values)):
            allowed = self.read(written, values, name, feel_reading.unary_tests)
            listed = allowed.tests if isinstance(allowed, tree.Within) else ()
        return Output(
            name or element.get("label") or "",
            element.get("typeRef") or "",
            listed,
            self.text(default, name) if default is not None else None,
            allowed,
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


def _is_input_variable(name: str) -> bool:
    return _EXTENSIONS.match(name) is not None and name.endswith("}inputVariable")
