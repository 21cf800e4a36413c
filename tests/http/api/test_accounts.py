"""Looking after how people come in, through the API."""

from uuid import UUID

from sqlalchemy import update

from app.identity.errors import LoginRefused
from app.identity.models import ApiToken
from app.identity.operations import log_in, set_password
from app.identity.types import SYSTEM
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from tests.http.api.conftest import House


def person(house: House, name: str) -> UUID:
    found = getattr(house.office, name).account_id
    assert isinstance(found, UUID)
    return found


def test_a_reset_password_does_nothing_but_choose_another(house: House, as_person) -> None:
    admin, key = as_person("admin"), {"Idempotency-Key": "reset-planning"}
    path = f"/api/v1/people/{person(house, 'planning')}/password"
    given = admin.post(path, headers=key).get_json()["password"]
    assert admin.post(path, headers=key).get_json()["password"] is None
    visitor = house.app.test_client()
    username = house.office.planning.username
    csrf = visitor.post("/api/v1/sessions", json={"username": username, "password": given}).get_json()["csrf_token"]
    refused = visitor.get("/api/v1/tokens")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "password-must-change")
    headers = {"X-CSRFToken": csrf}
    same = visitor.put("/api/v1/me/password", json={"old": given, "new": given}, headers=headers)
    assert list(same.get_json()["errors"]) == ["new"]
    assert visitor.put("/api/v1/me/password", json={"old": "x", "new": "y" * 9}, headers=headers).status_code == 422
    done = visitor.put("/api/v1/me/password", json={"old": given, "new": "a sentence of my own"}, headers=headers)
    assert done.status_code == 204
    [token] = visitor.get("/api/v1/tokens").get_json()["data"]
    assert token["revoked_at"], "somebody else could have issued it"
    with house.database.transaction(GLOBAL_TENANT) as session:  # other tests go on with it
        session.execute(update(ApiToken).where(ApiToken.id == UUID(token["id"])).values(revoked_at=None))


def test_a_token_cannot_change_the_password_it_was_issued_under(as_person) -> None:
    sent = as_person("land").put("/api/v1/me/password", json={"old": "x", "new": "a sentence of my own"})
    assert (sent.status_code, sent.get_json()["code"]) == (403, "login-needed")


def test_sessions_tokens_and_accounts_of_others(house: House, as_person) -> None:
    admin, key = as_person("admin"), person(house, "reform")
    path = f"/api/v1/people/{key}"
    password, username = "a sentence of theirs", house.office.reform.username
    with house.database.transaction(GLOBAL_TENANT) as session:
        set_password(session, SYSTEM, key, password, real_now())
    for _ in range(2):
        with house.database.transaction(GLOBAL_TENANT) as session:
            log_in(session, username, password, real_now())
    sessions = admin.get(f"{path}/sessions").get_json()["data"]
    assert len(sessions) == 2
    assert set(sessions[0]) == {"id", "created_at", "expires_at", "last_used_at"}
    one = f"{path}/sessions/{sessions[0]['id']}"
    assert admin.delete(one).status_code == 204
    assert admin.delete(one).status_code == 404
    assert admin.delete(f"{path}/sessions").status_code == 204
    assert admin.get(f"{path}/sessions").get_json()["data"] == []

    tokens = admin.get(f"{path}/tokens").get_json()["data"]
    assert [token["name"] for token in tokens] == ["test"]
    assert "secret" not in tokens[0]

    assert admin.post(f"{path}/close").status_code == 204
    try:
        with house.database.transaction(GLOBAL_TENANT) as session:
            log_in(session, username, password, real_now())
        raise AssertionError("a closed account lets nobody in")
    except LoginRefused:
        assert admin.post(f"{path}/reopen").status_code == 204
    assert as_person("reform").get("/api/v1/me").status_code == 200


def test_applicants_and_colleagues_are_not_ones_to_look_after(house: House, as_person) -> None:
    applicant = f"/api/v1/people/{person(house, 'applicant')}"
    assert as_person("admin").post(f"{applicant}/password").status_code == 404
    assert as_person("land").post(f"/api/v1/people/{person(house, 'clerk')}/password").status_code == 403
