"""What of the queue a reader wants to see: it stands in the address, with what each choice would leave."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext

from app import edge
from app.cases.desk import COMING, LIGHTS, ORDERS, Order, Tally, Today, Wanted
from app.catalog.queries import current
from app.catalog.types import Wording
from app.inbox.queries import Cursor
from app.kernel.marking import _
from app.web.language import ZONE, pick

HOLDINGS = {"": _("All"), "unclaimed": _("Unclaimed"), "mine": _("Mine")}
LAMPS = {
    "red": _("Past the limit"),
    "due": _("Due today"),
    "yellow": _("Close to the limit"),
    "turning": _("Turns yellow today"),
    "green": _("In time"),
    "still": _("Standing still"),
}
SHOWN_IN = {"due": "yellow", "turning": "yellow"}
"""The light whose shape stands for what is still to come."""
SORTS: Mapping[Order, str] = {"due": _("Most urgent"), "longest": _("Longest waiting"), "newest": _("Newest")}
LONGEST_TEXT = 80


@dataclass(frozen=True)
class Choice:
    """One thing that a queue can be narrowed to: how many steps it would leave, and what the address says then."""

    value: str
    label: str
    number: int
    chosen: bool
    args: Mapping[str, str]
    light: str = ""


@dataclass(frozen=True)
class Choices:
    """All that the queue can be narrowed to from where it stands, and how many steps are shown now."""

    held: Sequence[Choice]
    lights: Sequence[Choice]
    elements: Sequence[Choice]
    items: Sequence[Choice]
    sorts: Sequence[Choice]
    shown: int
    whole: int


def today() -> Today:
    """Now, and when the office's day ends."""
    return Today.of(edge.now(), ZONE)


def asked() -> Wanted:
    """What the address asks for; what it says wrongly is not asked for."""
    args = request.args
    show, light, sort = args.get("show"), args.get("light"), args.get("sort")
    return Wanted(
        held=show if show in ("unclaimed", "mine") else None,
        light=light if light in (*LIGHTS, *COMING) else None,
        element=_text("step"),
        item=_text("item"),
        text=_text("q"),
        order=sort if sort in ORDERS else "due",
    )


def address_of(wanted: Wanted) -> dict[str, str]:
    """What is wanted, as it stands in an address."""
    said = {
        "show": wanted.held,
        "light": wanted.light,
        "step": wanted.element,
        "item": wanted.item,
        "q": wanted.text,
        "sort": wanted.order if wanted.order != "due" else None,
    }
    return {name: value for name, value in said.items() if value}


def cursor() -> Cursor | None:
    """Where the page before this one ended."""
    key = request.args.get("after", type=UUID)
    return Cursor(request.args.get("at", type=datetime.fromisoformat), key) if key else None


def choices(wanted: Wanted, tallies: Iterable[Tally]) -> Choices:
    """What can be chosen: each choice is counted as all the others stand. Chosen once more, it is given up."""
    counted = list(tallies)

    def number(**changed: Any) -> int:
        changed_wish = replace(wanted, **changed)
        return sum(tally.number for tally in counted if tally.fits(changed_wish))

    def choice(name: str, value: str, label: str, light: str = "") -> Choice:
        chosen = getattr(wanted, name) == (value or None)
        then: dict[str, Any] = {name: None if chosen or not value else value}
        return Choice(value, label, number(**{name: value or None}), chosen, address_of(replace(wanted, **then)), light)

    names = _names(counted)
    lights = [choice("light", light, gettext(label), SHOWN_IN.get(light, light)) for light, label in LAMPS.items()]
    return Choices(
        held=[choice("held", held, gettext(label)) for held, label in HOLDINGS.items()],
        lights=[one for one in lights if one.number or one.chosen or one.value != "still"],
        elements=_ranked(choice("element", code, pick(name)) for code, name in names.elements.items()),
        items=_ranked(choice("item", code, pick(name)) for code, name in names.items.items()),
        sorts=[
            Choice(order, gettext(label), 0, wanted.order == order, address_of(replace(wanted, order=order)))
            for order, label in SORTS.items()
        ],
        shown=number(),
        whole=sum(tally.number for tally in counted),
    )


@dataclass(frozen=True)
class _Names:
    elements: Mapping[str, Wording | str]
    items: Mapping[str, Wording | str]


def _names(tallies: Iterable[Tally]) -> _Names:
    """The names of the steps and items that were counted. An item that is no longer offered is shown by its code."""
    known = {entry.code: entry.manifest for entry in current(edge.session())}
    elements: dict[str, Wording | str] = {}
    items: dict[str, Wording | str] = {}
    for tally in tallies:
        manifest = known.get(tally.item)
        items[tally.item] = manifest.name if manifest else tally.item
        step = manifest.steps.get(tally.element) if manifest else None
        elements[tally.element] = step.name if step else elements.get(tally.element, tally.element)
    return _Names(elements, items)


def _ranked(found: Iterable[Choice]) -> list[Choice]:
    """Those that would leave something, the most first."""
    return sorted((one for one in found if one.number or one.chosen), key=lambda one: (-one.number, one.label))


def _text(name: str) -> str | None:
    return request.args.get(name, "").strip()[:LONGEST_TEXT] or None
