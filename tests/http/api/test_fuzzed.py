"""Whatever is sent to the API, within its description or beside it: no 500, and no answer that is not described.

schemathesis makes the requests from the description; where an address names something, half of them name something that
is there. The mighty hold every role at once, the public none. Each kind of reader has a house to spoil.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from app.identity.models import Account
from app.identity.operations import issue_token
from app.identity.queries import actor_by_username
from app.kernel.database import enter_tenant
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.kernel.time import real_now
from app.org.operations import add_post, give_post
from app.org.queries import departments
from app.org.roles import APPLICANT, PUBLIC, ROLES
from tests.http.api.conftest import House, live_step, opened
from tests.office import LAND, OPENED, TENANT

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]
QUICK, DEEP = 2, 20
"""Requests of each kind to each operation."""


@pytest.fixture
def house(databases, tmp_path_factory) -> Iterator[House]:
    """A house for each test: whoever may do everything also takes people's posts and ends calendars."""
    with opened(databases, tmp_path_factory.mktemp("files")) as found:
        yield found


@pytest.fixture
def mighty(house: House) -> str:
    """The token of somebody who holds every role that a post can carry."""
    if "mighty" not in house.tokens:
        with house.database.transaction(GLOBAL_TENANT, [TENANT]) as session:
            named = {"username": "mighty", "name": "权", "kind": "staff", "password_hash": "", "created_at": OPENED}
            account = Account(tenant=GLOBAL_TENANT, id=new_id(), **named)
            session.add(account)
            session.flush()
            enter_tenant(session, TENANT)
            (home, *_) = departments(session, TENANT)
            roles = [role for role in ROLES if role not in (APPLICANT, PUBLIC)]
            post = add_post(
                session, TENANT, department_id=home.id, code="mighty", name_zh="权", name_en="Might", roles=roles
            )
            give_post(session, TENANT, account.id, post.id, OPENED)
            actor = actor_by_username(session, "mighty", real_now(), TENANT)
            ends = real_now().replace(year=real_now().year + 1)
            house.tokens["mighty"] = issue_token(session, actor, "fuzz", ["*"], ends, real_now())
    return house.tokens["mighty"]


@pytest.fixture
def known(house: House, mighty: str, as_person, submitted) -> dict[str, Any]:
    """Something that is there, for each parameter of an address."""
    case = submitted()
    client = as_person("mighty")
    detail = client.get(f"/api/v1/cases/{case['code']}").get_json()
    hook = {"url": "https://example.org/", "events": ["case.received"]}
    webhook = client.post("/api/v1/webhooks", json=hook).get_json()["id"]
    message = client.post(f"/api/v1/webhooks/{webhook}/test").get_json()["id"]
    people = client.get("/api/v1/office/people").get_json()["data"]
    somebody = next(person["id"] for person in people if person["username"] == "planning-reviewer")
    return {
        "key": case["code"],
        "case_id": case["id"],
        "code": LAND,
        "form": "application",
        "step_id": live_step(as_person("clerk"), case["id"], "accept")["id"],
        "material_id": detail["materials"][0]["id"],
        "webhook_id": webhook,
        "delivery_id": message,
        "department_id": client.get("/api/v1/departments").get_json()["data"][-1]["id"],
        "post_id": client.get("/api/v1/posts").get_json()["data"][-1]["id"],
        "person_id": somebody,
        "account_id": somebody,
        "year": 2026,
        "number": 1,
        "kind": "people",
    }


def faults(house: House, known: dict[str, Any], token: str | None, most: int) -> list[str]:
    """What came back that should not have."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", house.app)
    wrong: list[str] = []
    tried = 0
    for operation in (found.ok() for found in schema.get_all_operations()):
        tried += 1
        try:
            _attack(operation, known, token, most)
        except (Exception, BaseExceptionGroup) as fault:
            wrong.append(f"{operation.label}: {str(fault) or repr(fault)}"[:1500])
    assert tried > 100
    return wrong


def _attack(operation: Any, known: dict[str, Any], token: str | None, most: int) -> None:
    named = {parameter.name for parameter in operation.path_parameters}
    there = {name: value for name, value in known.items() if name in named}
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    ways: list[dict[str, Any]] = [{}, {"headers": {"If-Match": "*"}, **({"path_parameters": there} if there else {})}]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    for mode, way in [*((modes[0], way) for way in ways), (modes[1], ways[1])]:
        try:
            requests = operation.as_strategy(generation_mode=mode, **way)
        except Exception as nothing:  # there is nothing to send that does not fit
            if "negative" not in str(nothing).lower():
                raise
            continue

        @settings(
            max_examples=most,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=requests)
        def send(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        try:
            send()
        except Unsatisfiable:  # it takes nothing that could be wrong
            if mode is GenerationMode.POSITIVE:
                raise


@pytest.mark.parametrize("who", ["mighty", None], ids=["the mighty", "the public"])
def test_nothing_breaks_and_nothing_is_undeclared(
    house: House, mighty: str, known: dict[str, Any], who: str | None
) -> None:
    wrong = faults(house, known, house.tokens[who] if who else None, QUICK)
    assert wrong == [], "\n\n".join(wrong)


@pytest.mark.deep
@pytest.mark.parametrize("who", ["mighty", None], ids=["the mighty", "the public"])
def test_nothing_breaks_for_long(house: House, mighty: str, known: dict[str, Any], who: str | None) -> None:
    wrong = faults(house, known, house.tokens[who] if who else None, DEEP)
    assert wrong == [], "\n\n".join(wrong)
