"""From the movement of the tokens to the rows that people see: legs, steps, clocks, spans, timers, milestones.

The order matters: what was left is closed first, then legs (steps refer to them), spans (clocks that start now stand
still at once), clocks (a step shows its red instant), steps, timers, requests, milestones, the end. Clocks are
computed anew last, and only where a span was opened or closed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update

from app.cases import letters, time
from app.cases.models import CaseTimer, Leg
from app.cases.passage import Passage
from app.cases.rules import status_at, status_at_end
from app.cases.types import Status
from app.deadlines import operations as deadlines
from app.deadlines.types import ClockSpec
from app.engine import FOR_PEOPLE, Activity, Left, Request, Timer
from app.inbox import operations as inbox
from app.inbox.models import Step
from app.inbox.types import APPLICANT_POST, NewStep
from app.notices import operations as notices


def settle(p: Passage) -> None:
    """Write down everything that moved since the last call; the case itself is written by `Passage.close`."""
    movement = p.instance.movement()
    p.trace.extend(movement.trace)
    resumed = _leave(p, movement.left)
    legs = _Legs(p, movement.entered)
    stopped = _open_spans(p, legs, movement.entered)
    timers = [_timer(p, legs, timer) for timer in movement.armed]
    _open_steps(p, legs, [activity for activity in movement.entered if activity.type in FOR_PEOPLE], timers)
    _arm(p, timers, movement.disarmed)
    for request in movement.requested:
        _request(p, request, movement.left)
    for _element, milestone in movement.milestones:
        _pass_milestone(p, milestone, movement.left)
    p.sent.extend(movement.sent)
    if movement.ended:
        _end(p, movement.result)
    if resumed or stopped:
        time.recompute(p)
    for reason in resumed:
        letters.tell_resumed(p, reason)


class _Legs:
    """Which leg an activity belongs to: its own, or the innermost open one around it."""

    def __init__(self, p: Passage, entered: Sequence[Activity]) -> None:
        self._p = p
        opened = [activity for activity in entered if "leg" in p.item.definition.elements[activity.element].properties]
        self._known = {activity.token for activity in opened}
        self._loaded = False
        if opened:
            p.session.execute(insert(Leg), [self._row(activity) for activity in opened])
            deadlines.start_clocks(p.session, p.tenant, p.case.id, list(self._clocks(opened)), time.ledger(p))

    def of(self, token: UUID | None, scopes: Iterable[str]) -> UUID | None:
        """The leg that `token` is, or lies in."""
        if token in self._known:
            return token
        around = [UUID(scope) for scope in scopes]
        if around and not self._loaded and not self._known.issuperset(around):
            self._load()
        return next((scope for scope in reversed(around) if scope in self._known), None)

    def _load(self) -> None:
        p, self._loaded = self._p, True
        self._known.update(
            p.session.scalars(
                select(Leg.id).where(Leg.tenant == p.tenant, Leg.case_id == p.case.id, Leg.closed_at.is_(None))
            )
        )

    def _row(self, activity: Activity) -> dict[str, Any]:
        properties = self._p.item.definition.elements[activity.element].properties
        return {
            "tenant": self._p.tenant,
            "id": activity.token,
            "case_id": self._p.case.id,
            "element": activity.element,
            "kind": properties["leg"],
            "is_lead": properties.get("lead") == "true",
            "opened_at": self._p.now,
        }

    def _clocks(self, opened: Iterable[Activity]) -> Iterable[ClockSpec]:
        for activity in opened:
            kind = self._p.item.definition.elements[activity.element].properties["leg"]
            if spec := time.leg_clock(self._p, activity, kind):
                yield spec


def _leave(p: Passage, left: Sequence[Left]) -> list[str]:
    """Close what the tokens have left; returns the reasons of the spans that ended, so that clocks run again."""
    if not left:
        return []
    tokens = [activity.token for activity in left]
    elements = p.item.definition.elements
    deadlines.stop_clocks(p.session, p.tenant, p.case.id, tokens, p.now)
    inbox.cancel(
        p.session, p.tenant, [gone.token for gone in left if gone.type in FOR_PEOPLE and gone.how == "cancelled"], p.now
    )
    legs = [gone.token for gone in left if "leg" in elements[gone.element].properties]
    if legs:
        p.session.execute(update(Leg).where(Leg.tenant == p.tenant, Leg.id.in_(legs)).values(closed_at=p.now))
    excluded = [gone for gone in left if "excluded" in elements[gone.element].properties]
    for gone in excluded:
        deadlines.close_span(p.session, p.tenant, p.case.id, gone.token, p.now)
        p.ledger = None
    return [elements[gone.element].properties["excluded"] for gone in excluded]


def _open_spans(p: Passage, legs: _Legs, entered: Sequence[Activity]) -> bool:
    """Open the excluded time of steps and subprocesses that are drawn as such; returns whether there was any."""
    opened = False
    for activity in entered:
        properties = p.item.definition.elements[activity.element].properties
        if reason := properties.get("excluded"):
            deadlines.open_span(
                p.session,
                p.tenant,
                p.case.id,
                leg_id=legs.of(activity.token, activity.scopes),
                cause=activity.token,
                reason=reason,
                announced=properties.get("announced"),
                now=p.now,
            )
            opened, p.ledger = True, None
            letters.tell_stopped(p, activity.token, reason, properties.get("announced"))
    return opened


def _open_steps(p: Passage, legs: _Legs, entered: Sequence[Activity], timers: Sequence[dict[str, Any]]) -> None:
    if not entered:
        return
    ends = {timer["attached"]: timer for timer in reversed(timers) if p.item.ends_step(timer["element"])}
    specs = [
        spec for activity in entered for spec in time.step_clocks(p, activity, legs.of(activity.token, activity.scopes))
    ]
    started = deadlines.start_clocks(p.session, p.tenant, p.case.id, specs, time.ledger(p)) if specs else []
    due = {clock.subject: clock.red_at for clock in started}
    steps = [_step(p, legs, activity, due.get(activity.token), ends.get(activity.token)) for activity in entered]
    inbox.open_steps(p.session, p.tenant, steps)
    p.opened.extend(step.id for step in steps)
    for step in steps:
        if step.post is None:
            letters.tell_step_for_applicant(p, step, ends[step.id]["element"] if step.id in ends else None)


def _step(p: Passage, legs: _Legs, activity: Activity, due_at: datetime | None, end: dict[str, Any] | None) -> NewStep:
    """`end`: the timer that takes the step away. What waits for the applicant is due by then."""
    post = p.item.post_of(activity.element)
    properties = p.item.definition.elements[activity.element].properties
    return NewStep(
        id=activity.token,
        case_id=p.case.id,
        element=activity.element,
        kind=properties.get("kind", "review"),
        post=None if post == APPLICANT_POST else post,
        leg_id=legs.of(activity.token, activity.scopes),
        scopes=" ".join(activity.scopes),
        opened_at=p.now,
        due_at=end["due_at"] if end and post == APPLICANT_POST else due_at,
        item=p.case.item,
        case_code=p.changes.get("code", p.case.code),
        title=p.case.title,
        applicant=p.case.applicant,
        applicant_id=p.case.applicant_id,
    )


def _arm(p: Passage, timers: list[dict[str, Any]], disarmed: Sequence[UUID]) -> None:
    if disarmed:
        p.session.execute(
            update(CaseTimer)
            .where(CaseTimer.tenant == p.tenant, CaseTimer.id.in_(disarmed), CaseTimer.fired_at.is_(None))
            .values(disarmed_at=p.now)
        )
    if timers:
        p.session.execute(insert(CaseTimer), timers)


def _timer(p: Passage, legs: _Legs, timer: Timer) -> dict[str, Any]:
    leg_id = legs.of(timer.attached, timer.scopes)
    subject = timer.attached or timer.token
    return {
        "tenant": p.tenant,
        "id": timer.token,
        "case_id": p.case.id,
        "element": timer.element,
        "attached": timer.attached,
        "leg_id": leg_id,
        "kind": timer.kind,
        "value": timer.value,
        "counting": timer.calendar,
        "armed_at": p.now,
        "due_at": time.timer_due(p, subject, timer.kind, timer.value, timer.calendar, p.now, leg_id),
    }


def _request(p: Passage, request: Request, left: Sequence[Left]) -> None:
    """Work that needs minutes or the network: done after the commit, from the outbox, under the token's id.

    `step` is the one whose completion asked for it: its opinion is the reason of what is decided.
    """
    asking = next((str(gone.token) for gone in left if gone.type in FOR_PEOPLE and gone.how == "completed"), None)
    notices.enqueue(
        p.session,
        p.tenant,
        p.case.id,
        request.operation,
        {"element": request.element, "token": str(request.token), "step": asking},
        p.now,
        id=request.token,
    )


def _pass_milestone(p: Passage, milestone: str, left: Sequence[Left]) -> None:
    """Set the status and its instant, start or stop the case's clocks, tell the applicant (Art. 32, 42, 44)."""
    p.changes["status"] = status_at(milestone)
    p.changes[f"{milestone}_at"] = p.now
    if milestone == "accepted":
        if since := _unanswered_since(p, left):
            p.changes.update(accepted_at=since, deemed_at=p.now)
        time.start_case_clocks(p, p.changes["accepted_at"])
    elif milestone == "decided":
        time.stop_case_clocks(p)
    letters.tell_milestone(p, milestone, _delivering(p, left))


