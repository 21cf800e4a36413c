"""Functions of FEEL that relate points and ranges (DMN 1.5, 10.3.4.9; Allen's interval algebra)."""

import re
from collections.abc import Callable
from typing import Any

from app.engine.languages import values
from app.engine.languages.values import Span, Work, inside, ordered, together

Truth = bool | None


def _less(one: Any, other: Any) -> Truth:
    return ordered("<", one, other)


def _same(one: Any, other: Any) -> Truth:
    return together([ordered("<=", one, other), ordered(">=", one, other)])


def _either(*found: Truth) -> Truth:
    if any(one is True for one in found):
        return True
    return None if None in found else False


def _span(value: Any) -> Span:
    return value if isinstance(value, Span) else Span(value, value, True, True)


def _before(_work: Work, one: Any, other: Any) -> Truth:
    left, right = _span(one), _span(other)
    apart = _same(left.high, right.low)
    touching = together([apart, not (left.with_high and right.with_low)])
    return _either(_less(left.high, right.low), touching)


def _meets(_work: Work, one: Span, other: Span) -> Truth:
    return together([one.with_high and other.with_low, _same(one.high, other.low)])


def _overlaps(work: Work, one: Span, other: Span) -> Truth:
    left, right = _before(work, one, other), _before(work, other, one)
    return None if left is None or right is None else not left and not right


def _starts_at(one: Span, other: Span) -> Truth:
    return together([_same(one.low, other.low), one.with_low == other.with_low])


def _ends_at(one: Span, other: Span) -> Truth:
    return together([_same(one.high, other.high), one.with_high == other.with_high])


def _starts_before(one: Span, other: Span) -> Truth:
    return _either(
        _less(one.low, other.low), together([_same(one.low, other.low), one.with_low and not other.with_low])
    )


def _ends_before(one: Span, other: Span) -> Truth:
    return _either(
        _less(one.high, other.high), together([_same(one.high, other.high), other.with_high and not one.with_high])
    )


def _overlaps_before(work: Work, one: Span, other: Span) -> Truth:
    ends = _either(_ends_before(one, other), _ends_at(one, other))
    return together([_starts_before(one, other), ends, _overlaps(work, one, other)])


def _overlaps_after(work: Work, one: Span, other: Span) -> Truth:
    starts = _either(_starts_before(other, one), _starts_at(other, one))
    return together([starts, _ends_before(other, one), _overlaps(work, one, other)])


def _includes(_work: Work, one: Span, other: Any) -> Truth:
    if not isinstance(other, Span):
        return inside(other, one)
    starts = _either(_starts_before(one, other), _starts_at(one, other))
    return together([starts, _either(_ends_before(other, one), _ends_at(other, one))])


def _starts(work: Work, one: Any, other: Span) -> Truth:
    if not isinstance(one, Span):
        return together([_same(one, other.low), other.with_low])
    return together([_starts_at(one, other), _includes(work, other, one)])


def _finishes(work: Work, one: Any, other: Span) -> Truth:
    if not isinstance(one, Span):
        return together([_same(one, other.high), other.with_high])
    return together([_ends_at(one, other), _includes(work, other, one)])


def _coincides(_work: Work, one: Any, other: Any) -> Truth:
    left, right = _span(one), _span(other)
    return together([_starts_at(left, right), _ends_at(left, right)])


_RANGE = re.compile(r"([\[\](])(.*?)\.\.(.*)([\])\[])", re.DOTALL)
_END = re.compile(r'(?:@|(?:date|time|date and time|duration)\()"([^"]*)"\)?|"((?:[^"\\])*)"')


def _range(_work: Work, written: str) -> Span | None:
    """10.3.4.11: the range that a text holds; its ends are constants."""
    match = _RANGE.fullmatch(written.strip())
    if match is None:
        return None
    low, high = _end(match[2].strip()), _end(match[3].strip())
    ends = [end for end in (low, high) if end is not None]
    bare = [not part and sign in "()" for sign, part in ((match[1], match[2].strip()), (match[4], match[3].strip()))]
    if len(ends) + sum(bare) != 2 or not ends or len({type(end) for end in ends}) > 1:
        return None
    if ordered(">", *ends) is not False if len(ends) == 2 else False:
        return None
    return Span(low, high, match[1] == "[" and low is not None, match[4] == "]" and high is not None)


def _end(written: str) -> Any:
    match = _END.fullmatch(written)
    if match is None:
        return values.number_of(written)
    return values.temporal(match[1]) if match[1] is not None else match[2]


FUNCTIONS: dict[tuple[str, str], Callable[..., Any]] = {
    ("range", "from:text"): _range,
    ("before", "first:any, second:any"): _before,
    ("after", "first:any, second:any"): lambda work, one, other: _before(work, other, one),
    ("meets", "range1:range, range2:range"): _meets,
    ("met by", "range1:range, range2:range"): lambda work, one, other: _meets(work, other, one),
    ("overlaps", "range1:range, range2:range"): _overlaps,
    ("overlaps before", "range1:range, range2:range"): _overlaps_before,
    ("overlaps after", "range1:range, range2:range"): _overlaps_after,
    ("includes", "range:range, value:any"): _includes,
    ("during", "value:any, range:range"): lambda work, one, other: _includes(work, other, one),
    ("starts", "value:any, range:range"): _starts,
    ("started by", "range:range, value:any"): lambda work, one, other: _starts(work, other, one),
    ("finishes", "value:any, range:range"): _finishes,
    ("finished by", "range:range, value:any"): lambda work, one, other: _finishes(work, other, one),
    ("coincides", "value1:any, value2:any"): _coincides,
}
