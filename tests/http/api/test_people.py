"""Logging in, the proof that a page sent a write, tokens; notices; the office."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.identity import passwords
from app.identity.models import Account
from app.kernel.database import enter_tenant
from app.kernel.time import real_now
from tests.office import TENANT

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def with_password(house) -> str:
    """Somebody who can log in."""
    with house.database.transaction("*", [TENANT]) as session:
        enter_tenant(session, "*", [TENANT])
        person = session.get_one(Account, ("*", house.office.supervisor.account_id))
        person.password_hash = passwords.hashed(PASSWORD)
        return person.username


@pytest.fixture
def browser(house, with_password) -> FlaskClient:
    """A client that is logged in with a cookie."""
    client = house.app.test_client()
    answer = client.post("/api/v1/sessions", json={"username": with_password, "password": PASSWORD})
    assert answer.status_code == 201, answer.get_json()
    client.csrf = answer.get_json()["csrf_token"]
    return client


def token_body(days: int = 30, scopes: tuple[str, ...] = ("case.read-all",)) -> dict[str, Any]:
    ends = (real_now() + timedelta(days=days)).isoformat()
    return {"name": "报表", "scopes": list(scopes), "expires_at": ends}


def test_who_am_i(as_person, browser) -> None:
    me = as_person("land").get("/api/v1/me").get_json()
    assert (me["username"], me["kind"], me["tenant"], me["posts"]) == (
        "land-reviewer", "staff", TENANT, ["land-reviewer"]
    )  # fmt: skip
    assert me["csrf_token"] is None
    assert "step.claim" in me["permissions"]
    assert browser.get("/api/v1/me").get_json()["csrf_token"]


def test_the_cookie_is_not_for_scripts(house, with_password) -> None:
    answer = house.app.test_client().post("/api/v1/sessions", json={"username": with_password, "password": PASSWORD})
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("greenlight="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_wrong_password_is_refused_and_counted(house, with_password) -> None:
    client = house.app.test_client()
    wrong = {"username": "nobody-of-this-name", "password": "x"}
    answers = [client.post("/api/v1/sessions", json=wrong) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[0].get_json()["code"] == "login-refused"
    assert answers[-1].get_json()["code"] == "too-many-requests"


def test_a_write_with_the_cookie_needs_the_token_of_a_page(browser) -> None:
    refused = browser.post("/api/v1/tokens", json=token_body())
    assert (refused.status_code, refused.get_json()["code"]) == (403, "csrf")
    assert browser.get("/api/v1/tokens").status_code == 200
    taken = browser.post("/api/v1/tokens", json=token_body(), headers={"X-CSRFToken": browser.csrf})
    assert taken.status_code == 201


def test_a_token_does_what_its_scopes_say_until_it_is_revoked(house, browser) -> None:
    csrf = {"X-CSRFToken": browser.csrf}
    issued = browser.post("/api/v1/tokens", json=token_body(), headers=csrf).get_json()
    program = house.app.test_client()
    program.token = issued["secret"]
    assert program.get("/api/v1/cases").status_code == 200
    refused = program.get("/api/v1/supervision/board")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    assert all("secret" not in token for token in browser.get("/api/v1/tokens").get_json()["data"])
    assert browser.delete(f"/api/v1/tokens/{issued['id']}", headers=csrf).status_code == 204
    program.token = issued["secret"]
    house.app.extensions["greenlight"]  # the process that revoked forgets at once
    assert browser.delete(f"/api/v1/tokens/{issued['id']}", headers=csrf).status_code == 404


def test_a_token_s_secret_is_shown_once_even_to_the_same_key(browser) -> None:
    headers = {"X-CSRFToken": browser.csrf, "Idempotency-Key": "one-token"}
    body = token_body()
    first = browser.post("/api/v1/tokens", json=body, headers=headers).get_json()
    again = browser.post("/api/v1/tokens", json=body, headers=headers).get_json()
    assert first["secret"].startswith("gl_")
    assert again == {**first, "secret": None}


@pytest.mark.parametrize(
    ("days", "scopes", "field"),
    [(-1, ("case.read-all",), "expires_at"), (400, ("case.read-all",), "expires_at"), (1, ("case.apply",), "scopes")],
)
def test_a_token_gives_no_more_than_one_has_and_ends(browser, days: int, scopes: tuple[str, ...], field: str) -> None:
    answer = browser.post("/api/v1/tokens", json=token_body(days, scopes), headers={"X-CSRFToken": browser.csrf})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


def test_a_token_cannot_issue_a_token(as_person) -> None:
    answer = as_person("supervisor").post("/api/v1/tokens", json=token_body())
    assert (answer.status_code, answer.get_json()["code"]) == (403, "login-needed")


def test_one_sees_and_ends_one_s_sessions(house, with_password, browser) -> None:
    sessions = browser.get("/api/v1/sessions").get_json()["data"]
    assert sessions
    csrf = {"X-CSRFToken": browser.csrf}
    assert browser.delete(f"/api/v1/sessions/{sessions[0]['id']}", headers=csrf).status_code == 204
    assert browser.get("/api/v1/sessions").status_code == 401


def test_notices_are_told_in_the_reader_s_language_and_marked_as_read(as_person, submitted) -> None:
    case = submitted()
    client = as_person("applicant")
    notice = client.get("/api/v1/notices", headers={"Accept-Language": "en"}).get_json()["data"][0]
    assert notice["case_id"] == case["id"]
    assert notice["title"] == f"Application {case['code']} has been received"
    assert notice["read_at"] is None
    read = client.post("/api/v1/notices/read", json={"ids": [notice["id"]]})
    assert read.get_json() == {"marked": 1}
    assert client.get("/api/v1/notices").get_json()["data"][0]["read_at"] is not None
    others = as_person("stranger").post("/api/v1/notices/read", json={"ids": [notice["id"]]})
    assert others.get_json() == {"marked": 0}


def test_the_office(as_person) -> None:
    assert TENANT in [region["code"] for region in as_person().get("/api/v1/regions").get_json()["data"]]
    land = as_person("land")
    departments = {department["code"] for department in land.get("/api/v1/departments").get_json()["data"]}
    posts = {post["code"] for post in land.get("/api/v1/posts").get_json()["data"]}
    assert "planning" in departments
    assert "planning-reviewer" in posts


def test_the_record_is_sound(as_person, submitted) -> None:
    submitted()
    assert as_person("operator").get("/api/v1/record/verdict").get_json() == {"intact": True, "faults": []}


def test_incidents(as_person) -> None:
    operator = as_person("operator")
    assert operator.get("/api/v1/incidents").get_json() == {"data": []}
    assert operator.get("/api/v1/incidents/cases").get_json() == {"data": []}
    missing = operator.post("/api/v1/incidents/01a20012-2d2e-75bf-beaa-1f8668f5a8bd/retry")
    assert (missing.status_code, missing.get_json()["code"]) == (404, "no-incident")
