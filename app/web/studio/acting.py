"""The acts upon versions and items, each with what is to be remembered of it; and what is settled for all."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.cases.services import OPERATIONS
from app.catalog import acts, life, settings, waiver
from app.studio import publication
from app.web.errors import problem, shown_on
from app.web.once import once
from app.web.studio import blueprint
from app.web.studio.views import item

MOST_NOTE = 500


@blueprint.post("/<code>/<int:version>/review")
@shown_on(item)
@edge.guarded(acts.REVIEW)
@once
def review(code: str, version: int) -> ResponseReturnValue:
    """Say that a draft is right in its matter."""
    life.review(edge.session(), code, version, edge.actor(), edge.now(), _note(), _seen())
    return _done(code, version, gettext("Reviewed."))


@blueprint.post("/<code>/<int:version>/confirm")
@shown_on(item)
@edge.guarded(acts.CONFIRM)
@once
def confirm(code: str, version: int) -> ResponseReturnValue:
    """Say that what was reviewed may be published."""
    life.confirm(edge.session(), code, version, edge.actor(), edge.now(), _note(), _seen())
    return _done(code, version, gettext("Confirmed."))


@blueprint.post("/<code>/<int:version>/publish")
@shown_on(item)
@edge.guarded(acts.PUBLISH)
@once
def publish(code: str, version: int) -> ResponseReturnValue:
    """Let new cases take this version from now on."""
    publication.publish(edge.session(), code, version, edge.actor(), edge.now(), _note(), _seen())
    return _done(code, version, gettext("Published: new cases take this version from now on."))


@blueprint.post("/<code>/<int:version>/return")
@shown_on(item)
@edge.guarded(acts.REVIEW, acts.CONFIRM, acts.PUBLISH)
@once
def send_back(code: str, version: int) -> ResponseReturnValue:
    """Send a version back to its author."""
    life.send_back(edge.session(), code, version, edge.actor(), edge.now(), _note(), _seen())
    return _done(code, version, gettext("Sent back: it is a draft again."))


@blueprint.post("/<code>/<int:version>/waive")
@shown_on(item)
@edge.guarded(waiver.WAIVE)
@once
def waive(code: str, version: int) -> ResponseReturnValue:
    """Answer for a version of which not all is proven."""
    waiver.waive(edge.session(), code, version, edge.actor(), edge.now(), _note(), _seen(), OPERATIONS)
    return _done(code, version, gettext("Recorded: you answer for this version."))


@blueprint.post("/<code>/<int:version>/withdraw")
@shown_on(item)
@edge.guarded(acts.PUBLISH)
@once
def withdraw(code: str, version: int) -> ResponseReturnValue:
    """Take the item from the catalogue."""
    life.withdraw(edge.session(), code, edge.actor(), edge.now(), _note(), _seen())
    return _done(code, version, gettext("Withdrawn: nobody can begin a new case; running ones go on."))


@blueprint.post("/<code>/<int:version>/restore")
@shown_on(item)
@edge.guarded(acts.PUBLISH)
@once
def restore(code: str, version: int) -> ResponseReturnValue:
    """Bring the item back."""
    publication.restore(edge.session(), code, edge.actor(), edge.now(), _note(), _seen())
    return _done(code, version, gettext("Back in the catalogue."))


@blueprint.get("/settings")
@edge.guarded(*acts.ANY, settings.MANAGE)
def settled() -> ResponseReturnValue:
    """Patterns of codes, and whether duties are separated."""
    book, example = settings.rulebook(edge.session()), settings.example(edge.session())
    return render_template("studio/settings.html", book=book, example=example, problem=problem(), sent=request.form)


@blueprint.post("/settings")
@shown_on(settled)
@edge.guarded(settings.MANAGE)
@once
def settle() -> ResponseReturnValue:
    """Settle anew: all three, as the form shows them."""
    at = edge.session(), edge.actor(), edge.now()
    settings.set_case_pattern(*at, request.form.get("case_pattern", "").strip())
    settings.set_item_pattern(*at, request.form.get("item_pattern", "").strip())
    settings.set_separation(*at, request.form.get("separation") == "on")
    flash(gettext("Settled. Codes that were given stay as they are."), "good")
    return redirect(url_for("studio.settled"), 303)


def _note() -> str:
    return request.form.get("note", "")[:MOST_NOTE]


def _seen() -> int | None:
    given = request.form.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _done(code: str, version: int, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for("studio.item", code=code, version=version), 303)
