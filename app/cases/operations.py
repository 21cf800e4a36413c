"""Verbs of the case: draft, submit, complete a step, withdraw, extend. Each has five beats: is it fresh, does the state
allow it, change, record, enqueue what leaves the house. Only the edge commits."""

from datetime import date, datetime
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import Table, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.cases import letters, lights, passage, policy, rules, time, timers
from app.cases.errors import (
    CaseClosed,
    MaterialsMissing,
    NotExtendable,
    NotReceivedHere,
    OpinionNeeded,
    TenantUnknown,
    UnknownOutcome,
)
from app.cases.handing import handed_in
from app.cases.models import SERIAL, Case, CaseDraft
from app.cases.passage import Passage
from app.cases.progress import settle
from app.cases.types import ENDED, Application, Channel, Completed, Status
from app.catalog import forms
from app.catalog.elimination import struck
from app.catalog.queries import current_item
from app.catalog.settings import case_pattern, stored_case_pattern
from app.catalog.types import LIST_REASON, ON_LIST, ServiceItem
from app.deadlines import operations as deadlines
from app.deadlines.queries import load_calendar
from app.deadlines.types import Ledger
from app.engine import CASE, Instance, Variables
from app.identity.acts import record_act
from app.identity.types import Actor
from app.inbox import operations as inbox
from app.inbox.models import Step
from app.kernel.database import AnyRow, enter_tenant
from app.kernel.errors import Invalid, NotFound, WrongState
from app.kernel.ids import new_id
from app.org.models import Region

_CASE = cast(Table, Case.__table__)


def create_draft(session: Session, actor: Actor, application: Application, now: datetime) -> Case:
    """Begin an application: the applicant online, or a clerk at the window for them.

    What is received anywhere may be for another jurisdiction, which then handles it. Raises TenantUnknown, NotFound,
    NotReceivedHere.
    """
    actor.require("case.receive" if application.channel == Channel.WINDOW else "case.apply")
    item = current_item(session, application.item)
    at_window = application.channel == Channel.WINDOW
    _enter(session, actor, application.tenant, item if at_window else None)
    case = Case(
        tenant=application.tenant,
        id=new_id(),
        code=None,
        item=item.code,
        item_version=item.version,
        status=Status.DRAFT,
        title=application.title.strip(),
        applicant=application.applicant.strip(),
        applicant_id=application.applicant_id,
        channel=application.channel,
        received_in=actor.tenant if at_window else None,
        received_at=now,
        state=b"",
        version=1,
    )
    session.add(case)
    session.flush()
    _write_draft(session, case, application.data, now)
    _record(session, actor, case.tenant, case.id, now, "case:drafted", item=item.code, version=item.version)
    return case


def save_draft(
    session: Session, actor: Actor, case_id: UUID, data: dict[str, Any], title: str | None, now: datetime
) -> Case:
    """Keep what was entered so far, complete or not. Raises NotFound, WrongState."""
    case = _locked_draft(session, actor, case_id, "save")
    case.title = (title or case.title).strip()
    case.version += 1
    session.flush()
    _write_draft(session, case, data, now)
    return case


def submit(session: Session, actor: Actor, case_id: UUID, now: datetime) -> Case:
    """Hand a draft in: check form and key materials, give it its supervision code, start its diagram.

    Raises Invalid (fields), MaterialsMissing, NotFound, WrongState. A non-key material may follow (容缺受理).
    """
    draft = _locked_draft(session, actor, case_id, "submit")
    item = current_item(session, draft.item)
    if draft.received_in not in (None, draft.tenant):
        _check_reception(item, draft.tenant)
    data = _application_data(item, draft_data(session, draft), _today(session, item, now))
    _check_materials(session, item, draft)
    named = {"title": data[item.manifest.title_field], "applicant": data[item.manifest.applicant_field]}
    case = session.execute(
        update(_CASE)
        .where(_CASE.c.tenant == draft.tenant, _CASE.c.id == draft.id)
        .values(**named)
        .returning(*_CASE.c, SERIAL.next_value().label("serial"), stored_case_pattern().label("pattern"))
    ).one()
    variables = Variables()
    for name, value in data.items():
        variables.set(CASE, name, value)
    for name, value in _struck(item, data).items():
        variables.set(CASE, name, value, ON_LIST)
    variables.moment = passage.office_time(session, item, now)
    started = Instance.start(item.definition, variables)
    p = Passage(session, actor, now, case, item, variables, started, ledger=Ledger())
    p.changes.update(
        code=case_pattern(case.pattern).make(draft.tenant, _today(session, item, now), case.serial),
        status=Status.RECEIVED,
        received_at=now,
        item_version=item.version,
    )
    letters.tell_applicant(p, "case-received", item=item.name_in_both)
    letters.request_document(p, "receipt", None)
    p.events.append("case.received")
    settle(p)
    p.close()
    _record(session, actor, p.tenant, case.id, now, "case:received", code=p.changes["code"], opened=p.opened)
    session.refresh(draft)
    return draft


