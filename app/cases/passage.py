"""One act upon a case: the locked case, its item, its tokens and variables, and what is to be written at the end."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, true, update
from sqlalchemy.orm import Session

from app.cases.errors import CaseClosed
from app.cases.models import Case, CaseWrite
from app.cases.types import ENDED, Status
from app.catalog.queries import item as item_version
from app.catalog.types import ServiceItem
from app.deadlines.models import CaseClock
from app.deadlines.queries import load_calendar
from app.deadlines.types import Ledger
from app.engine import Instance, Sent, Variables, Write
from app.identity.types import Actor
from app.inbox.models import Step
from app.kernel.database import AnyRow
from app.kernel.errors import NotFound
from app.kernel.prepared import Prepared
from app.notices import webhooks
from app.notices.events import Event

_CASE = Case.__table__.columns
_LOCK = Prepared(select(*_CASE).where(_CASE.tenant == bindparam("of"), _CASE.id == bindparam("case")).with_for_update())
_NEXT_LIGHT = (
    select(func.min(CaseClock.next_at))
    .where(CaseClock.tenant == _CASE.tenant, CaseClock.case_id == _CASE.id, CaseClock.parked.is_(None))
    .scalar_subquery()
)
_LOCK_BY_STEP = Prepared(
    select(*_CASE, _NEXT_LIGHT.label("next_light_at"))
    .where(
        _CASE.tenant == bindparam("of"),
        _CASE.id
        == select(Step.case_id).where(Step.tenant == bindparam("of"), Step.id == bindparam("step")).scalar_subquery(),
    )
    .with_for_update()
)
_WRITE = Prepared(insert(CaseWrite), [column.name for column in CaseWrite.__table__.columns])
_MOVE = Prepared(
    update(Case)
    .where(Case.tenant == bindparam("of"), Case.id == bindparam("case"))
    .values(state=bindparam("tokens"), version=bindparam("to"))
)


@dataclass(slots=True)
class Passage:
    """What an act on a case carries along.

    `close` writes `changes`, columns of the case, and lets webhooks know of `events`, by their kinds, and of the
    messages that the case has `sent` and that nothing in it waited for.
    `by_timer`: the tokens move because a timer fired, not because somebody acted.
    """

    session: Session
    actor: Actor
    now: datetime
    case: AnyRow
    item: ServiceItem
    variables: Variables
    instance: Instance
    changes: dict[str, Any] = field(default_factory=dict)
    opened: list[UUID] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    ledger: Ledger | None = None
    by_timer: bool = False

    @property
    def tenant(self) -> str:
        """The jurisdiction that handles the case."""
        return str(self.case.tenant)

    @property
    def status(self) -> Status:
        """The status as this act leaves it."""
        return Status(self.changes.get("status", self.case.status))

    def close(self) -> None:
        """Write the case, its state and its variables. Nothing else may move the tokens after this."""
        version = self.case.version + 1
        if pending := self.variables.pending:
            _WRITE.run(
                self.session,
                tenant=self.tenant,
                case_id=self.case.id,
                seq=version,
                at=self.now,
                actor_id=self.actor.account_id,
                writes=[[write.scope, write.element, write.name, write.value] for write in pending],
            )
        _MOVE.run(self.session, of=self.tenant, case=self.case.id, tokens=self.instance.dump(), to=version)
        if self.changes:
            self.session.execute(
                update(Case)
                .where(Case.tenant == self.tenant, Case.id == self.case.id)
                .values(**self.changes)
                .execution_options(synchronize_session=False)
            )
        told = [self._event(kind) for kind in dict.fromkeys(self.events)]
        told += [self._event("case.message-sent", message=sent.name, element=sent.element) for sent in self.sent]
        webhooks.announce(self.session, self.tenant, told, self.now)
        self.session.expire_all()  # what was read before this act is read anew

    def _event(self, kind: str, **more: str) -> Event:
        names = ("code", "item", "item_version", "status", "result")
        shown = {name: self.changes.get(name, getattr(self.case, name)) for name in names}
        return Event.new(kind, case_id=self.case.id, **shown, **more, at=self.now)


def lock(session: Session, tenant: str, case_id: UUID) -> AnyRow:
    """The case, locked until the transaction ends: every act upon its tokens begins with this. Raises NotFound."""
    return _found(_LOCK.run(session, of=tenant, case=case_id).fetchone(), case_id)


def lock_by_step(session: Session, tenant: str, step_id: UUID) -> AnyRow:
    """The case of a step, locked, and `next_light_at`. The step itself is locked after it, never before.

    Should that instant be an older one, read before the lock was had, nothing is lost: what is due stays armed, and the
    ticker raises it.
    """
    return _found(_LOCK_BY_STEP.run(session, of=tenant, step=step_id).fetchone(), step_id)


def begin(session: Session, actor: Actor, case: AnyRow, now: datetime) -> Passage:
    """Take up the tokens of a locked case. Raises CaseClosed."""
    if case.status in ENDED and not case.state:
        raise CaseClosed(code=case.code, status=case.status)
    item = item_version(session, case.item, case.item_version)
    variables = Variables(lambda: stored_writes(session, case.tenant, case.id))
    variables.moment = office_time(session, item, now)
    instance = Instance.restore(item.definition, case.state, variables)
    return Passage(session, actor, now, case, item, variables, instance)


def office_time(session: Session, item: ServiceItem, now: datetime) -> Callable[[], datetime]:
    """What expressions take for the time: `now` on the clock of the office that handles the item."""
    return lambda: load_calendar(session, item.calendar).local(now)


def stored_writes(session: Session, tenant: str, case_id: UUID) -> Iterator[Write]:
    """Every write into the variables of a case, oldest first."""
    acts = session.scalars(
        select(CaseWrite.writes).where(CaseWrite.tenant == tenant, CaseWrite.case_id == case_id).order_by(CaseWrite.seq)
    )
    for act in acts:
        for scope, element, name, value in act:
            yield Write(scope, name, value, element)


def names_written(
    session: Session, tenant: str, case_ids: Collection[UUID], names: Collection[str]
) -> Mapping[UUID, frozenset[str]]:
    """Which of the `names` have a value in each of the cases, in whatever scope; read together."""
    if not names:
        return {}
    write = func.json_array_elements(CaseWrite.writes).table_valued("value", name="write")
    name = write.c.value.op("->>")(2)
    found: dict[UUID, set[str]] = {}
    rows = (
        select(CaseWrite.case_id, name)
        .join(write, true())
        .where(CaseWrite.tenant == tenant, CaseWrite.case_id.in_(case_ids), name.in_(names))
    )
    for case_id, written in session.execute(rows.distinct()):
        found.setdefault(case_id, set()).add(written)
    return {case_id: frozenset(written) for case_id, written in found.items()}


def _found(row: AnyRow | None, key: UUID) -> AnyRow:
    if row is None:
        raise NotFound(kind="case", key=key)
    return row
