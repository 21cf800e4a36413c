"""JUEL as it is written: texts with `${…}` or `#{…}` in them (Expression Language 2.2, 1.3–1.19), without its objects.

    choice   = either [ "?" choice ":" choice ]            either = both { ( "||" | "or" ) both }
    both     = equality { ( "&&" | "and" ) equality }      equality = order { ( "==" | "eq" | "!=" | "ne" ) order }
    order    = sum { ( "<" | "lt" | … ) sum }              sum = product { ( "+" | "-" ) product }
    product  = unary { ( "*" | "/" | "div" | "%" | "mod" ) unary }
    unary    = ( "-" | "!" | "not" | "empty" ) unary | value { "." name | "[" choice "]" | "." method "(" … ")" }

Methods are those of METHODS; of `execution` only variables can be read.
"""

import re
from collections.abc import Callable

from app.engine.languages import tree
from app.engine.languages.errors import Malformed
from app.engine.languages.feel_reading import MAX_DEPTH, MAX_HEIGHT
from app.engine.languages.tree import Node, height

METHODS = {
    "equals": 1,
    "equalsIgnoreCase": 1,
    "contains": 1,
    "containsKey": 1,
    "startsWith": 1,
    "endsWith": 1,
    "get": 1,
    "size": 0,
    "length": 0,
    "isEmpty": 0,
    "toString": 0,
    "toLowerCase": 0,
    "toUpperCase": 0,
    "trim": 0,
    "booleanValue": 0,
    "intValue": 0,
}
"""Name → number of arguments."""
_VARIABLES = {"get": 1, "getOrDefault": 2, "exists": 1, "isEmpty": 1, "isNotEmpty": 1, "equals": 2, "notEquals": 2}
LONGEST_WHOLE = 2**63 - 1
"""What a Java long holds."""

