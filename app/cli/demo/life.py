"""The demo's past: its stories are lived through in the order of their time, by the verbs themselves.

At the end of each day the office's own work is done as the ticker does it: lights, entries, documents. What would lie
in the future is left out. Time is handed in; no clock is moved.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import handing, lights, operations, services
from app.cases.types import Application, Channel
from app.catalog.queries import current_item
from app.cli.demo import people, stories
from app.cli.demo.specimens import specimen
from app.cli.demo.stories import CLAIM, LAND, STORIES, Act, Story
from app.cli.output import ZONE
from app.deadlines.calendars import WorkingCalendar
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
_PREFIX: Final = {place.code: place.prefix for place in people.PLACES}
_USERNAME: Final = {chair.code: chair.username for chair in people.CHAIRS}


@dataclass(frozen=True)
class Moment:
    """Something that happens in a story; `act` None: the case is received."""

    at: datetime
    number: int
    act: Act | None

    @property
    def story(self) -> Story:
        """The story that it belongs to."""
        return STORIES[self.number]


class Life:
    """Lives the stories up to `now`, on the working days of `calendar`."""

    def __init__(self, office: Office, calendar: WorkingCalendar, now: datetime) -> None:
        self._office, self._now = office, now
        self._handlers = services.handlers(office.store, office.settings.public_url)
        self._cases: dict[int, UUID] = {}
        longest = max(story.days_ago for story in STORIES) + 1
        today = now.astimezone(ZONE).date()
        back = (today - timedelta(days=ago) for ago in range(longest * 3))
        self._days = [day for day in back if calendar.is_working(day)][: longest + 1][::-1]

    def live(self) -> Iterator[tuple[date, int]]:
        """Live through all days; yields each, with how many cases there are by then."""
        for day, moments in groupby(self._moments(), key=lambda moment: moment.at.astimezone(ZONE).date()):
            for moment in moments:
                self._happen(moment)
            self._tick(min(datetime.combine(day, CLOSED, ZONE), self._now))
            yield day, len(self._cases)
        self._tick(self._now)
        self._supervise()

    def _moments(self) -> list[Moment]:
        """Everything that happened by now, in order. Each case has minutes of its own."""
        found = []
        for number, story in enumerate(STORIES):
            for place, act in enumerate((None, *story.acts)):
                at = self._instant(story, act.day if act else 0, number + 37 * place)
                if at is not None:
                    found.append(Moment(at, number, act))
        return sorted(found, key=lambda moment: moment.at)

    def _instant(self, story: Story, day: int, minutes: int) -> datetime | None:
        index = len(self._days) - 1 - story.days_ago + day
        if not 0 <= index < len(self._days):
            return None
        at = datetime.combine(self._days[index], OPENS, ZONE) + timedelta(minutes=minutes)
        return at if at < self._now else None

    def _happen(self, moment: Moment) -> None:
        if moment.act is None:
            self._receive(moment)
        elif moment.act.element == stories.WITHDRAW:
            with self._as(moment.story.applicant, moment.at) as (session, actor):
                operations.withdraw(session, actor, self._cases[moment.number], "项目选址调整，拟重新申请。", moment.at)
        else:
            self._do(moment, moment.act)

    def _receive(self, moment: Moment) -> None:
        story, at = moment.story, moment.at
        data = stories.application(story, moment.number, (at.date() + timedelta(days=240)).isoformat())
        with self._as(story.applicant, at) as (session, actor):
            application = Application(LAND, story.tenant, "", "", actor.account_id, Channel.ONLINE, data)
            case = operations.create_draft(session, actor, application, at)
            self._cases[moment.number] = case.id
            for need in current_item(session, LAND).manifest.materials:
                if need.required and need.key:
                    name, content = f"{need.name.zh}.pdf", specimen(need.name.zh)
                    handing.attach_material(session, actor, self._office.store, case.id, need.code, name, content, at)
            if not story.draft:
                operations.submit(session, actor, case.id, at)

    def _do(self, moment: Moment, act: Act) -> None:
        """Claim the step if it waits in a queue, and complete it unless it is to lie there."""
        story, at = moment.story, moment.at
        step = self._step(story.tenant, self._cases[moment.number], act.element)
        who = _PREFIX[story.tenant] + _USERNAME[step.post] if step.post else story.applicant
        with self._as(who, at) as (session, actor):
            if step.post:
                inbox.claim(session, actor, step.id, at)
            if act.outcome != CLAIM:
                operations.complete_step(
                    session,
                    actor,
                    step.id,
                    outcome=act.outcome,
                    data=stories.answers(story, act.element, act.outcome, at.date().isoformat()),
                    opinion=stories.opinion(act.element, act.outcome),
                    now=at,
                )

    def _step(self, tenant: str, case_id: UUID, element: str) -> Step:
        with self._office.database.transaction(tenant) as session:
            return session.scalars(
                select(Step).where(
                    Step.tenant == tenant, Step.case_id == case_id, Step.element == element, Step.state.in_(LIVE)
                )
            ).one()

    def _tick(self, now: datetime) -> None:
        for tenant in TENANTS:
            with self._office.database.transaction(tenant) as session:
                if lights.raise_due(session, tenant, now):
                    supervision.open_entries(session, tenant, now)
            notices.dispatch(self._office.database, tenant, now, self._handlers, limit=100)

    def _supervise(self) -> None:
        """The supervisor has one entry in hand and urged it, and closed another."""
        with self._as("supervisor", self._now) as (session, actor):
            entries = session.scalars(
                select(Entry).where(Entry.tenant == actor.tenant, Entry.state == "open").order_by(Entry.opened_at)
            ).all()
            for entry in entries[:2]:
                supervision.take_up(session, actor, entry.id, self._now)
            if entries:
                supervision.close(
                    session, actor, entries[0].id, "已核实：窗口人手不足，已增派人员，责令限期办结。", self._now
                )
            if len(entries) > 1:
                supervision.ask(session, actor, entries[1].id, "请说明超期原因和预计办结日期。", self._now)

    @contextmanager
    def _as(self, username: str, at: datetime) -> Iterator[tuple[Session, Actor]]:
        """Act as a person, as if on the pages."""
        with self._office.database.transaction(GLOBAL_TENANT, TENANTS) as session:
            actor = replace(actor_by_username(session, username, at), source="web")
            enter_tenant(session, actor.tenant, TENANTS if actor.kind == "applicant" else ())
            yield session, actor
