"""The API before a small office that is really committed; every answer is held against the API's own description."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.cases import services
from app.config import Settings
from app.identity.operations import issue_token
from app.identity.queries import actor_by_username
from app.identity.types import Actor
from app.kernel.database import Database, enter_tenant
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from app.notices import operations as notices
from app.org.operations import add_post, give_post
from app.org.queries import departments
from tests.conftest import Databases
from tests.office import ANSWERS, APPLICATION, LAND, OPENED, TENANT, Office, build
from tests.people import open_account

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class House:
    """The application, its office and a token for each of its people."""

    app: Flask
    database: Database
    office: Office
    tokens: dict[str, str]


class Client(FlaskClient):
    """Speaks JSON as one person, and checks that every answer is as described."""

    token: str | None = None

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        headers = dict(kwargs.pop("headers", None) or {})
        if self.token and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self.token}"
        response = super().open(*args, headers=headers, **kwargs)
        check_described(self.application, response)
        return response


def check_described(app: Flask, response: TestResponse) -> None:
    """Raise where an answer is not what the description says."""
    request = response.request
    assert all(value.isascii() for value in response.headers.values()), "a real server sends no such header"
    if not request.path.startswith("/api/v1/") or request.path.endswith("openapi.json"):
        return
    spec = app.extensions["api"].spec.to_dict()
    operation = described(app, spec, request.path, request.method)
    if operation is None:
        assert response.status_code in (404, 405)
        operation = {"responses": {"default": {"$ref": "#/components/responses/Problem"}}}
    if response.status_code == 304:
        assert response.data == b""
        return
    answers = operation["responses"]
    told = answers.get(str(response.status_code)) or answers.get("default")
    if response.status_code == 500:  # only made to happen, and never described
        told = {"$ref": "#/components/responses/Problem"}
    assert told is not None, f"undeclared: {request.method} {request.path} → {response.status_code} {response.data!r}"
    if "$ref" in told:
        told = spec["components"]["responses"][told["$ref"].rpartition("/")[2]]
    if not told.get("content"):
        assert response.data == b""
        return
    assert response.mimetype in told["content"] or response.mimetype != "application/json", response.data
    if response.mimetype.endswith("json"):
        schema = {**told["content"][response.mimetype]["schema"], "components": spec["components"]}
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(response.get_json())
    if 400 <= response.status_code < 500 and "x-problems" in operation:
        code = response.get_json()["code"]
        assert code in operation["x-problems"], f"undeclared problem: {request.method} {request.path} → {code}"


def described(app: Flask, spec: dict[str, Any], path: str, method: str) -> dict[str, Any] | None:
    """The description of an operation."""
    adapter = app.url_map.bind("localhost")
    if not adapter.test(path, method):
        return None
    rule, _ = adapter.match(path, method, return_rule=True)
    documented = "".join(f"{{{data}}}" if dynamic else data for dynamic, data in rule._trace if data != "|")
    operation: dict[str, Any] | None = spec["paths"].get("/" + documented.lstrip("/"), {}).get(method.lower())
    return operation


def hire(session: Session, role: str) -> Actor:
    """Somebody with a post of their own that carries one role."""
    enter_tenant(session, GLOBAL_TENANT)
    account = open_account(session, role, name=role)
    session.flush()
    enter_tenant(session, TENANT)
    (home, *_) = departments(session, TENANT)
    post = add_post(session, TENANT, department_id=home.id, code=role, name_zh=role, name_en=role, roles=[role])
    give_post(session, TENANT, account.id, post.id, OPENED)
    return actor_by_username(session, role, real_now(), TENANT)


@pytest.fixture(scope="session")
def house(databases, tmp_path_factory) -> Iterator[House]:
    """One house for all tests of the API: each works on cases of its own."""
    with opened(databases, tmp_path_factory.mktemp("files")) as found:
        yield found


@contextmanager
def opened(databases: Databases, files: Path) -> Iterator[House]:
    """A house with a database of its own."""
    database = Database(databases.create())
    tokens = {}
    with database.transaction(GLOBAL_TENANT, [TENANT]) as session:
        office = build(session)
        people = {person.name: getattr(office, person.name) for person in fields(office)}
        people |= {role: hire(session, role) for role in ("designer", "publisher", "admin", "platform")}
        for name, actor in people.items():
            ends = real_now() + timedelta(days=1)
            tokens[name] = issue_token(session, actor, "test", ["*"], ends, real_now())
    settings = Settings(
        database_url=database.url.render_as_string(hide_password=False),
        secret_key="of these tests and nothing else",
        files_url=files.as_uri(),
        cookie_secure=False,
        public_url="http://localhost",
    )
    app = create_app(settings)
    app.test_client_class = Client
    yield House(app, database, office, tokens)
    app.extensions["greenlight"].database.dispose()
    database.dispose()
    databases.drop(database.url)


@pytest.fixture
def as_person(house: House):
    """A client that speaks as one of the office's people; as nobody without a name."""

    def client(name: str | None = None) -> Client:
        made = house.app.test_client()
        made.token = house.tokens[name] if name else None
        return made

    return client


