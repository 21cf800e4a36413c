"""The demo's past: its cases are lived through in the order of their time, by the verbs themselves.

At the end of each day the office's own work is done as the ticker does it: lights, timers, entries, documents. What
would lie in the future is left out. Time is handed in; no clock is moved. Jurisdictions share no lock, so each is lived
through by a process of its own.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from multiprocessing import get_context
from typing import Final, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import handing, lights, operations, services, timers
from app.cases.types import Application, Channel
from app.catalog.queries import current_item
from app.catalog.types import ServiceItem
from app.cli.demo import examples, people
from app.cli.demo.plan import CLAIM, LONGEST, WITHDRAW, Act, Plan
from app.cli.demo.specimens import specimen
from app.cli.output import ZONE
from app.config import Settings
from app.deadlines.calendars import WorkingCalendar
from app.deadlines.queries import load_calendar
from app.deadlines.seed import CODE
from app.identity.queries import actor_by_username
from app.identity.types import Actor
from app.inbox import operations as inbox
from app.inbox.models import Step
from app.inbox.types import LIVE
from app.kernel.database import enter_tenant
from app.kernel.ids import GLOBAL_TENANT
from app.notices import operations as notices
from app.office import Office
from app.supervision import operations as supervision
from app.supervision.models import Entry

OPENS: Final = time(9, 20)
CLOSED: Final = time(17, 1)
TENANTS: Final = tuple(place.code for place in people.PLACES)
_PLACE: Final = {place.code: place for place in people.PLACES}
_CHAIR: Final = {chair.code: chair for chair in people.CHAIRS}


def live(settings: Settings, plans: Sequence[Plan], now: datetime) -> Iterator[tuple[str, int]]:
    """Live through all plans, as many jurisdictions at once as there are cores; yields each that is done, and how many
    cases it has."""
    context = get_context("spawn")  # a fork would share the parent's connections
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(TENANTS)), mp_context=context) as workers:
        begun = {
            workers.submit(live_in, settings, tenant, [plan for plan in plans if plan.tenant == tenant], now): tenant
            for tenant in TENANTS
        }
        for done in as_completed(begun):
            yield begun[done], done.result()


def live_in(settings: Settings, tenant: str, plans: Sequence[Plan], now: datetime) -> int:
    """Live through the cases of one jurisdiction; returns how many there are."""
    office = Office.opened(settings)
    try:
        with office.database.transaction(GLOBAL_TENANT) as session:
            calendar = load_calendar(session, CODE)
        return Life(office, calendar, tenant, plans, now).live()
    finally:
        office.database.dispose()


@dataclass(frozen=True)
class Moment:
    """Something that happens to a case; `act` None: it is received."""

    at: datetime
    plan: Plan
    act: Act | None


class Life:
    """Lives the plans of one jurisdiction up to `now`, on the working days of `calendar`."""

    def __init__(
        self, office: Office, calendar: WorkingCalendar, tenant: str, plans: Sequence[Plan], now: datetime
    ) -> None:
        self._office, self._tenant, self._plans, self._now = office, tenant, plans, now
        self._handlers = services.handlers(office.store, office.settings.public_url)
        self._cases: dict[int, UUID] = {}
        today = now.astimezone(ZONE).date()
        back = (today - timedelta(days=ago) for ago in range((LONGEST + 2) * 3))
        self._days = [day for day in back if calendar.is_working(day)][: LONGEST + 2][::-1]

    def live(self) -> int:
        """Live through all days; returns how many cases there are."""
        for day, moments in groupby(self._moments(), key=lambda moment: moment.at.astimezone(ZONE).date()):
            for moment in moments:
                self._happen(moment)
            self._tick(min(datetime.combine(day, CLOSED, ZONE), self._now))
        self._tick(self._now)
        self._supervise()
        return len(self._cases)

    def _moments(self) -> list[Moment]:
        """Everything that happened by now, in order. Each case has minutes of its own; of each day there is an end."""
        found = []
        for plan in self._plans:
            for place, act in enumerate((None, *plan.acts)):
                at = self._instant(plan, act.day if act else 0, plan.number % 45 + 37 * place)
                if at is not None:
                    found.append(Moment(at, plan, act))
        return sorted(found, key=lambda moment: moment.at)

    def _instant(self, plan: Plan, day: int, minutes: int) -> datetime | None:
        index = len(self._days) - 1 - plan.days_ago + day
        if not 0 <= index < len(self._days):
            return None
        at = datetime.combine(self._days[index], OPENS, ZONE) + timedelta(minutes=minutes % 430)
        return at if at < self._now else None

    def _happen(self, moment: Moment) -> None:
        plan, at = moment.plan, moment.at
        if moment.act is None:
            self._receive(plan, at)
        elif moment.act.element == WITHDRAW:
            self._withdraw(plan, at)
        else:
            self._do(plan, moment.act, at)

    def _receive(self, plan: Plan, at: datetime) -> None:
        online = bool(plan.applicant)
        with self._as(plan.applicant or self._clerk(plan), at) as (session, actor):
            item = current_item(session, plan.item)
            application = Application(
                item=plan.item,
                tenant=plan.tenant,
                title="",
                applicant=plan.name,
                applicant_id=actor.account_id if online else None,
                channel=Channel.ONLINE if online else Channel.WINDOW,
                data=self._filled_in(plan, item, at.date()),
            )
            case = operations.create_draft(session, actor, application, at)
            self._cases[plan.number] = case.id
            for need in item.manifest.materials:
                if need.required and need.key:
                    name, content = f"{need.name.zh}.pdf", specimen(need.name.zh)
                    handing.attach_material(session, actor, self._office.store, case.id, need.code, name, content, at)
            if not plan.draft:
                operations.submit(session, actor, case.id, at)

    def _filled_in(self, plan: Plan, item: ServiceItem, day: date) -> dict[str, object]:
        example = examples.read(plan.item)
        return {
            **example.application(day, plan.example),
            item.manifest.applicant_field: plan.name,
            **plan.changes,
        }

    def _withdraw(self, plan: Plan, at: datetime) -> None:
        with self._as(plan.applicant, at) as (session, actor):
            operations.withdraw(session, actor, self._cases[plan.number], "计划有变，拟重新申请。", at)

    def _do(self, plan: Plan, act: Act, at: datetime) -> None:
        """Claim the step if it waits in a queue, and complete it unless it is to lie there.

        A step that is gone (accepted by the lapse of time, say) is passed over.
        """
        step = self._step(self._cases[plan.number], act.element)
        if step is None:
            return
        with self._as(self._handler(plan, step), at) as (session, actor):
            if step.post:
                inbox.claim(session, actor, step.id, at)
            if act.outcome != CLAIM:
                answer = examples.read(plan.item).answer(act.element, act.outcome, at.date())
                operations.complete_step(
                    session,
                    actor,
                    step.id,
                    outcome=act.outcome,
                    data=dict(answer.form),
                    opinion=answer.opinion,
                    now=at,
                )

    def _step(self, case_id: UUID, element: str) -> Step | None:
        with self._office.database.transaction(self._tenant) as session:
            return cast(
                Step | None,
                session.scalar(
                    select(Step).where(
                        Step.tenant == self._tenant,
                        Step.case_id == case_id,
                        Step.element == element,
                        Step.state.in_(LIVE),
                    )
                ),
            )

    def _handler(self, plan: Plan, step: Step) -> str:
        """Who does a step: of those who hold its post, another for each case."""
        if step.post is None:
            return plan.applicant or self._clerk(plan)
        place, chair = _PLACE[self._tenant], _CHAIR[step.post]
        return people.username(place, chair, plan.number % people.seats(place, chair))

    def _clerk(self, plan: Plan) -> str:
        place, chair = _PLACE[plan.window], _CHAIR["window-clerk"]
        return people.username(place, chair, plan.number % people.seats(place, chair))

    def _tick(self, now: datetime) -> None:
        database, tenant = self._office.database, self._tenant
        with database.transaction(tenant) as session:
            if lights.raise_due(session, tenant, now):
                supervision.open_entries(session, tenant, now)
        with database.transaction(tenant) as session:
            for case_id in timers.due_cases(session, tenant, now, 100):
                timers.fire_in(session, tenant, case_id, now)
        while notices.dispatch(database, tenant, now, self._handlers, limit=100):
            pass

    def _supervise(self) -> None:
        """The supervisor has gone through two thirds of the entries: some are closed, on some a department is asked."""
        with self._as(f"{_PLACE[self._tenant].prefix}supervisor", self._now) as (session, actor):
            entries = session.scalars(
                select(Entry).where(Entry.tenant == self._tenant, Entry.state == "open").order_by(Entry.opened_at)
            ).all()
            for number, entry in enumerate(entries[: -(-len(entries) * 2 // 3)]):
                supervision.take_up(session, actor, entry.id, self._now)
                if number % 2 == 0:
                    supervision.ask(session, actor, entry.id, "请说明超期原因和预计办结日期。", self._now)
                else:
                    supervision.close(
                        session, actor, entry.id, "已核实：窗口人手不足，已增派人员，责令限期办结。", self._now
                    )

    @contextmanager
    def _as(self, username: str, at: datetime) -> Iterator[tuple[Session, Actor]]:
        """Act as a person, as if on the pages."""
        with self._office.database.transaction(GLOBAL_TENANT, TENANTS) as session:
            actor = replace(actor_by_username(session, username, at), source="web")
            enter_tenant(session, actor.tenant, TENANTS if actor.kind == "applicant" else ())
            yield session, actor
