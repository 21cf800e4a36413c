"""The window, on pages and in the API: receiving for another jurisdiction, standing in for who came in person; what
the public learns of a case that was accepted by time, may lapse, or was revoked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.queries import history
from app.cases import operations, services
from app.cases.models import Case
from app.edge import SESSION_COOKIE
from app.identity.models import Account
from app.identity.operations import issue_token
from app.identity.types import Actor
from app.inbox import operations as inbox
from app.inbox.models import Step
from app.inbox.types import LIVE
from app.kernel.database import enter_tenant
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from app.notices import operations as notices
from app.notices.models import Document
from tests.http.api.conftest import check_described
from tests.http.web.house import PDF, House, Reader, open_house, words
from tests.neighbour import THERE, There, settle_next_door
from tests.office import LAND, TENANT
from tests.well_permit import CODE

FORM = {"well_name": "一号井", "owner": "陈晓", "pump": "electric"}


@dataclass(frozen=True)
class Two:
    """Two offices in one house."""

    house: House
    there: There

    def step(self, code: str, element: str) -> UUID:
        with self.house.database.transaction(THERE) as session:
            live = (Step.case_code == code, Step.element == element, Step.state.in_(LIVE))
            return session.scalars(select(Step.id).where(*live)).one()

    def work(self, code: str, element: str, outcome: str, actor: Actor, opinion: str = "同意。") -> None:
        step = self.step(code, element)
        with self.house.database.transaction(THERE) as session:
            inbox.claim(session, actor, step, real_now())
            operations.complete_step(session, actor, step, outcome=outcome, data={}, opinion=opinion, now=real_now())

    def do_outbox(self) -> None:
        store = self.house.app.extensions["greenlight"].store
        later = real_now() + timedelta(minutes=1)
        notices.dispatch(self.house.database, THERE, later, services.handlers(store, "http://localhost"), limit=50)

    def case(self, code: str) -> Case:
        with self.house.database.transaction(THERE) as session:
            return session.scalars(select(Case).where(Case.code == code)).one()


@pytest.fixture(scope="module")
def two(databases: Any, tmp_path_factory: Any) -> Iterator[Two]:
    found: list[There] = []

    def prepare(session: Session) -> None:
        found.append(settle_next_door(session))
        enter_tenant(session, GLOBAL_TENANT)
        session.execute(update(Account).where(Account.username == "applicant").values(id_number="330302199001011234"))

    with open_house(databases, tmp_path_factory.mktemp("files"), prepare) as house:
        yield Two(house, found[0])


@pytest.fixture
def clerk(two: Two) -> Reader:
    return two.house.reader("clerk")


def begin(clerk: Reader, **data: str) -> str:
    """A draft begun at the window; the address of its pages."""
    sent = clerk.send(f"/window/receive/{CODE}", applicant="陈晓", **data)
    assert sent.status_code == 303, sent.text
    return sent.location.removesuffix("/form")


def receive(clerk: Reader, **data: str) -> str:
    """An application handed in at the window; its supervision code."""
    draft = begin(clerk, **data)
    sent = clerk.send(f"{draft}/form", **FORM)
    assert sent.location == f"{draft}/materials", sent.text
    sent = clerk.send(f"{draft}/materials/sketch", file=(BytesIO(PDF), "map.pdf"))
    assert sent.status_code == 303, sent.text
    return hand_in(clerk, draft)


def hand_in(reader: Reader, draft: str) -> str:
    """Hand a complete draft in; the supervision code that the page gives."""
    sent = reader.send(f"{draft}/check")
    assert sent.location == f"{draft}/done", sent.text
    (code,) = reader.page(sent.location).xpath("//*[@id='code']/text()")
    return str(code)


# --- pages


def test_the_clerk_chooses_who_handles_what_is_received_anywhere(clerk: Reader) -> None:
    page = clerk.page(f"/window/receive/{CODE}")
    assert page.xpath("//input[@name='tenant']/@value") == [TENANT, THERE]
    assert page.xpath("//input[@name='tenant' and @checked]/@value") == [TENANT]
    assert not clerk.page(f"/window/receive/{LAND}").xpath("//input[@name='tenant']")


def test_what_is_received_only_there_is_refused_on_the_page(clerk: Reader) -> None:
    sent = clerk.send(f"/window/receive/{LAND}", applicant="陈晓", tenant=THERE)
    assert sent.status_code == 409
    assert "只在当地收件" in sent.text


def test_a_window_receives_for_another_jurisdiction_and_sees_where_it_stands(two: Two, clerk: Reader) -> None:
    code = receive(clerk, tenant=THERE)
    assert code.startswith(THERE)
    found = two.case(code)
    assert (found.tenant, found.received_in) == (THERE, TENANT)
    page = words(clerk.page(f"/cases/{code}"))
    assert "一号井" in page
    assert "温州市" in page, "the page says whose window received it"
    for part in ("time", "application", "documents", "history"):
        clerk.page(f"/cases/{code}/{part}")
    overview = words(clerk.page("/window"))
    assert "一号井" in overview
    assert "鹿城区" in overview
    assert code in words(clerk.page("/window/received"))
    assert code in words(clerk.page("/window/received?q=一号井"))
    with two.house.database.transaction(THERE) as session:
        assert {act.actor for act in history(session, THERE, found.id)} == {"window-clerk"}


def test_nobody_else_of_the_jurisdiction_sees_it(two: Two, clerk: Reader) -> None:
    code = receive(clerk, tenant=THERE)
    for name in ("land", "supervisor", "decider"):
        two.house.reader(name).page(f"/cases/{code}", 404)
    two.house.reader("supervisor").page("/window", 403)


def test_begun_twice_by_a_double_click_it_is_one_draft(two: Two, clerk: Reader) -> None:
    first = begin(clerk, tenant=THERE, once="a-key")
    assert begin(clerk, tenant=THERE, once="a-key") == first


def test_a_draft_for_there_is_kept_and_found_at_the_window(two: Two, clerk: Reader) -> None:
    draft = begin(clerk, tenant=THERE)
    sent = clerk.send(f"{draft}/form", well_name="三号井", then="leave")
    assert sent.status_code == 303
    assert "三号井" in words(clerk.page("/window"))
    assert clerk.page(f"{draft}/form").xpath("//*[@id='f-well_name']/@value") == ["三号井"]
    two.house.reader("stranger").page(f"{draft}/form", 404)


def test_the_window_does_the_steps_of_an_applicant_who_came_in_person(two: Two, clerk: Reader) -> None:
    code = receive(clerk, tenant=THERE)
    two.work(code, "accept", "supplement", two.there.clerk, "请补井深。")
    step = two.step(code, "supplement")
    assert f"/window/steps/{step}" in clerk.page("/window").xpath("//section[@aria-labelledby='asked']//a/@href")
    assert f"/window/steps/{step}" in clerk.page(f"/cases/{code}").xpath("//a/@href")
    page = clerk.page(f"/window/steps/{step}")
    assert "请补井深。" in words(page)
    assert "逾期未补正的，申请终止。" in words(page)
    assert page.xpath("//form[@id='step']/@action") == [f"/window/steps/{step}"]
    sent = clerk.send(f"/window/steps/{step}/materials/deed", file=(BytesIO(PDF), "deed.pdf"))
    assert sent.status_code == 303, sent.text
    sent = clerk.send(f"/window/steps/{step}", outcome="submit", supplement_reply="已补。")
    assert sent.location == f"/cases/{code}", sent.text
    assert two.step(code, "accept")
    clerk.page(f"/window/steps/{step}")
    two.house.reader("land").page(f"/window/steps/{step}", 403)
    two.house.reader("applicant").page(f"/my/steps/{step}", 404)


def test_an_applicant_whose_account_is_named_sees_the_case_online(two: Two, clerk: Reader) -> None:
    code = receive(clerk, tenant=THERE, account="330302199001011234")
    mine = two.house.reader("applicant")
    assert code in words(mine.page("/my/cases"))
    mine.page(f"/cases/{code}")


def test_an_account_that_is_not_there_is_said_beside_the_field(clerk: Reader) -> None:
    sent = clerk.send(f"/window/receive/{CODE}", applicant="陈晓", account="nobody-such")
    assert sent.status_code == 422
    assert "没有申请人使用这个用户名或者证件号码" in sent.text
    assert 'value="nobody-such"' in sent.text


def test_one_box_finds_the_service_to_receive_and_the_case_that_somebody_came_for(two: Two, clerk: Reader) -> None:
    assert clerk.page("/window?q=用地").xpath("//ul[@class='receive']//a[1]/@href")[0] == f"/window/receive/{LAND}"
    code = receive(clerk, tenant=THERE)
    two.work(code, "accept", "supplement", two.there.clerk, "请补井深。")
    step = two.step(code, "supplement")
    found = clerk.page(f"/window?q={code}").xpath("//*[@id='counter-found']")[0]
    assert code in words(found)
    assert f"/window/steps/{step}" in found.xpath(".//a[contains(@class, 'btn-primary')]/@href")
    assert "没有找到" in words(clerk.page("/window?q=zzzz").xpath("//*[@id='counter-found']")[0])


def test_what_waits_at_the_window_is_sent_again_only_when_it_changed(two: Two, clerk: Reader) -> None:
    first = clerk.get("/window/lines")
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "private, no-cache")
    assert clerk.get("/window/lines", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    code = receive(clerk, tenant=THERE)
    two.work(code, "accept", "supplement", two.there.clerk, "请补井深。")
    again = clerk.get("/window/lines", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert code in again.text


# --- what the public learns


def test_the_public_learns_by_when_a_supplement_has_to_come(two: Two, clerk: Reader, stranger: Reader) -> None:
    code = receive(clerk, tenant=THERE)
    two.work(code, "accept", "supplement", two.there.clerk, "请补井深。")
    reader = two.house.reader()
    page = words(reader.page(f"/track?code={code}"))
    assert "逾期未补正的，申请终止。" in page
    assert "陈晓" not in page
    answer = reader.get(f"/api/v1/track/{code}").get_json()
    assert answer["respond_by"] is not None
    assert (answer["lapses"], answer["deemed"], answer["revoked_at"]) == (True, False, None)


def test_a_refused_case_shows_its_reason(two: Two, clerk: Reader) -> None:
    code = receive(clerk, tenant=THERE)
    two.work(code, "accept", "refuse", two.there.clerk, "不属本机关职权。")
    page = words(clerk.page(f"/cases/{code}"))
    assert "不予受理的理由" in page
    assert "不属本机关职权。" in page
    assert "不属本机关职权" not in words(two.house.reader().page(f"/track?code={code}"))


def test_whoever_verifies_a_revoked_licence_learns_of_it(two: Two, clerk: Reader) -> None:
    """Art. 69: a licence obtained by deceit is revoked; the public may rely on what the office says of it."""
    code = receive(clerk, tenant=THERE)
    there = two.there
    decider = there.land.__class__(
        **{name: getattr(there.land, name) for name in there.land.__slots__} | {"posts": frozenset({"reform-decider"})}
    )
    two.work(code, "accept", "accept", there.clerk)
    two.work(code, "review", "approve", there.land)
    two.work(code, "test_water", "done", there.land)
    two.work(code, "decide", "grant", decider)
    two.do_outbox()
    two.work(code, "deliver", "deliver", there.clerk)
    with two.house.database.transaction(THERE) as session:
        granted = session.scalars(select(Document).where(Document.kind == "grant").order_by(Document.issued_at.desc()))
        licence = granted.first()
    assert licence is not None
    reader = two.house.reader()
    assert "撤销" not in words(reader.page(f"/verify/{licence.verification_code}"))
    two.work(code, "verify", "revoke", there.land, "井位不实。")
    two.do_outbox()
    page = reader.page(f"/verify/{licence.verification_code}")
    assert page.xpath("//section[contains(@class, 'verdict-bad')]")
    assert "撤销" in words(page)
    answer = reader.get(f"/api/v1/verify/{licence.verification_code}").get_json()
    assert answer["revoked_at"] is not None
    tracked = words(reader.page(f"/track?code={code}"))
    assert "许可已于" in tracked
    assert "陈晓" not in tracked
    assert "已撤销" in words(clerk.page(f"/cases/{code}"))
    assert "撤销" in words(clerk.page(f"/cases/{code}/documents"))


def test_what_was_refused_is_said_in_words(two: Two, clerk: Reader) -> None:
    draft = begin(clerk, tenant=THERE)
    clerk.send(f"{draft}/form", **FORM)
    assert clerk.send(f"{draft}/check").status_code == 409
    with two.house.database.transaction(THERE) as session:
        acts = history(session, THERE, UUID(draft.rpartition("/")[2]))
    assert acts[-1].data["error"] == "materials-missing"
    clerk.send(f"{draft}/materials/sketch", file=(BytesIO(PDF), "map.pdf"))
    code = hand_in(clerk, draft)
    said = words(clerk.page(f"/cases/{code}/history"))
    assert "缺少材料" in said
    assert "materials-missing" not in said


# --- the API


@pytest.fixture
def speak(two: Two) -> Any:
    """Sends a request to the API as one of the small office's people, and holds the answer against its description."""

    def send(name: str, method: str, path: str, **given: Any) -> Any:
        actor: Actor = getattr(two.house.office, name)
        with two.house.database.transaction(GLOBAL_TENANT) as session:
            token = issue_token(session, actor, "test", ["*"], real_now() + timedelta(days=1), real_now())
        client = two.house.app.test_client()
        client.delete_cookie(SESSION_COOKIE)
        headers = {"Authorization": f"Bearer {token}", **given.pop("headers", {})}
        answer = client.open(f"/api/v1{path}", method=method, headers=headers, **given)
        check_described(two.house.app, answer)
        return answer

    return send


