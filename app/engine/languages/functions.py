"""The functions of FEEL (DMN 1.5, 10.3.4): what each takes, and how it is called. What does not fit gives null."""

import difflib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.engine.languages import listing, moments, spans, texts
from app.engine.languages.errors import Malformed
from app.engine.languages.values import Closure, Months, Span, Work

_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (Decimal,),
    "truth": (bool,),
    "list": (list,),
    "context": (dict,),
    "date": (date,),
    "moment": (datetime,),
    "day": (date, datetime),
    "time": (time,),
    "days": (timedelta,),
    "length": (timedelta, Months),
    "range": (Span,),
    "function": (Closure,),
    "key": (str, list),
}


@dataclass(frozen=True)
class Form:
    """One way to call a function: the names of its arguments and what they may be."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    least: int
    endless: bool
    run: Callable[..., Any]

    def takes(self, count: int) -> bool:
        """Whether so many arguments fit."""
        return count >= self.least and (self.endless or count <= len(self.names))

    def fitted(self, given: Sequence[Any]) -> list[Any] | None:
        """The arguments, single values made lists where a list is asked for; None where one does not fit."""
        fitted: list[Any] = []
        for number, single in enumerate(given):
            wanted = self.kinds[min(number, len(self.kinds) - 1)]
            value = [single] if wanted == "list" and single is not None and not isinstance(single, list) else single
            if wanted != "any" and type(value) not in _TYPES[wanted] and not (value is None and number >= self.least):
                return None
            fitted.append(value)
        return fitted


def _forms() -> dict[str, tuple[Form, ...]]:
    found: dict[str, tuple[Form, ...]] = {}
    for table in (texts.FUNCTIONS, listing.FUNCTIONS, moments.FUNCTIONS, spans.FUNCTIONS):
        for (name, signature), run in table.items():
            found[name] = (*found.get(name, ()), _form(signature, run))
    return found


def _form(signature: str, run: Callable[..., Any]) -> Form:
    """Of “string: text, start position: number, length: number?”; “…” behind the last takes any more of it."""
    parts = [part.split(":") for part in signature.rstrip("…").split(",") if part]
    kinds = [kind.strip() for _name, kind in parts]
    return Form(
        tuple(name.strip() for name, _kind in parts),
        tuple(kind.rstrip("?") for kind in kinds),
        sum(not kind.endswith("?") for kind in kinds),
        signature.endswith("…"),
        run,
    )


FORMS = _forms()
SPACED = tuple(sorted((name for name in FORMS if " " in name), key=len, reverse=True))


def check(name: str, count: int, names: Collection[str]) -> None:
    """Raise Malformed unless there is such a function, with so many arguments, or arguments of these names."""
    forms = FORMS.get(name)
    if forms is None:
        near = difflib.get_close_matches(name, FORMS, 1)
        raise Malformed(f"there is no function “{name}”" + (f"; there is “{near[0]}”" if near else ""))
    if names and not any(_by_name(form, names) for form in forms):
        raise Malformed(f"“{name}” does not take arguments of these names: {', '.join(names)}")
    if not names and not any(form.takes(count) for form in forms):
        raise Malformed(f"“{name}” does not take {count} arguments")


def _by_name(form: Form, names: Collection[str]) -> bool:
    needed = form.names[: form.least]
    return all(name in form.names for name in names) and all(name in names for name in needed)


def call(work: Work, name: str, given: list[Any], names: tuple[str, ...]) -> Any:
    """What the function gives. Raises Failed."""
    for form in FORMS[name]:
        if names:
            if not _by_name(form, names):
                continue
            by_name = dict(zip(names, given, strict=True))
            last = max(form.names.index(name) for name in names)
            arguments = [by_name.get(name) for name in form.names[: last + 1]]
        elif form.takes(len(given)):
            arguments = given
        else:
            continue
        fitted = form.fitted(arguments)
        if fitted is not None:
            for value in fitted:
                work.weigh(value)
            found = form.run(work, *fitted)
            work.weigh(found)
            return found
    return None