_WORDS = frozenset(
    (
        "and",
        "or",
        "not",
        "eq",
        "ne",
        "lt",
        "gt",
        "le",
        "ge",
        "div",
        "mod",
        "empty",
        "instanceof",
        "true",
        "false",
        "null",
    )
)
_CONSTANTS = {"true": True, "false": False, "null": None}
_SPACE = re.compile(r"\s+")
_NAME = re.compile(r"[^\W\d][\w$]*|\$[\w$]+")
_NUMBER = re.compile(r"(?:\d{1,200}(?:\.\d{0,200})?|\.\d{1,200})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_TEXT = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
_SIGN = re.compile(r"&&|\|\||==|!=|<=|>=|[-+*/%<>!?:()\[\].,]")
_OPENING = re.compile(r"\\([$#]\{)|[$#]\{")
_FUNCTION = re.compile(r"(vars|variables|var):(\w+)\s*\(")

_LEVELS: tuple[dict[str, str], ...] = (
    {"==": "=", "eq": "=", "!=": "!=", "ne": "!="},
    {"<=": "<=", "le": "<=", ">=": ">=", "ge": ">=", "<": "<", "lt": "<", ">": ">", "gt": ">"},
    {"+": "+", "-": "-"},
    {"*": "*", "/": "/", "div": "/", "%": "mod", "mod": "mod"},
)


def expression(text: str) -> Node:
    """The tree of a text with expressions in it. Raises Malformed."""
    parts: list[Node] = []
    at = 0
    while match := _OPENING.search(text, at):
        if before := text[at : match.start()]:
            parts.append(tree.Literal(before))
        if match[1]:
            parts.append(tree.Literal(match[1]))
            at = match.end()
            continue
        reading = _Reader(text, match.end())
        parts.append(reading.choice())
        at = reading.end()
    if after := text[at:]:
        parts.append(tree.Literal(after))
    found = parts[0] if len(parts) == 1 else tree.Call("", tuple(parts))
    if height(found) > MAX_HEIGHT:
        raise Malformed(f"it is nested more than {MAX_HEIGHT} deep")
    return found


class _Reader:
    """Recursive descent from one `${` to its `}`."""

    def __init__(self, text: str, at: int) -> None:
        self.text, self.at, self.depth = text, at, 0

    def end(self) -> int:
        """The place behind the “}”. Raises Malformed where something else stands."""
        self.space()
        if not self.text.startswith("}", self.at):
            raise self.unexpected()
        return self.at + 1

    def space(self) -> None:
        if match := _SPACE.match(self.text, self.at):
            self.at = match.end()

    def unexpected(self) -> Malformed:
        """Names what stands here."""
        self.space()
        return Malformed(f"“{self.text[self.at : self.at + 20].strip() or 'the end'}” is not expected")

    def take(self, *wanted: str) -> str:
        """The sign or word that stands next, passed over, if it is one of these; otherwise ""."""
        self.space()
        match = _SIGN.match(self.text, self.at) or _NAME.match(self.text, self.at)
        if match is None or match[0] not in wanted:
            return ""
        self.at = match.end()
        return match[0]

    def must(self, sign: str) -> None:
        """Pass over a sign. Raises Malformed where another stands."""
        if not self.take(sign):
            raise Malformed(f"“{sign}” is missing")

    def deeper(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Malformed(f"it is nested more than {MAX_DEPTH} deep")
        found = read()
        self.depth -= 1
        return found

    def choice(self) -> Node:
        """The whole, or what stands between parentheses."""
        return self.deeper(self._choice)

    def _choice(self) -> Node:
        asked = self.either()
        if not self.take("?"):
            return asked
        right = self.choice()
        self.must(":")
        return tree.Choice(asked, right, self.choice())

    def either(self) -> Node:
        parts = [self.both()]
        while self.take("||", "or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else tree.Either(tuple(parts))

    def both(self) -> Node:
        parts = [self.row(0)]
        while self.take("&&", "and"):
            parts.append(self.row(0))
        return parts[0] if len(parts) == 1 else tree.Both(tuple(parts))

    def row(self, level: int) -> Node:
        """Parts joined by the signs of one level, from left to right."""
        if level == len(_LEVELS):
            return self.unary()
        found = self.row(level + 1)
        while sign := self.take(*_LEVELS[level]):
            made = tree.Compare if level < 2 else tree.Sum
            found = made(_LEVELS[level][sign], found, self.row(level + 1))
        return found

    def unary(self) -> Node:
        sign = self.take("-", "!", "not", "empty")
        if not sign:
            return self.path(self.value())
        of = self.deeper(self.unary)
        if sign == "empty":
            return tree.Call("empty", (of,))
        return tree.Negative(of) if sign == "-" else tree.Not(of)

    def path(self, found: Node) -> Node:
        while True:
            if self.take("["):
                found = tree.Index(found, self.choice())
                self.must("]")
            elif self.take("."):
                found = self.part(found, self.name())
            elif self.take("("):
                name = found.name if isinstance(found, tree.Name) else ""
                raise Malformed(f"the function “{name}()” cannot be called here")
            else:
                if _is_execution(found):
                    raise Malformed("of “execution” only getVariable('…') is read here")
                return found

    def part(self, of: Node, name: str) -> Node:
        """A method of a value, or its member."""
        if self.take("("):
            return self.method(of, name)
        if _is_execution(of):
            raise Malformed(f"“execution.{name}” is not known here; execution.getVariable('…') is")
        return tree.Member(of, name)

    def name(self) -> str:
        self.space()
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise self.unexpected()
        self.at = match.end()
        return match[0]

    def given(self) -> tuple[Node, ...]:
        """The arguments up to “)”."""
        found: list[Node] = []
        while not self.take(")"):
            if found:
                self.must(",")
            found.append(self.choice())
        return tuple(found)

    def method(self, of: Node, name: str) -> Node:
        arguments = self.given()
        if _is_execution(of):
            return self.variable(name, arguments)
        if METHODS.get(name) != len(arguments):
            raise Malformed(f"the method “{name}()” cannot be called here")
        return tree.Call(f".{name}", (of, *arguments))

    def variable(self, method: str, arguments: tuple[Node, ...]) -> Node:
        """`execution.getVariable('x')`, and `execution.hasVariable('x')`."""
        name = arguments[0].value if len(arguments) == 1 and isinstance(arguments[0], tree.Literal) else None
        if not isinstance(name, str) or method not in ("getVariable", "hasVariable"):
            raise Malformed(f"“execution.{method}()” cannot be called here; getVariable('…') can")
        return tree.Name(name) if method == "getVariable" else tree.Call("exists", (tree.Name(name),))

    def function(self, name: str) -> Node:
        """Flowable's functions on a variable: `vars:get(x)`, with its name bare or quoted."""
        arguments = self.given()
        if _VARIABLES.get(name) != len(arguments):
            raise Malformed(f"the function “vars:{name}()” cannot be called here")
        of, *more = arguments
        if isinstance(of, tree.Literal) and isinstance(of.value, str):
            of = tree.Name(of.value)
        if not isinstance(of, tree.Name):
            raise Malformed(f"“vars:{name}()” needs the name of a variable")
        if name in ("equals", "notEquals"):
            return tree.Compare("=" if name == "equals" else "!=", tree.Call("default", (of,)), more[0])
        empty = tree.Call("empty", (tree.Call("default", (of,)),))
        found: dict[str, Node] = {
            "get": tree.Call("default", (of,)),
            "getOrDefault": tree.Call("default", (of, *more)),
            "exists": tree.Call("exists", (of,)),
            "isEmpty": empty,
            "isNotEmpty": tree.Not(empty),
        }
        return found[name]

    def value(self) -> Node:
        self.space()
        if match := _NUMBER.match(self.text, self.at):
            self.at = match.end()
            return tree.Literal(_number(match[0]))
        if match := _TEXT.match(self.text, self.at):
            self.at = match.end()
            return tree.Literal(
                re.sub(r"\\(.)", r"\1", match[1] if match[1] is not None else match[2], flags=re.DOTALL)
            )
        if match := _FUNCTION.match(self.text, self.at):
            self.at = match.end()
            return self.function(match[2])
        if self.take("("):
            found = self.choice()
            self.must(")")
            return found
        match = _NAME.match(self.text, self.at)
        if match is None or (match[0] in _WORDS and match[0] not in _CONSTANTS):
            raise self.unexpected()
        self.at = match.end()
        return tree.Literal(_CONSTANTS[match[0]]) if match[0] in _CONSTANTS else tree.Name(match[0])


def _is_execution(of: Node) -> bool:
    return isinstance(of, tree.Name) and of.name == "execution"


def _number(written: str) -> int | float:
    if written.isdigit():
        if int(written) > LONGEST_WHOLE:
            raise Malformed(f"“{written[:40]}” is too large a number")
        return int(written)
    found = float(written)
    if found == float("inf"):
        raise Malformed(f"“{written[:40]}” is too large a number")
    return found
