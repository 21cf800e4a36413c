"""An office in which any item can be lived through, by the verbs themselves and with its own examples.

    office = items.build(session)                       # once: every post that an item is bound to, and an applicant
    life = Life(session, office, store, "special-equipment-licence")     # published from the tree, if it is not yet
    case = life.apply(MONDAY)                           # the first application of the item's examples, its materials
    case = life.apply(MONDAY, "listed", unit_name="…")  # another one, with an answer changed
    life.do("accept", "accept", MONDAY + HOUR)          # by whoever holds the step's post; form and opinion: examples
    life.do("decide", "deny", at, opinion="…", decide_scope="…")
    life.tick(at)                                       # what the ticker does: lights, then timers
    life.issue(at)                                      # what the outbox does: service tasks, then the case goes on
    life.waiting()                                      # the live steps by element;  life.case is read anew each time

Examples lie in app/cli/demo/examples/<item>.yaml. Use it with the fixtures of tests/integration/items/conftest.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import lights, operations, passage, timers
from app.cases.handing import attach_material
from app.cases.models import Case
from app.cases.progress import settle
from app.cases.services import OPERATIONS
from app.cases.types import Application, Channel
from app.catalog import folder
from app.catalog.errors import NoSuchItem
from app.catalog.operations import publish
from app.catalog.queries import current_item
from app.catalog.types import ServiceItem
from app.cli.demo import examples
from app.cli.demo.examples import Answer
from app.deadlines import seed
from app.deadlines.models import CaseClock, ExcludedSpan
from app.deadlines.queries import load_calendar
from app.identity.types import SYSTEM, Actor
from app.inbox import operations as inbox
from app.inbox.models import Step
from app.inbox.types import LIVE
from app.kernel.database import enter_tenant
from app.kernel.ids import GLOBAL_TENANT
from app.materials.store import FileStore
from app.notices.models import Outbox
from app.org import operations as org
from tests.office import MONDAY, OPENED, TENANT
from tests.people import applying, open_account, seat

__all__ = ["DISTRICT", "MONDAY", "PDF", "ROOT", "TENANT", "ItemOffice", "Life", "build"]

DISTRICT = "330302"
"""Another jurisdiction, whose window may receive for the first."""
ROOT = Path(__file__).parents[1]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

DEPARTMENTS = {
    "service-hall": ("政务服务中心", "Service Hall"),
    "land": ("自然资源局", "Bureau of Natural Resources"),
    "planning": ("规划局", "Bureau of Planning"),
    "reform": ("发展和改革局", "Bureau of Development and Reform"),
    "market": ("市场监督管理局", "Bureau of Market Supervision"),
    "public-security": ("公安局", "Bureau of Public Security"),
}
POSTS = {
    "service-hall": ("window-clerk", "hall-head"),
    "land": ("land-reviewer", "land-head"),
    "planning": ("planning-reviewer", "planning-head"),
    "reform": ("reform-reviewer", "reform-decider", "reform-head"),
    "market": (
        "equipment-reviewer",
        "equipment-assessor",
        "chemical-reviewer",
        "chemical-inspector",
        "laboratory-reviewer",
        "laboratory-assessor",
        "product-reviewer",
        "market-inspector",
        "food-reviewer",
        "drug-reviewer",
        "device-reviewer",
        "market-decider",
        "market-head",
    ),
    "public-security": ("household-allocator", "household-investigator", "household-decider", "security-head"),
}


@dataclass(frozen=True)
class ItemOffice:
    """The people of each jurisdiction by the post they hold, and an applicant."""

    staff: Mapping[tuple[str, str], Actor]
    applicant: Actor
    tenants: tuple[str, ...]

    def at(self, post: str, tenant: str = TENANT) -> Actor:
        """Whoever holds a post."""
        return self.staff[tenant, post]


def build(session: Session, tenants: tuple[str, ...] = (TENANT,)) -> ItemOffice:
    """Open the office in the session's transaction: the same posts in each of `tenants`."""
    enter_tenant(session, GLOBAL_TENANT)
    seed.seed(session, OPENED)
    org.ensure_roles(session)
    for tenant in tenants:
        org.add_region(
            session,
            code=tenant,
            name_zh="温州市" if tenant == TENANT else f"{tenant}区",
            name_en="Wenzhou" if tenant == TENANT else f"District {tenant}",
            parent=None,
            is_tenant=True,
            calendar=seed.CODE,
        )
    accounts = {
        (tenant, post): open_account(session, f"{post}-{tenant}", "staff")
        for tenant in tenants
        for posts in POSTS.values()
        for post in posts
    }
    applicant = open_account(session, "item-applicant", "applicant")
    session.flush()
    staff = {}
    for tenant in tenants:
        enter_tenant(session, tenant)
        for code, (zh, en) in DEPARTMENTS.items():
            home = org.add_department(session, tenant, code=code, name_zh=zh, name_en=en)
            for post in POSTS[code]:
                role = {"clerk": "clerk", "head": "head", "decider": "decider"}.get(post.rpartition("-")[2], "reviewer")
                staff[tenant, post] = seat(session, tenant, home.id, post, accounts[tenant, post], role)
    return ItemOffice(staff, applying(applicant), tenants)


