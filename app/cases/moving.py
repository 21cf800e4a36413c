"""One running case moved to another version of its item, and back.

What was counted goes on: clocks, lights, entries, drafts and claims are untouched. A step that is open keeps the limit
it was entered under; steps entered after the move take the new version's limits. Timers that are new are counted from
the move, since nobody loses time to a rule that was not there before; those that are gone are disarmed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import case as sql_case
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.cases import lights, passage, time, timers
from app.cases.errors import CaseClosed, MovedOn
from app.cases.models import Case, CaseTimer, Leg
from app.cases.passage import Passage, office_time, stored_writes
from app.cases.progress import settle
from app.cases.types import ENDED, Status
from app.catalog.queries import item as item_version
from app.catalog.types import ServiceItem
from app.deadlines.models import CaseClock
from app.engine import Instance, Migration, Names, Variables
from app.identity.acts import record_act
from app.identity.types import SYSTEM, Actor
from app.inbox import operations as inbox
from app.inbox.models import Step
from app.inbox.types import APPLICANT_POST, LIVE, StepState
from app.kernel.database import AnyRow
from app.org.queries import holders_of


@dataclass(frozen=True, slots=True)
class Before:
    """What a move changed besides the tokens, so that it can be undone. `version`: the case's, after the move.

    `entered`: whether the case went on with the move, because a join became full; such a move cannot be undone.
    """

    state: bytes
    version: int
    renamed: Mapping[str, str]
    disarmed: tuple[str, ...]
    armed: tuple[str, ...]
    entered: bool

    def plain(self) -> dict[str, Any]:
        """All but the state and the version, as JSON."""
        kept = asdict(self)
        del kept["state"], kept["version"]
        return kept

    @classmethod
    def of(cls, state: bytes, version: int, plain: Mapping[str, Any]) -> Self:
        """As `plain` gave it."""
        return cls(state, version, **plain)


def migration(old: ServiceItem, new: ServiceItem, steps: Mapping[str, str]) -> Migration:
    """How cases of one version go over to another."""
    return Migration(old.definition, new.definition, steps, (_names(old), _names(new)))


def move(
    session: Session, actor: Actor, case_id: UUID, plan: Migration, to: int, now: datetime, data: Mapping[str, Any]
) -> Before:
    """Move a case to the version `to` of its item; `data` goes into its record. What is due fires first.

    Raises NotFound, CaseClosed, NotMovable.
    """
    case = _taken_up(session, actor, case_id, now)
    item = item_version(session, case.item, to)
    variables = Variables(lambda: stored_writes(session, case.tenant, case.id))
    variables.moment = office_time(session, item, now)
    moved = plan.move(case.state, variables)
    p = Passage(session, actor, now, case, item, variables, moved.instance, {"item_version": to})
    _rename(p, moved.renamed)
    _disarm(p, moved.disarmed)
    _repost(p)
    armed = {timer.token for timer in moved.instance.timers}
    settle(p)
    new = _armed_now(p, armed)
    _move_ends(p)
    entered = bool(p.trace)
    record_act(session, actor, p.tenant, case.id, now, "case:moved", {"from": case.item_version, "to": to, **data})
    p.close()
    return Before(case.state, case.version + 1, moved.renamed, tuple(map(str, moved.disarmed)), new, entered)


def move_back(
    session: Session, actor: Actor, case_id: UUID, before: Before, to: int, now: datetime, data: Mapping[str, Any]
) -> None:
    """Give a case the state back that it had before it was moved. Timers run on as though it had never been moved.

    Raises NotFound, CaseClosed, MovedOn where anything has happened to it since.
    """
    case = _taken_up(session, actor, case_id, now)
    if case.version != before.version or before.entered:
        raise MovedOn(code=case.code)
    variables = Variables(lambda: stored_writes(session, case.tenant, case.id))
    item = item_version(session, case.item, to)
    variables.moment = office_time(session, item, now)
    instance = Instance.restore(item.definition, before.state, variables)
    p = Passage(session, actor, now, case, item, variables, instance, {"item_version": to})
    _rename(p, {now_: was for was, now_ in before.renamed.items()})
    _disarm(p, [UUID(key) for key in before.armed])
    _rearm(p, [UUID(key) for key in before.disarmed])
    _repost(p)
    _move_ends(p)
    record_act(session, actor, p.tenant, case.id, now, "case:moved-back", {"from": case.item_version, "to": to, **data})
    p.close()


def _taken_up(session: Session, actor: Actor, case_id: UUID, now: datetime) -> AnyRow:
    """The case, locked, after everything that is due in it has happened in its old version."""
    case = passage.lock(session, actor.tenant, case_id)
    if case.status in ENDED or not case.state:
        raise CaseClosed(code=case.code, status=case.status)
    lights.raise_in(session, actor.tenant, [case_id], now, SYSTEM)
    p = passage.begin(session, SYSTEM, case, now)
    if timers.fire_overdue(p):
        p.close()
        case = passage.lock(session, actor.tenant, case_id)
        if case.status in ENDED:
            raise CaseClosed(code=case.code, status=case.status)
    return case


def _names(item: ServiceItem) -> Names:
    forms = {element: item.form_of(element) for element in item.definition.elements}
    return Names(
        frozenset(item.applicant_form.variables),
        {element: frozenset(form.variables) for element, form in forms.items() if form is not None},
    )


def _rename(p: Passage, renamed: Mapping[str, str]) -> None:
    """Let what is open be called as the new version calls it. What is over keeps its name."""
    if not renamed:
        return
    for table, open_ in (
        (Step, Step.state.in_(LIVE)),
        (Leg, Leg.closed_at.is_(None)),
        (CaseTimer, CaseTimer.fired_at.is_(None) & CaseTimer.disarmed_at.is_(None)),
        (CaseClock, CaseClock.stopped_at.is_(None)),
    ):
        named = sql_case(renamed, value=table.element, else_=table.element)
        mine = (table.tenant == p.tenant, table.case_id == p.case.id, table.element.in_(renamed), open_)
        p.session.execute(update(table).where(*mine).values(element=named).execution_options(synchronize_session=False))


def _disarm(p: Passage, tokens: Sequence[UUID]) -> None:
    mine = (CaseTimer.tenant == p.tenant, CaseTimer.id.in_(tokens), CaseTimer.fired_at.is_(None))
    p.session.execute(update(CaseTimer).where(*mine).values(disarmed_at=p.now))


def _rearm(p: Passage, tokens: Sequence[UUID]) -> None:
    mine = (CaseTimer.tenant == p.tenant, CaseTimer.id.in_(tokens))
    p.session.execute(update(CaseTimer).where(*mine).values(disarmed_at=None))
    for timer in p.session.scalars(select(CaseTimer).where(*mine).execution_options(populate_existing=True)):
        time.move_timer(p, timer)  # excluded time may have ended, a calendar changed


def _armed_now(p: Passage, tokens: set[UUID]) -> tuple[str, ...]:
    mine = (CaseTimer.tenant == p.tenant, CaseTimer.case_id == p.case.id, CaseTimer.armed_at == p.now)
    return tuple(str(key) for key in p.session.scalars(select(CaseTimer.id).where(*mine)) if key in tokens)


def _repost(p: Passage) -> None:
    """Bring open steps to the post, and make them of the kind, that the version names.

    A claim stays with whoever holds that post too, or else the step goes back into the queue.
    """
    for step in _open_steps(p):
        post = p.item.post_of(step.element)
        post = None if post == APPLICANT_POST else post
        kind = p.item.definition.elements[step.element].properties.get("kind", "review")
        if (post, kind) == (step.post, step.kind):
            continue
        values: dict[str, Any] = {"post": post, "kind": kind, "version": Step.version + 1}
        if step.claimed_by and (post is None or step.claimed_by not in holders_of(p.session, p.tenant, post, p.now)):
            values |= {"state": StepState.OPEN, "claimed_by": None, "claimed_at": None}
        p.session.execute(update(Step).where(Step.tenant == p.tenant, Step.id == step.id).values(**values))


def _move_ends(p: Passage) -> None:
    """What waits for the applicant is due when the first timer that takes it away fires, or else with its limit."""
    for step in _open_steps(p):
        if step.post is not None:
            continue
        waiting = p.session.execute(
            select(CaseTimer.element, CaseTimer.due_at).where(
                CaseTimer.tenant == p.tenant,
                CaseTimer.attached == step.id,
                CaseTimer.fired_at.is_(None),
                CaseTimer.disarmed_at.is_(None),
            )
        ).all()
        ends = [timer.due_at for timer in waiting if timer.due_at and p.item.ends_step(timer.element)]
        clock = select(CaseClock.red_at).where(CaseClock.tenant == p.tenant, CaseClock.subject == step.id)
        inbox.move_end(p.session, p.tenant, step.id, min(ends, default=None) or p.session.scalar(clock))


def _open_steps(p: Passage) -> Sequence[AnyRow]:
    columns = select(Step.id, Step.element, Step.post, Step.kind, Step.claimed_by)
    mine = (Step.tenant == p.tenant, Step.case_id == p.case.id, Step.state.in_(LIVE))
    return p.session.execute(columns.where(*mine).order_by(Step.id)).all()


def running_on(session: Session, tenant: str, item: str, version: int, codes: Sequence[str] | None) -> Sequence[AnyRow]:
    """The running cases of a version: id, code, state; of all, or of those with these codes; by code."""
    found = select(Case.id, Case.code, Case.state).where(
        Case.tenant == tenant,
        Case.item == item,
        Case.item_version == version,
        Case.status.not_in((Status.DRAFT, *ENDED)),
    )
    if codes is not None:
        found = found.where(Case.code.in_(codes))
    return session.execute(found.order_by(Case.code)).all()
