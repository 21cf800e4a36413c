"""A small office that is really committed, and readers of its pages. Shared by the tests of pages and the journeys."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.cases import lights, operations, services
from app.cases.handing import attach_material
from app.cases.models import Case
from app.cases.types import Application, Channel
from app.catalog.queries import current_item
from app.config import Settings
from app.edge import SESSION_COOKIE
from app.identity import passwords
from app.identity.models import Account
from app.identity.types import Actor
from app.inbox import operations as inbox
from app.inbox.models import Step
from app.inbox.types import LIVE
from app.kernel.database import Database, enter_tenant
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.kernel.time import real_now
from app.notices import operations as notices
from app.org.models import Holder, Post
from app.org.operations import add_post
from app.supervision import operations as supervision
from tests.office import ANSWERS, APPLICATION, LAND, OPENED, TENANT, Office, build
from tests.people import open_account

PASSWORD = "correct horse battery"
COLLEAGUE = "land-colleague"
"""Holds the same post as the land reviewer."""


def _pdf(words: bytes) -> bytes:
    """A sheet of paper with some words on it: small, and whole."""
    drawn = b"BT /F1 24 Tf 72 760 Td (" + words + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(written)
    return written + b"xref\n0 6\n0000000000 65535 f \n" + table + end


PDF = _pdf(b"Greenlight")
OUTCOMES = {
    "accept": "accept",
    "review_land": "approve",
    "review_planning": "approve",
    "review_reform": "approve",
    "decide": "grant",
    "deliver": "deliver",
}
WORKERS = {
    "accept": "clerk",
    "review_land": "land",
    "review_planning": "planning",
    "review_reform": "reform",
    "decide": "decider",
    "deliver": "clerk",
}


@dataclass(frozen=True)
class House:
    """The application on a database of its own, and the people in it."""

    app: Flask
    database: Database
    office: Office
    secrets: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[Session]:
        """A transaction as a request of this person has it."""
        with self.database.transaction(actor.tenant, [TENANT]) as session:
            yield session

    def reader(self, name: str | None = None, lang: str = "zh_CN") -> "Reader":
        """A browser without JavaScript, of one of the office's people or of nobody. Each logs in once for all tests."""
        made = self.app.test_client()
        made.set_cookie("lang", lang)
        if name is not None and name in self.secrets:
            made.set_cookie(SESSION_COOKIE, self.secrets[name])
        elif name is not None:
            self.secrets[name] = self.log_in(made, name)
        return made

    def log_in(self, client: "Reader", name: str) -> str:
        """Log somebody in; the secret of the session."""
        actor: Actor | None = getattr(self.office, name, None)
        sent = client.send("/login", username=actor.username if actor else name, password=PASSWORD)
        assert sent.status_code == 303, sent.text
        cookie = client.get_cookie(SESSION_COOKIE)
        assert cookie is not None
        return str(cookie.value)

    def draft(self, data: dict[str, Any] | None = None, title: str = "") -> UUID:
        """A draft of the applicant's."""
        applicant = self.office.applicant
        answers = APPLICATION if data is None else data
        with self.acting(applicant) as session:
            application = Application(
                LAND, TENANT, title, applicant.name, applicant.account_id, Channel.ONLINE, answers
            )
            return operations.create_draft(session, applicant, application, real_now()).id

    def submitted(self, project: str = "市域铁路", ago: timedelta = timedelta(0)) -> str:
        """A case that was handed in; its supervision code."""
        applicant, now = self.office.applicant, real_now() - ago
        key = self.draft({**APPLICATION, "project_name": project})
        with self.acting(applicant) as session:
            for need in current_item(session, LAND).materials:
                if need.required and need.key:
                    store = self.app.extensions["greenlight"].store
                    attach_material(session, applicant, store, key, need.code, "file.pdf", PDF, now)
        with self.acting(applicant) as session:
            return operations.submit(session, applicant, key, now).code or ""

    def step(self, code: str, element: str) -> UUID:
        """The live step of a case at an element."""
        with self.database.transaction(TENANT) as session:
            return session.scalars(
                select(Step.id).where(Step.case_code == code, Step.element == element, Step.state.in_(LIVE))
            ).one()

    def claim(self, code: str, element: str, name: str | None = None) -> UUID:
        """Claim a step for whoever works on it."""
        actor: Actor = getattr(self.office, name or WORKERS[element])
        step = self.step(code, element)
        with self.acting(actor) as session:
            inbox.claim(session, actor, step, real_now())
        return step

    def taken(self, code: str, element: str) -> UUID:
        """A step that somebody else on the same post was faster to claim."""
        worker: Actor = getattr(self.office, WORKERS[element])
        colleague = replace(worker, account_id=self.office.supervisor.account_id)
        step = self.step(code, element)
        with self.acting(colleague) as session:
            inbox.claim(session, colleague, step, real_now())
        return step

    def work(self, code: str, element: str, outcome: str | None = None, ago: timedelta = timedelta(0)) -> None:
        """Claim a step and complete it."""
        actor: Actor = getattr(self.office, WORKERS[element])
        step = self.claim(code, element)
        with self.acting(actor) as session:
            operations.complete_step(
                session,
                actor,
                step,
                outcome=outcome or OUTCOMES[element],
                data=ANSWERS[element],
                opinion="同意。",
                now=real_now() - ago,
            )

    def accepted(self, project: str = "市域铁路", ago: timedelta = timedelta(0)) -> str:
        """A case that three departments review."""
        code = self.submitted(project, ago)
        self.work(code, "accept", ago=ago)
        return code

    def decided(self, project: str = "市域铁路") -> str:
        """A case whose decision was signed and issued."""
        code = self.accepted(project)
        for element in ("review_land", "review_planning", "review_reform", "decide"):
            self.work(code, element)
        self.do_outbox()
        return code

    def do_outbox(self) -> None:
        """What the ticker does with documents and letters."""
        office = self.app.extensions["greenlight"]
        with self.database.transaction(TENANT) as session:
            now: datetime = office.now(session)
        notices.dispatch(self.database, TENANT, now, services.handlers(office.store, "http://localhost"), limit=50)

    def raise_lights(self) -> None:
        """What the ticker does with limits that have passed."""
        with self.database.transaction(TENANT) as session:
            now = self.app.extensions["greenlight"].now(session)
            lights.raise_due(session, TENANT, now)
            supervision.open_entries(session, TENANT, now)

    def case_id(self, code: str) -> UUID:
        """The id behind a supervision code."""
        with self.database.transaction(TENANT) as session:
            return session.scalars(select(Case.id).where(Case.code == code)).one()


