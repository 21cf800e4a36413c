"""The work that is measured: apply, submit, and for each of the five steps look, claim, complete. In process."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.cases import operations as cases
from app.cases.types import Application, Channel
from app.inbox import operations as inbox
from app.inbox.models import Step
from app.inbox.types import LIVE
from app.kernel.database import AnyRow, Database
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from tests.bench.ground import ITEM, TENANT, People

STEPS = 5
"""Steps of a case: what `completions` counts."""
APPLICATION: dict[str, Any] = {"project": "轨道交通一期工程", "unit": "温州市轨道交通建设有限公司", "amount": 1500000}
ANSWERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "accept": ("bench-clerk", "accept", {"complete": True}),
    "review_legal": ("bench-legal", "approve", {"finding": "符合规定。"}),
    "review_finance": ("bench-finance", "approve", {"finding": "资金落实。"}),
    "review_technical": ("bench-technical", "approve", {"finding": "方案可行。"}),
    "decide": ("bench-decider", "decide", {"approved": True}),
}
"""By element: who does the step, with which outcome, what is entered."""


class Driver:
    """Takes cases through the office, each act in a transaction of its own, and keeps how long each act took."""

    def __init__(self, database: Database, people: People) -> None:
        self._database, self._people = database, people
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.cpu: dict[str, float] = defaultdict(float)

    def case(self, *, until: str | None = None) -> UUID:
        """One case from application to its end, or until the step `until` is open."""
        case_id = self.start()
        while steps := self._waiting(case_id):
            if any(step.element == until for step in steps):
                break
            for step in steps:
                self._do(step.id, step.element)
        return case_id

    def start(self) -> UUID:
        """Apply and submit: two acts of the applicant."""
        who = self._people.applicant
        with self._timed("start"):
            application = Application(ITEM, TENANT, "", "", who.account_id, Channel.ONLINE, APPLICATION)
            with self._database.transaction(GLOBAL_TENANT, [TENANT]) as session:
                case_id = cases.create_draft(session, who, application, real_now()).id
            with self._database.transaction(GLOBAL_TENANT, [TENANT]) as session:
                cases.submit(session, who, case_id, real_now())
        return case_id

    def _waiting(self, case_id: UUID) -> list[AnyRow]:
        with self._timed("look"), self._database.transaction(TENANT) as session:
            live = select(Step.id, Step.element).where(
                Step.tenant == TENANT, Step.case_id == case_id, Step.state.in_(LIVE)
            )
            return list(session.execute(live))

    def _do(self, step_id: UUID, element: str) -> None:
        post, outcome, data = ANSWERS[element]
        who = self._people.staff[post]
        with self._timed("claim"), self._database.transaction(TENANT) as session:
            inbox.claim(session, who, step_id, real_now())
        with self._timed("complete"), self._database.transaction(TENANT) as session:
            cases.complete_step(session, who, step_id, outcome=outcome, data=data, opinion="同意。", now=real_now())

    @contextmanager
    def _timed(self, act: str) -> Iterator[None]:
        began, cpu = perf_counter(), process_time()
        yield
        self.seconds[act].append(perf_counter() - began)
        self.cpu[act] += process_time() - cpu
