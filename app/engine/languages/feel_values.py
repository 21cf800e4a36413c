"""The values of FEEL as they are written: constants, names, functions, lists, contexts and ranges."""

import re
from abc import abstractmethod

from app.engine.languages import constants, functions, tree, values
from app.engine.languages.errors import Malformed
from app.engine.languages.feel_text import NAME
from app.engine.languages.feel_type_text import Types
from app.engine.languages.tree import Node

_CONSTANTS = {"true": True, "false": False, "null": None}
_SPACED = re.compile(r"([^\W\d][\w\s./\-'+*]*):")
"""A name with spaces and signs (10.3.1.2, rules 27–30), which the colon ends."""
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_NUMBER = re.compile(r"(?:\d{1,200}(?:\.\d{1,200})?|\.\d{1,200})(?:[eE][+-]?\d{1,4})?", re.ASCII)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
"""Rule 64; a backslash before any other character is one, as in "\\d+"."""


class Values(Types):
    """Reads one value; what stands in it is read by `expression`."""

    @abstractmethod
    def expression(self) -> Node:
        """The whole, or what stands between parentheses."""

    def value(self) -> Node:
        before = self.at
        if self.word("if", "for", "some", "every", "function"):
            self.at = before  # which reaches as far to the right as it can
            return self.expression()
        self.space()
        if match := _NUMBER.match(self.text, self.at):
            self.at = match.end()
            return tree.Literal(values.number_of(match[0]))
        if match := _TEXT.match(self.text, self.at):
            self.at = match.end()
            return tree.Literal(_ESCAPE.sub(_unescaped, match[1]))
        if sign := self.sign("(", "[", "]", "{", "@"):
            return {"(": self.inner, "[": self.listed, "]": self.open_range, "{": self.context, "@": self.at_text}[
                sign
            ]()
        if word := self.word("true", "false", "null"):
            return tree.Literal(_CONSTANTS[word])
        return self.named()

    def named(self) -> Node:
        """A function with what it is given, or a variable."""
        start = self.at
        if function := self.word(*functions.SPACED, "not"):
            if self.sign("("):
                return self.call(function)
            self.at = start
        name = self.name()
        if not name:
            raise self.unexpected()
        built_in = name in functions.FORMS and name not in self.own and name not in self.spaced
        if self.next_is("(") and (built_in or not self.is_function(name)):
            self.must("(")
            return self.call(name)
        return tree.Name(name)

    def function(self) -> Node:
        self.must("(")
        taken: list[tuple[str, tree.Type | None]] = []
        while not self.sign(")"):
            if taken:
                self.must(",")
            name = self.name()
            if not name:
                raise self.unexpected()
            taken.append((name, self.type() if self.sign(":") else None))
            self.own.add(name)
        if len(dict(taken)) < len(taken):
            raise Malformed("two parameters have the same name")
        if self.word("external"):
            raise Malformed("functions in another language (external) are not run")
        return tree.Function(tuple(taken), self.expression())

    def arguments(self) -> tuple[tuple[Node, ...], tuple[str, ...]]:
        """After “(”: what a function is given, and the names of it where it is named."""
        arguments: list[Node] = []
        names: list[str] = []
        while not self.sign(")"):
            if arguments:
                self.must(",")
            self.space()
            if match := _SPACED.match(self.text, self.at):
                names.append(" ".join(match[1].split()))
                self.at = match.end()
            arguments.append(self.expression())
        if names and len(names) != len(arguments):
            raise Malformed("of a function either all or no arguments are named")
        return tuple(arguments), tuple(names)

    def call(self, name: str) -> Node:
        arguments, names = self.arguments()
        if name == "not" and len(arguments) == 1 and not names:
            return tree.Not(arguments[0])
        functions.check(name, len(arguments), names)
        found = tree.Call(name, arguments, names)
        constants.check(found)
        return found

    def inner(self) -> Node:
        """After “(”: a value, or a range without its lower end."""
        found = self.expression()
        if self.sign(".."):
            return self.range_end(found, with_low=False)
        self.must(")")
        return found

    def open_range(self) -> Node:
        low = self.expression()
        self.must("..")
        return self.range_end(low, with_low=False)

    def range_end(self, low: Node, *, with_low: bool) -> Node:
        high = self.expression()
        sign = self.sign("]", ")", "[")
        if not sign:
            raise Malformed("“]” is missing")
        self.must_be_end(low)
        self.must_be_end(high)
        return tree.Range(low, high, with_low, sign == "]")

    def must_be_end(self, node: Node) -> None:
        """Raise Malformed for what cannot be an end of a range."""
        if isinstance(node, tree.Range | tree.Listed | tree.Context | tree.Function):
            raise Malformed("a range ends with a number, a text, a date, a time or a duration")

    def listed(self) -> Node:
        """After “[”: a list, or a range with its lower end."""
        items: list[Node] = []
        while not self.sign("]"):
            if items:
                self.must(",")
            items.append(self.expression())
            if len(items) == 1 and self.sign(".."):
                return self.range_end(items[0], with_low=True)
        return tree.Listed(tuple(items))

    def context(self) -> Node:
        entries: list[tuple[str, Node]] = []
        while not self.sign("}"):
            if entries:
                self.must(",")
            self.space()
            match = _SPACED.match(self.text, self.at)
            quoted = None if match else _TEXT.match(self.text, self.at)
            if match:
                key = " ".join(match[1].split())
                self.at = match.end()
            elif quoted:
                key = _ESCAPE.sub(_unescaped, quoted[1])
                self.at = quoted.end()
                self.must(":")
            else:
                raise self.unexpected()
            if key in dict(entries):
                raise Malformed(f"“{key}” is given twice")
            self.own.add(key)
            entries.append((key, self.expression()))
            if not NAME.fullmatch(key) and key.strip():
                self.know(" ".join(key.split()))
        return tree.Context(tuple(entries))

    def at_text(self) -> Node:
        match = _TEXT.match(self.text, self.at)
        if match is None:
            raise self.unexpected()
        self.at = match.end()
        found = values.temporal(match[1])
        if found is None:
            raise Malformed(f"“{match[1][:40]}” is no date, time or duration")
        return tree.Literal(found)


def _unescaped(match: re.Match[str]) -> str:
    mark = match[1]
    if mark[0] in "uU" and len(mark) > 1:
        code = int(mark[1:], 16)
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
    return _ESCAPED.get(mark, match[0])
