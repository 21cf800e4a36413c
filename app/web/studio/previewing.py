"""A form on the bench, as those who fill it in will see it."""

from typing import Final

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import edge
from app.catalog import acts, form_files, forms
from app.catalog.findings import Report
from app.web import formview
from app.web.studio import blueprint

FORM: Final = "form-file"
"""Where the form is in what is sent: a name that no field of it can have."""


@blueprint.post("/forms/preview")
@edge.guarded(*acts.ANY)
def preview_form() -> ResponseReturnValue:
    """The form that is sent, drawn; what was tried in it stands in its fields. Nothing is kept."""
    sent = request.files.get(FORM)
    content = sent.read(form_files.MAX_BYTES + 1) if sent else b""
    small = len(content) <= form_files.MAX_BYTES
    form = form_files.read(content, "preview", "preview.json", Report()) if small else None
    lines = formview.shown(form, forms.posted(form, request.form.items(multi=True)), {}) if form else ()
    return render_template("studio/form_preview.html", lines=lines)