def complete_step(
    session: Session,
    actor: Actor,
    step_id: UUID,
    *,
    outcome: str | None,
    data: dict[str, Any],
    opinion: str,
    now: datetime,
    version: int | None = None,
) -> Completed:
    """Do a step: keep what was entered, and let the case move on.

    Lights and timers that are overdue come first, so that none is lost with the step. Raises UnknownOutcome,
    OpinionNeeded, Invalid (fields), and what inbox.complete raises.
    """
    actor.require("step.complete")
    p = passage.begin(session, actor, _locked_by_step(session, actor, step_id), now)
    tenant = p.tenant
    if p.case.next_light_at is not None and p.case.next_light_at <= now:
        lights.raise_in(session, tenant, [p.case.id], now, actor)
    timers.fire_overdue(p)
    stands_in = policy.stands_in(actor, p.case)
    step = inbox.complete(session, actor, tenant, step_id, outcome, now, version, stands_in=stands_in)
    clean = _checked(p.item, step.element, outcome, data, opinion, _today(session, p.item, now))
    scope = step.scopes.rpartition(" ")[2]
    _keep_outcome(p, scope, step.element, outcome, opinion)
    for name, value in clean.items():
        p.variables.set(scope, name, value, step.element)
    p.instance.complete(step_id)
    settle(p)
    p.close()
    _record(
        session, actor, tenant, p.case.id, now, "step:completed",
        step=step_id, element=step.element, outcome=outcome, trace=p.trace, opened=p.opened,
    )  # fmt: skip
    return Completed(p.case.id, p.case.code, step_id, tuple(p.opened), p.status in ENDED, now)


def withdraw(session: Session, actor: Actor, case_id: UUID, reason: str, now: datetime) -> Case:
    """The applicant takes the application back (撤回申请) before the decision. Raises NotFound, WrongState."""
    actor.require("case.withdraw")
    case = policy.own_case(session, actor, case_id)
    _enter(session, actor, case.tenant, None)
    locked = passage.lock(session, case.tenant, case_id)
    if locked.status not in (Status.DRAFT, Status.RECEIVED, Status.ACCEPTED):
        raise WrongState(verb="withdraw", state=locked.status)
    if locked.status == Status.DRAFT:
        session.execute(update(Case).where(Case.tenant == case.tenant, Case.id == case_id).values(status="withdrawn"))
    else:
        p = passage.begin(session, actor, locked, now)
        _close_everything(p)
        p.changes.update(status=Status.WITHDRAWN, result="withdrawn", concluded_at=now)
        letters.tell_end(p)
        p.close()
    _record(session, actor, case.tenant, case_id, now, "case:withdrawn", reason=reason)
    session.refresh(case)
    return case


def extend(
    session: Session,
    actor: Actor,
    case_id: UUID,
    basis: Literal["promised", "statutory"],
    days: int,
    reason: str,
    now: datetime,
) -> Case:
    """Add working days to a limit of the case, with the reason that the applicant is told (Art. 42).

    Raises Invalid, CaseClosed, NotExtendable where the law does not allow so many.
    """
    actor.require("case.extend")
    if not reason.strip():
        raise Invalid({"reason": ["Please state the reason: the applicant is told it."]})
    case = policy.handled_case(session, actor, case_id)
    locked = passage.lock(session, case.tenant, case_id)
    if locked.status != Status.ACCEPTED or actor.account_id is None:
        raise CaseClosed(code=locked.code, status=locked.status)
    p = passage.begin(session, actor, locked, now)
    most = rules.longest_extension(departments=len(p.item.manifest.departments))
    granted = sum(extension.days for extension in time.ledger(p).extensions if extension.basis == basis)
    if granted + days > most:
        raise NotExtendable(most=most, granted=granted)
    extension_id = new_id()
    deadlines.extend(
        session,
        case.tenant,
        case_id,
        id=extension_id,
        basis=basis,
        days=days,
        reason=reason.strip(),
        approved_by=actor.account_id,
        now=now,
    )
    p.ledger = None
    time.recompute(p)
    due_at = time.limit_of(p, basis)
    letters.tell_applicant(p, "case-extended", due_at=due_at, reason=reason.strip())
    letters.request_document(p, "extend", extension_id)
    p.close()
    _record(session, actor, case.tenant, case_id, now, "case:extended", basis=basis, days=days)
    session.refresh(case)
    return case


def _close_everything(p: Passage) -> None:
    steps = p.session.scalars(
        select(Step.id).where(Step.tenant == p.tenant, Step.case_id == p.case.id, Step.state.in_(("open", "claimed")))
    ).all()
    inbox.cancel(p.session, p.tenant, steps, p.now)
    deadlines.stop_clocks(p.session, p.tenant, p.case.id, None, p.now)
    timers.disarm_all(p)


def _keep_outcome(p: Passage, scope: str, element: str, outcome: str | None, opinion: str) -> None:
    """An outcome is kept under its step's id: in the step's scope, and for the whole case, whatever is handed out."""
    kept = {"outcome": outcome, "opinion": opinion}
    for place in dict.fromkeys((scope, CASE)):
        p.variables.set(place, element, kept, element)


