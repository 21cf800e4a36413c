"""Coming in: what proves who one is, and what only looks like it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from app import edge
from app.identity import operations as identity
from app.identity.types import SYSTEM
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from tests.http.api.conftest import Client, House
from tests.office import TENANT

PASSWORD = "a long way to the window"


@pytest.fixture
def secret(house: House) -> str:
    """The secret of a browser in which the clerk has logged in."""
    with house.database.transaction(GLOBAL_TENANT, [TENANT]) as session:
        assert house.office.clerk.account_id
        identity.set_password(session, SYSTEM, house.office.clerk.account_id, PASSWORD, real_now())
        found, _account = identity.log_in(session, house.office.clerk.username, PASSWORD, real_now())
    return found


def browser(house: House, secret: str) -> Client:
    """A browser that holds the cookie of a session."""
    client: Any = house.app.test_client()
    client.set_cookie(edge.SESSION_COOKIE, secret)
    return client


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"X-CSRFToken": "forged"}, {"Origin": "http://evil"}])
def test_a_cookie_alone_writes_nothing(house, secret: str, headers: dict[str, str]) -> None:
    answer = browser(house, secret).post("/api/v1/notices/read", json={"ids": []}, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "csrf")


def test_a_session_is_no_token_and_a_token_no_session(house, secret: str) -> None:
    """Also in the seconds in which either is remembered."""
    assert browser(house, secret).get("/account").status_code == 200
    as_token = house.app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert as_token.status_code == 401

    token = house.tokens["land"]
    assert house.app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert browser(house, token).get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    "wanted", ["//evil", "/\\evil", "/\t/evil", "https://evil", "/x\r\nSet-Cookie: a=b", "/\x7f", "/\u2028/evil"]
)
def test_after_the_login_one_stays_in_the_house(house, secret: str, wanted: str, monkeypatch) -> None:
    monkeypatch.setitem(house.app.config, "WTF_CSRF_METHODS", [])
    form = {"username": house.office.clerk.username, "password": PASSWORD, "next": wanted}
    answer = house.app.test_client().post("/login", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/window")


@contextmanager
def connections(house: House) -> Iterator[list[int]]:
    """How many connections were in use, at each moment at which one was taken."""
    pool, used = house.app.extensions["greenlight"].database.engine.pool, []

    def taken(*_: object) -> None:
        used.append(pool.checkedout())

    event.listen(pool, "checkout", taken)
    try:
        yield used
    finally:
        event.remove(pool, "checkout", taken)


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_a_login_never_waits_for_a_second_connection(house, secret: str, password: str) -> None:
    """Else so many logins at once as there are connections would wait for each other until all of them fail."""
    body = {"username": house.office.clerk.username, "password": password}
    with connections(house) as used:
        answer = house.app.test_client().post("/api/v1/sessions", json=body)
    assert answer.status_code in (201, 401)
    assert max(used) == 1


def test_a_first_request_never_waits_for_a_second_connection(house, monkeypatch) -> None:
    office = house.app.extensions["greenlight"]
    for known in ("is_demo", "tenants"):
        vars(office).pop(known, None)
    with connections(house) as used:
        assert house.app.test_client().get("/").status_code == 200
    assert max(used) == 1
