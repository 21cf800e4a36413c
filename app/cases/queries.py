"""Reading cases. Each query narrows to what its reader may see; what they may not see does not exist for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from app.audit.queries import history as recorded
from app.audit.types import RecordedAct
from app.cases import policy
from app.cases.entered import Writes
from app.cases.messages import awaited
from app.cases.models import Case, Leg
from app.cases.types import Status
from app.cases.views import (
    CaseRow,
    ClockLedger,
    HistoryLine,
    Opinion,
    Overview,
    PublicView,
    Standstill,
    StepView,
)
from app.catalog.queries import item as item_version
from app.catalog.settings import region_of
from app.catalog.types import ServiceItem, Wording
from app.deadlines.models import CaseClock, ExcludedSpan, Extension, Flip
from app.deadlines.queries import ends_at, explain
from app.deadlines.queries import ledger as ledger_of
from app.engine import Definition, Instance, Mark, Variables
from app.identity.models import Account
from app.identity.types import Actor
from app.inbox import queries as inbox
from app.inbox.models import Step
from app.inbox.types import LIVE, StepState
from app.kernel.errors import NotFound
from app.materials import queries as materials
from app.notices import queries as notices

_DECIDED = {"grant": "granted", "deny": "denied"}
_MILESTONES = ("received", "accepted", "decided", "concluded", "delivered")


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What of a list of cases is wanted. `received_here`: what one's window received, for whatever jurisdiction."""

    status: str | None = None
    item: str | None = None
    light: str | None = None
    text: str | None = None
    received_here: bool = False


def by_code(session: Session, actor: Actor, key: str) -> Case:
    """A case by its supervision code, or a draft by its id. Raises NotFound.

    A window looks elsewhere, too, for what it received for another jurisdiction.
    """
    try:
        return _one(session, policy.visible(actor), key)
    except NotFound:
        if not policy.receives(actor):
            raise
        policy.look_out(session, actor)
        return _one(session, policy.received_here(actor), key)


def listing(
    session: Session, actor: Actor, wanted: CaseFilter, limit: int, before: UUID | None = None
) -> tuple[Sequence[CaseRow], UUID | None]:
    """One page of the cases that the actor may see, the latest first, and where the next one starts."""
    worst = _worst_light()
    seen = policy.visible(actor)
    if wanted.received_here:
        seen &= policy.received_here(actor)
        if policy.receives(actor):
            policy.look_out(session, actor)
    statement = (
        select(Case, worst.c.rank, worst.c.own, worst.c.due_at)
        .outerjoin(worst, and_(worst.c.tenant == Case.tenant, worst.c.case_id == Case.id))
        .where(seen, *_narrowed(wanted))
        .order_by(Case.id.desc())
        .limit(limit + 1)
    )
    if wanted.light:
        rank = _LIGHTS.index(wanted.light) if wanted.light in _LIGHTS else None  # no such light, no such case
        statement = statement.where(func.coalesce(worst.c.rank, 0) == rank)
    if before is not None:
        statement = statement.where(Case.id < before)
    rows = [
        CaseRow(found, _LIGHTS[rank or 0], _LIGHTS[own or 0], due_at)
        for found, rank, own, due_at in session.execute(statement)
    ]
    return (rows, None) if len(rows) <= limit else (rows[:limit], rows[limit - 1].case.id)


def overview(session: Session, found: Case, reader: Actor) -> Overview:
    """Everything about one case that its reader may see (`by_code`)."""
    tenant, case_id = found.tenant, found.id
    steps = inbox.of_case(session, tenant, case_id)
    writes = Writes.of(session, tenant, case_id)
    item = item_version(session, found.item, found.item_version)
    people = _shown(reader, found, names(session, {step.claimed_by for step in steps if step.claimed_by}))
    told = [one for one in notices.told_about(session, tenant, case_id) if one.account_id == found.applicant_id]
    return Overview(
        case=found,
        item=item,
        application=writes.application,
        steps=steps,
        people=people,
        legs=_of_case(session, Leg, tenant, case_id, Leg.opened_at),
        clocks=_of_case(session, CaseClock, tenant, case_id, CaseClock.started_at),
        spans=_of_case(session, ExcludedSpan, tenant, case_id, ExcludedSpan.opened_at),
        extensions=_of_case(session, Extension, tenant, case_id, Extension.granted_at),
        flips=_of_case(session, Flip, tenant, case_id, Flip.became_at),
        materials=materials.of_case(session, tenant, case_id, replaced=True),
        documents=notices.documents_of(session, tenant, case_id),
        notices=told,
        opinions=opinions(item, steps, writes, people),
        refusal=refusal(found, steps, writes),
        result=result_of(found, steps),
        respond_by=_respond_by(steps),
        awaited=awaited(session, found, reader),
    )


