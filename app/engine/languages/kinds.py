"""What kind of value an expression comes to, where that can be told from how it is written."""

from datetime import timedelta
from decimal import Decimal
from typing import Literal

from app.engine.languages import tree
from app.engine.languages.tree import Node
from app.engine.languages.values import Months

Kind = Literal["boolean", "number", "string", "duration", "date", "list", "context", "null", "unknown"]

_FUNCTIONS: dict[Kind, str] = {
    "boolean": "contains"
    "|starts with|ends with|matches|is blank|odd|even|is|is defined|list contains|is empty|all"
    "|any|and|or|before|after|meets|met by|overlaps|overlaps before|overlaps after|includes|during|starts"
    "|started by|finishes|finished by|coincides|empty|exists|.equals|.equalsIgnoreCase|.contains|.containsKey"
    "|.startsWith|.endsWith|.isEmpty|.booleanValue|bool|isinstance|.startswith|.endswith",
    "number": "string length|number|decimal|floor|ceiling|round up|round down|round half up|round half down|modulo"
    "|sqrt|log|exp|sum|mean|product|median|stddev|count|day of year|week of year|.size|.length|.intValue|len|int|float"
    "|round",
    "string": "substring|upper case|lower case|substring before|substring after|replace|trim|string|string join"
    "|day of week|month of year||.toString|.toLowerCase|.toUpperCase|.trim|str|f|.upper|.lower|.strip",
    "list": "split|mode|sublist|append|concatenate|insert before|remove|list replace|reverse|index of|union"
    "|distinct values|duplicate values|flatten|get entries|sort|partition|extract|list|sorted|.split",
    "context": "context|context put|context merge",
    "duration": "duration|years and months duration",
    "date": "date|time|date and time|now|today|last day of month",
}
_OF_FUNCTION: dict[str, Kind] = {name: kind for kind, names in _FUNCTIONS.items() for name in names.split("|")}


def kind_of(node: Node) -> Kind:
    """The kind of what the expression comes to; null apart."""
    if isinstance(node, tree.Literal):
        return _of_literal(node)
    if isinstance(node, tree.Compare | tree.Not | tree.Within | tree.Some | tree.InstanceOf):
        return "boolean"
    if isinstance(node, tree.Both | tree.Either):
        return "boolean" if all(kind_of(part) == "boolean" for part in node.parts) else "unknown"
    if isinstance(node, tree.Listed | tree.For):
        return "list"
    if isinstance(node, tree.Context):
        return "context"
    if isinstance(node, tree.Call):
        return _OF_FUNCTION.get(node.function, "unknown")
    if isinstance(node, tree.Choice):
        return _either(kind_of(node.right), kind_of(node.wrong))
    if isinstance(node, tree.Negative):
        return "duration" if kind_of(node.of) == "duration" else "number"
    return _of_sum(node) if isinstance(node, tree.Sum) else "unknown"


def _of_literal(node: tree.Literal) -> Kind:
    value = node.value
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int | float | Decimal):
        return "number"
    if isinstance(value, str):
        return "string"
    return "duration" if isinstance(value, timedelta | Months) else "date"


def _either(one: Kind, other: Kind) -> Kind:
    if one == other or other == "null":
        return one
    return other if one == "null" else "unknown"


def _of_sum(node: tree.Sum) -> Kind:
    """The sign alone does not tell: `+` joins texts, and adds to dates."""
    sides = {kind_of(node.left), kind_of(node.right)}
    return "number" if sides == {"number"} else "string" if sides == {"string"} and node.sign == "+" else "unknown"
