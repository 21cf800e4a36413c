"""FEEL as it is written (DMN 1.5, 10.3.1.2), read into a tree within a bounded depth.

    expression = if | for | some | every | either          either  = both { "or" both }
    both       = relation { "and" relation }               product = power { ( "*" | "/" ) power }
    relation   = sum [ sign sum | "between" sum "and" sum | "in" tests | "instance of" type ]
    sum        = product { ( "+" | "-" ) product }         power   = factor { "**" factor }
    factor     = [ "-" ] factor | value { "." name | "[" expression "]" }

A name may hold spaces and signs where it is known by that name: to a declaration, a function or a context. What is
called is a function of the language, or one that is known: a parameter, an entry of a context, a declaration.
"""

from collections.abc import Callable

from app.engine.languages import tree
from app.engine.languages.errors import Malformed
from app.engine.languages.feel_text import NOTHING, Known
from app.engine.languages.feel_values import Values
from app.engine.languages.tree import Node

MAX_DEPTH = 40
"""Nesting of what is written."""
MAX_HEIGHT = 100
"""Nesting of what is read: a sum of many is nested too."""


def expression(text: str, known: Known = NOTHING, *, deepest: int = MAX_DEPTH) -> Node:
    """The tree of an expression. Raises Malformed."""
    reading = _Reader(text, known, deepest)
    return reading.whole(reading.expression)


def unary_tests(text: str, known: Known = NOTHING) -> Node:
    """The tree of a cell of a decision table, in which “?” is what is tested. Raises Malformed."""
    reading = _Reader(text, known, MAX_DEPTH)
    return reading.whole(reading.cell)


class _Reader(Values):
    """Recursive descent over the text itself: where a name ends depends on what is known."""

    def whole(self, read: Callable[[], Node]) -> Node:
        """All of the text. Raises Malformed."""
        found = read()
        self.space()
        if self.at < len(self.text):
            raise self.unexpected()
        if tree.height(found) > MAX_HEIGHT:
            raise Malformed(f"it is nested more than {MAX_HEIGHT} deep")
        return found

    # --- expressions

    def expression(self) -> Node:
        """The whole, or what stands between parentheses."""
        self.deeper()
        word = self.word("if", "for", "some", "every", "function")
        if word == "function":
            found = self.function()
        elif word == "if":
            found = self.choice()
        elif word:
            found = self.turns(word)
        elif self.next_is("<") or self.next_is(">"):
            found = self.test()
        else:
            found = self.either()
        self.depth -= 1
        return found

    def choice(self) -> Node:
        asked = self.expression()
        self.must_word("then")
        right = self.expression()
        self.must_word("else")
        return tree.Choice(asked, right, self.expression())

    def turns(self, word: str) -> Node:
        found: list[tuple[str, Node]] = []
        while not found or self.sign(","):
            name = self.name()
            if not name:
                raise self.unexpected()
            self.own.add(name)
            self.must_word("in")
            source = self.expression()
            if self.sign(".."):
                source = tree.Range(source, self.expression(), True, True)
            found.append((name, source))
        self.must_word("return" if word == "for" else "satisfies")
        body = self.expression()
        return tree.For(tuple(found), body) if word == "for" else tree.Some(tuple(found), body, word == "every")

    def either(self) -> Node:
        parts = [self.both()]
        while self.word("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else tree.Either(tuple(parts))

    def both(self) -> Node:
        parts = [self.relation()]
        while self.word("and"):
            parts.append(self.relation())
        return parts[0] if len(parts) == 1 else tree.Both(tuple(parts))

    def relation(self) -> Node:
        found = self.sum()
        while True:
            if sign := self.sign("=", "!=", "<=", ">=", "<", ">"):
                is_range = sign in ("=", "!=") and (self.next_is("<") or self.next_is(">"))
                other = self.test() if is_range else self.sum()
                found = tree.Compare(sign, found, other)
            elif self.word("between"):
                low = self.sum()
                self.must_word("and")
                found = tree.Both((tree.Compare(">=", found, low), tree.Compare("<=", found, self.sum())))
            elif self.word("instance of"):
                found = tree.InstanceOf(found, self.type())
            elif self.word("in"):
                found = tree.Within(found, self.tests())
            else:
                return found

    def sum(self) -> Node:
        return self.row(self.product, "+", "-")

    def product(self) -> Node:
        return self.row(self.power, "*", "/")

    def power(self) -> Node:
        return self.row(self.factor, "**")

    def row(self, part: Callable[[], Node], *signs: str) -> Node:
        """Parts joined by signs, from left to right."""
        found = part()
        while sign := self.sign(*signs):
            found = tree.Sum(sign, found, part())
        return found

    def factor(self) -> Node:
        if self.sign("-"):
            self.deeper()
            found: Node = tree.Negative(self.factor())
            self.depth -= 1
            return found
        found = self.value()
        while True:
            if self.sign("."):
                name = self.name(())
                if not name:
                    raise self.unexpected()
                if self.next_is("(") and not self.is_function(name):
                    raise Malformed(f"there is no function “{name}”")
                found = tree.Member(found, name)
            elif self.next_is("(") and not isinstance(found, tree.Literal):
                self.must("(")
                found = tree.Invoke(found, *self.arguments())
            elif self.next_is("["):
                by = self.filter()
                if by is None:
                    return found
                found = tree.Filter(found, by)
            else:
                return found

    def filter(self) -> Node | None:
        """What stands between brackets behind a value; None where the bracket ends a range (`]1..5[`)."""
        before, depth = self.at, self.depth
        self.must("[")
        try:
            by = self.expression()
            self.must("]")
        except Malformed:
            if self.depth > self.deepest:
                raise
            self.at, self.depth = before, depth
            return None
        return by

    # --- tests

    def tests(self) -> tuple[Node, ...]:
        """After “in”: one test, or several in parentheses."""
        if not self.next_is("("):
            return (self.test(),)
        self.must("(")
        found = [self.test()]
        if self.sign(".."):
            return (self.range_end(found[0], with_low=False),)
        while self.sign(","):
            found.append(self.test())
        self.must(")")
        return tuple(found)

    def test(self) -> Node:
        sign = self.sign("<=", ">=", "<", ">", "=", "!=")
        if not sign:
            return self.expression()
        value = self.sum()
        if sign in ("=", "!="):
            return tree.Compare(sign, tree.Name("?"), value)
        self.must_be_end(value)
        with_end = len(sign) == 2
        return tree.Range(None, value, False, with_end) if sign[0] == "<" else tree.Range(value, None, with_end, False)

    def cell(self) -> Node:
        """Unary tests: “-”, tests separated by commas, or not(…) around them."""
        self.space()
        if self.text[self.at :].strip() in ("", "-"):
            self.at = len(self.text)
            return tree.Literal(True)
        before = self.at
        if self.word("not") and self.sign("("):
            found = [self.test()]
            while self.sign(","):
                found.append(self.test())
            if self.sign(")"):
                self.space()
                if self.at == len(self.text):
                    return tree.Not(tree.Within(tree.Name("?"), tuple(found)))
            self.at = before
        self.at = before
        found = [self.test()]
        while self.sign(","):
            found.append(self.test())
        return tree.Within(tree.Name("?"), tuple(found))
