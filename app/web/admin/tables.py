"""Building the office from tables: a template to fill in, a preview with what is wrong, taking it over."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Final

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.administration import importing, tables
from app.administration.importing import Plan
from app.administration.tables import COLUMNS, Kind
from app.kernel import sheets
from app.kernel.errors import Invalid, NotFound
from app.kernel.marking import _
from app.web.admin import blueprint
from app.web.errors import shown_on
from app.web.once import once

SHOWN: Final = 200
"""Rows of a preview that are shown; all are counted."""
CARRIED: Final = 300_000
"""Bytes of a file that the page of its preview carries on; a larger one is chosen once more."""
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/tables")
@edge.guarded("org.manage", "region.manage")
def import_() -> ResponseReturnValue:
    """Which kinds of table there are, and the form that takes one."""
    return _page(None, "")


@blueprint.get("/tables/<kind>.<extension>")
@edge.guarded("org.manage", "region.manage")
def template(kind: str, extension: str) -> ResponseReturnValue:
    """A table to fill in."""
    rows = tables.template(_kind(kind))
    is_csv = extension == "csv"
    if not is_csv and extension != "xlsx":
        raise NotFound(kind="table", key=f"{kind}.{extension}")
    content = sheets.as_csv(rows) if is_csv else sheets.as_workbook(rows)
    given = Response(content, mimetype="text/csv" if is_csv else _XLSX)
    given.headers.set("Content-Disposition", "attachment", filename=f"{kind}.{extension}")
    return given


@blueprint.post("/tables/preview")
@shown_on(import_)
@edge.guarded("org.manage", "region.manage")
def preview_table() -> ResponseReturnValue:
    """What a table would do, and what is wrong with it."""
    content = _content()
    found = importing.preview(edge.session(), edge.actor(), _kind(request.form.get("kind", "")), content, edge.now())
    g.page = url_for(".import_")
    return _page(found, b64encode(content).decode() if len(content) <= CARRIED else "")


@blueprint.post("/tables")
@shown_on(import_)
@edge.guarded("org.manage", "region.manage")
@once
def take_over() -> ResponseReturnValue:
    """Do what was previewed: all of it, or nothing."""
    kind, plan = _kind(request.form.get("kind", "")), request.form.get("plan", "")
    done = importing.take_over(edge.session(), edge.actor(), kind, _content(), edge.now(), plan)
    said = gettext(
        "Taken over: %(added)d added, %(changed)d changed.", added=done.count("add"), changed=done.count("change")
    )
    flash(said, "good")
    return redirect(url_for(".import_"), 303)


def _page(found: Plan | None, content: str) -> str:
    actor = edge.actor()
    kinds = [kind for kind in Kind if actor.may("region.manage" if kind == Kind.REGIONS else "org.manage")]
    wanted = request.form.get("kind") or request.args.get("kind") or str(kinds[-1])
    return render_template(
        "admin/tables.html", kinds=kinds, wanted=wanted, columns=COLUMNS, plan=found, content=content, shown=SHOWN
    )


def _content() -> bytes:
    """The file that was chosen, or the one that the page of the preview carries. Raises Invalid."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        content: bytes = upload.read(sheets.LARGEST + 1)
        return content
    try:
        return b64decode(request.form.get("content", ""), validate=True)
    except (NotBase64, ValueError):
        raise Invalid({"file": [_("Choose the file again.")]}) from None


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise NotFound(kind="table", key=name) from None
