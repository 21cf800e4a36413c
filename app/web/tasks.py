"""A step with its form as a page shows it: what the desk and the applicant's step have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request

from app import edge
from app.cases import operations, queries, reporting
from app.cases.types import Completed
from app.cases.views import StepView
from app.catalog import forms
from app.kernel.errors import DomainError, Invalid
from app.web import formview, uploads
from app.web.errors import problem
from app.web.formview import Fault, Shown
from app.web.language import ZONE


@dataclass(frozen=True)
class Task:
    """A step, its form with what was typed, and what stood in the way of completing it."""

    view: StepView
    lines: tuple[tuple[Shown, ...], ...]
    faults: list[Fault]
    problem: DomainError | None
    opinion: str
    outcome: str | None
    ticked: list[str]


def opened(step_id: UUID, send: Callable[[str], str | None] = lambda _requirement: None) -> Task:
    """The step; after a refused write with everything that was typed. `send`: where a file for a material goes, None
    where one may not hand it in. Raises NotFound."""
    view = queries.step_view(edge.session(), edge.actor(), step_id)
    edge.about(view.case.id, view.case.tenant)
    refused, form = problem(), request.form
    errors = refused.fields if isinstance(refused, Invalid) else {}
    data = _typed(view) if request.method == "POST" else dict(view.values)
    slots = uploads.slots(str(view.case.code or view.case.id), view.requirements, view.materials, send)
    return Task(
        view=view,
        lines=formview.shown(view.form, data, errors, slots) if view.form else (),
        faults=formview.faults(view.form, errors) if view.form else [],
        problem=refused,
        opinion=form.get("opinion", ""),
        outcome=form.get("outcome"),
        ticked=form.getlist("ticked"),
    )


def completed(step_id: UUID) -> Completed:
    """Complete the step with what was sent. Raises whatever cases.complete_step raises."""
    view = queries.step_view(edge.session(), edge.actor(), step_id)
    edge.about(view.case.id, view.case.tenant)
    data = _typed(view)
    if view.form:
        uploads.take_all(view.case.id, view.form)
        data = formview.without_blank_rows(view.form, data)
    return operations.complete_step(
        edge.session(),
        edge.actor(),
        step_id,
        outcome=request.form.get("outcome") or None,
        data=data,
        opinion=request.form.get("opinion", ""),
        now=edge.now(),
        version=request.form.get("version", type=int),
    )


def reported(step_id: UUID) -> Completed:
    """Report what stands in the way of the step, as was sent. Raises whatever reporting.report_step raises."""
    view = queries.step_view(edge.session(), edge.actor(), step_id)
    edge.about(view.case.id, view.case.tenant)
    return reporting.report_step(
        edge.session(),
        edge.actor(),
        step_id,
        request.form.get("event", "")[:200],
        request.form.get("opinion", ""),
        edge.now(),
        request.form.get("version", type=int),
    )


def is_filling_in() -> bool:
    """Whether a file came out of a form that somebody is filling in, rather than from a place of its own."""
    return "version" in request.form


def checked(step_id: UUID) -> dict[str, Any]:
    """Which fields of the step's form are hidden as the answers stand, and what is wrong with them."""
    view = queries.step_view(edge.session(), edge.actor(), step_id)
    if view.form is None:
        return {"hidden": [], "faults": {}, "shown": {}}
    return formview.checked(view.form, _typed(view), edge.now().astimezone(ZONE).date())


def _typed(view: StepView) -> dict[str, Any]:
    return forms.posted(view.form, request.form.items(multi=True)) if view.form else {}
