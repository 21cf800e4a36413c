"""Queue and task: claim, work, release, complete, go on to the next."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.cases import desk
from app.cases.queries import names
from app.inbox import operations, queries
from app.inbox.errors import AlreadyClaimed, StepClosed
from app.inbox.models import Step
from app.inbox.types import StepState
from app.intake import takes_files
from app.supervision.queries import asked_of, urgings
from app.web import tasks, uploads
from app.web.clocks import light_of
from app.web.desk import filters
from app.web.errors import problem, shown_on
from app.web.language import ZONE, language
from app.web.once import once
from app.web.queues import lines_of, tag_of

PAGE = 100
TRIES = 5
"""So many steps one tries to claim, one after the other, where colleagues are faster."""
THEN = "then"
"""The cookie that remembers whether one goes on to the next step after each."""
A_YEAR = 31_536_000

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
@edge.guarded("step.claim")
def queue() -> ResponseReturnValue:
    """What waits for one's posts, the most urgent first."""
    actor = edge.actor()
    asked = asked_of(edge.session(), actor) if actor.may("supervision.explain") else ()
    return render_template("desk/queue.html", **_queue(), asked=asked, problem=problem())


@blueprint.get("/desk/lines")
@edge.guarded("step.claim")
def lines() -> ResponseReturnValue:
    """The queue alone: the page asks for it again and again. Unchanged, it is not sent (ETag)."""
    shown = _queue()
    tag = tag_of(shown["lines"], shown["now"], shown["choices"], language())
    return _polled(tag, "desk/lines.html", shown)


@blueprint.get("/desk/next")
@edge.guarded("step.claim")
def next_step() -> ResponseReturnValue:
    """The next step of the queue that one can work on, after the one that one leaves undone."""
    wanted, session, actor = filters.asked(), edge.session(), edge.actor()
    left = request.args.get("left", type=UUID)
    after = desk.position(queries.step(session, actor, left), wanted.order) if left else None
    found, _more = desk.queue(session, actor, desk.workable(wanted), filters.today(), 1, after)
    args: dict[str, Any] = filters.address_of(wanted)
    if found:
        return redirect(url_for(".task", step_id=found[0].id, **args), 303)
    flash(gettext("That was the last one."), "wait")
    return redirect(url_for(".queue", **args), 303)


@blueprint.get("/desk/<uuid:step_id>")
@edge.guarded("step.read")
def task(step_id: UUID) -> ResponseReturnValue:
    """One step: its form beside the application, the materials and what others said."""
    then = request.form.get(THEN) if request.method == "POST" else request.cookies.get(THEN)
    return render_template("desk/task.html", **_task(step_id), goes_on=then == "next")


@blueprint.get("/desk/<uuid:step_id>/changes")
@edge.guarded("step.read")
def changes(step_id: UUID) -> ResponseReturnValue:
    """What others do to a step while one works on it: its page asks again and again. Unchanged, it is not sent."""
    shown = _task(step_id)
    view, step = shown["view"], shown["step"]
    seen = (
        (step.version, step.state, shown["handler"]),
        [one.id for one in shown["urgings"]],
        [one.id for one in view.materials],
        [(one.step.id, one.step.version) for one in view.opinions],
        (light_of(view.clock, shown["now"]), view.clock.red_at) if view.clock else None,
    )
    return _polled(tag_of((), shown["now"], seen, language()), "desk/changes.html", shown)


