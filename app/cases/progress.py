"""From the movement of the tokens to the rows that people see: legs, steps, clocks, spans, timers, milestones.

The order matters: what was left is closed first, then legs (steps refer to them), spans (clocks that start now stand
still at once), clocks (a step shows its red instant), steps, timers, requests, milestones, the end. Clocks are
computed anew last, and only where a span was opened or closed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from app.cases import letters, time
from app.cases.models import CaseTimer, Leg
from app.cases.passage import Passage
from app.cases.rules import status_at, status_at_end
from app.cases.types import Status
from app.deadlines import operations as deadlines
from app.deadlines.types import ClockSpec
from app.engine import Activity, Left, Movement, Request, Timer
from app.inbox import operations as inbox
from app.inbox.types import APPLICANT_POST, NewStep
from app.notices import operations as notices

_STEPS = ("userTask", "manualTask")


def settle(p: Passage) -> None:
    """Write down everything that moved since the last call; the case itself is written by `Passage.close`."""
    movement = p.instance.movement()
    p.trace.extend(movement.trace)
    moved = _leave(p, movement.left)
    legs = _Legs(p, movement.entered)
    moved |= _open_spans(p, legs, movement.entered)
    _open_steps(p, legs, [activity for activity in movement.entered if activity.type in _STEPS])
    _arm(p, legs, movement)
    for request in movement.requested:
        _request(p, request)
    for _element, milestone in movement.milestones:
        _pass_milestone(p, milestone)
    if movement.ended:
        _end(p, movement.result)
    if moved:
        time.recompute(p)


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


def _leave(p: Passage, left: Sequence[Left]) -> bool:
    """Close what the tokens have left; returns whether a span was closed, so that clocks run again."""
    if not left:
        return False
    tokens = [activity.token for activity in left]
    elements = p.item.definition.elements
    deadlines.stop_clocks(p.session, p.tenant, p.case.id, tokens, p.now)
    inbox.cancel(
        p.session, p.tenant, [gone.token for gone in left if gone.type in _STEPS and gone.how == "cancelled"], p.now
    )
    legs = [gone.token for gone in left if "leg" in elements[gone.element].properties]
    if legs:
        p.session.execute(update(Leg).where(Leg.tenant == p.tenant, Leg.id.in_(legs)).values(closed_at=p.now))
    excluded = [gone.token for gone in left if "excluded" in elements[gone.element].properties]
    for token in excluded:
        deadlines.close_span(p.session, p.tenant, p.case.id, token, p.now)
        p.ledger = None
    return bool(excluded)


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
    return opened


def _open_steps(p: Passage, legs: _Legs, entered: Sequence[Activity]) -> None:
    if not entered:
        return
    specs = [
        spec for activity in entered for spec in time.step_clocks(p, activity, legs.of(activity.token, activity.scopes))
    ]
    started = deadlines.start_clocks(p.session, p.tenant, p.case.id, specs, time.ledger(p)) if specs else []
    due = {clock.subject: clock.red_at for clock in started}
    steps = [_step(p, legs, activity, due.get(activity.token)) for activity in entered]
    inbox.open_steps(p.session, p.tenant, steps)
    p.opened.extend(step.id for step in steps)
    for step in steps:
        if step.post is None:
            letters.tell_step_for_applicant(p, step)


def _step(p: Passage, legs: _Legs, activity: Activity, due_at: datetime | None) -> NewStep:
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
        due_at=due_at,
        item=p.case.item,
        case_code=p.changes.get("code", p.case.code),
        title=p.case.title,
        applicant=p.case.applicant,
        applicant_id=p.case.applicant_id,
    )


def _arm(p: Passage, legs: _Legs, movement: Movement) -> None:
    if movement.disarmed:
        p.session.execute(
            update(CaseTimer)
            .where(CaseTimer.tenant == p.tenant, CaseTimer.id.in_(movement.disarmed), CaseTimer.fired_at.is_(None))
            .values(disarmed_at=p.now)
        )
    if movement.armed:
        p.session.execute(insert(CaseTimer), [_timer(p, legs, timer) for timer in movement.armed])


def _timer(p: Passage, legs: _Legs, timer: Timer) -> dict[str, Any]:
    leg_id = legs.of(timer.attached, timer.scopes)
    return {
        "tenant": p.tenant,
        "id": timer.token,
        "case_id": p.case.id,
        "element": timer.element,
        "leg_id": leg_id,
        "kind": timer.kind,
        "value": timer.value,
        "counting": timer.calendar,
        "armed_at": p.now,
        "due_at": time.timer_due(p, timer.token, timer.kind, timer.value, timer.calendar, p.now, leg_id),
    }


def _request(p: Passage, request: Request) -> None:
    """Work that needs minutes or the network: done after the commit, from the outbox, under the token's id."""
    notices.enqueue(
        p.session,
        p.tenant,
        p.case.id,
        request.operation,
        {"element": request.element, "token": str(request.token)},
        p.now,
        id=request.token,
    )


def _pass_milestone(p: Passage, milestone: str) -> None:
    """Set the status and its instant, start or stop the case's clocks, tell the applicant (Art. 32, 42, 44)."""
    p.changes["status"] = status_at(milestone)
    p.changes[f"{milestone}_at"] = p.now
    if milestone == "accepted":
        time.start_case_clocks(p)
    elif milestone == "decided":
        time.stop_case_clocks(p)
    letters.tell_milestone(p, milestone)


def _end(p: Passage, result: str | None) -> None:
    p.changes["result"] = result
    before = p.status
    p.changes["status"] = status_at_end(before, result)
    if p.changes["status"] == Status.CONCLUDED and before != Status.CONCLUDED:
        p.changes["concluded_at"] = p.now
    time.stop_case_clocks(p)
    letters.tell_end(p)
