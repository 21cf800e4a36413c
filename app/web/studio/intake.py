"""How items come in: files or an archive, a skeleton, a copy. Each becomes a draft."""

from typing import BinaryIO, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.cases.services import OPERATIONS
from app.catalog import acts, bench, intake, operations, queries, skeleton
from app.catalog.models import ItemVersion
from app.catalog.types import Wording
from app.kernel.errors import Invalid
from app.kernel.marking import _
from app.org import queries as org
from app.web.errors import problem, shown_on
from app.web.once import once
from app.web.studio import blueprint
from app.web.studio.views import item

_LONGEST_NAME = 200


@blueprint.get("/upload")
@edge.guarded(*acts.ANY)
def upload() -> ResponseReturnValue:
    """The form that takes an item's files."""
    return render_template("studio/upload.html", problem=problem(), checked=None)


@blueprint.post("/upload")
@shown_on(upload)
@edge.guarded(*acts.ANY)
@once
def take() -> ResponseReturnValue:
    """Check the files and show what was found, or hand them in as a draft."""
    files = intake.take(
        (part.filename or "", cast(BinaryIO, part.stream)) for part in request.files.getlist("files") if part.filename
    )
    if request.form.get("do") == "check":
        found = operations.check(files, OPERATIONS, edge.session())
        return render_template("studio/upload.html", problem=None, checked=found)
    if request.form.get("do") == "bench":
        lying = bench.bring(edge.session(), files, edge.actor(), edge.now())
        return redirect(url_for("studio.on_bench", bench_id=lying.id), 303)
    note = request.form.get("note", "")[:500]
    return _handed_in(operations.submit(edge.session(), files, edge.actor(), edge.now(), note, OPERATIONS))


@blueprint.get("/new")
@edge.guarded(acts.DRAFT)
def new() -> ResponseReturnValue:
    """The form that begins an item."""
    posts = org.posts(edge.session(), edge.actor().tenant)
    return render_template("studio/new.html", problem=problem(), posts=posts, sent=request.form)


@blueprint.post("/new")
@shown_on(new)
@edge.guarded(acts.DRAFT)
@once
def begin() -> ResponseReturnValue:
    """Begin an item from the skeleton."""
    name = _name()
    if name is None:
        raise Invalid({"zh": [_("A name is needed in both languages.")]})
    files = skeleton.new(request.form.get("code", ""), name, request.form.get("post") or skeleton.WINDOW)
    made = operations.submit(edge.session(), files, edge.actor(), edge.now(), "", OPERATIONS, new=True)
    return _handed_in(made)


@blueprint.post("/<code>/<int:version>/copy")
@shown_on(item)
@edge.guarded(acts.DRAFT)
@once
def copy(code: str, version: int) -> ResponseReturnValue:
    """Begin an item from another one."""
    original = queries.files(edge.session(), code, version)
    files = skeleton.copy(original, code, request.form.get("code", ""), _name())
    note = f"← {code} {version}"
    made = operations.submit(edge.session(), files, edge.actor(), edge.now(), note, OPERATIONS, new=True)
    return _handed_in(made)


def _name() -> Wording | None:
    """The name that was typed; None unless it is there in both languages."""
    zh, en = (request.form.get(language, "").strip()[:_LONGEST_NAME] for language in ("zh", "en"))
    return Wording(zh, en) if zh and en else None


def _handed_in(made: ItemVersion) -> ResponseReturnValue:
    flash(gettext("Handed in: version %(number)s of “%(item)s”.", number=made.version, item=made.item), "good")
    return redirect(url_for("studio.item", code=made.item, version=made.version), 303)
