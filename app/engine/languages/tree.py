"""What an expression says, whichever language it is written in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Node:
    """A part of an expression."""


@dataclass(frozen=True)
class Literal(Node):
    """A constant: a text, number, boolean or nothing."""

    value: Any


@dataclass(frozen=True)
class Name(Node):
    """A variable; "?" is the value that a cell of a decision table tests."""

    name: str


@dataclass(frozen=True)
class Member(Node):
    """`of.name`"""

    of: Node
    name: str


@dataclass(frozen=True)
class Filter(Node):
    """`of[by]` in FEEL: the member at an index (from 1), or those that fulfil a condition."""

    of: Node
    by: Node


@dataclass(frozen=True)
class Index(Node):
    """`of[by]` elsewhere: the member at an index (from 0), or of this name."""

    of: Node
    by: Node


@dataclass(frozen=True)
class Listed(Node):
    """`[a, b]`"""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Context(Node):
    """`{name: value}`"""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Sum(Node):
    """Two values joined by + - * / ** or mod."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Negative(Node):
    """`-of`"""

    of: Node


@dataclass(frozen=True)
class Compare(Node):
    """Two values compared by = != < <= > or >=."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Both(Node):
    """All of them."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either(Node):
    """One of them."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not(Node):
    """The opposite."""

    of: Node


@dataclass(frozen=True)
class Choice(Node):
    """`if asked then right else wrong`"""

    asked: Node
    right: Node
    wrong: Node


@dataclass(frozen=True)
class Range(Node):
    """`[low..high]`; None for an end that is open to all sides (`< 5`)."""

    low: Node | None
    high: Node | None
    with_low: bool
    with_high: bool


@dataclass(frozen=True)
class Within(Node):
    """`value in (tests)`: true where one of the tests is."""

    value: Node
    tests: tuple[Node, ...]
    asks: tuple[bool, ...] = field(init=False, compare=False, repr=False)
    """Of each test whether it asks for “?” itself."""

    def __post_init__(self) -> None:
        found = (any(isinstance(part, Name) and part.name == "?" for part in walk(test)) for test in self.tests)
        object.__setattr__(self, "asks", tuple(found))


@dataclass(frozen=True)
class For(Node):
    """`for name in list return body`"""

    turns: tuple[tuple[str, Node], ...]
    body: Node


@dataclass(frozen=True)
class Some(Node):
    """`some`, or with `every` all, of the members satisfy it."""

    turns: tuple[tuple[str, Node], ...]
    body: Node
    every: bool


@dataclass(frozen=True)
class Call(Node):
    """A function of the language; `names` where the arguments are named."""

    function: str
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Type:
    """A type of FEEL, or one that a file declares (DMN 1.5, 7.3.2, 10.3.1.3)."""

    name: str
    """number, string, list, context, function …; Any for all of them."""
    of: "Type | None" = None
    """Of the members of a list, or the ends of a range; what a function gives."""
    members: tuple[tuple[str, "Type"], ...] | None = None
    """Of a context; of a function what it takes. None where nothing is said of it."""
    allowed: Node | None = None
    """Which of the values are allowed, as a unary test."""


@dataclass(frozen=True)
class InstanceOf(Node):
    """`of instance of type`"""

    of: Node
    type: Type


@dataclass(frozen=True)
class Cast(Node):
    """A value where one of this type is declared."""

    of: Node
    type: Type


@dataclass(frozen=True)
class Function(Node):
    """`function(a, b: number) body`"""

    parameters: tuple[tuple[str, Type | None], ...]
    body: Node


@dataclass(frozen=True)
class Invoke(Node):
    """A function of one's own called: `of(arguments)`; `names` where the arguments are named."""

    of: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Opaque(Node):
    """Something of which only the parts are understood; `binds` are names that it makes itself."""

    parts: tuple[Node, ...]
    binds: frozenset[str] = frozenset()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, outer ones first."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(list(below(found))))


_parts: dict[type[Node], tuple[str, ...]] = {}


def _parts_of(kind: type[Node]) -> tuple[str, ...]:
    if kind not in _parts:
        _parts[kind] = tuple(part.name for part in fields(kind) if part.compare)
    return _parts[kind]


def below(node: Node) -> Iterator[Node]:
    """The parts of a node, one level down."""
    for name in _parts_of(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for entry in value:
                part = entry[1] if isinstance(entry, tuple) else entry
                if isinstance(part, Node):
                    yield part


def height(node: Node) -> int:
    """How deep a tree is nested."""
    highest, waiting = 0, [(node, 1)]
    while waiting:
        found, level = waiting.pop()
        highest = max(highest, level)
        waiting.extend((part, level + 1) for part in below(found))
    return highest


def free_names(node: Node, bound: frozenset[str] = frozenset()) -> frozenset[str]:
    """The variables that it reads, without those that it binds itself."""
    if isinstance(node, Name):
        return frozenset() if node.name in bound or node.name == "?" else frozenset({node.name})
    found: set[str] = set()
    if isinstance(node, For | Some):
        for name, source in node.turns:
            found |= free_names(source, bound)
            bound |= {name, "partial"}
        return frozenset(found | free_names(node.body, bound))
    if isinstance(node, Context):
        for name, value in node.entries:
            found |= free_names(value, bound)
            bound |= {name}
        return frozenset(found)
    if isinstance(node, Filter):
        return free_names(node.of, bound)  # A name in the condition can be one of what is filtered.
    if isinstance(node, Function):
        bound |= {name for name, _type in node.parameters}
    bound |= getattr(node, "binds", frozenset())
    for part in below(node):
        found |= free_names(part, bound)
    return frozenset(found)


def outcomes(node: Node) -> Iterator[tuple[str, str]]:
    """(step, outcome) of `step.outcome = "x"`, `"x" != step.outcome`, `step.outcome in ("x", "y")`."""
    yield from _compared(node, _step)


def values(node: Node) -> Iterator[tuple[str, str]]:
    """(variable, text) of `kind = "x"`, `"x" in kinds`, and of `part.kind = "x"`, whose variable is “part.kind”."""
    yield from _compared(node, _variable)


def _compared(node: Node, named: Callable[[Node], str | None]) -> Iterator[tuple[str, str]]:
    for part in walk(node):
        sides: tuple[Node, ...] = ()
        if isinstance(part, Compare) and part.sign in {"=", "!="}:
            sides = (part.left, part.right)
        elif isinstance(part, Within):
            sides = (part.value, *part.tests)
        elif isinstance(part, Call) and part.function in ("list contains", ".equals", ".contains"):
            sides = part.arguments
        for name in [name for side in sides if (name := named(side))]:
            yield from ((name, text) for side in sides for text in _texts(side))


def _step(node: Node) -> str | None:
    if isinstance(node, Member) and node.name == "outcome" and isinstance(node.of, Name):
        return node.of.name
    return None


def _variable(node: Node) -> str | None:
    if isinstance(node, Member) and node.name != "outcome" and isinstance(node.of, Name):
        return f"{node.of.name}.{node.name}"
    return node.name if isinstance(node, Name) and node.name != "?" else None


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, Literal) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, Listed):
        for entry in node.items:
            yield from _texts(entry)
