"""A step that waits for an applicant, on pages: online for themselves, at a window for whoever came in person."""

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.cases import queries
from app.intake import takes_files
from app.web import tasks, uploads
from app.web.errors import shown_on
from app.web.once import once


def offer(blueprint: Blueprint, at: str, *, reads: str, works: str) -> None:
    """Give a blueprint the pages of such a step under `at`; who reads and who works on it needs these permissions."""
    place = f"{at}/<uuid:step_id>"

    @blueprint.get(place)
    @edge.guarded(reads)
    def step(step_id: UUID) -> ResponseReturnValue:
        """What was asked, the form, the materials."""
        task = tasks.opened(step_id, lambda code: url_for(".attach", step_id=step_id, requirement=code))
        still = queries.standstills(edge.session(), task.view.case, task.view.item)
        return render_template(
            "applicant/step.html", task=task, view=task.view, standstills=still, desk=blueprint.name, now=edge.now()
        )

    @blueprint.post(place)
    @shown_on(step)
    @edge.guarded(works)
    @once
    @takes_files
    def complete(step_id: UUID) -> ResponseReturnValue:
        """Hand the step in; the time of the office runs again."""
        done = tasks.completed(step_id)
        flash(gettext("It was handed in. The office goes on with it."), "good")
        return redirect(url_for("case.show", key=done.case_code), 303)

    @blueprint.post(f"{place}/check")
    @edge.guarded(reads)
    def check(step_id: UUID) -> ResponseReturnValue:
        """Which fields are hidden as the answers stand, and what is wrong with them."""
        return jsonify(tasks.checked(step_id))

    @blueprint.post(f"{place}/materials/<requirement>")
    @shown_on(step)
    @edge.guarded(works)
    @takes_files
    def attach(step_id: UUID, requirement: str) -> ResponseReturnValue:
        """Take one file that was asked for."""
        uploads.take(tasks.opened(step_id).view.case.id, requirement)
        if tasks.is_filling_in():
            return step(step_id)
        return redirect(url_for(".step", step_id=step_id, _anchor=f"m-{requirement}"), 303)
