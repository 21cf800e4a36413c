"""Functions of FEEL on lists (DMN 1.5, 10.3.4.4). A single value where a list is asked for is a list of one."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from app.engine.languages import texts, values
from app.engine.languages.errors import Failed
from app.engine.languages.values import CONTEXT, MOST_ITEMS, ORDERED, Closure, Work, number


def bounded(items: Iterable[Any]) -> list[Any]:
    """The list. Raises Failed for one longer than anybody needs."""
    found: list[Any] = []
    for item in items:
        if len(found) >= MOST_ITEMS:
            raise Failed(f"a list has more than {MOST_ITEMS} members")
        found.append(item)
    return found


def contains(work: Work, items: list[Any], wanted: Any) -> bool:
    """Whether one of them is equal to it."""
    return any(values.equal(item, wanted, work.tick) is True for item in items)


def _numbers(items: list[Any]) -> list[Decimal] | None:
    return items if items and all(isinstance(item, Decimal) for item in items) else None


def _sum(_work: Work, items: list[Any]) -> Decimal | None:
    if _numbers(items) is None:
        return None
    total = Decimal(0)
    for item in items:
        total = CONTEXT.add(total, item)
    return number(total)


def _product(_work: Work, items: list[Any]) -> Decimal | None:
    if _numbers(items) is None:
        return None
    total = Decimal(1)
    for item in items:
        total = CONTEXT.multiply(total, item)
    return number(total)


def _mean(work: Work, items: list[Any]) -> Decimal | None:
    total = _sum(work, items)
    return None if total is None else number(CONTEXT.divide(total, Decimal(len(items))))


def _median(work: Work, items: list[Any]) -> Decimal | None:
    if _numbers(items) is None:
        return None
    inner = sorted(items)
    middle = len(inner) // 2
    return inner[middle] if len(inner) % 2 else _mean(work, inner[middle - 1 : middle + 1])


def _deviation(work: Work, items: list[Any]) -> Decimal | None:
    mean = _mean(work, items)
    if mean is None or len(items) < 2:
        return None
    total = Decimal(0)
    for item in items:
        away = CONTEXT.subtract(item, mean)
        total = CONTEXT.add(total, CONTEXT.multiply(away, away))
    return number(CONTEXT.sqrt(CONTEXT.divide(total, Decimal(len(items) - 1))))


def _mode(_work: Work, items: list[Any]) -> list[Decimal] | None:
    if not items:
        return []
    if _numbers(items) is None:
        return None
    counts: dict[Decimal, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values())
    return sorted(item for item, count in counts.items() if count == most)


def _extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    def run(work: Work, items: list[Any]) -> Any:
        work.tick(len(items))
        if not items or type(items[0]) not in ORDERED or any(type(item) is not type(items[0]) for item in items):
            return None
        try:
            return choose(items)
        except TypeError:
            return None

    return run


def _of_all(run: Callable[..., Any]) -> Callable[..., Any]:
    """The function of a list, called with its members as arguments."""
    return lambda work, *items: run(work, list(items))


def _sublist(_work: Work, items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any] | None:
    first, count = int(start), len(items) if length is None else int(length)
    if first == 0 or abs(first) > len(items) or count < 0:
        return None
    begin = first - 1 if first > 0 else len(items) + first
    return items[begin : begin + count]


def _place(items: list[Any], position: Decimal) -> int | None:
    first = int(position)
    if first != position or first == 0 or abs(first) > len(items):
        return None
    return first - 1 if first > 0 else len(items) + first


def _insert(_work: Work, items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    at = _place(items, position)
    return None if at is None else bounded([*items[:at], item, *items[at:]])


def _remove(_work: Work, items: list[Any], position: Decimal) -> list[Any] | None:
    at = _place(items, position)
    return None if at is None else items[:at] + items[at + 1 :]


def _replaced(_work: Work, items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    at = _place(items, position)
    return None if at is None else [*items[:at], item, *items[at + 1 :]]


def _replaced_where(_work: Work, items: list[Any], match: Closure, item: Any) -> list[Any] | None:
    """10.3.4.4: the function says of each member, beside the new one, whether it is replaced."""
    if len(match.parameters) != 2:
        return None
    found = [match.call([old, item]) for old in items]
    if any(not isinstance(one, bool) for one in found):
        return None
    return [item if one else old for old, one in zip(items, found, strict=True)]


def _sorted(work: Work, items: list[Any], precedes: Closure) -> list[Any] | None:
    """10.3.4.7: in the order that the function says; members that precede neither each other keep theirs."""
    if len(precedes.parameters) != 2:
        return None

    def order(one: Any, other: Any) -> int:
        work.tick()
        if precedes.call([one, other]) is True:
            return -1
        return 1 if precedes.call([other, one]) is True else 0

    return sorted(items, key=cmp_to_key(order))


def _partition(_work: Work, items: list[Any], size: Decimal) -> list[Any] | None:
    length = int(size)
    return [items[at : at + length] for at in range(0, len(items), length)] if length > 0 else None


def _indexes(work: Work, items: list[Any], wanted: Any) -> list[Decimal]:
    return [Decimal(at) for at, item in enumerate(items, 1) if values.equal(item, wanted, work.tick) is True]


def _distinct(work: Work, items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if not contains(work, found, item):
            found.append(item)
    return found


def _duplicates(work: Work, items: list[Any]) -> list[Any]:
    twice = [item for at, item in enumerate(items) if contains(work, items[:at], item)]
    return _distinct(work, twice)


def _flat(work: Work, items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        work.tick()
        found.extend(_flat(work, item) if isinstance(item, list) else [item])
    return bounded(found)


def _concatenated(_work: Work, *lists: list[Any]) -> list[Any]:
    return bounded(item for items in lists for item in items)


def _joined(work: Work, items: list[Any], delimiter: str | None = None) -> str | None:
    work.tick(len(items))
    written = [item for item in items if item is not None]
    if any(not isinstance(item, str) for item in written):
        return None
    if sum(len(item) + len(delimiter or "") for item in written) > values.LONGEST:
        raise Failed(f"a text is longer than {values.LONGEST} characters")
    return texts.joined((delimiter or "").join(written))


_TABLE: dict[str, Callable[..., Any]] = {
    "min": _extreme(min),
    "max": _extreme(max),
    "sum": _sum,
    "mean": _mean,
    "product": _product,
    "median": _median,
    "stddev": _deviation,
    "mode": _mode,
    "all": lambda _work, items: values.together(items),
    "any": lambda _work, items: values.one_of(items),
    "and": lambda _work, items: values.together(items),
    "or": lambda _work, items: values.one_of(items),
}
FUNCTIONS: dict[tuple[str, str], Callable[..., Any]] = {
    **{(name, "list:list"): run for name, run in _TABLE.items()},
    **{(name, "c1:any, c2:any…"): _of_all(run) for name, run in _TABLE.items()},
    ("count", "list:list"): lambda _work, items: Decimal(len(items)),
    ("is empty", "list:list"): lambda _work, items: not items,
    ("list contains", "list:list, element:any"): contains,
    ("sublist", "list:list, start position:number, length:number?"): _sublist,
    ("append", "list:list, item:any…"): lambda _work, items, *more: bounded([*items, *more]),
    ("concatenate", "list:list…"): _concatenated,
    ("insert before", "list:list, position:number, newItem:any"): _insert,
    ("remove", "list:list, position:number"): _remove,
    ("list replace", "list:list, position:number, newItem:any"): _replaced,
    ("list replace", "list:list, match:function, newItem:any"): _replaced_where,
    ("sort", "list:list, precedes:function"): _sorted,
    ("partition", "list:list, size:number"): _partition,
    ("reverse", "list:list"): lambda _work, items: items[::-1],
    ("index of", "list:list, match:any"): _indexes,
    ("union", "list:list…"): lambda work, *lists: _distinct(work, _concatenated(work, *lists)),
    ("distinct values", "list:list"): _distinct,
    ("duplicate values", "list:list"): _duplicates,
    ("flatten", "list:list"): _flat,
    ("string join", "list:list, delimiter:text?"): _joined,
}
