"""The bench on a page: an item is drawn, checked, put in words and handed in. The editor itself speaks with the API."""

from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.cases.services import OPERATIONS
from app.catalog import acts, bench
from app.catalog.models import Bench
from app.catalog.types import APPLICANT
from app.org import queries as org
from app.web.errors import problem, shown_on
from app.web.language import is_chinese, pick
from app.web.once import once
from app.web.studio import blueprint
from app.web.studio.bench_words import words
from app.web.studio.views import item

MOST_NOTE: Final = 500


@blueprint.post("/<code>/<int:version>/bench")
@shown_on(item)
@edge.guarded(acts.DRAFT)
@once
def take_up(code: str, version: int) -> ResponseReturnValue:
    """Lay a copy of a version on the bench."""
    found = bench.begin(edge.session(), code, version, edge.actor(), edge.now())
    return redirect(url_for("studio.on_bench", bench_id=found.id), 303)


@blueprint.get("/benches/<uuid:bench_id>")
@edge.guarded(*acts.ANY)
def on_bench(bench_id: UUID) -> ResponseReturnValue:
    """A working copy: the editor, and in words what is found about it."""
    session, actor = edge.session(), edge.actor()
    found = bench.get(session, bench_id)
    return render_template(
        "studio/bench.html",
        bench=found,
        files={path: len(content) for path, content in bench.files(session, bench_id).items()},
        findings=bench.check(session, bench_id, {}, OPERATIONS),
        told=_told(found),
        is_new=acts.revision(session, found.item) == 0,
        may=actor.may(acts.DRAFT),
        problem=problem(),
    )


@blueprint.post("/benches/<uuid:bench_id>/submit")
@shown_on(on_bench)
@edge.guarded(acts.DRAFT)
@once
def hand_in(bench_id: UUID) -> ResponseReturnValue:
    """Hand in what was saved, as a draft."""
    note = request.form.get("note", "")[:MOST_NOTE]
    given = request.form.get("stamp", "")
    stamp = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None
    made = bench.hand_in(edge.session(), bench_id, edge.actor(), edge.now(), note, stamp, OPERATIONS)
    flash(gettext("Handed in: version %(number)s of “%(item)s”.", number=made.version, item=made.item), "good")
    return redirect(url_for("studio.item", code=made.item, version=made.version), 303)


@blueprint.post("/benches/<uuid:bench_id>/clear")
@shown_on(on_bench)
@edge.guarded(acts.DRAFT)
@once
def clear(bench_id: UUID) -> ResponseReturnValue:
    """Throw a working copy away."""
    bench.clear(edge.session(), bench_id, edge.actor(), edge.now())
    flash(gettext("The working copy was thrown away; versions are as they were."), "good")
    return redirect(url_for("studio.items"), 303)


def _told(found: Bench) -> dict[str, Any]:
    """What the editor is told: who asks, what may be chosen, its words in the reader's language."""
    posts = org.posts(edge.session(), edge.actor().tenant)
    return {
        "id": str(found.id),
        "item": found.item,
        "who": edge.actor().username,
        "may": edge.actor().may(acts.DRAFT),
        "chinese": is_chinese(),
        "posts": [[APPLICANT, gettext("Applicant")], *([post.code, pick(post)] for post in posts)],
        "operations": list(OPERATIONS),
        "compare": url_for("studio.compare", code=found.item, after=found.id),
        "preview": url_for("studio.preview_form"),
        "words": words(),
    }
