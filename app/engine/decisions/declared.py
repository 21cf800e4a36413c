"""What a DMN file declares: the names that its expressions know, and its types (DMN 1.5, 7.3.2)."""

from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from app.engine.decisions.elements import child, children, local, text_of
from app.engine.languages import feel_types
from app.engine.languages.feel_text import Known
from app.engine.languages.tree import Node, Type

NUMBERS = frozenset({"number", "integer", "long", "double", "decimal", "float", "int", "short"})
_NAMING = frozenset(
    ("inputData", "decision", "variable", "itemComponent", "output", "businessKnowledgeModel", "formalParameter")
) | {"parameter", "column", "import"}
_ALIASES = {
    "datetime": "date and time",
    "duration": "days and time duration",
    **dict.fromkeys(NUMBERS, "number"),
}
COLUMNS: dict[str, Type] = {
    **{name: kind for name, kind in feel_types.BUILT_IN.items() if name in feel_types.READ},
    **{alias: kind for alias, name in _ALIASES.items() if (kind := feel_types.BUILT_IN.get(name))},
}
"""Types that columns of tables have, of which the variables of a case may hold texts."""
MOST_NESTED = 10

Test = Callable[[str, etree._Element], Node]
"""Reads a unary test."""


def known(root: etree._Element) -> Known:
    """What expressions of the file can name; types without the values that they allow."""
    names = {
        name.strip()
        for element in root.iter()
        if local(element) in _NAMING or element.get("iteratorVariable")
        if (name := element.get("name") or element.get("iteratorVariable"))
    }
    return Known(frozenset(names), Types(root, None).all())


class Types:
    """The types of one file."""

    def __init__(self, root: etree._Element, test: Test | None) -> None:
        self.test = test
        self.items = {(item.get("name") or "").strip(): item for item in children(root, "itemDefinition")}
        self.kept: dict[str, Type | None] = {}

    def all(self) -> dict[str, Type]:
        """Those that can be told, by name."""
        return {name: kind for name in self.items if name and (kind := self.named(name)) is not None}

    def named(self, written: str | None, depth: int = 0) -> Type | None:
        """The type of this name; None for one of which nothing is known."""
        name = (written or "").strip()
        if name not in self.items and ":" in name:
            name = name.rpartition(":")[2]
        if name in self.kept:
            return self.kept[name]
        if depth > MOST_NESTED or not name:
            return None
        item = self.items.get(name)
        found = self.item(item, depth + 1) if item is not None else feel_types.BUILT_IN.get(_ALIASES.get(name, name))
        if depth == 0:
            self.kept[name] = found
        return found

    def item(self, item: etree._Element, depth: int) -> Type | None:
        """The type that an item definition or a component of one describes."""
        parts = list(children(item, "itemComponent"))
        if parts:
            members = ((part.get("name", ""), self.item(part, depth + 1) or feel_types.ANY) for part in parts)
            found: Type | None = Type("context", members=tuple(members)) if depth <= MOST_NESTED else None
        elif (function := child(item, "functionItem")) is not None:
            found = Type("function", self.named(function.get("outputTypeRef"), depth))
        else:
            reference = child(item, "typeRef")
            found = self.named(None if reference is None else "".join(map(str, reference.itertext())), depth)
        found = self.allowing(found, item)
        return Type("list", found) if item.get("isCollection") == "true" else found

    def allowing(self, found: Type | None, item: etree._Element) -> Type | None:
        allowed = child(item, "allowedValues")
        written = text_of(allowed)
        if self.test is None or allowed is None or written is None:
            return found
        return replace(found or feel_types.ANY, allowed=self.test(written, allowed))