def _checked(
    item: ServiceItem, element: str, outcome: str | None, data: dict[str, Any], opinion: str, today: date
) -> dict[str, Any]:
    """The form's data as it is kept. Raises UnknownOutcome, OpinionNeeded, Invalid."""
    offered = item.outcomes(element)
    choice = offered.get(outcome or "")
    if offered and choice is None:
        raise UnknownOutcome(step=element, outcome=outcome or "", offered=", ".join(offered))
    if choice is not None and choice.requires_opinion and not opinion.strip():
        raise OpinionNeeded(outcome=outcome)
    form = item.form_of(element)
    if form is None:
        return {}
    clean, errors = forms.validate(form, data, complete=choice is None or choice.requires_form, today=today)
    if errors:
        raise Invalid(errors)
    return clean


def _application_data(item: ServiceItem, data: dict[str, Any], today: date) -> dict[str, Any]:
    clean, errors = forms.validate(item.applicant_form, data, today=today)
    if errors:
        raise Invalid(errors)
    return clean


def _struck(item: ServiceItem, data: dict[str, Any]) -> dict[str, Any]:
    """Whether the elimination list has what is applied for, and why: for the conditions of the diagram."""
    if item.manifest.elimination is None:
        return {}
    entry = struck(item.manifest.elimination, data)
    return {ON_LIST: entry is not None, LIST_REASON: entry.reason if entry else None}


def _check_materials(session: Session, item: ServiceItem, case: Case) -> None:
    there = handed_in(session, case)
    missing = [need for need in item.manifest.materials if need.required and need.key and need.code not in there]
    if missing:
        raise MaterialsMissing(tuple(need.code for need in missing), "、".join(need.name.zh for need in missing))


def draft_data(session: Session, case: Case) -> dict[str, Any]:
    """What was last saved in a draft."""
    return (
        session.scalar(select(CaseDraft.data).where(CaseDraft.tenant == case.tenant, CaseDraft.case_id == case.id))
        or {}
    )


def draft_saved_at(session: Session, case: Case) -> datetime | None:
    """When a draft was last saved."""
    return session.scalar(
        select(CaseDraft.saved_at).where(CaseDraft.tenant == case.tenant, CaseDraft.case_id == case.id)
    )


def _write_draft(session: Session, case: Case, data: dict[str, Any], now: datetime) -> None:
    saved = {"data": data, "saved_at": now}
    session.execute(
        upsert(CaseDraft)
        .values(tenant=case.tenant, case_id=case.id, **saved)
        .on_conflict_do_update(index_elements=["tenant", "case_id"], set_=saved)
    )


def _locked_draft(session: Session, actor: Actor, case_id: UUID, verb: str) -> Case:
    found = policy.own_draft(session, actor, case_id)
    if found.tenant != actor.tenant:
        enter_tenant(session, found.tenant)
    case = session.scalars(
        select(Case)
        .where(Case.tenant == found.tenant, Case.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if case.status != Status.DRAFT:
        raise WrongState(verb=verb, state=case.status)
    return case


def _enter(session: Session, actor: Actor, tenant: str, at_window: ServiceItem | None) -> None:
    """An applicant acts in the jurisdiction of the case; staff stay in their own, but for what a window receives."""
    if actor.kind != "applicant":
        if actor.tenant == tenant:
            return
        if at_window is None:
            raise NotFound(kind="region", key=tenant)
        _check_reception(at_window, tenant)
    if not session.scalar(select(Region.is_tenant).where(Region.code == tenant)):
        raise TenantUnknown(tenant=tenant)
    enter_tenant(session, tenant)


def _check_reception(item: ServiceItem, tenant: str) -> None:
    if item.manifest.reception != "anywhere":
        raise NotReceivedHere(item=item.code, tenant=tenant)


def _locked_by_step(session: Session, actor: Actor, step_id: UUID) -> AnyRow:
    """The case of a step, locked, its jurisdiction entered. Raises NotFound for a step the actor may not know of."""
    if actor.kind == "applicant":
        return passage.lock_by_step(session, _enter_own_step(session, actor, step_id), step_id)
    try:
        return passage.lock_by_step(session, actor.tenant, step_id)
    except NotFound:
        found = policy.received_step(session, actor, step_id)
        enter_tenant(session, found.tenant)
        return passage.lock_by_step(session, found.tenant, step_id)


def _enter_own_step(session: Session, actor: Actor, step_id: UUID) -> str:
    """The tenant of a step of the applicant's, entered. Raises NotFound."""
    tenant = session.scalar(
        select(Step.tenant).where(Step.id == step_id, Step.post.is_(None), Step.applicant_id == actor.account_id)
    )
    if tenant is None:
        raise NotFound(kind="step", key=step_id)
    enter_tenant(session, tenant)
    return tenant


def _today(session: Session, item: ServiceItem, now: datetime) -> date:
    """The date at the office that handles the item."""
    return now.astimezone(load_calendar(session, item.calendar).zone).date()


def _record(
    session: Session, actor: Actor, tenant: str, case_id: UUID, now: datetime, action: str, **data: Any
) -> None:
    if actor.kind == "staff" and actor.tenant != tenant:
        data["window"] = actor.tenant
    record_act(session, actor, tenant, case_id, now, action, data)
