"""The supervisor's pages: the board, an entry from taking up to its finding; incidents and the record."""

from datetime import timedelta

import pytest
from lxml import html

from app.kernel.ids import new_id
from app.kernel.time import real_now
from app.notices.models import Outbox
from tests.http.web.house import House, words
from tests.office import TENANT


@pytest.fixture
def entry(house: House) -> str:
    """The address of an entry on a land review that is overdue; its step is claimed."""
    code = house.accepted("督办项目", ago=timedelta(days=50))
    house.claim(code, "review_land")
    house.raise_lights()
    board = house.reader("supervisor")
    page = board.page("/supervision/entries?state=open")
    for line in page.xpath("//ul[contains(@class, 'queue')]/li"):
        if code in words(line) and "用地审查" in words(line):
            return str(line.xpath(".//a/@href")[0])
    raise AssertionError(words(page))


def test_the_board_counts_by_department_and_light(house: House, entry: str) -> None:
    page = house.reader("supervisor").page("/supervision")
    table = words(page.xpath("//table")[0])
    assert "自然资源局" in table
    assert page.xpath("//a[contains(@class, 'lamp-red')]")
    assert "督办项目" in words(page)


def test_an_entry_from_taking_up_to_its_finding(house: House, entry: str) -> None:
    supervisor, land = house.reader("supervisor"), house.reader("land")
    assert f"{entry}/take" in supervisor.page(entry).xpath("//form/@action")
    assert supervisor.send(f"{entry}/close", finding="太早").status_code == 409
    assert supervisor.send(f"{entry}/take", version="1").status_code == 303
    assert supervisor.send(f"{entry}/take", version="1").status_code == 409
    (step,) = supervisor.page(entry).xpath("//input[@name='step']/@value")
    assert supervisor.send(f"{entry}/urge", step=step, message="请尽快办理。").status_code == 303
    assert "请尽快办理。" in words(land.page(f"/desk/{step}"))
    empty = supervisor.send(f"{entry}/ask", question=" ")
    assert empty.status_code == 422
    assert supervisor.send(f"{entry}/ask", question="为何超期？").status_code == 303
    assert entry in land.get("/desk").text
    assert "为何超期？" in words(land.page(entry))
    assert not any(action.endswith("/close") for action in land.page(entry).xpath("//form/@action"))
    assert land.send(f"{entry}/explain", explanation="现场踏勘延误。").status_code == 303
    assert "现场踏勘延误。" in words(supervisor.page(entry))
    assert supervisor.send(f"{entry}/close", finding="情况属实，予以提醒。").status_code == 303
    closed = supervisor.page(entry)
    assert "情况属实，予以提醒。" in words(closed)
    assert [action for action in closed.xpath("//main//form/@action") if "/entries/" in action] == []


def test_what_another_supervisor_did_is_told_and_the_text_is_kept(house: House, entry: str) -> None:
    supervisor = house.reader("supervisor")
    supervisor.send(f"{entry}/take")
    stale = supervisor.send(f"{entry}/close", finding="写好的结论", version="1")
    assert stale.status_code == 409
    page = html.fromstring(stale.text)
    assert page.xpath("//*[@id='problem']")
    assert "写好的结论" in stale.text
    assert page.xpath("//details[@open]//*[@name='finding']")


def test_a_department_that_is_not_concerned_sees_nothing(house: House, entry: str) -> None:
    assert house.reader("clerk").get(entry).status_code == 404
    assert house.reader("applicant").get(entry).status_code == 403


def test_live_lights_are_urged_from_the_list(house: House, entry: str) -> None:
    supervisor = house.reader("supervisor")
    (action, *_) = supervisor.page("/supervision/lights?colour=red").xpath("//form[contains(@action, '/urge')]/@action")
    assert supervisor.send(action, message="").status_code == 422
    assert supervisor.send(action, message="请办理。").location == "/supervision/lights"


def test_an_incident_is_shown_and_started_again(house: House) -> None:
    code = house.submitted("出了故障")
    key, now = new_id(), real_now()
    with house.database.transaction(TENANT) as session:
        session.add(
            Outbox(
                tenant=TENANT,
                id=key,
                case_id=house.case_id(code),
                operation="issue-decision",
                params={},
                state="failed",
                attempts=6,
                run_at=now,
                created_at=now,
                finished_at=None,
                error="OSError: no space",
            )
        )
    operator = house.reader("operator")
    assert "OSError: no space" in words(operator.page("/admin/incidents"))
    assert operator.send(f"/admin/incidents/{key}/retry").location == "/admin/incidents"
    assert str(key) not in operator.get("/admin/incidents").text
    assert operator.send(f"/admin/incidents/{key}/retry").status_code == 409
    assert operator.send(f"/admin/incidents/{new_id()}/retry").status_code == 404


def test_the_record_is_checked(house: House) -> None:
    house.submitted("核查记录")
    answer = house.reader("operator").send("/admin/record")
    assert answer.status_code == 200
    assert "verdict-good" in answer.text