@pytest.fixture
def submitted(as_person):
    """Applies for the land item and hands it in; the case as the API shows it."""

    def submit(title: str = "市域铁路") -> dict[str, Any]:
        applicant = as_person("applicant")
        body = {"item": LAND, "tenant": TENANT, "title": title, "applicant": "温州市轨道交通建设有限公司"}
        draft = applicant.post("/api/v1/cases", json={**body, "data": APPLICATION}).get_json()
        item = applicant.get(f"/api/v1/items/{LAND}").get_json()
        for material in item["manifest"]["materials"]:
            if material["required"] and material["key"]:
                answer = hand_in(applicant, draft["id"], material["code"])
                assert answer.status_code == 201, answer.get_json()
        answer = applicant.post(f"/api/v1/cases/{draft['id']}/submit")
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    return submit


def hand_in(
    client: Client,
    key: str,
    requirement: str,
    content: bytes = PDF,
    name: str = "file.pdf",
    headers: dict[str, str] | None = None,
) -> TestResponse:
    """Upload a file for a material of a case."""
    path = f"/api/v1/cases/{key}/materials?requirement={requirement}"
    body = {"file": (BytesIO(content), name)}
    return client.post(path, data=body, content_type="multipart/form-data", headers=headers)


OUTCOMES = {
    "accept": ("clerk", "accept"),
    "review_land": ("land", "approve"),
    "review_planning": ("planning", "approve"),
    "review_reform": ("reform", "approve"),
    "decide": ("decider", "grant"),
    "deliver": ("clerk", "deliver"),
}


def live_step(client: Client, case_id: str, element: str) -> dict[str, Any]:
    """The step of a case in one's queue."""
    steps = client.get(f"/api/v1/steps?element={element}&limit=200").get_json()["data"]
    return next(step for step in steps if step["case_id"] == case_id)


def work(as_person, case_id: str, element: str) -> dict[str, Any]:
    """Claim a step and complete it."""
    name, outcome = OUTCOMES[element]
    client = as_person(name)
    step = live_step(client, case_id, element)
    claim = client.post(f"/api/v1/steps/{step['id']}/claim")
    assert claim.status_code == 200, claim.get_json()
    done = client.post(
        f"/api/v1/steps/{step['id']}/complete",
        json={"outcome": outcome, "opinion": "同意。", "data": ANSWERS[element]},
        headers={"If-Match": claim.headers["ETag"]},
    )
    assert done.status_code == 200, done.get_json()
    return done.get_json()


def do_outbox(house: House) -> None:
    """What the ticker does."""
    office = house.app.extensions["greenlight"]
    with house.app.app_context():
        handlers = services.handlers(office.store, "http://localhost")
        with office.database.transaction(TENANT) as session:
            now = office.now(session)
        notices.dispatch(office.database, TENANT, now, handlers)


@pytest.fixture
def accepted(as_person, submitted) -> dict[str, Any]:
    """A case that three departments review."""
    case = submitted()
    work(as_person, case["id"], "accept")
    return case