def test_the_api_receives_for_another_jurisdiction_and_does_the_applicants_steps(two: Two, speak: Any) -> None:
    body = {"item": CODE, "tenant": THERE, "data": FORM, "account": "applicant"}
    key = {"Idempotency-Key": "one-application"}
    drafted = speak("clerk", "POST", "/cases", json=body, headers=key)
    assert drafted.status_code == 201, drafted.get_json()
    draft = drafted.get_json()
    assert speak("clerk", "POST", "/cases", json=body, headers=key).get_json()["id"] == draft["id"]
    assert (draft["tenant"], draft["received_in"], draft["channel"]) == (THERE, TENANT, "window")
    assert draft["applicant_id"] == str(two.house.office.applicant.account_id)
    sent = speak(
        "clerk",
        "POST",
        f"/cases/{draft['id']}/materials?requirement=sketch",
        data={"file": (BytesIO(PDF), "map.pdf")},
        content_type="multipart/form-data",
    )
    assert sent.status_code == 201, sent.get_json()
    handed = speak("clerk", "POST", f"/cases/{draft['id']}/submit", headers={"Idempotency-Key": "hand-in"})
    assert handed.status_code == 200, handed.get_json()
    code = handed.get_json()["code"]
    assert code in [row["code"] for row in speak("clerk", "GET", "/cases?received_here=true").get_json()["data"]]
    assert code not in [row["code"] for row in speak("clerk", "GET", "/cases").get_json()["data"]]
    assert speak("land", "GET", f"/cases/{code}").status_code == 404

    two.work(code, "accept", "supplement", two.there.clerk, "请补井深。")
    waiting = speak("clerk", "GET", "/steps/for-applicants").get_json()["data"]
    step = next(step for step in waiting if step["case_code"] == code)
    assert step["tenant"] == THERE
    assert step["due_at"] is not None
    shown = speak("clerk", "GET", f"/steps/{step['id']}")
    assert shown.status_code == 200, shown.get_json()
    done = speak(
        "clerk",
        "POST",
        f"/steps/{step['id']}/complete",
        json={"outcome": "submit", "data": {}},
        headers={"If-Match": shown.headers["ETag"]},
    )
    assert done.status_code == 200, done.get_json()
    assert speak("land", "GET", "/steps/for-applicants").status_code == 403
    detail = speak("clerk", "GET", f"/cases/{code}").get_json()
    assert (detail["respond_by"], detail["refusal"]) == (None, None)


def test_the_api_says_why_it_does_not_receive(speak: Any) -> None:
    refused = speak("clerk", "POST", "/cases", json={"item": LAND, "tenant": THERE, "data": {}})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "not-received-here")
    named = {"item": CODE, "tenant": THERE, "data": FORM, "account": "nobody-such"}
    assert speak("clerk", "POST", "/cases", json=named).status_code == 422
    assert speak("applicant", "POST", "/cases", json=named | {"account": "stranger"}).status_code == 422
