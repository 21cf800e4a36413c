"""A decision as a designer wrote it, ready to be evaluated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.engine.languages.tree import Node, Type

Policy = Literal["UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT"]
Aggregator = Literal["SUM", "COUNT", "MIN", "MAX"]
SINGLE: frozenset[Policy] = frozenset({"UNIQUE", "ANY", "PRIORITY", "FIRST"})
"""Policies that give the result of one row."""


@dataclass(frozen=True)
class Input(Node):
    """A column of conditions."""

    label: str
    expression: Node
    type: str = ""
    """As written: number, string, boolean, date, …; "" where nothing is said."""
    allowed: Node | None = None
    """The values that it may have, as a unary test."""
    variable: str = ""
    """A further name under which a cell reads the value."""


@dataclass(frozen=True)
class Output(Node):
    """A column of results."""

    name: str
    type: str = ""
    values: tuple[Node, ...] = ()
    """Those that it may have, the most important first."""
    default: Node | None = None
    allowed: Node | None = None
    """The same values, as a unary test."""


@dataclass(frozen=True)
class Row(Node):
    """A rule: one test for each input, one result for each output."""

    number: int
    """From 1, as the designer sees it."""
    tests: tuple[Node, ...]
    results: tuple[Node, ...]


@dataclass(frozen=True)
class Table(Node):
    """A decision table; it can stand wherever an expression can."""

    policy: Policy
    aggregator: Aggregator | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
    name: str = field(default="", compare=False)

    @property
    def binds(self) -> frozenset[str]:
        """Names that its cells give to what they test."""
        return frozenset(column.variable for column in self.inputs if column.variable) | {"cellInput"}


@dataclass(frozen=True)
class Decision:
    """A decision: a table, or an expression. A piece of knowledge, which is a function, is kept like one."""

    id: str
    name: str
    file: str
    logic: Node
    variable: str
    """The name under which decisions that require it read its result."""
    requires: tuple[str, ...] = ()
    """The ids of decisions whose results it reads."""
    names: frozenset[str] = frozenset()
    """What it reads, of its own: the results of those that it requires among them."""
    type: Type | None = None
    """The type that is declared for its result."""
    inputs: Mapping[str, Type] = field(default_factory=dict, compare=False)
    """The types that are declared for what it reads of the case."""
    under: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Of what comes from another file, by id, the name under which that file is imported."""


@dataclass(frozen=True)
class Call:
    """What a business rule task asks for."""

    decision: str
    result: str = ""
    """The variable that takes the result; "" gives each output a variable of its own."""
    shape: Literal["value", "singleEntry", "singleResult", "collectEntries", "resultList"] = "value"
    """What of the result it takes: as FEEL has it, or as Camunda's mapDecisionResult says."""
    decisions: Mapping[str, Decision] = field(default_factory=dict, compare=False, repr=False)
