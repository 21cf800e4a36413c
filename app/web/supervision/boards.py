"""What the pages of the board show: the figures that the address asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from flask import Response, make_response, render_template, request, url_for

from app import edge
from app.catalog.queries import item as item_version
from app.org.queries import departments
from app.supervision import figures, queries
from app.supervision.queries import EntryRow, LightRow
from app.supervision.types import COLOURS, Focus, LightFilter, Lights, Place
from app.web.language import ZONE, language, pick
from app.web.theme import theme

WORST, WORST_ON_WALL = 8, 9
ENTRIES = 6
WEEKS = (4, 12, 26)
LEVELS = ("step", "leg", "case")
FILTERS = ("colour", "level", "department", "item", "district", "weeks")
"""What the address of a board or of a list of lights may say."""


def on_wall() -> bool:
    """Whether the board is shown on a wall."""
    return "wall" in request.args


def live() -> dict[str, Any]:
    """The lights as they are now. Of a district below one's own: its figures, no cases."""
    session, actor, place, focus = edge.session(), edge.actor(), _place(), _focus()
    lit = LightFilter(department=focus.department, item=focus.item)
    worst, more = (
        queries.lights(session, actor, lit, WORST_ON_WALL if on_wall() else WORST) if place.own else ((), None)
    )
    entries = queries.entries(session, actor, ("open", "taken"), ENTRIES)[0] if place.own else ()
    return {
        "board": figures.board(session, actor, focus, place.code),
        "districts": figures.districts(session, actor) if place.own else [],
        "lights": worst,
        "more": more is not None,
        "entries": entries,
        "place": place,
        "focus": focus,
        "step_name": step_name,
        "address": address,
        "links": Links(place.own),
        "colours": COLOURS,
        "now": edge.now(),
    }


def behind() -> dict[str, Any]:
    """The weeks behind, and the time that cases took."""
    session, actor, place, focus, number = edge.session(), edge.actor(), _place(), _focus(), _weeks()
    return {
        "weeks": figures.weeks(session, actor, focus, edge.now(), number, place.code),
        "pace": figures.pace(session, actor, focus, edge.now(), number, place.code),
        "pace_cases": figures.PACE_CASES,
        "number": number,
        "address": address,
        "focus": focus,
    }


def choices() -> dict[str, Any]:
    """What can be chosen in the filters."""
    session, actor = edge.session(), edge.actor()
    names = figures.item_names(session)
    return {
        "all_departments": departments(session, actor.tenant),
        "all_items": sorted(names.items(), key=lambda named: pick(named[1])),
        "all_places": figures.places(session, actor),
        "all_weeks": WEEKS,
        "levels": LEVELS,
        "address": address,
    }


def wanted_lights() -> LightFilter:
    """The lights that the address asks for."""
    args = request.args
    return LightFilter(
        colour=_one_of(args.get("colour"), ("yellow", "red")),
        level=_one_of(args.get("level"), LEVELS),
        department=args.get("department") or None,
        item=args.get("item") or None,
    )


def address(endpoint: str, **changed: Any) -> str:
    """Where `endpoint` is with the filters of this page, some of them changed (None: without it)."""
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name in FILTERS and value}
    if on_wall() and endpoint != "board.lights":
        kept["wall"] = ""
    return url_for(endpoint, **(kept | changed))


@dataclass(frozen=True)
class Links:
    """Where the figures of a board lead: a name to the board of it alone, a count to the lights that it counts.

    The cases of a district are its own: there the counts are figures only.
    """

    own: bool

    def whole(self, by: str, row: Lights) -> str:
        """The board of a department, an item or a district alone; where it is that already, of all again."""
        return address("board.board", **{by: None if request.args.get(by) == row.code else row.code})

    def part(self, by: str, row: Lights | None, colour: str) -> str:
        """The steps of a row that show a colour; of all rows where there is none. Green ones are not listed."""
        if not self.own or by == "district" or colour == "green":
            return ""
        which = {by: row.code} if row else {}
        wanted: dict[str, Any] = {name: request.args.get(name) or None for name in ("department", "item")}
        return url_for("board.lights", colour=colour, level="step", **(wanted | which))


def step_name(row: LightRow | EntryRow) -> object:
    """What a light is about, in words: the step, the department's part, or the whole case."""
    item = item_version(edge.session(), row.case.item, row.case.item_version)
    return item.step_name(row.clock.element) if row.clock.element else item.name_in_both


def unless_seen(template: str, shown: Mapping[str, Any], seen: object = None) -> Response:
    """The part of a page, or 304 where the reader has what it would say. `seen`: what that depends on, if not on
    lights, figures, urgings; on the day always.
    """
    today = edge.now().astimezone(ZONE).date()
    said = repr((_seen(shown) if seen is None else seen, language(), theme(), today))
    tag = blake2b(said.encode(), digest_size=12)
    response = Response(status=304)
    if not request.if_none_match.contains_weak(tag.hexdigest()):
        response = make_response(render_template(template, **shown))
    response.set_etag(tag.hexdigest(), weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie"
    return response


def _seen(shown: Mapping[str, Any]) -> object:
    rows = [
        (row.clock.id, row.clock.light, row.clock.red_at, row.handler, row.urged_at) for row in shown.get("lights", ())
    ]
    entries = [(row.entry.id, row.entry.version) for row in shown.get("entries", ())]
    plain = [shown.get(name) for name in ("board", "districts", "weeks", "pace", "place", "focus", "more")]
    return rows, entries, plain


def _place() -> Place:
    return figures.place(edge.session(), edge.actor(), request.args.get("district"))


def _focus() -> Focus:
    return Focus(request.args.get("department") or None, request.args.get("item") or None)


def _weeks() -> int:
    wanted = request.args.get("weeks", type=int)
    return wanted if wanted in WEEKS else WEEKS[1]


def _one_of(value: str | None, known: tuple[str, ...]) -> str | None:
    return value if value in known else None