def refusal(found: Case, steps: Sequence[Step], writes: Writes) -> Wording | str | None:
    """Why a case was not accepted, or was denied: what was said in that step, or what the elimination list says."""
    refused = found.status == Status.REFUSED
    if not refused and result_of(found, steps) != "denied":
        return None
    said = [
        str(writes.outcome_of(step.element).get("opinion", ""))
        for step in steps
        if step.state == StepState.DONE
        and (step.kind in ("accept", "pre-review") if refused else step.outcome in _DECIDED)
    ]
    return next((opinion for opinion in reversed(said) if opinion), None) or (writes.listed if refused else None)


def result_of(found: Case, steps: Sequence[Step]) -> str | None:
    """What a case came to; known once the decision is signed, although the case ends later, with its delivery."""
    decided = [_DECIDED[step.outcome] for step in steps if step.kind == "decide" and step.outcome in _DECIDED]
    return found.result or next(reversed(decided), None)


def _respond_by(steps: Sequence[Step]) -> datetime | None:
    """When the first of the steps that wait for the applicant is taken away."""
    due = [step.due_at for step in steps if step.post is None and step.state in LIVE and step.due_at]
    return min(due, default=None)


def step_view(session: Session, actor: Actor, step_id: UUID) -> StepView:
    """What the actor needs to do a step of their own posts; a window, one of an applicant whom it received.

    Raises NotFound.
    """
    try:
        step = inbox.step(session, actor, step_id)
    except NotFound:
        step = policy.received_step(session, actor, step_id)
    found = session.scalars(select(Case).where(Case.tenant == step.tenant, Case.id == step.case_id)).one()
    item = item_version(session, found.item, found.item_version)
    steps = inbox.of_case(session, step.tenant, step.case_id)
    writes = Writes.of(session, step.tenant, step.case_id)
    people = _shown(actor, found, names(session, {other.claimed_by for other in steps if other.claimed_by}))
    clock = session.scalar(select(CaseClock).where(CaseClock.tenant == step.tenant, CaseClock.subject == step.id))
    spec = item.manifest.steps.get(step.element)
    return StepView(
        step=step,
        case=found,
        item=item,
        name=item.step_name(step.element),
        form=item.form_of(step.element),
        values=writes.of_element(step.element),
        outcomes=tuple(item.outcomes(step.element).values()),
        reports=item.reports(step.element),
        checklist=spec.checklist if spec else (),
        clock=clock,
        application=writes.application,
        materials=materials.of_case(session, step.tenant, step.case_id),
        requirements=item.manifest.materials,
        opinions=opinions(item, steps, writes, people),
        listed=writes.listed,
    )


def history(session: Session, found: Case, reader: Actor) -> list[HistoryLine]:
    """The case's record in order, with the names of those who acted.

    An applicant learns that the office acted, not who sits there, and nothing of what staff tried and were refused; so
    does the window of another jurisdiction, which stands in for the applicant.
    """
    acts = recorded(session, found.tenant, found.id)
    if policy.looks_in(reader, found):
        acts = [act for act in acts if act.actor_id == reader.account_id or not act.tag.endswith(":refused")]
    people = _shown(reader, found, names(session, {act.actor_id for act in acts if act.actor_id}))
    return [
        HistoryLine(
            act.seq,
            act.at,
            _username(reader, found, act),
            people.get(act.actor_id, "") if act.actor_id else "",
            act.tag,
            act.data,
        )
        for act in acts
    ]


def time_ledger(session: Session, found: Case, now: datetime) -> list[ClockLedger]:
    """Each clock of the case with the days it counted and the reason for each that it did not."""
    return [ClockLedger(clock, lines) for clock, lines in explain(session, found.tenant, found.id, now)]


def marks(session: Session, found: Case, reader: Actor) -> dict[str, dict[str, Any]]:
    """For each element of the diagram: done or active, how often, since when, by whom, and its light."""
    item = item_version(session, found.item, found.item_version)
    steps = inbox.of_case(session, found.tenant, found.id)
    people = _shown(reader, found, names(session, {step.claimed_by for step in steps if step.claimed_by}))
    lights = {
        clock.subject: clock.light
        for clock in _of_case(session, CaseClock, found.tenant, found.id, CaseClock.started_at)
        if clock.level == "step"
    }
    drawn = {element: _mark(mark) for element, mark in _tokens(item.definition, found).items()}
    for step in steps:
        drawn[step.element] = {
            **drawn.get(step.element, _mark(Mark())),
            "state": "active" if step.state in LIVE else "cancelled" if step.state == StepState.CANCELLED else "done",
            "light": lights.get(step.id),
            "since": (step.opened_at if step.state in LIVE else step.closed_at or step.opened_at).isoformat(),
            "who": people.get(step.claimed_by) if step.claimed_by else None,
        }
    return drawn


def diagram_xml(session: Session, found: Case) -> bytes:
    """The diagram of the version that the case runs on."""
    return item_version(session, found.item, found.item_version).definition.xml


