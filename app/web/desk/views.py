"""Queue and task: claim, work, release, complete, go on to the next."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.cases.queries import names
from app.catalog.queries import current
from app.inbox import operations, queries
from app.inbox.errors import AlreadyClaimed
from app.inbox.models import Step
from app.inbox.queries import Counts, Cursor, QueueFilter
from app.inbox.types import StepState
from app.intake import takes_files
from app.supervision.queries import asked_of, urgings
from app.web import tasks, uploads
from app.web.errors import problem, shown_on
from app.web.language import language
from app.web.once import once
from app.web.queues import QueueLine, lines_of, tag_of

PAGE = 40

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
@edge.guarded("step.claim")
def queue() -> ResponseReturnValue:
    """What waits for one's posts, the most urgent first."""
    actor = edge.actor()
    asked = asked_of(edge.session(), actor) if actor.may("supervision.explain") else ()
    items = current(edge.session())
    return render_template("desk/queue.html", **_queue(), items=items, asked=asked, problem=problem())


@blueprint.get("/desk/lines")
@edge.guarded("step.claim")
def lines() -> ResponseReturnValue:
    """The lines of the queue alone: the page asks for them again and again. Unchanged, they are not sent (ETag)."""
    shown = _queue()
    counts: Counts = shown["counts"]
    tag = tag_of(shown["lines"], shown["now"], counts.open, counts.mine, language())
    response = Response(status=304)
    if not request.if_none_match.contains_weak(tag):
        response = make_response(render_template("desk/lines.html", **shown))
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie"
    return response


@blueprint.get("/desk/<uuid:step_id>")
@edge.guarded("step.read")
def task(step_id: UUID) -> ResponseReturnValue:
    """One step: its form beside the application, the materials and what others said."""
    found = tasks.opened(step_id)
    step = found.view.step
    told = urgings(edge.session(), step.tenant, step.case_id)
    return render_template(
        "desk/task.html",
        task=found,
        view=found.view,
        step=step,
        is_mine=step.state == StepState.CLAIMED and step.claimed_by == edge.actor().account_id,
        handler=names(edge.session(), {step.claimed_by}).get(step.claimed_by) if step.claimed_by else None,
        urgings=[one for one in told if one.step_id == step_id],
        now=edge.now(),
    )


@blueprint.post("/desk/<uuid:step_id>")
@shown_on(task)
@edge.guarded("step.complete")
@once
def complete(step_id: UUID) -> ResponseReturnValue:
    """Complete the step, and go on to the next one where that is wanted and there is one."""
    done = tasks.completed(step_id)
    flash(gettext("Done: %(code)s.", code=done.case_code), "good")
    if request.form.get("then") == "next" and (following := _next()):
        operations.claim(edge.session(), edge.actor(), following.id, edge.now())
        return redirect(url_for(".task", step_id=following.id), 303)
    return redirect(url_for(".queue"), 303)


@blueprint.post("/desk/<uuid:step_id>/claim")
@shown_on(queue)
@edge.guarded("step.claim")
@once
def claim(step_id: UUID) -> ResponseReturnValue:
    """Take a step. Where somebody else was faster, the queue says so."""
    try:
        operations.claim(edge.session(), edge.actor(), step_id, edge.now())
    except AlreadyClaimed:  # by oneself, on another page: it is what one wanted
        if queries.step(edge.session(), edge.actor(), step_id).claimed_by != edge.actor().account_id:
            raise
    return redirect(url_for(".task", step_id=step_id), 303)


@blueprint.post("/desk/<uuid:step_id>/release")
@shown_on(task)
@edge.guarded("step.release")
@once
def release(step_id: UUID) -> ResponseReturnValue:
    """Give a step back to the queue; what was typed stays in this browser."""
    operations.release(edge.session(), edge.actor(), step_id, edge.now())
    flash(gettext("The step is back in the queue."), "good")
    return redirect(url_for(".queue"), 303)


@blueprint.post("/desk/<uuid:step_id>/materials")
@shown_on(task)
@edge.guarded("case.receive")
@takes_files
def attach(step_id: UUID) -> ResponseReturnValue:
    """Take a file at the window for the case whose step one has claimed."""
    step = queries.step(edge.session(), edge.actor(), step_id)
    edge.about(step.case_id, step.tenant)
    uploads.take(step.case_id, request.form.get("requirement", ""))
    return redirect(url_for(".task", step_id=step_id, _anchor="materials"), 303)


@blueprint.post("/desk/<uuid:step_id>/check")
@edge.guarded("step.read")
def check(step_id: UUID) -> ResponseReturnValue:
    """Which fields are hidden as the answers stand, and what is wrong with them."""
    return jsonify(tasks.checked(step_id))


def _queue() -> dict[str, Any]:
    """What the queue shows: the filters stand in the address."""
    session, actor, args = edge.session(), edge.actor(), request.args
    wanted = QueueFilter(
        mine=args.get("show") == "mine",
        unclaimed=args.get("show") == "unclaimed",
        item=args.get("item") or None,
        text=args.get("q", "").strip() or None,
    )
    steps, following = queries.queue(session, actor, wanted, PAGE, _cursor())
    found: list[QueueLine] = lines_of(session, actor.tenant, steps, edge.now())
    return {
        "lines": found,
        "counts": queries.counts(session, actor),
        "wanted": wanted,
        "show": args.get("show", ""),
        "following": following,
        "now": edge.now(),
    }


def _next() -> Step | None:
    """The most urgent step that nobody has claimed."""
    steps, _more = queries.queue(edge.session(), edge.actor(), QueueFilter(unclaimed=True), 1)
    return steps[0] if steps else None


def _cursor() -> Cursor | None:
    key = request.args.get("after", type=UUID)
    return Cursor(request.args.get("due", type=datetime.fromisoformat), key) if key else None