class Life:
    """One case of one item, lived through; see the module."""

    def __init__(self, session: Session, office: ItemOffice, store: FileStore, code: str, tenant: str = TENANT) -> None:
        self.session, self.office, self.store, self.tenant = session, office, store, tenant
        self.window: str | None = None
        """The jurisdiction to whose window the applicant comes in person."""
        self.example = examples.read(code)
        self.case_id: UUID | None = None
        self.item = self._published(code)

    def _published(self, code: str) -> ServiceItem:
        try:
            return current_item(self.session, code)
        except NoSuchItem:
            enter_tenant(self.session, GLOBAL_TENANT)
            publish(self.session, folder.read(ROOT, code), SYSTEM, OPENED, "first", OPERATIONS)
            return current_item(self.session, code)

    @property
    def case(self) -> Case:
        """The case as it stands."""
        self._as(SYSTEM)
        statement = select(Case).where(Case.tenant == self.tenant, Case.id == self.case_id)
        return self.session.scalars(statement.execution_options(populate_existing=True)).one()

    def apply(self, now: datetime, name: str | None = None, **changes: Any) -> Case:
        """Apply on the form of the examples, with the materials that must be there: online, or at `window`."""
        me = self._applying()
        self._as(me)
        data = {**self.example.application(now.date(), name), **changes}
        channel, account = (Channel.WINDOW, None) if self.window else (Channel.ONLINE, me.account_id)
        application = Application(self.item.code, self.tenant, "", "", account, channel, data)
        draft = operations.create_draft(self.session, me, application, now)
        self.case_id = draft.id
        for need in self.item.materials:
            if need.required and need.key:
                attach_material(self.session, me, self.store, draft.id, need.code, f"{need.code}.pdf", PDF, now)
        operations.submit(self.session, me, draft.id, now)
        return self.case

    def do(
        self, element: str, outcome: str, now: datetime, opinion: str | None = None, **changes: Any
    ) -> operations.Completed:
        """Complete a step, claimed first where it is not the applicant's own; form and opinion as in the examples."""
        step = self.waiting()[element]
        who = self._applying() if step.post is None else self.office.at(step.post, self.tenant)
        self._as(who)
        if step.post is not None and step.claimed_by != who.account_id:
            inbox.claim(self.session, who, step.id, now)
        answer: Answer = self.example.answer(element, outcome, now.date())
        return operations.complete_step(
            self.session,
            who,
            step.id,
            outcome=outcome,
            data={**answer.form, **changes},
            opinion=answer.opinion if opinion is None else opinion,
            now=now,
        )

    def tick(self, now: datetime) -> int:
        """Raise the lights of the case that are due, and fire its timers; returns how many timers."""
        self._as(SYSTEM)
        assert self.case_id is not None
        lights.raise_due(self.session, self.tenant, now)
        return timers.fire_in(self.session, self.tenant, self.case_id, now)

    def issue(self, now: datetime) -> int:
        """Let the case go on from each service task at which it waits; no file is made. Returns how many."""
        self._as(SYSTEM)
        assert self.case_id is not None
        done = 0
        for work in self.work():
            p = passage.begin(self.session, SYSTEM, passage.lock(self.session, self.tenant, self.case_id), now)
            token = UUID(work.params["token"]) if "token" in work.params else None
            if token in {activity.token for activity in p.instance.waiting}:
                p.instance.resume(token)
                settle(p)
                p.close()
                done += 1
        return done

    def waiting(self) -> dict[str, Step]:
        """The live steps, by element."""
        self._as(SYSTEM)
        statement = select(Step).where(Step.case_id == self.case_id, Step.state.in_(LIVE))
        steps = self.session.scalars(statement.execution_options(populate_existing=True))
        return {step.element: step for step in steps}

    def work(self) -> list[Outbox]:
        """What lies in the outbox for this case, oldest first."""
        self._as(SYSTEM)
        statement = select(Outbox).where(Outbox.case_id == self.case_id).order_by(Outbox.run_at, Outbox.id)
        return list(self.session.scalars(statement))

    def documents(self) -> list[str]:
        """The kinds of the documents that were asked for, in order; the decision is made by the service task."""
        return [work.params["kind"] for work in self.work() if "kind" in work.params]

    def written(self) -> dict[str, Any]:
        """The variables of the case, whatever their scope: the last value of each name."""
        self._as(SYSTEM)
        assert self.case_id is not None
        return {write.name: write.value for write in passage.stored_writes(self.session, self.tenant, self.case_id)}

    def spans(self) -> list[ExcludedSpan]:
        """The excluded time, oldest first."""
        self._as(SYSTEM)
        statement = select(ExcludedSpan).where(ExcludedSpan.case_id == self.case_id).order_by(ExcludedSpan.opened_at)
        return list(self.session.scalars(statement.execution_options(populate_existing=True)))

    def days(self, since: datetime, until: datetime) -> int:
        """The working days of the item's calendar after the day of `since`, up to the one of `until`."""
        calendar = load_calendar(self.session, self.item.calendar)
        first, last = (at.astimezone(calendar.zone).date() for at in (since, until))
        return sum(calendar.is_working(first + timedelta(days=ahead)) for ahead in range(1, (last - first).days + 1))

    def clock(self, basis: str = "promised") -> CaseClock:
        """A clock of the whole case: “promised” or “statutory”."""
        self._as(SYSTEM)
        statement = select(CaseClock).where(
            CaseClock.case_id == self.case_id, CaseClock.level == "case", CaseClock.basis == basis
        )
        return self.session.scalars(statement.execution_options(populate_existing=True)).one()

    def step_clock(self, element: str) -> CaseClock:
        """The clock of the step that was opened last at an element."""
        self._as(SYSTEM)
        statement = (
            select(CaseClock)
            .where(CaseClock.case_id == self.case_id, CaseClock.element == element, CaseClock.level == "step")
            .order_by(CaseClock.started_at.desc())
        )
        return self.session.scalars(statement.execution_options(populate_existing=True)).first()  # type: ignore[return-value]

    def _applying(self) -> Actor:
        """The applicant, or the clerk to whom they have come."""
        return self.office.at("window-clerk", self.window) if self.window else self.office.applicant

    def _as(self, actor: Actor) -> None:
        """State the jurisdictions as a request of this person would."""
        writes = self.tenant if actor is SYSTEM else actor.tenant
        enter_tenant(self.session, writes, self.office.tenants if actor.kind == "applicant" else ())
