"""Boxed expressions (DMN 1.5, 10.2): literal ones, and boxes in boxes."""

import re
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from lxml import etree

from app.engine.decisions import declared
from app.engine.decisions.elements import child, children, local, text_of
from app.engine.findings import Report
from app.engine.languages import Malformed, feel_reading, functions, juel_reading, tree
from app.engine.languages.tree import Node

MAX_TEXT = 80_000
"""Characters of all expressions of a file that are not the same."""
MAX_NESTED = 20
"""Boxes in boxes."""
_FEEL = re.compile(r"feel", re.IGNORECASE)
_OWN = frozenset({"", "FEEL"})
"""What a function may be written in."""


class Unread(Exception):
    """The decision cannot be read, and why was noted."""


class Boxes:
    """Reads the expressions of one file."""

    def __init__(self, root: etree._Element, file: str, report: Report) -> None:
        self.root, self.file, self.report = root, file, report
        self.around = root.get("expressionLanguage")
        self.deciding, self.name = "", ""
        self.text_left, self.depth = MAX_TEXT, 0
        self.kept: dict[tuple[str, Any], Node] = {}
        """What was read before: cells repeat."""
        self.known = declared.known(root)
        self.types = declared.Types(root, self.allowed)

    def unread(self, rule: str, **params: Any) -> Unread:
        """Note why the decision cannot be read."""
        self.report.add(rule, self.deciding, self.file, **params)
        return Unread()

    @abstractmethod
    def table(self, element: etree._Element) -> Node:
        """A decision table."""

    def allowed(self, written: str, element: etree._Element) -> Node:
        """The values that a type allows."""
        return self.read(written, element, "allowedValues", feel_reading.unary_tests)

    def inside(self, element: etree._Element) -> Node:
        """The one box in an element."""
        parts = [part for part in element if local(part) in BOXED]
        if len(parts) != 1:
            raise self.unread("decision-empty")
        return self.boxed(parts[0])

    def boxed(self, element: etree._Element) -> Node:
        """An expression, in a box or in boxes of boxes, as of the type that is declared for it."""
        self.depth += 1
        kind = local(element)
        if kind not in BOXED:
            raise self.unread("decision-kind", type=kind)
        if self.depth > MAX_NESTED:
            reason = f"boxes are nested more than {MAX_NESTED} deep"
            raise self.unread("decision-cell", place="", expression=kind, reason=reason)
        found = BOXED[kind](self, element)
        self.depth -= 1
        return found if kind == "decisionTable" else self.cast(found, element)

    def cast(self, found: Node, declaring: etree._Element | None) -> Node:
        """A value of the type that an element declares by `typeRef`, where it declares one."""
        kind = self.types.named(declaring.get("typeRef")) if declaring is not None else None
        return found if kind is None or (kind.name == "Any" and kind.allowed is None) else tree.Cast(found, kind)

    def literal(self, element: etree._Element) -> Node:
        return self.text(element)

    def list(self, element: etree._Element) -> Node:
        return tree.Listed(tuple(self.boxed(part) for part in element if local(part) in BOXED))

    def relation(self, element: etree._Element) -> Node:
        columns = list(children(element, "column"))
        rows: list[Node] = []
        for row in children(element, "row"):
            cells = [self.boxed(part) for part in row if local(part) in BOXED]
            if len(cells) != len(columns):
                raise self.unread("decision-row", row=len(rows) + 1)
            entries = ((column.get("name", ""), cell) for column, cell in zip(columns, cells, strict=True))
            rows.append(tree.Context(tuple(entries)))
        return tree.Listed(tuple(rows))

    def context(self, element: etree._Element) -> Node:
        entries: list[tuple[str, Node]] = []
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            found = self.inside(entry)
            if variable is None:
                result = "the result"  # no name of a variable has an article
                return tree.Member(tree.Context((*entries, (result, found))), result)
            entries.append((variable.get("name", ""), self.cast(found, variable)))
        return tree.Context(tuple(entries))

    def invocation(self, element: etree._Element) -> Node:
        """10.2.1.4: a function called, what it is given bound to its parameters by name."""
        bindings = list(children(element, "binding"))
        parameters = [child(binding, "parameter") for binding in bindings]
        names = tuple("" if parameter is None else parameter.get("name", "") for parameter in parameters)
        given = tuple(
            self.cast(self.inside(binding), parameter) for binding, parameter in zip(bindings, parameters, strict=True)
        )
        called = child(element, "literalExpression")
        written = text_of(called) or ""
        if written in functions.FORMS and written not in self.known.names:
            try:
                functions.check(written, len(given), names)
            except Malformed as error:
                raise self.unread("decision-cell", place="", expression=written, reason=str(error)) from None
            return tree.Call(written, given, names)
        of = self.inside(element)
        return tree.Invoke(of, given, names)

    def function(self, element: etree._Element) -> Node:
        """10.2.1.7: a function that is defined in FEEL."""
        kind = (element.get("kind") or "").strip()
        if kind not in _OWN:
            raise self.unread("decision-function", kind=kind)
        body = [part for part in element if local(part) in BOXED]
        if not body:
            raise self.unread("decision-empty")
        parameters = tuple(
            (parameter.get("name", ""), self.types.named(parameter.get("typeRef")))
            for parameter in children(element, "formalParameter")
        )
        return tree.Function(parameters, self.boxed(body[0]))

    def part(self, element: etree._Element, name: str) -> Node:
        """The box in the child of this name."""
        found = child(element, name)
        if found is None:
            raise self.unread("decision-empty")
        return self.inside(found)

    def conditional(self, element: etree._Element) -> Node:
        return tree.Choice(self.part(element, "if"), self.part(element, "then"), self.part(element, "else"))

    def filter(self, element: etree._Element) -> Node:
        return tree.Filter(self.part(element, "in"), self.part(element, "match"))

    def iteration(self, element: etree._Element) -> Node:
        turns = ((element.get("iteratorVariable", "item"), self.part(element, "in")),)
        kind = local(element)
        if kind == "for":
            return tree.For(turns, self.part(element, "return"))
        return tree.Some(turns, self.part(element, "satisfies"), kind == "every")

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
                        raise self.unread("decision-long", limit=MAX_TEXT)
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


BOXED: dict[str, Callable[[Any, etree._Element], Node]] = {
    "literalExpression": Boxes.literal,
    "list": Boxes.list,
    "relation": Boxes.relation,
    "context": Boxes.context,
    "invocation": Boxes.invocation,
    "functionDefinition": Boxes.function,
    "conditional": Boxes.conditional,
    "filter": Boxes.filter,
    "for": Boxes.iteration,
    "some": Boxes.iteration,
    "every": Boxes.iteration,
    "decisionTable": lambda boxes, element: boxes.table(element),
}
