"""What conditions claim about variables, and whether several claims can hold together.

A condition is read into a formula of comparisons of one variable with constants. What is not of that form stands as a
claim of its own, which excludes nothing but its own opposite. Reading never fails, and no answer depends on values:
“cannot hold together” is only said where it can be proven.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from app.engine import languages
from app.engine.languages import Malformed, tree

MAX_CASES = 500
"""Alternatives of joined conditions that are looked at; where there are more, they are taken to fit together."""

Sign = Literal["in", "<", "<=", ">", ">=", "true", "opaque"]
_TURNED: dict[str, Sign] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_UNSTEADY = (tree.Call, tree.Opaque, tree.Filter, tree.For, tree.Some, tree.InstanceOf)
"""What may answer otherwise the next time, or reads more than can be seen."""


@dataclass(frozen=True)
class Claim:
    """One comparison. `path`: the variable, members joined by points; of an opaque claim, how it is written.

    `is_strict`: comparing values of different kinds stops the case, as in Python; in JUEL such a claim is false.
    """

    path: str
    sign: Sign
    values: tuple[Any, ...] = ()
    is_strict: bool = True
    turns: bool = False
    """Whether a text and a number can be equal, as in JUEL."""


@dataclass(frozen=True)
class Formula:
    """Claims joined: `what` is a claim, or "and" / "or" of the parts, or "not" of the only one.

    It is true or false: a condition that comes to neither, as FEEL's may, stops the case.
    """

    what: Claim | Literal["and", "or", "not"]
    parts: tuple["Formula", ...] = ()


@dataclass(frozen=True, eq=False)
class Condition:
    """A condition as it was read. `reads`: the names of the variables on which alone it depends, None if unknown."""

    formula: Formula
    reads: frozenset[str] | None


Signed = tuple[Condition, bool]
"""A condition that is taken to be true, or false."""


def conditions_exclude(one: str, other: str) -> bool:
    """Whether two conditions can be proven never to be true of the same variables."""
    return not possible([(condition(one), True), (condition(other), True)])


@lru_cache(maxsize=4096)
def condition(text: str) -> Condition:
    """Read a condition, in whichever language it is written."""
    text = text.strip()
    try:
        compiled = languages.compile(text)
    except Malformed:
        return Condition(Formula(Claim(text, "opaque")), None)
    unsteady = any(isinstance(part, _UNSTEADY) for part in tree.walk(compiled.tree))
    formula = _Reader(languages.language_of(text)).formula(compiled.tree)
    return Condition(formula, None if unsteady else compiled.reads)


@lru_cache(maxsize=4096)
def outcomes_of(step: str, codes: tuple[str, ...]) -> Condition:
    """That a step was completed with one of its outcomes."""
    return Condition(Formula(Claim(f"{step}.outcome", "in", codes)), frozenset({step}))


@lru_cache(maxsize=1024)
def one_of(path: str, values: tuple[Any, ...]) -> Condition:
    """That a variable has one of these values."""
    return Condition(Formula(Claim(path, "in", values)), frozenset({path.partition(".")[0]}))


class _Reader:
    """Reads formulas out of one language."""

    def __init__(self, language: str) -> None:
        self.language, self.turns = language, language == "JUEL"

    def formula(self, node: tree.Node) -> Formula:
        """What a part of an expression claims."""
        if isinstance(node, tree.Both | tree.Either):
            joined: Literal["and", "or"] = "and" if isinstance(node, tree.Both) else "or"
            return Formula(joined, tuple(map(self.formula, node.parts)))
        if isinstance(node, tree.Not):
            return self._not(self.formula(node.of))
        if isinstance(node, tree.Compare):
            return self._compared(node)
        if isinstance(node, tree.Within):
            found = [self._test(node.value, test) for test in node.tests]
            if None not in found:
                return Formula("or", tuple(test for test in found if test))
        if isinstance(node, tree.Literal) and isinstance(node.value, bool):
            return Formula("and" if node.value else "or", ())
        path = _path(node)
        return self._claim(path, "true", ()) if path else self._opaque(node)

    def _claim(self, path: str, sign: Sign, values: tuple[Any, ...]) -> Formula:
        is_strict = self.language == "Python" or (self.language == "FEEL" and sign != "true")
        return Formula(Claim(path, sign, values, is_strict, self.turns))

    def _opaque(self, node: tree.Node) -> Formula:
        return self._claim(repr(node), "opaque", ())

    def _not(self, formula: Formula) -> Formula:
        return Formula("not", (formula,))

    def _compared(self, node: tree.Compare) -> Formula:
        if node.sign == "!=":
            return self._not(self._compared(tree.Compare("=", node.left, node.right)))
        turned = "=" if node.sign == "=" else _TURNED[node.sign]
        for one, other, sign in ((node.left, node.right, node.sign), (node.right, node.left, turned)):
            path, value = _path(one), _constant(other)
            if path and value is not None and (sign == "=" or value[0] is not None):
                return self._claim(path, "in" if sign == "=" else sign, value)  # type: ignore[arg-type]
        return self._opaque(node)

    def _test(self, value: tree.Node, test: tree.Node) -> Formula | None:
        """One of the tests of `value in (…)`."""
        path = _path(value)
        if path is None:
            return None
        if isinstance(test, tree.Range):
            bounds = ((test.low, ">=" if test.with_low else ">"), (test.high, "<=" if test.with_high else "<"))
            drawn = [(_constant(bound), sign) for bound, sign in bounds if bound is not None]
            if any(known is None for known, _sign in drawn):
                return None
            claims = tuple(self._claim(path, sign, known) for known, sign in drawn if known)  # type: ignore[arg-type]
            return Formula("and", claims)
        items = test.items if isinstance(test, tree.Listed) else (test,)
        values = [_constant(item) for item in items]
        if None in values:
            return None
        return self._claim(path, "in", tuple(known[0] for known in values if known is not None))


def _path(node: tree.Node) -> str | None:
    """`review.outcome` and `review["outcome"]` are the same variable."""
    if isinstance(node, tree.Name):
        return node.name
    if isinstance(node, tree.Member):
        of, member = _path(node.of), node.name
    elif isinstance(node, tree.Index) and isinstance(node.by, tree.Literal) and isinstance(node.by.value, str):
        of, member = _path(node.of), node.by.value
    else:
        return None
    return f"{of}.{member}" if of else None


def _constant(node: tree.Node) -> tuple[Any] | None:
    if isinstance(node, tree.Literal):
        return (node.value,)
    if isinstance(node, tree.Negative) and (inner := _constant(node.of)) and not isinstance(inner[0], str | None):
        return (-inner[0],)
    return None


def possible(given: Sequence[Signed]) -> bool:
    """Whether the conditions can be true, or false, together, as far as can be seen."""
    left = MAX_CASES
    for case in _cases([(one.formula, holds) for one, holds in given]):
        left -= 1
        if left <= 0 or _fits(case):
            return True
    return False


Case = dict[str, list[tuple[Claim, bool]]]


def _cases(open_parts: list[tuple[Formula, bool]]) -> Iterator[Case]:
    """Every way to make all parts hold: claims with their truth, by their path."""
    waiting: list[tuple[list[tuple[Formula, bool]], Case]] = [(open_parts, {})]
    while waiting:
        parts, case = waiting.pop()
        if not parts:
            yield case
            continue
        (formula, holds), rest = parts[0], parts[1:]
        if isinstance(formula.what, Claim):
            known = case.get(formula.what.path, [])
            waiting.append((rest, case | {formula.what.path: [*known, (formula.what, holds)]}))
        elif formula.what == "not":
            waiting.append(([(formula.parts[0], not holds), *rest], case))
        elif (formula.what == "and") == holds:
            waiting.append(([*((part, holds) for part in formula.parts), *rest], case))
        else:
            waiting.extend(([(part, holds), *rest], case) for part in formula.parts)


def _fits(case: Case) -> bool:
    return all(_some_value(claims) for claims in case.values())


def _some_value(claims: list[tuple[Claim, bool]]) -> bool:
    """Whether a variable can have a value of which all of this is true."""
    said = set(claims)
    if any((claim, not holds) in said for claim, holds in said):
        return False
    allowed = [claim for claim, holds in claims if claim.sign == "in" and holds]
    if allowed:
        return any(all(_agrees(claim, value, holds) for claim, holds in claims) for value in allowed[0].values)
    if any(claim.sign == "true" and holds and not claim.is_strict for claim, holds in claims):
        return all(_agrees(claim, True, holds) for claim, holds in claims)
    return _is_open([(claim, holds) for claim, holds in claims if claim.sign in _COMPARE], claims)


def _agrees(claim: Claim, value: Any, holds: bool) -> bool:
    """Whether a claim can be true, or not, of a value."""
    if claim.sign == "opaque" or (claim.turns and not _is_of_kind(claim, value)):
        return True
    if claim.sign == "in":
        return any(_is_same(value, other) for other in claim.values) is holds
    if claim.sign == "true":
        return (bool(value) if claim.is_strict else value is True) is holds
    if not _is_of_kind(claim, value):
        return not claim.is_strict and not holds
    return _COMPARE[claim.sign](value, claim.values[0]) is holds


def _is_same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, str) == isinstance(other, str)


def _is_of_kind(claim: Claim, value: Any) -> bool:
    """Whether a value can be compared with those of a claim."""
    if claim.sign == "true":
        return isinstance(value, bool)
    return value is not None and all(
        other is not None and isinstance(other, str) == isinstance(value, str) for other in claim.values
    )


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda value, bound: bool(value < bound),
    "<=": lambda value, bound: bool(value <= bound),
    ">": lambda value, bound: bool(value > bound),
    ">=": lambda value, bound: bool(value >= bound),
}
_DENIED: dict[str, Sign] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def _is_open(bounds: list[tuple[Claim, bool]], claims: list[tuple[Claim, bool]]) -> bool:
    """Whether there is room between the bounds. A point between them counts only if nothing else denies it."""
    told = [(claim, holds) for claim, holds in bounds if holds or claim.is_strict]
    kinds = {type(claim.values[0]) is str for claim, _holds in told}
    if not told or any(claim.turns for claim, _holds in told):
        return not told or len(kinds) > 1 or _is_room(told, claims)
    return len(kinds) == 1 and _is_room(told, claims)


def _is_room(told: list[tuple[Claim, bool]], claims: list[tuple[Claim, bool]]) -> bool:
    said = [(claim.sign if holds else _DENIED[claim.sign], claim.values[0]) for claim, holds in told]
    low = max((value for sign, value in said if sign in {">", ">="}), default=None)
    high = min((value for sign, value in said if sign in {"<", "<="}), default=None)
    if low is None or high is None or low < high:
        return True
    return bool(low == high) and all(_agrees(claim, low, holds) for claim, holds in claims)