def _unanswered_since(p: Passage, left: Sequence[Left]) -> datetime | None:
    """Where a timer took the step of acceptance away: when that step opened, with the materials there.

    Art. 32: who is not told within five days what is missing is accepted from the day the materials were received.
    """
    elements = p.item.definition.elements
    unanswered = [
        gone.token
        for gone in left
        if gone.how == "cancelled" and elements[gone.element].properties.get("kind") in ("accept", "pre-review")
    ]
    if not (p.by_timer and unanswered):
        return None
    opened = select(func.min(Step.opened_at)).where(Step.tenant == p.tenant, Step.id.in_(unanswered))
    return p.session.scalar(opened)


def _delivering(p: Passage, left: Sequence[Left]) -> UUID | None:
    """The step in which the result was handed over."""
    elements = p.item.definition.elements
    return next((gone.token for gone in left if elements[gone.element].properties.get("kind") == "deliver"), None)


def _end(p: Passage, result: str | None) -> None:
    p.changes["result"] = result
    before = p.status
    p.changes["status"] = status_at_end(before, result)
    if p.status not in (before, Status.DELIVERED):
        p.changes["concluded_at"] = p.now
        if p.status == Status.CONCLUDED:
            p.events.append("case.concluded")
    time.stop_case_clocks(p)
    letters.tell_end(p)
