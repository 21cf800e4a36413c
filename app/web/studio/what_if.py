"""What if: concluded cases replayed on a version, and what would have come of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.catalog import acts, queries
from app.catalog.types import ServiceItem
from app.kernel.errors import Invalid
from app.kernel.marking import _
from app.studio import what_if
from app.studio.missed import why
from app.studio.replaying import CASE
from app.web.errors import problem, shown_on
from app.web.language import ZONE, pick
from app.web.once import once
from app.web.studio import blueprint
from app.web.words import BASES


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
    return render_template("studio/told.html", **_told(code, what_if_id))


@blueprint.get("/<code>/what-if/<uuid:what_if_id>/progress")
@edge.guarded(*acts.ANY)
def told_so_far(code: str, what_if_id: UUID) -> ResponseReturnValue:
    """The part of the page that says what came of it so far."""
    return render_template("studio/told_live.html", **_told(code, what_if_id))


def _told(code: str, what_if_id: UUID) -> dict[str, Any]:
    found = what_if.answer(edge.session(), edge.actor(), what_if_id)
    item = queries.item(edge.session(), found.asked.item, found.asked.version)
    return {
        "code": code,
        "item": item,
        "found": found,
        "asked": found.asked,
        "spots": [(_place(place.key, item), place) for place in found.places],
        "missed": [
            (str(gettext(why(reason))) % {"element": pick(item.step_name(element))}, number)
            for reason, element, number in found.missed
        ],
        "new": [(pick(item.step_name(element)), number) for element, number in found.new.items()],
    }


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
