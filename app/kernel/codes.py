"""Patterns of public codes: a small syntax by which a place lays out the codes of its cases and items.

    {region}           the jurisdiction, six digits (GB/T 2260)
    {year} {month} {day} {date}   four, two, two and eight digits of the day on which the code is given
    {serial:7}         a running number of seven digits
    {digits:3} {letters:2} {any:4}   as many digits, capital letters, or either, as the author of an item wrote
    {check:97-10}      check characters over all letters and digits before them (ISO 7064): 97-10 two digits, 11-10 one
                       digit, 11-2 one digit or X, 37-36 one letter or digit. They come last.
    A-Z 0-9 - .        stand for themselves

Every part has a fixed width, so a code can be told from one of another pattern by looking at it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from stdnum.iso7064 import mod_11_2, mod_11_10, mod_37_36, mod_97_10

from app.kernel.errors import DomainError

LONGEST: Final = 30
"""Characters of a code: shorter than a UUID, so that neither is taken for the other."""

_DIGITS: Final = frozenset("0123456789")
_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_FIXED: Final = {"region": 6, "year": 4, "month": 2, "day": 2, "date": 8}
_WIDE: Final = {"serial": _DIGITS, "digits": _DIGITS, "letters": _LETTERS, "any": _DIGITS | _LETTERS}
_CHECKS: Final[dict[str, tuple[Callable[[str], str], int, frozenset[str], frozenset[str]]]] = {
    "97-10": (mod_97_10.calc_check_digits, 2, _DIGITS, _DIGITS | _LETTERS),
    "11-10": (mod_11_10.calc_check_digit, 1, _DIGITS, _DIGITS),
    "11-2": (mod_11_2.calc_check_digit, 1, _DIGITS | {"X"}, _DIGITS),
    "37-36": (mod_37_36.calc_check_digit, 1, _DIGITS | _LETTERS, _DIGITS | _LETTERS),
}
"""How a check is made, its width, its characters, and the characters that it can stand for."""

_TOKEN = re.compile(r"\{(?P<name>[a-z]+)(?::(?P<option>[0-9-]{1,5}))?\}|(?P<literal>[A-Z0-9.-]+)", re.ASCII)
_WIDTH = re.compile(r"[1-9]|1[0-9]|20", re.ASCII)


class BadCodePattern(DomainError):
    """A pattern that cannot be read, or whose codes would not do."""

    code = "bad-code-pattern"
    message = "The pattern cannot be used at “%(part)s”."
    remedy = (
        "Write capital letters, digits, points and hyphens, and {region}, {year}, {month}, {day}, {date}, {serial:7}, "
        "{digits:3}, {letters:2}, {any:4}; at the end {check:97-10}, {check:11-10}, {check:11-2} or {check:37-36}."
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name (“literal” for what stands for itself), the characters of each of its places, its option."""

    name: str
    places: tuple[frozenset[str], ...]
    option: str = ""


@dataclass(frozen=True)
class CodePattern:
    """A pattern that was read. Two are equal where their texts are."""

    text: str
    parts: tuple[Part, ...]

    @cached_property
    def places(self) -> tuple[frozenset[str], ...]:
        """The characters that may stand at each place of a code."""
        return tuple(place for part in self.parts for place in part.places)

    def width(self, name: str) -> int:
        """How many characters the parts of this name have together."""
        return sum(len(part.places) for part in self.parts if part.name == name)

    def make(self, region: str, day: date, serial: int) -> str:
        """A new code. The serial number wraps at its width."""
        made = ""
        for part in self.parts:
            made += _written(part, region, day, serial, made)
        return made

    def fits(self, code: str) -> bool:
        """Whether `code` is of this pattern and its check characters are right."""
        if len(code) != len(self.places):
            return False
        if any(sign not in place for sign, place in zip(code, self.places, strict=True)):
            return False
        last = self.parts[-1]
        return last.name != "check" or code.endswith(_check(last.option, code[: -len(last.places)]))

    def region_of(self, code: str) -> str | None:
        """The region that a code of this pattern names; None where it is none or names none."""
        at = 0
        for part in self.parts:
            if part.name == "region":
                return code[at : at + 6] if self.fits(code) else None
            at += len(part.places)
        return None

    def resembles(self, other: "CodePattern") -> bool:
        """Whether a code might be of both patterns."""
        return len(self.places) == len(other.places) and all(
            one & two for one, two in zip(self.places, other.places, strict=True)
        )


def parse(text: str) -> CodePattern:
    """Read a pattern. Raises BadCodePattern."""
    parts: list[Part] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        part = _part(found) if found else None
        if found is None or part is None or (parts and parts[-1].name == "check"):
            raise BadCodePattern(part=text[at : at + 20])
        parts.append(part)
        at = found.end()
    made = CodePattern(text, tuple(parts))
    if not 0 < len(made.places) <= LONGEST:
        raise BadCodePattern(part=text[:20])
    if parts[-1].name == "check":
        takes = _CHECKS[parts[-1].option][3]
        if any((place & (_LETTERS | _DIGITS)) - takes for part in parts[:-1] for place in part.places):
            raise BadCodePattern(part=f"{{check:{parts[-1].option}}}")
    return made


def _part(found: re.Match[str]) -> Part | None:
    name, option, literal = found["name"], found["option"] or "", found["literal"]
    if literal:
        return Part("literal", tuple(frozenset(sign) for sign in literal), literal)
    if name in _FIXED and not option:
        return Part(name, (_DIGITS,) * _FIXED[name])
    if name in _WIDE and _WIDTH.fullmatch(option):
        return Part(name, (_WIDE[name],) * int(option), option)
    if name == "check" and option in _CHECKS:
        return Part(name, (_CHECKS[option][2],) * _CHECKS[option][1], option)
    return None


def _written(part: Part, region: str, day: date, serial: int, before: str) -> str:
    match part.name:
        case "literal":
            return part.option
        case "region":
            return region
        case "date":
            return f"{day:%Y%m%d}"
        case "year":
            return f"{day:%Y}"
        case "month":
            return f"{day:%m}"
        case "day":
            return f"{day:%d}"
        case "check":
            return _check(part.option, before)
        case "letters":
            return "A" * len(part.places)
        case _:
            return f"{serial % 10 ** len(part.places):0{len(part.places)}d}"


def _check(kind: str, before: str) -> str:
    return _CHECKS[kind][0](before.replace("-", "").replace(".", ""))