@blueprint.post("/desk/<uuid:step_id>")
@shown_on(task)
@edge.guarded("step.complete")
@once
@takes_files
def complete(step_id: UUID) -> ResponseReturnValue:
    """Complete the step, and go on to the next one where that is wanted and there is one."""
    done = tasks.completed(step_id)
    flash(gettext("Done: %(code)s.", code=done.case_code), "good")
    wanted, then = filters.asked(), request.form.get(THEN, "")
    args: dict[str, Any] = filters.address_of(wanted)
    following = _taken(wanted) if then == "next" else None
    if then == "next" and following is None:
        flash(gettext("That was the last one."), "wait")
    place = url_for(".task", step_id=following.id, **args) if following else url_for(".queue", **args)
    answer = redirect(place, 303)
    answer.set_cookie(THEN, then, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


@blueprint.post("/desk/<uuid:step_id>/report")
@shown_on(task)
@edge.guarded("step.complete")
@once
@takes_files
def report(step_id: UUID) -> ResponseReturnValue:
    """Report what stands in the way of the step, where the diagram says what happens then."""
    done = tasks.reported(step_id)
    flash(gettext("Reported: %(code)s.", code=done.case_code), "good")
    args: dict[str, Any] = filters.address_of(filters.asked())
    return redirect(url_for(".queue", **args), 303)


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
    args: dict[str, Any] = filters.address_of(filters.asked())
    return redirect(url_for(".task", step_id=step_id, **args), 303)


@blueprint.post("/desk/<uuid:step_id>/release")
@shown_on(task)
@edge.guarded("step.release")
@once
def release(step_id: UUID) -> ResponseReturnValue:
    """Give a step back to the queue; what was typed stays in this browser."""
    operations.release(edge.session(), edge.actor(), step_id, edge.now())
    flash(gettext("The step is back in the queue."), "good")
    args: dict[str, Any] = filters.address_of(filters.asked())
    return redirect(url_for(".queue", **args), 303)


@blueprint.post("/desk/<uuid:step_id>/materials")
@shown_on(task)
@edge.guarded("case.receive")
@takes_files
def attach(step_id: UUID) -> ResponseReturnValue:
    """Take a file at the window for the case whose step one has claimed."""
    step = queries.step(edge.session(), edge.actor(), step_id)
    edge.about(step.case_id, step.tenant)
    uploads.take(step.case_id, request.form.get("requirement", ""))
    if tasks.is_filling_in():
        return task(step_id)
    args: dict[str, Any] = filters.address_of(filters.asked())
    return redirect(url_for(".task", step_id=step_id, _anchor="materials", **args), 303)


@blueprint.post("/desk/<uuid:step_id>/check")
@edge.guarded("step.read")
def check(step_id: UUID) -> ResponseReturnValue:
    """Which fields are hidden as the answers stand, and what is wrong with them."""
    return jsonify(tasks.checked(step_id))


def _queue() -> dict[str, Any]:
    """What the queue shows: the filters stand in the address."""
    session, actor = edge.session(), edge.actor()
    wanted, today = filters.asked(), filters.today()
    steps, following = desk.queue(session, actor, wanted, today, PAGE, filters.cursor())
    first, _more = desk.queue(session, actor, desk.workable(wanted), today, 1)
    return {
        "lines": lines_of(session, actor.tenant, steps, today.now),
        "first": next(iter(lines_of(session, actor.tenant, first, today.now)), None),
        "choices": filters.choices(wanted, desk.tallies(session, actor, wanted.text, today)),
        "wanted": wanted,
        "args": filters.address_of(wanted),
        "following": following,
        "now": today.now,
        "day": today.now.astimezone(ZONE).date(),
    }


def _task(step_id: UUID) -> dict[str, Any]:
    """What the page of a step shows."""
    session = edge.session()
    args: dict[str, Any] = filters.address_of(filters.asked())
    send = url_for(".attach", step_id=step_id, **args) if edge.actor().may("case.receive") else None
    found = tasks.opened(step_id, lambda _requirement: send)
    step = found.view.step
    told = urgings(session, step.tenant, step.case_id)
    return {
        "task": found,
        "view": found.view,
        "step": step,
        "is_mine": step.state == StepState.CLAIMED and step.claimed_by == edge.actor().account_id,
        "handler": names(session, {step.claimed_by}).get(step.claimed_by) if step.claimed_by else None,
        "urgings": [one for one in told if one.step_id == step_id],
        "args": args,
        "now": edge.now(),
    }


def _polled(tag: str, template: str, shown: dict[str, Any]) -> Response:
    response = Response(status=304)
    if not request.if_none_match.contains_weak(tag):
        response = make_response(render_template(template, **shown))
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie"
    return response


def _taken(wanted: desk.Wanted) -> Step | None:
    """The most urgent step that one has in hand or can claim; it is one's own now. What was done stays done."""
    session, actor = edge.session(), edge.actor()
    found, _more = desk.queue(session, actor, desk.workable(wanted), filters.today(), TRIES)
    for step in found:
        if step.claimed_by == actor.account_id:
            return step
        try:
            operations.claim(session, actor, step.id, edge.now())
        except (AlreadyClaimed, StepClosed):
            continue
        return step
    return None