class Reader(FlaskClient):
    """Gets pages and sends their forms, as a browser does that runs no scripts."""

    def page(self, path: str, status: int = 200) -> Any:
        """A page, parsed."""
        answer = self.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[-2000:])
        return html.fromstring(answer.text)

    def token(self) -> str:
        """The token that every page carries."""
        (content,) = self.page("/track").xpath("//meta[@name='csrf-token']/@content")
        return str(content)

    def send(self, path: str, **data: Any) -> TestResponse:
        """Send a form with the token of a page."""
        return self.post(path, data={"csrf_token": self.token(), **data}, content_type="multipart/form-data")


def words(page: Any) -> str:
    """The text of a page, spaces run together."""
    return " ".join(page.text_content().split())


@contextmanager
def open_house(databases: Any, folder: Path, prepare: Callable[[Session], None] | None = None) -> Iterator[House]:
    """A house for as long as the context lasts."""
    database = Database(databases.create())
    with database.transaction(GLOBAL_TENANT, [TENANT]) as session:
        office = build(session)
        enter_tenant(session, GLOBAL_TENANT)
        for role in ("designer", "publisher", "admin", "platform"):
            _employ(session, role, role)
        _employ(session, COLLEAGUE, "reviewer", "land-reviewer")
        if prepare is not None:
            prepare(session)
        session.execute(update(Account).values(password_hash=passwords.hashed(PASSWORD)))
    settings = Settings(
        database_url=database.url.render_as_string(hide_password=False),
        secret_key="of these tests and nothing else",
        files_url=folder.as_uri(),
        cookie_secure=False,
        public_url="http://localhost",
    )
    app = create_app(settings)
    app.test_client_class = Reader
    yield House(app, database, office)
    app.extensions["greenlight"].database.dispose()
    database.dispose()
    databases.drop(database.url)


def _employ(session: Session, name: str, role: str, code: str = "") -> None:
    """Somebody whom the small office does not have: in a post of their own, or besides the one who holds `code`."""
    account = open_account(session, name, name=name)
    session.flush()
    enter_tenant(session, TENANT)
    post = session.scalars(select(Post).where(Post.tenant == TENANT, Post.code == (code or "operator"))).one()
    if not code:
        home = post.department_id
        post = add_post(session, TENANT, department_id=home, code=role, name_zh=role, name_en=role, roles=[role])
    session.add(Holder(tenant=TENANT, id=new_id(), post_id=post.id, account_id=account.id, since=OPENED, until=None))
    session.flush()
    enter_tenant(session, GLOBAL_TENANT)


PEOPLE = tuple(person.name for person in fields(Office))