def track(session: Session, code: str) -> PublicView:
    """What anybody with the supervision code may know. Raises NotFound, also for a mistyped code."""
    found = _one(session, Case.status != Status.DRAFT, code)
    item = item_version(session, found.item, found.item_version)
    steps = inbox.of_case(session, found.tenant, found.id)
    clock = session.scalar(
        select(CaseClock)
        .where(CaseClock.tenant == found.tenant, CaseClock.case_id == found.id, CaseClock.level == "case")
        .order_by(case((CaseClock.basis == "promised", 0), else_=1))
        .limit(1)
    )
    return PublicView(
        code=found.code or "",
        item=item.manifest.name,
        status=found.status,
        result=result_of(found, steps),
        results=item.manifest.results,
        milestones={name: getattr(found, f"{name}_at") for name in _MILESTONES},
        due_at=clock.red_at if clock else None,
        light=clock.light if clock else "green",
        standstills=standstills(session, found, item),
        respond_by=_respond_by(steps),
        lapses=any(step.post is None and step.state in LIVE and item.lapses(step.element) for step in steps),
        deemed=found.deemed_at is not None,
        revoked_at=found.revoked_at,
    )


def standstills(session: Session, found: Case, item: ServiceItem) -> list[Standstill]:
    """The excluded spans that are open: why the clock stands still, and until when as announced (Art. 45)."""
    return [
        Standstill(span.reason, span.opened_at, ends_at(session, item.calendar, span))
        for span in ledger_of(session, found.tenant, found.id).spans
        if span.closed_at is None
    ]


def opinions(item: ServiceItem, steps: Sequence[Step], writes: Writes, people: Mapping[UUID, str]) -> list[Opinion]:
    """What was said in the steps that are done: for a step done several times, what was said last."""
    last = {step.element: step for step in steps if step.state == StepState.DONE}
    return [
        Opinion(
            step=step,
            name=item.step_name(element),
            by=people.get(step.claimed_by, "") if step.claimed_by else "",
            outcome=item.came_of(element, step.outcome),
            opinion=writes.outcome_of(_said_in(item, step)).get("opinion", ""),
            data=writes.of_element(element),
            form=item.form_of(element),
        )
        for element, step in last.items()
    ]


def _said_in(item: ServiceItem, step: Step) -> str:
    """Under which element is kept what was said: the step, or the event by which something was reported."""
    return step.outcome if step.outcome and step.outcome in item.reports(step.element) else step.element


def _shown(reader: Actor, found: Case, people: Mapping[UUID, str]) -> dict[UUID, str]:
    """The names that a reader learns: who looks in from outside the office only their own."""
    hidden = policy.looks_in(reader, found)
    return {id_: name for id_, name in people.items() if not hidden or id_ == reader.account_id}


def _username(reader: Actor, found: Case, act: RecordedAct) -> str:
    hidden = policy.looks_in(reader, found) and act.actor_id not in (None, reader.account_id)
    return "office" if hidden else act.actor


def names(session: Session, account_ids: set[UUID]) -> dict[UUID, str]:
    """The names behind accounts."""
    if not account_ids:
        return {}
    return dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(account_ids))).all())


_LIGHTS = ("green", "yellow", "red")


def _worst_light() -> Any:
    rank = case((CaseClock.light == "red", 2), (CaseClock.light == "yellow", 1), else_=0)
    of_case = CaseClock.level == "case"
    promised = case((and_(of_case, CaseClock.basis == "promised"), CaseClock.red_at))
    return (
        select(
            CaseClock.tenant,
            CaseClock.case_id,
            func.max(rank).label("rank"),
            func.max(case((of_case, rank), else_=0)).label("own"),
            func.min(promised).label("due_at"),
        )
        .where(CaseClock.stopped_at.is_(None))
        .group_by(CaseClock.tenant, CaseClock.case_id)
        .subquery()
    )


def _narrowed(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.status:
        conditions.append(Case.status == wanted.status)
    if wanted.item:
        conditions.append(Case.item == wanted.item)
    if wanted.text:
        text = wanted.text.strip()
        found = (Case.title.contains(text, autoescape=True), Case.applicant.contains(text, autoescape=True))
        conditions.append(or_(Case.code == text, *found))
    return conditions


def _one(session: Session, condition: ColumnElement[bool], key: str) -> Case:
    wanted: ColumnElement[bool]
    if _is_uuid(key):
        wanted = Case.id == UUID(key)
    elif tenant := region_of(session, key):
        wanted = and_(Case.tenant == tenant, Case.code == key.strip())
    else:
        wanted = literal(False)
    found = session.scalar(select(Case).where(wanted, condition))
    if found is None:
        raise NotFound(kind="case", key=key)
    return found


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _of_case(session: Session, table: Any, tenant: str, case_id: UUID, order: Any) -> Sequence[Any]:
    return session.scalars(select(table).where(table.tenant == tenant, table.case_id == case_id).order_by(order)).all()


def _tokens(definition: Definition, found: Case) -> Mapping[str, Mark]:
    return Instance.restore(definition, found.state, Variables()).marks() if found.state else {}


def _mark(mark: Mark) -> dict[str, Any]:
    state = "active" if mark.active else "done" if mark.completed else None
    return {"state": state, "count": mark.completed, "light": None, "since": None, "who": None}
