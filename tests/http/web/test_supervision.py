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


def test_the_board_counts_by_department_and_item_and_leads_to_the_cases(house: House, entry: str) -> None:
    """From a figure to the lights behind it, and from a light to its case: a click each."""
    supervisor = house.reader("supervisor")
    page = supervisor.page("/supervision")
    by_department, by_item = (page.xpath(f"//figure[@id='{name}']//table")[0] for name in ("by-department", "by-item"))
    assert "自然资源局" in words(by_department)
    assert "建设项目用地预审" in words(by_item)
    (row,) = by_department.xpath(".//tr[contains(., '自然资源局')]")
    (behind,) = row.xpath(".//a[contains(@href, 'colour=red')]")
    lights = supervisor.page(behind.get("href"))
    lines = lights.xpath("//ul[contains(@class, 'lit-list')]/li")
    assert len(lines) == int(row.xpath("string(td[1]/@data-value)"))
    ours = next(line for line in lines if "督办项目" in words(line))
    assert "督办项目" in words(supervisor.page(ours.xpath("string(.//a[@class='title']/@href)")))


def test_a_department_or_an_item_alone_is_an_address(house: House, entry: str) -> None:
    supervisor = house.reader("supervisor")
    page = supervisor.page("/supervision?department=planning&weeks=4")
    assert [words(name) for name in page.xpath("//figure[@id='by-department']//tbody//th")] == ["规划局"]
    assert page.xpath("//select[@name='department']/option[@selected]/@value") == ["planning"]
    assert len(page.xpath("//figure[@id='by-week']//tbody/tr")) == 4
    assert "全部绿灯" in words(supervisor.page("/supervision/lights?item=nothing-like-it"))
    assert supervisor.get("/supervision?district=330399").status_code == 404


def test_what_is_polled_comes_again_only_when_it_says_something_else(house: House, entry: str) -> None:
    supervisor = house.reader("supervisor")
    for path in ("/supervision/live", "/supervision/live?wall", "/supervision/weeks"):
        first = supervisor.get(path)
        assert first.status_code == 200, path
        assert "<html" not in first.text
        assert supervisor.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    seen = supervisor.get("/supervision/live").headers["ETag"]
    land = house.reader("land").get("/supervision/live")
    assert land.status_code == 403
    house.accepted("刚到的项目")
    assert supervisor.get("/supervision/live", headers={"If-None-Match": seen}).status_code == 200


def test_a_wall_names_no_people_and_no_projects(house: House, entry: str) -> None:
    page = house.reader("supervisor").page("/supervision?wall")
    assert "自然资源局" in words(page)
    assert "用地审查" in words(page)
    assert "督办项目" not in words(page)
    assert "land-reviewer" not in words(page)


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


def test_an_entry_tells_what_others_did_to_it_only_when_they_did_something(house: House, entry: str) -> None:
    supervisor = house.reader("supervisor")
    supervisor.send(f"{entry}/take")
    (polled,) = supervisor.page(entry).xpath("//*[@id='story']/@hx-get")
    first = supervisor.get(polled)
    assert "自然资源局" in first.text
    seen = {"If-None-Match": first.headers["ETag"]}
    assert supervisor.get(polled, headers=seen).status_code == 304
    supervisor.send(f"{entry}/ask", question="为何超期？")
    assert "为何超期？" in supervisor.get(polled, headers=seen).text
    story = supervisor.page(entry).xpath("//ol[@class='said']/li/@class")
    assert story == ["is-passed", "is-opened", "is-taken", "is-asked"]
    supervisor.send(f"{entry}/close", finding="情况属实。")
    assert supervisor.page(entry).xpath("//*[@id='story']/@hx-get") == []


def test_a_department_that_is_not_concerned_sees_nothing(house: House, entry: str) -> None:
    assert house.reader("clerk").get(entry).status_code == 404
    assert house.reader("applicant").get(entry).status_code == 403


def test_live_lights_are_urged_where_they_stand(house: House, entry: str) -> None:
    """One comes back to the same list, to the line of the step, which says that it was urged."""
    supervisor = house.reader("supervisor")
    lights = "/supervision/lights?colour=red&department=land"
    (action, *_) = supervisor.page(lights).xpath("//form[contains(@action, '/urge')]/@action")
    step = action.split("/")[3]
    assert supervisor.send(action, message="").status_code == 422
    back = supervisor.send(action, message="请办理。").location
    assert back == f"{lights}#s-{step}"
    (line,) = supervisor.page(back).xpath(f"//li[@id='s-{step}']")
    assert "已催办" in words(line)
    (action, *_) = supervisor.page("/supervision").xpath("//form[contains(@action, '/urge')]/@action")
    assert supervisor.send(action, message="请办理。").location.startswith("/supervision#s-")


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
