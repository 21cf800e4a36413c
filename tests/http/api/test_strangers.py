"""Who is not known is refused in bounded numbers, and it is recorded; a program may choose where its person acts."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from app import create_app
from app.audit.models import AuditEntry
from app.identity.operations import STRANGERS
from app.identity.queries import actor_by_username
from app.kernel.database import enter_tenant
from app.kernel.time import real_now
from app.org.models import Region
from app.org.operations import add_department, add_post, give_post
from tests.http.api.conftest import Client, House
from tests.office import OPENED, TENANT

ELSEWHERE = "330302"


@pytest.fixture
def counted_anew(house: House) -> Iterator[None]:
    """No attempts are on record, before and after."""
    for _ in range(2):
        with house.database.engine.begin() as opened:
            opened.execute(text("DELETE FROM throttle"))
        if not _:
            yield


def recorded(house: House) -> list[tuple[str, str]]:
    """What was refused to strangers."""
    with house.database.transaction("*") as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.chain == STRANGERS).order_by(AuditEntry.seq)).all()
    return [(act.tag, act.data) for act in acts]


def test_a_token_that_is_nobody_s_is_recorded_but_not_without_end(house: House, as_person, counted_anew) -> None:
    before = len(recorded(house))
    client = as_person()
    answers = [client.get("/api/v1/me", headers={"Authorization": f"Bearer gl_{uuid4()}"}) for _ in range(33)]
    assert [answer.status_code for answer in answers] == [401] * 30 + [429] * 3
    assert answers[-1].headers["Retry-After"] == "60"
    new = recorded(house)[before:]
    assert [tag for tag, _ in new] == ["api:people.me:refused"] * 31
    assert '"error":"not-logged-in"' in new[0][1].replace(" ", "")
    assert '"error":"too-many-requests"' in new[-1][1].replace(" ", "")
    assert "gl_" not in str(new)
    assert as_person("land").get("/api/v1/me").status_code == 200  # who is known is not kept out


def test_too_many_wrong_passwords_are_recorded_once(house: House, as_person, counted_anew) -> None:
    before = len(recorded(house))
    wrong = {"username": "somebody-who-is-not", "password": "x"}
    answers = [as_person().post("/api/v1/sessions", json=wrong).status_code for _ in range(13)]
    assert answers == [401] * 10 + [429] * 3
    assert [tag for tag, _ in recorded(house)[before:]] == ["api:login:refused"] * 10 + ["api:people.log_in:refused"]


@pytest.mark.parametrize("path", ["/api/v1/track/{code}", "/track?code={code}"])
def test_codes_cannot_be_counted_through(as_person, submitted, counted_anew, path: str) -> None:
    code = submitted()["code"]
    client = as_person()
    answers = [client.get(path.format(code=code)).status_code for _ in range(62)]
    assert answers == [200] * 60 + [429] * 2
    assert client.get("/track").status_code == 200  # the page itself is nobody's secret


def test_a_code_of_no_case_and_one_of_a_case_elsewhere_are_answered_alike(as_person, counted_anew) -> None:
    answers = [as_person().get(f"/api/v1/track/{code}") for code in ("330300-20260302-9999999-12", "x", str(uuid4()))]
    assert {(answer.status_code, answer.get_json()["code"]) for answer in answers} == {(404, "not-found")}


def test_proxies_are_believed_only_where_a_deployment_says_so(house: House, counted_anew) -> None:
    """Each caller behind the proxy has their own count; without the setting the header is nothing."""
    settings = house.app.extensions["greenlight"].settings
    trusting = create_app(replace(settings, trusted_proxies=1))

    def last_of(app: object, callers: int) -> int:
        statuses = [
            app.test_client()
            .get("/api/v1/track/x", headers={"X-Forwarded-For": f"10.9.9.9, 203.0.113.{n % callers}"})
            .status_code
            for n in range(61)
        ]
        return statuses[-1]

    assert last_of(trusting, 2) == 404
    assert last_of(trusting, 1) == 429
    assert last_of(house.app, 50) == 429
    trusting.extensions["greenlight"].database.dispose()


# --- where one acts


@pytest.fixture(scope="module")
def elsewhere(house: House) -> str:
    """A second jurisdiction, in which the land reviewer holds a post too."""
    with house.database.transaction("*", [TENANT]) as session:
        home = session.get_one(Region, TENANT)
        session.add(
            Region(
                code=ELSEWHERE, name_zh="鹿城", name_en="Lucheng", parent=TENANT, is_tenant=True, calendar=home.calendar
            )
        )
        session.flush()
        land = actor_by_username(session, house.office.land.username, real_now())
        enter_tenant(session, ELSEWHERE)
        hall = add_department(session, ELSEWHERE, code="hall", name_zh="厅", name_en="Hall")
        post = add_post(
            session, ELSEWHERE, department_id=hall.id, code="second", name_zh="岗", name_en="Post", roles=["reviewer"]
        )
        give_post(session, ELSEWHERE, land.account_id, post.id, OPENED)
    vars(house.app.extensions["greenlight"])["_jurisdictions"].seen_at = None
    return ELSEWHERE


def test_a_token_chooses_the_jurisdiction(as_person, elsewhere: str) -> None:
    client: Client = as_person("land")
    here = client.get("/api/v1/me").get_json()
    there = client.get("/api/v1/me", headers={"Greenlight-Tenant": elsewhere}).get_json()
    assert (here["tenant"], here["posts"]) == (TENANT, ["land-reviewer"])
    assert (there["tenant"], there["posts"]) == (elsewhere, ["second"])
    assert here["tenants"] == there["tenants"] == [TENANT, elsewhere]
    assert client.get("/api/v1/steps", headers={"Greenlight-Tenant": elsewhere}).get_json()["data"] == []


@pytest.mark.parametrize(("who", "tenant"), [("land", "999999"), ("clerk", ELSEWHERE), ("applicant", TENANT)])
def test_where_one_holds_no_post_one_does_not_act(as_person, elsewhere: str, who: str, tenant: str) -> None:
    answer = as_person(who).get("/api/v1/me", headers={"Greenlight-Tenant": tenant})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "no-post-there")
