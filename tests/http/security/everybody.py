"""A small office with something of every kind in it, and somebody of every role: here, elsewhere, and of the public.

Built once for all tests of routes and roles; nothing that they do stays (see `undone`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from app import edge, schema
from app.audit.models import AuditEntry
from app.cases.models import Case, CaseTimer
from app.catalog import bench
from app.deadlines import seed
from app.deadlines.models import CaseClock, Flip
from app.identity.models import Account, ApiToken, LoginSession
from app.identity.rules import new_secret, secret_hash
from app.identity.types import SYSTEM
from app.kernel.database import Base, Database, enter_tenant
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.kernel.time import real_now
from app.materials.models import Material
from app.notices.models import Document, Outbox, Webhook, WebhookDelivery
from app.org import operations as org
from app.org.models import Department, Holder, Post
from app.org.roles import APPLICANT, PUBLIC, ROLES
from app.studio.models import MoveBatch, MoveCase, WhatIf
from app.supervision.models import Entry
from tests.http.web.house import COLLEAGUE, House, open_house
from tests.office import LAND, OPENED, TENANT
from tests.people import open_account

ELSEWHERE = "330400"
STAFF = tuple(sorted(ROLES.keys() - {APPLICANT, PUBLIC}))
HERE = {"clerk": "window-clerk", "reviewer": "land-reviewer", "decider": "reform-decider", "head": "land-head"}
"""Roles whose person here is one of the small office; every other role has somebody of its own."""

SETTLED_APART = frozenset({"audit", "audit_chain", "audit_seal", "throttle"})
"""Tables that a refusal may write to."""


@dataclass(frozen=True)
class Person:
    """Somebody who asks: a role, in a jurisdiction or in none."""

    id: str
    role: str
    username: str = ""
    tenant: str | None = None

    @property
    def permissions(self) -> frozenset[str]:
        """What the role carries. Who is not logged in uses what is open to everybody, and no permission."""
        return ROLES[self.role].permissions if self.username else frozenset()


PEOPLE = (
    Person("nobody", PUBLIC),
    Person("owner", APPLICANT, "applicant"),
    Person("stranger", APPLICANT, "stranger"),
    *(Person(f"{role}-here", role, HERE.get(role, role), TENANT) for role in STAFF),
    *(Person(f"{role}-elsewhere", role, f"{role}-{ELSEWHERE}", ELSEWHERE) for role in STAFF),
)


@dataclass
class Everybody:
    """The office, its people's sessions, and one thing of every kind."""

    app: Flask
    database: Database
    secrets: dict[str, str]
    things: dict[str, Any]
    proofs: dict[str, tuple[str, str]] = field(default_factory=dict)

    def client(self, person: Person) -> FlaskClient:
        """A browser in which the person is logged in; the proof that a page sent it goes with every request."""
        if person.id not in self.proofs:
            first = self._browser(person)
            proof = first.get("/track").text.partition('name="csrf-token" content="')[2].partition('"')[0]
            kept = first.get_cookie("session")
            self.proofs[person.id] = (kept.value if kept else "", proof)
        made = self._browser(person)
        session, proof = self.proofs[person.id]
        made.set_cookie("session", session)
        made.environ_base["HTTP_X_CSRFTOKEN"] = proof
        return made

    def _browser(self, person: Person) -> FlaskClient:
        made = self.app.test_client()
        made.set_cookie("lang", "en")
        if person.username:
            made.set_cookie(edge.SESSION_COOKIE, self.secrets[person.username])
        return made

    def state(self) -> str:
        """A digest of all tables but those that a refusal may write to."""
        tables = [table for table in Base.metadata.sorted_tables if table.name not in SETTLED_APART]
        digests = " UNION ALL ".join(
            f"SELECT '{table.name}' AS name, count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text "
            f'FROM "{table.name}" AS t'
            for table in tables
        )
        with self.database.transaction(GLOBAL_TENANT, [TENANT, ELSEWHERE]) as session:
            rows = session.execute(text(digests)).all()
        return "\n".join(map(str, rows))

    def refusals(self, username: str) -> dict[str, int]:
        """How often each view refused this person something, by the record."""
        query = select(AuditEntry.tag, func.count()).where(AuditEntry.actor == username).group_by(AuditEntry.tag)
        with self.database.transaction(GLOBAL_TENANT, [TENANT, ELSEWHERE]) as session:
            found = session.execute(query.where(AuditEntry.tag.endswith(":refused"))).all()
        return {tag.split(":")[1]: count for tag, count in found}

    @contextmanager
    def undone(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """What requests do meanwhile is rolled back at the end of each instead of committed."""
        transaction = edge._transaction

        @contextmanager
        def rolled_back(*given: Any) -> Iterator[Session]:
            try:
                with transaction(*given) as session:
                    yield session
                    raise _Undo
            except _Undo:
                pass

        with monkeypatch.context() as patched:
            patched.setattr(edge, "_transaction", rolled_back)
            yield


class _Undo(Exception):
    pass


@contextmanager
def opened(databases: Any, folder: Path) -> Iterator[Everybody]:
    """The office for as long as the context lasts."""
    with open_house(databases, folder, _staff) as house:
        things = _things(house)
        with house.database.transaction(GLOBAL_TENANT, [TENANT]) as session:
            secrets = _log_everybody_in(session)
            things |= _personal(session)
        yield Everybody(house.app, house.database, secrets, things)


def _staff(session: Session) -> None:
    """Somebody of every role, here and in a second jurisdiction."""
    org.add_region(
        session,
        code=ELSEWHERE,
        name_zh="嘉兴市",
        name_en="Jiaxing",
        parent=None,
        is_tenant=True,
        calendar=seed.CODE,
    )
    session.flush()
    held_here = set(session.scalars(select(Account.username)))
    for role in STAFF:
        if HERE.get(role, role) not in held_here:
            _employ(session, TENANT, role, role, "supervision")
        _employ(session, ELSEWHERE, role, f"{role}-{ELSEWHERE}", "office")
    enter_tenant(session, GLOBAL_TENANT)


def _employ(session: Session, tenant: str, role: str, username: str, home: str) -> None:
    enter_tenant(session, GLOBAL_TENANT)
    person = open_account(session, username, name=username)
    session.flush()
    enter_tenant(session, tenant)
    department = session.scalar(select(Department.id).where(Department.tenant == tenant, Department.code == home))
    if department is None:
        department = org.add_department(session, tenant, code=home, name_zh="办公室", name_en="Office").id
        session.flush()
    code = HERE.get(role, role)
    post = session.scalar(select(Post).where(Post.tenant == tenant, Post.code == code)) or org.add_post(
        session, tenant, department_id=department, code=code, name_zh=role, name_en=role, roles=[role]
    )
    session.flush()
    session.add(Holder(tenant=tenant, id=new_id(), post_id=post.id, account_id=person.id, since=OPENED, until=None))
    session.flush()


def _things(house: House) -> dict[str, Any]:
    """One thing of every kind that the small office makes."""
    late = house.accepted("过期项目", ago=timedelta(days=50))
    house.claim(late, "review_land")
    house.raise_lights()
    decided = house.decided("办结项目")
    waiting = house.submitted("补正项目")
    house.work(waiting, "accept", "supplement")
    in_hand = house.submitted("在办项目")
    house.claim(in_hand, "accept")
    at_window = house.submitted("窗口项目")
    house.work(at_window, "accept", "supplement")
    draft, late_id, step = house.draft(), house.case_id(late), house.step(late, "review_land")
    with house.database.transaction(TENANT) as session:
        incident = Outbox(
            tenant=TENANT,
            id=new_id(),
            case_id=late_id,
            operation="send",
            params={},
            state="failed",
            attempts=9,
            run_at=OPENED,
            created_at=OPENED,
            error="no answer",
        )
        session.add(incident)
        session.execute(update(Case).where(Case.code == at_window).values(channel="window", received_in=TENANT))
        session.execute(update(CaseClock).where(CaseClock.case_id == late_id).values(parked="it fails"))
        session.execute(update(CaseTimer).where(CaseTimer.case_id == late_id).values(parked="it fails"))
        webhook = _webhook(session)
        lying = bench.begin(session, LAND, 1, replace(SYSTEM, tenant=TENANT), OPENED)
        document = session.scalars(select(Document).where(Document.case_id == house.case_id(decided))).first()
        assert document
        posts = dict(session.execute(select(Post.code, Post.id).where(Post.tenant == TENANT)).all())
        return {
            "webhook": webhook.webhook_id,
            "bench": lying.id,
            "batch": _batch(session, house.case_id(decided), late_id).id,
            "what_if": _what_if(session).id,
            "delivery": webhook.id,
            "post": posts["land-reviewer"],
            "other_post": posts["window-clerk"],
            "department": session.scalars(
                select(Department.id).where(Department.tenant == TENANT, Department.code == "land")
            ).one(),
            "case": late,
            "case_id": late_id,
            "decided": decided,
            "draft": draft,
            "incident": incident.id,
            "document": document.id,
            "document_code": document.verification_code,
            "clerk_step": house.step(in_hand, "accept"),
            "material": session.scalars(select(Material.id).where(Material.case_id == late_id)).first(),
            "entry": session.scalars(
                select(Entry.id)
                .join(Flip, Flip.id == Entry.flip_id)
                .join(CaseClock, CaseClock.id == Flip.clock_id)
                .where(CaseClock.subject == step)
                .order_by(Entry.id)
            ).first(),
            "step": step,
            "window_step": house.step(at_window, "supplement"),
            "unclaimed_step": house.step(late, "review_planning"),
            "applicant_step": house.step(waiting, "supplement"),
        }


def _webhook(session: Session) -> WebhookDelivery:
    """An address that is told of events, and an event that it was not told of."""
    told = Webhook(
        tenant=TENANT,
        id=new_id(),
        url="https://example.org/",
        events=["case.submitted"],
        description="",
        active=True,
        salt=b"of these tests",
        created_at=OPENED,
    )
    session.add(told)
    session.flush()
    event = WebhookDelivery(
        tenant=TENANT,
        id=new_id(),
        webhook_id=told.id,
        event="case.submitted",
        data={},
        occurred_at=OPENED,
        state="failed",
        run_at=OPENED,
    )
    session.add(event)
    session.flush()
    return event


def _batch(session: Session, moved: UUID, failed: UUID) -> MoveBatch:
    """Two cases that somebody had moved: one went, one failed."""
    batch = MoveBatch(
        tenant=TENANT,
        id=new_id(),
        item=LAND,
        from_version=1,
        to_version=1,
        steps={"accept": "accept"},
        note="",
        back_of=None,
        by_id=None,
        by="publisher",
        started_at=OPENED,
        finished_at=OPENED,
    )
    session.add(batch)
    session.flush()
    of_batch = {"tenant": TENANT, "batch_id": batch.id, "at": OPENED}
    went = MoveCase(**of_batch, case_id=moved, state="moved", before=b"", version=1)
    session.add_all([went, MoveCase(**of_batch, case_id=failed, state="failed", error="it fails")])
    session.flush()
    return batch


def _what_if(session: Session) -> WhatIf:
    """What a version would have made of two cases, one of which could not be replayed."""
    counted = {"replayed": 1, "before yellow": 1, "after red": 1, "worse": 1}
    places = {"before yellow case:promised": 1, "after red case:promised": 1, "after yellow decide": 1}
    asked = WhatIf(
        tenant=TENANT,
        id=new_id(),
        item=LAND,
        version=1,
        assumed={"times": "days", "days": 2, "seconds": {}, "otherwise": 0, "outcomes": {}, "steps": {}},
        total=2,
        done=2,
        tally={"counts": counted, "places": places, "missed": {"never-done supplement": 1}, "new": {"decide": 1}},
        by="designer",
        started_at=OPENED,
        finished_at=OPENED,
    )
    session.add(asked)
    session.flush()
    return asked


def _log_everybody_in(session: Session) -> dict[str, str]:
    """A session for every account."""
    secrets = {}
    for id_, username in session.execute(select(Account.id, Account.username)).all():
        secrets[username] = new_secret()
        session.execute(
            insert(LoginSession).values(
                tenant=GLOBAL_TENANT,
                id=new_id(),
                account_id=id_,
                secret_hash=secret_hash(secrets[username]),
                created_at=real_now(),
                expires_at=real_now() + timedelta(hours=8),
                last_used_at=real_now(),
            )
        )
    return secrets


def _personal(session: Session) -> dict[str, Any]:
    """What belongs to the applicant alone; and a colleague here, whom an administrator looks after."""
    found = {}
    for name, prefix in (("applicant", ""), (COLLEAGUE, "person_")):
        owner = session.scalars(select(Account.id).where(Account.username == name)).one()
        token = new_id()
        session.execute(
            insert(ApiToken).values(
                tenant=GLOBAL_TENANT,
                id=token,
                account_id=owner,
                name="a script",
                secret_hash=sha256(name.encode()).digest(),
                scopes=["*"],
                created_at=OPENED,
                expires_at=real_now() + timedelta(days=1),
            )
        )
        browser = session.scalars(select(LoginSession.id).where(LoginSession.account_id == owner)).first()
        found |= {f"{prefix}session": browser, f"{prefix}token": token}
    return {**found, "person": owner}


__all__ = ["ELSEWHERE", "PEOPLE", "TENANT", "Everybody", "Person", "opened", "schema"]
