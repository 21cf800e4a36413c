"""What happened in concluded cases, as a replay needs it: read together for some, not one by one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.queries import chains_with
from app.cases.models import CaseWrite
from app.deadlines.models import CaseClock, Extension
from app.inbox.models import Step
from app.inbox.types import StepState
from app.kernel.database import AnyRow
from app.studio.replaying import CASE, Past, Visit, worst


def unlike(session: Session, tenant: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The cases that no replay tells rightly, each with its reason (app/studio/missed.py).

    When a message or a report that moved a case would have come is unknown, and so is what was extended by hand.
    """
    found = dict.fromkeys(chains_with(session, tenant, ids, ("case:message-received", "step:reported")), "heard")
    extended = session.scalars(select(Extension.case_id).where(_of(Extension, tenant, ids)).distinct())
    return found | dict.fromkeys(extended, "extended")


class Pasts:
    """The past of some cases, read together."""

    def __init__(self, session: Session, tenant: str, ids: Sequence[UUID], now_called: Mapping[str, str]) -> None:
        self._called = now_called
        self._steps: dict[UUID, list[AnyRow]] = defaultdict(list)
        self._writes: dict[UUID, list[AnyRow]] = defaultdict(list)
        self._clocks: dict[UUID, list[AnyRow]] = defaultdict(list)
        columns = (Step.case_id, Step.element, Step.state, Step.post, Step.opened_at, Step.closed_at, Step.outcome)
        for step in session.execute(select(*columns).where(_of(Step, tenant, ids)).order_by(Step.opened_at, Step.id)):
            self._steps[step.case_id].append(step)
        writes = select(CaseWrite.case_id, CaseWrite.at, CaseWrite.writes).where(_of(CaseWrite, tenant, ids))
        for write in session.execute(writes.order_by(CaseWrite.seq)):
            self._writes[write.case_id].append(write)
        clocks = select(CaseClock.case_id, CaseClock.level, CaseClock.basis, CaseClock.element, CaseClock.light)
        for clock in session.execute(clocks.where(_of(CaseClock, tenant, ids))):
            self._clocks[clock.case_id].append(clock)

    def past(self, case: AnyRow, elements: frozenset[str]) -> Past:
        """What happened in one of them."""
        application: dict[str, Any] = {}
        forms: dict[tuple[str, datetime], dict[str, Any]] = defaultdict(dict)
        for act in self._writes[case.id]:
            for _scope, element, name, value in act.writes:
                if element is None:
                    application[name] = value
                elif name != element:
                    forms[element, act.at][name] = value
        visits: dict[str, list[Visit]] = defaultdict(list)
        for step in self._steps[case.id]:
            done = step.state == StepState.DONE
            form = forms.get((step.element, step.closed_at), {}) if done else {}
            visit = Visit(step.opened_at, step.closed_at if done else None, step.outcome, form, step.post is None)
            visits[self._now(step.element)].append(visit)
        lights: dict[str, str] = {}
        for clock in self._clocks[case.id]:
            key = f"{CASE}{clock.basis}" if clock.level == "case" else self._now(clock.element)
            lights[key] = worst(lights.get(key, "green"), clock.light)
        known = frozenset(self._now(element) for element in elements)
        return Past(case.received_at, application, {k: tuple(v) for k, v in visits.items()}, known, lights)

    def _now(self, element: str) -> str:
        return self._called.get(element, element)


def _of(table: Any, tenant: str, ids: Sequence[UUID]) -> Any:
    return (table.tenant == tenant) & table.case_id.in_(ids)
