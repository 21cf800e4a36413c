"""Functions of FEEL on texts, numbers, truths and contexts (DMN 1.5, 10.3.4.1–3, 10.3.4.5, 10.3.4.10)."""

import decimal
from collections.abc import Callable, Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from app.engine.languages import patterns, values
from app.engine.languages.errors import Failed
from app.engine.languages.values import CONTEXT, LONGEST, Work, number


def joined(text: str) -> str:
    """The text. Raises Failed for one longer than anybody needs."""
    if len(text) > LONGEST:
        raise Failed(f"a text is longer than {LONGEST} characters")
    return text


def _substring(_work: Work, text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    first, count = int(start), len(text) if length is None else int(length)
    if first == 0 or abs(first) > len(text) or count < 0:
        return None
    begin = first - 1 if first > 0 else len(text) + first
    return text[begin : begin + count]


def _before(_work: Work, text: str, match: str) -> str:
    return text.partition(match)[0] if match and match in text else ""


def _after(_work: Work, text: str, match: str) -> str:
    return text.partition(match)[2] if match and match in text else text if not match else ""


def _matches(work: Work, text: str, pattern: str, flags: str | None = None) -> bool | None:
    compiled = patterns.ready(work, text, pattern, flags)
    return None if compiled is None else compiled.search(text) is not None


def _replace(work: Work, text: str, pattern: str, new: str, flags: str | None = None) -> str | None:
    compiled = patterns.ready(work, text, pattern, flags)
    if compiled is None:
        return None
    if (len(text) + 1) * (len(new) + 1) > 10_000_000:
        raise Failed("a text is too long")
    work.tick(len(text) // 10)
    written = "".join(_groups(new))
    try:
        return joined(compiled.sub(written, text))
    except (patterns.ERROR, IndexError, UnicodeError, KeyError):
        return None


def _groups(new: str) -> list[str]:
    """`$1` as the matcher writes it."""
    found: list[str] = []
    for place, mark in enumerate(new):
        follows = new[place + 1 : place + 2]
        if mark == "$" and follows.isascii() and follows.isdigit():
            found.append("\\")
        else:
            found.append("\\\\" if mark == "\\" else mark)
    return found


def _split(work: Work, text: str, delimiter: str) -> list[str] | None:
    compiled = patterns.ready(work, text, delimiter, None)
    if compiled is None:
        return None
    work.tick(len(text) // 10)
    found = [part for part in compiled.split(text) if part is not None]
    if len(found) > values.MOST_ITEMS:
        raise Failed(f"a list has more than {values.MOST_ITEMS} members")
    return found


def _rounded(mode: str) -> Callable[..., Decimal | None]:
    def run(_work: Work, value: Decimal, scale: Decimal | None = None) -> Decimal | None:
        places = 0 if scale is None else int(scale)
        if abs(places) > 6_000:
            return None
        return number(value.quantize(Decimal(1).scaleb(-places, CONTEXT), rounding=mode, context=CONTEXT))

    return run


def modulo(_work: Work, value: Decimal, by: Decimal) -> Decimal | None:
    """What is left, with the sign of the divisor."""
    if not by:
        return None
    whole = _rounded(decimal.ROUND_FLOOR)(_work, CONTEXT.divide(value, by))
    return None if whole is None else number(CONTEXT.subtract(value, CONTEXT.multiply(by, whole)))


def _sqrt(_work: Work, value: Decimal) -> Decimal | None:
    return number(CONTEXT.sqrt(value)) if value >= 0 else None


def _log(_work: Work, value: Decimal) -> Decimal | None:
    return number(CONTEXT.ln(value)) if value > 0 else None


def _exp(_work: Work, value: Decimal) -> Decimal | None:
    return number(CONTEXT.exp(value)) if abs(value) < 20_000 else None


def _is_odd(_work: Work, value: Decimal) -> bool | None:
    left = modulo(_work, abs(value), Decimal(2))
    return left == 1 if left is not None else None


def _is_even(_work: Work, value: Decimal) -> bool | None:
    left = modulo(_work, abs(value), Decimal(2))
    return left == 0 if left is not None else None


def _number(_work: Work, written: str, groups: str | None = None, point: str | None = None) -> Decimal | None:
    if groups not in (None, " ", ",", ".") or point not in (None, ",", ".") or (groups and groups == point):
        return None
    plain = written.replace(groups, "") if groups else written
    return values.number_of(plain.replace(point, ".") if point else plain)


def _value(_work: Work, context: Mapping[str, Any], key: str | list[Any]) -> Any:
    found: Any = context
    for name in key if isinstance(key, list) else [key]:
        found = found.get(name) if isinstance(found, dict) and isinstance(name, str) else None
    return found


def _entries(_work: Work, context: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": name, "value": value} for name, value in context.items()]


def _context(work: Work, entries: list[Any]) -> dict[str, Any] | None:
    work.tick(len(entries))
    found: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry or not isinstance(entry.get("key"), str):
            return None
        if entry["key"] in found:
            return None
        found[entry["key"]] = entry["value"]
    return found


def _merged(work: Work, contexts: list[Any]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for context in contexts:
        if not isinstance(context, dict):
            return None
        work.tick(len(context))
        found.update(context)
    return found


def _same(work: Work, one: Any, other: Any) -> bool:
    """10.3.4.10: of the same type and equal, and of times of day those of the same offset."""
    offsets = [values.settled(value).utcoffset() for value in (one, other) if isinstance(value, time | datetime)]
    alike = type(one) is type(other) and values.equal(one, other, work.tick) is True
    return alike and len(set(offsets)) < 2


def _put(_work: Work, context: Mapping[str, Any], keys: str | list[Any], value: Any) -> dict[str, Any] | None:
    """The context with a value under a name, or under the last of several, one within the other."""
    if isinstance(keys, str):
        return {**context, keys: value}
    first, *rest = keys or [None]
    if not isinstance(first, str):
        return None
    if not rest:
        return {**context, first: value}
    below = context.get(first)
    inner = None if below is not None and not isinstance(below, dict) else _put(_work, below or {}, rest, value)
    return None if inner is None else {**context, first: inner}


def _extracted(work: Work, text: str, pattern: str) -> list[str] | None:
    compiled = patterns.ready(work, text, pattern, None)
    work.tick(len(text) // 10)
    return None if compiled is None else [match.group() for match in compiled.finditer(text)][: values.MOST_ITEMS]


FUNCTIONS: dict[tuple[str, str], Callable[..., Any]] = {
    ("substring", "string:text, start position:number, length:number?"): _substring,
    ("string length", "string:text"): lambda _work, text: Decimal(len(text)),
    ("upper case", "string:text"): lambda _work, text: joined(text.upper()),
    ("lower case", "string:text"): lambda _work, text: joined(text.lower()),
    ("substring before", "string:text, match:text"): _before,
    ("substring after", "string:text, match:text"): _after,
    ("contains", "string:text, match:text"): lambda _work, text, match: match in text,
    ("starts with", "string:text, match:text"): lambda _work, text, match: text.startswith(match),
    ("ends with", "string:text, match:text"): lambda _work, text, match: text.endswith(match),
    ("matches", "input:text, pattern:text, flags:text?"): _matches,
    ("replace", "input:text, pattern:text, replacement:text, flags:text?"): _replace,
    ("split", "string:text, delimiter:text"): _split,
    ("extract", "string:text, pattern:text"): _extracted,
    ("trim", "string:text"): lambda _work, text: text.strip(),
    ("is blank", "string:text"): lambda _work, text: not text.strip(),
    ("string", "from:any"): lambda work, value: values.text(value, work.tick),
    ("number", "from:text, grouping separator:text?, decimal separator:text?"): _number,
    ("number", "from:number"): lambda _work, value: value,
    ("decimal", "n:number, scale:number"): _rounded(decimal.ROUND_HALF_EVEN),
    ("floor", "n:number, scale:number?"): _rounded(decimal.ROUND_FLOOR),
    ("ceiling", "n:number, scale:number?"): _rounded(decimal.ROUND_CEILING),
    ("round up", "n:number, scale:number?"): _rounded(decimal.ROUND_UP),
    ("round down", "n:number, scale:number?"): _rounded(decimal.ROUND_DOWN),
    ("round half up", "n:number, scale:number?"): _rounded(decimal.ROUND_HALF_UP),
    ("round half down", "n:number, scale:number?"): _rounded(decimal.ROUND_HALF_DOWN),
    ("abs", "n:number"): lambda _work, value: abs(value),
    ("abs", "n:days"): lambda _work, value: abs(value),
    ("abs", "n:length"): lambda _work, value: values.Months(abs(value.count)),
    ("modulo", "dividend:number, divisor:number"): modulo,
    ("sqrt", "number:number"): _sqrt,
    ("log", "number:number"): _log,
    ("exp", "number:number"): _exp,
    ("odd", "number:number"): _is_odd,
    ("even", "number:number"): _is_even,
    ("not", "negand:any"): lambda _work, value: values.opposite(value),
    ("is", "value1:any, value2:any"): _same,
    ("is defined", "value:any"): lambda _work, value: value is not None,
    ("get or else", "value:any, default:any"): lambda _work, value, other: other if value is None else value,
    ("get value", "m:context, key:key"): _value,
    ("get entries", "m:context"): _entries,
    ("context", "entries:list"): _context,
    ("context put", "context:context, key:text, value:any"): _put,
    ("context put", "context:context, keys:list, value:any"): _put,
    ("context merge", "contexts:list"): _merged,
}
