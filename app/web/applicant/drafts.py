"""A draft on its way to being handed in: form, materials, check. Used by applicants, and at the window for them."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.cases import operations, queries, tracking
from app.cases.errors import MaterialsMissing
from app.cases.models import Case
from app.cases.types import Status
from app.catalog import forms
from app.catalog.fields import Form
from app.catalog.queries import item as item_version
from app.catalog.types import ServiceItem
from app.intake import takes_files
from app.kernel.errors import DomainError, Invalid, WrongState
from app.materials import queries as materials
from app.materials.models import Material
from app.web import formview, uploads
from app.web.applicant import sections
from app.web.errors import problem, shown_on
from app.web.language import ZONE
from app.web.once import once

APPLY = ("case.apply", "case.receive")

blueprint = Blueprint("draft", __name__, url_prefix="/drafts/<uuid:case_id>")


@blueprint.get("/form")
@edge.guarded(*APPLY)
def form(case_id: UUID) -> ResponseReturnValue:
    """The form, with what was kept so far; after a refused file, with what was typed."""
    case, item = _draft(case_id)
    if request.method == "POST":
        return _form_page(case, item, forms.posted(item.applicant_form, request.form.items(multi=True)), {})
    return _form_page(case, item, operations.draft_data(edge.session(), case), {})


@blueprint.post("/form")
@shown_on(form)
@edge.guarded(*APPLY)
@takes_files
def save(case_id: UUID) -> ResponseReturnValue:
    """Keep what was typed, right or wrong; then on to the materials, or stay where a row was added.

    `then` is “stay” where the page keeps it by itself while somebody types; it is answered with what the page tells.
    """
    case, item = _draft(case_id)
    data = forms.posted(item.applicant_form, request.form.items(multi=True))
    button = request.form.get("rows")
    if button:
        return _form_page(case, item, formview.changed_rows(item.applicant_form, data, button), {})
    data = formview.without_blank_rows(item.applicant_form, data)
    title = str(data.get(item.manifest.title_field) or "") or None
    operations.save_draft(edge.session(), edge.actor(), case.id, data, title, edge.now())
    wanted = request.form.get("requirement")
    if wanted:
        uploads.take(case.id, wanted)
        return redirect(url_for(".form", case_id=case_id, _anchor=f"f-{wanted}"), 303)
    if request.form.get("then") == "stay":
        left = sections.left_in(item.applicant_form, data, _today())
        return jsonify(saved=sections.saved_words(edge.now()), left=left)
    uploads.take_all(case.id, item.applicant_form)
    if request.form.get("then") == "leave":
        flash(gettext("Your draft is kept. You can go on with it at any time."), "good")
        return redirect(url_for("public.start"), 303)
    errors = forms.validate(item.applicant_form, data, today=_today()).errors
    if errors:
        return _form_page(case, item, data, errors), 422
    return redirect(url_for(".attachments", case_id=case_id), 303)


@blueprint.post("/form/check")
@edge.guarded(*APPLY)
def check_form(case_id: UUID) -> ResponseReturnValue:
    """Which fields are hidden as the answers stand, and what is wrong with them; the page asks while somebody types."""
    _case, item = _draft(case_id)
    data = forms.posted(item.applicant_form, request.form.items(multi=True))
    return jsonify(formview.checked(item.applicant_form, data, _today()))


@blueprint.get("/materials")
@edge.guarded(*APPLY)
def attachments(case_id: UUID) -> ResponseReturnValue:
    """The materials: each with what is asked for, what is there, and a place to upload."""
    case, item = _draft(case_id)
    return render_template("applicant/materials.html", case=case, item=item, handed=_handed(case), problem=problem())


@blueprint.post("/materials/<requirement>")
@shown_on(attachments)
@edge.guarded(*APPLY)
@takes_files
def attach(case_id: UUID, requirement: str) -> ResponseReturnValue:
    """Take one file; it replaces an earlier one for the same material."""
    case, _item = _draft(case_id)
    uploads.take(case.id, requirement)
    return redirect(url_for(".attachments", case_id=case_id, _anchor=f"m-{requirement}"), 303)


@blueprint.get("/check")
@edge.guarded(*APPLY)
def check(case_id: UUID) -> ResponseReturnValue:
    """Everything once more, to be read before it is handed in, and what is still missing."""
    case, item = _draft(case_id)
    data = operations.draft_data(edge.session(), case)
    answers = forms.validate(item.applicant_form, data, today=_today())
    handed = _handed(case)
    missing = [need for need in item.materials if need.required and need.code not in handed]
    return render_template(
        "applicant/check.html",
        case=case,
        item=item,
        answers=answers.clean,
        faults=formview.faults(item.applicant_form, answers.errors),
        handed=handed,
        missing=[need for need in missing if need.key],
        following=[need for need in missing if not need.key],
        problem=_told(problem()),
    )


@blueprint.post("/check")
@shown_on(check)
@edge.guarded(*APPLY)
@once
def submit(case_id: UUID) -> ResponseReturnValue:
    """Hand it in."""
    found = queries.by_code(edge.session(), edge.actor(), str(case_id))
    edge.about(found.id, found.tenant)
    operations.submit(edge.session(), edge.actor(), found.id, edge.now())
    return redirect(url_for(".done", case_id=case_id), 303)


@blueprint.get("/done")
@edge.guarded(*APPLY)
def done(case_id: UUID) -> ResponseReturnValue:
    """It was handed in: the code to keep, what happens now, by when. A draft is shown where it is filled in."""
    case = queries.by_code(edge.session(), edge.actor(), str(case_id))
    if case.status == Status.DRAFT:
        return redirect(url_for(".check", case_id=case_id), 303)
    item = item_version(edge.session(), case.item, case.item_version)
    way = tracking.journey(edge.session(), case)
    return render_template("applicant/done.html", case=case, item=item, journey=way, now=edge.now())


@blueprint.post("/discard")
@edge.guarded("case.withdraw")
@once
def discard(case_id: UUID) -> ResponseReturnValue:
    """Give a draft up."""
    operations.withdraw(edge.session(), edge.actor(), case_id, "", edge.now())
    flash(gettext("The draft was discarded."), "good")
    return redirect(url_for("public.start"), 303)


def _draft(case_id: UUID) -> tuple[Case, ServiceItem]:
    """The draft and its item. Raises NotFound, and WrongState once it was handed in."""
    case = queries.by_code(edge.session(), edge.actor(), str(case_id))
    if case.status != Status.DRAFT:
        raise WrongState(verb="edit", state=case.status)
    return case, item_version(edge.session(), case.item, case.item_version)


def _form_page(case: Case, item: ServiceItem, data: dict[str, Any], errors: dict[str, list[Any]]) -> str:
    drawn: Form = item.applicant_form
    here = url_for(".save", case_id=case.id)
    handed = _handed(case).values()
    lines = formview.shown(drawn, data, errors, uploads.slots(str(case.id), item.materials, handed, lambda _code: here))
    return render_template(
        "applicant/form.html",
        case=case,
        item=item,
        lines=lines,
        parts=sections.of(lines, sections.left_in(drawn, data, _today())),
        saved_at=operations.draft_saved_at(edge.session(), case),
        faults=formview.faults(drawn, errors),
        problem=Invalid(errors) if errors else problem(),
    )


def _handed(case: Case) -> dict[str, Material]:
    return {one.requirement: one for one in materials.of_case(edge.session(), case.tenant, case.id)}


def _today() -> date:
    return edge.now().astimezone(ZONE).date()


def _told(refused: DomainError | None) -> DomainError | None:
    """What stood in the way of handing in, where the page does not say it anyway."""
    return None if isinstance(refused, MaterialsMissing | Invalid) else refused
