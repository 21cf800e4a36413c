"""What if: concluded cases replayed on a version, and what would have come of them."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.catalog import acts, queries
from app.catalog.types import ServiceItem
from app.engine.diagram import drawn
from app.kernel.errors import Invalid, NotFound
from app.kernel.marking import _
from app.studio import what_if
from app.studio.missed import why
from app.studio.replaying import CASE
from app.web.errors import problem, shown_on
from app.web.language import ZONE, pick
from app.web.once import once
from app.web.studio import blueprint
from app.web.words import BASES

SIDES: Final = ("before", "after")


@blueprint.get("/<code>/what-if")
@edge.guarded(*acts.ANY)
def asking(code: str) -> ResponseReturnValue:
    """The question, and what was asked before."""
    session, actor = edge.session(), edge.actor()
    line = queries.line(session, code)
    chosen = request.values.get("version", str(line.versions[0].version))
    return render_template(
        "studio/what_if.html",
        line=line,
        chosen=chosen,
        sent=request.values,
        asked=what_if.answers(session, actor, code),
        problem=problem(),
    )


@blueprint.post("/<code>/what-if")
@shown_on(asking)
@edge.guarded(*acts.ANY)
@once
def ask(code: str) -> ResponseReturnValue:
    """Have them replayed."""
    sent = request.form
    made = what_if.ask(
        edge.session(),
        edge.actor(),
        code,
        _number("version"),
        edge.now(),
        since=_since(),
        times=sent.get("times", "median"),
        days=_number("days"),
    )
    return redirect(url_for("studio.told", code=code, what_if_id=made.id), 303)


@blueprint.get("/<code>/what-if/<uuid:what_if_id>")
@edge.guarded(*acts.ANY)
def told(code: str, what_if_id: UUID) -> ResponseReturnValue:
    """What came of it."""
    return render_template("studio/told.html", problem=problem(), **_told(code, what_if_id))


@blueprint.get("/<code>/what-if/<uuid:what_if_id>/progress")
@edge.guarded(*acts.ANY)
def told_so_far(code: str, what_if_id: UUID) -> ResponseReturnValue:
    """The part of the page that says what came of it so far."""
    return render_template("studio/told_live.html", **_told(code, what_if_id))


@blueprint.post("/<code>/what-if/<uuid:what_if_id>/stop")
@shown_on(told)
@edge.guarded(*acts.ANY)
@once
def stop_replaying(code: str, what_if_id: UUID) -> ResponseReturnValue:
    """Have no more cases replayed."""
    _found(code, what_if_id)
    what_if.stop(edge.session(), edge.actor(), what_if_id, edge.now())
    return redirect(url_for("studio.told", code=code, what_if_id=what_if_id), 303)


@blueprint.get("/<code>/what-if/<uuid:what_if_id>/marks.json")
@edge.guarded(*acts.ANY)
def told_marks(code: str, what_if_id: UUID) -> ResponseReturnValue:
    """How often lights would have turned at each step, for the diagram."""
    places = _found(code, what_if_id).places
    return jsonify(elements={drawn(place.key): _mark(place) for place in places if not place.key.startswith(CASE)})


def _mark(place: what_if.Place) -> dict[str, Any]:
    """The numbers that are stamped on a step: in how many cases, and how many it would have been."""
    sides = {light: (place.before.get(light, 0), place.after.get(light, 0)) for light in ("yellow", "red")}
    worst = next((light for light in ("red", "yellow") if sides[light][1]), "done")
    stamps = [
        {"state": light, "word": f"{was} → {would}" if would != was else str(was)}
        for light, (was, would) in sides.items()
        if was or would
    ]
    return {"state": worst, "stamps": stamps}


def _found(code: str, what_if_id: UUID) -> what_if.Answer:
    """An answer about this item. Raises NotFound."""
    found = what_if.answer(edge.session(), edge.actor(), what_if_id)
    if found.asked.item != code:
        raise NotFound(kind="what-if", key=what_if_id)
    return found


def _told(code: str, what_if_id: UUID) -> dict[str, Any]:
    found = _found(code, what_if_id)
    item = queries.item(edge.session(), found.asked.item, found.asked.version)
    return {
        "code": code,
        "item": item,
        "found": found,
        "asked": found.asked,
        "lit": {side: sum(getattr(found, side).get(light, 0) for light in ("yellow", "red")) for side in SIDES},
        "spots": [(_place(place.key, item), place) for place in sorted(found.places, key=_gravity)],
        "missed": [
            (str(gettext(why(reason))) % {"element": pick(item.step_name(element))}, number)
            for reason, element, number in found.missed
        ],
        "new": [(pick(item.step_name(element)), number) for element, number in found.new.items()],
    }


def _gravity(place: what_if.Place) -> tuple[int, ...]:
    """For sorting: where most would have turned red comes first, then where most would have turned yellow."""
    return tuple(-side.get(light, 0) for side in (place.after, place.before) for light in ("red", "yellow"))


def _place(key: str, item: ServiceItem) -> str:
    if key.startswith(CASE):
        return str(gettext(BASES[key.removeprefix(CASE)]))
    return pick(item.step_name(key))


def _number(name: str) -> int:
    given = request.form.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _since() -> datetime | None:
    given = request.form.get("since", "")
    try:
        return datetime.fromisoformat(given).replace(tzinfo=ZONE) if given else None
    except ValueError:
        raise Invalid({"since": [_("This is no day.")]}) from None
