"""The desk: who was faster is said, what was typed stays, the queue is not sent when it has not changed."""

import json
from typing import Any
from uuid import UUID

import pytest
from lxml import html

from app.inbox import operations
from app.inbox.errors import AlreadyClaimed
from app.web.assets import MANIFEST
from app.web.desk import views
from tests.http.web.house import House, Reader, words
from tests.office import ANSWERS


def test_a_step_is_claimed_worked_on_and_done(house: House) -> None:
    code = house.accepted("一件办成")
    reader = house.reader("land")
    step = house.step(code, "review_land")
    assert f"/desk/{step}/claim" in reader.get("/desk?show=unclaimed").text
    assert reader.send(f"/desk/{step}/claim").location == f"/desk/{step}"
    page = reader.page(f"/desk/{step}")
    offered = page.xpath("//button[@name='outcome']/@value")
    assert sorted(offered) == ["approve", "reject", "supplement"]
    (version,) = page.xpath("//form[@id='step']//input[@name='version']/@value")
    done = reader.send(f"/desk/{step}", **ANSWERS["review_land"], outcome="approve", opinion="同意。", version=version)
    assert done.location == "/desk"
    closed = reader.page(f"/desk/{step}")
    assert closed.xpath("//button[@name='outcome']") == []


def test_the_second_to_claim_is_told_and_sees_the_queue(house: House) -> None:
    code = house.accepted("两人同领")
    step = house.taken(code, "review_land")
    answer = house.reader("land").send(f"/desk/{step}/claim")
    assert answer.status_code == 409
    page = html.fromstring(answer.text)
    assert page.xpath("//*[@id='problem' and @role='alert']")
    assert page.xpath("//*[@id='queue']")


def test_who_claims_on_two_pages_gets_to_the_step(house: House) -> None:
    step = house.claim(house.accepted("一人两页"), "review_land", "land")
    answer = house.reader("land").send(f"/desk/{step}/claim")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/{step}")


def test_an_outcome_that_needs_reasons_keeps_everything_typed(house: House) -> None:
    """Art. 38: a refusal states its reasons."""
    code = house.accepted("须写意见")
    step = house.claim(code, "review_land")
    reader = house.reader("land")
    answer = reader.send(
        f"/desk/{step}", outcome="reject", opinion=" ", review_land_farmland="321", review_land_plan="no", ticked="2"
    )
    assert answer.status_code == 409
    page = html.fromstring(answer.text)
    assert page.xpath("//*[@id='opinion-error']")
    assert page.xpath("//*[@id='f-review_land_farmland']/@value") == ["321"]
    assert page.xpath("//*[@name='review_land_plan' and @value='no' and @checked]")
    assert page.xpath("//*[@name='ticked' and @value='2' and @checked]")


def test_fields_that_do_not_fit_are_named_and_the_opinion_is_kept(house: House) -> None:
    code = house.accepted("填错")
    step = house.claim(code, "review_land")
    answer = house.reader("land").send(
        f"/desk/{step}",
        **{**ANSWERS["review_land"], "review_land_cultivated": "999999"},
        outcome="approve",
        opinion="同意占地",
    )
    assert answer.status_code == 422
    page = html.fromstring(answer.text)
    assert page.xpath("//*[@id='problem']//a/@href") == ["#f-review_land_cultivated"]
    assert page.xpath("string(//*[@id='opinion'])").strip() == "同意占地"


def test_what_somebody_else_did_meanwhile_is_told_and_nothing_typed_is_lost(house: House) -> None:
    code = house.accepted("同时有人")
    step = house.claim(code, "review_land")
    reader = house.reader("land")
    answer = reader.send(f"/desk/{step}", **ANSWERS["review_land"], outcome="approve", opinion="写了很久", version="1")
    assert answer.status_code == 409
    assert "写了很久" in answer.text
    page = html.fromstring(answer.text)
    assert page.xpath("//*[@id='problem']")


def test_a_double_click_completes_once(house: House) -> None:
    code = house.accepted("连点两下")
    step = house.claim(code, "review_land")
    reader = house.reader("land")
    (key,) = reader.page(f"/desk/{step}").xpath("//form[@id='step']//input[@name='once']/@value")
    form = {**ANSWERS["review_land"], "outcome": "approve", "opinion": "同意。", "once": key}
    assert reader.send(f"/desk/{step}", **form).location == "/desk"
    again = reader.send(f"/desk/{step}", **form)
    assert (again.status_code, again.location) == (303, "/desk")


def test_released_it_is_everybodys_again(house: House) -> None:
    code = house.accepted("退回待领")
    step = house.claim(code, "review_land")
    reader = house.reader("land")
    assert reader.send(f"/desk/{step}/release").location == "/desk"
    assert f"/desk/{step}/claim" in reader.get("/desk").text
    refused = reader.send(f"/desk/{step}/release")
    assert refused.status_code == 409


def test_on_to_the_next_one(house: House) -> None:
    codes = [house.accepted(f"接着办 {number}") for number in (1, 2)]
    step = house.claim(codes[0], "review_planning")
    done = house.reader("planning").send(
        f"/desk/{step}", **ANSWERS["review_planning"], outcome="approve", opinion="同意。", then="next"
    )
    assert done.location.startswith("/desk/")
    page = house.reader("planning").page(done.location)
    assert page.xpath("//button[@name='outcome']"), "it is claimed already"


def test_an_unchanged_queue_is_not_sent_again(house: House) -> None:
    code = house.accepted("轮询")
    reader = house.reader("reform")
    first = reader.get("/desk/lines")
    tag = first.headers["ETag"]
    same = reader.get("/desk/lines", headers={"If-None-Match": tag})
    assert same.status_code == 304
    assert same.data == b""
    house.claim(code, "review_reform")
    changed = reader.get("/desk/lines", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag
    other = reader.get("/desk/lines?lang=en", headers={"If-None-Match": changed.headers["ETag"]})
    assert other.status_code == 200


def test_filters_stand_in_the_address(house: House) -> None:
    code = house.accepted("过滤甲")
    house.accepted("过滤乙")
    house.claim(code, "review_land")
    reader = house.reader("land")
    assert "过滤甲" in words(reader.page("/desk?show=mine"))
    assert "过滤乙" not in words(reader.page("/desk?show=mine"))
    assert "过滤甲" not in words(reader.page("/desk?show=unclaimed&q=过滤"))
    assert "过滤乙" in words(reader.page("/desk?show=unclaimed&q=过滤"))


def test_each_choice_says_what_it_would_leave(house: House) -> None:
    """Counts are filters: what a choice says is what its page then shows."""
    for name in ("计数甲", "计数乙"):
        house.claim(house.accepted(f"{name} 项目"), "review_land")
    house.accepted("计数丙 项目")
    reader = house.reader("land")
    page = reader.page("/desk?q=计数")
    picks = page.xpath("//nav[@class='lamps-row']/a | //nav[@class='desk-facet']//a")
    assert len(picks) >= 8
    for pick in picks:
        (count,) = pick.xpath(".//b | .//span[@class='count']")
        rows = reader.page(pick.get("href")).xpath("//tr[@data-row]")
        assert len(rows) == int(count.text), pick.get("id")
    (mine,) = page.xpath("//a[@id='show-mine']/@href")
    chosen = reader.page(mine).xpath("//a[@id='show-mine']")[0]
    assert chosen.get("aria-current") == "true"
    assert "show" not in chosen.get("href"), "chosen once more, it is given up"
    assert "q=" in chosen.get("href")


def test_what_is_no_filter_is_not_asked_for(house: House) -> None:
    reader = house.reader("land")
    everything = len(reader.page("/desk").xpath("//tr[@data-row]"))
    for said in ("light=blue", "show=theirs", "sort=random"):
        assert len(reader.page(f"/desk?{said}").xpath("//tr[@data-row]")) == everything, said


def test_a_queue_is_paged_in_its_order(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    names = [f"翻页 {number}" for number in range(5)]
    for name in names:
        house.accepted(name)
    reader = house.reader("planning")
    for sort, expected in (("longest", names), ("newest", names[::-1])):
        found, path = [], f"/desk?q=翻页&sort={sort}"
        while path:
            page = reader.page(path)
            found += [words(title).split(" ", 1)[1] for title in page.xpath("//tr[@data-row]//a[@class='title']")]
            path = next(iter(page.xpath("//div[@class='pager']/a/@href")), "")
        assert found == expected


def test_the_filter_goes_along_to_the_task_and_back(house: House) -> None:
    for number in (1, 2):
        house.accepted(f"随行 {number}")
    house.accepted("旁的")
    reader = house.reader("planning")
    page = reader.page("/desk?q=随行&sort=longest")
    taken = reader.send(page.xpath("//tr[@data-row]//form/@action")[0])
    assert "q=" in taken.location
    assert "sort=longest" in taken.location
    (action,) = reader.page(taken.location).xpath("//form[@id='step']/@action")
    form = {**ANSWERS["review_planning"], "outcome": "approve", "opinion": "同意。", "then": "next"}
    done = reader.send(action, **form)
    following = reader.page(done.location)
    assert "随行 2" in words(following.xpath("//h1")[0])
    (action,) = following.xpath("//form[@id='step']/@action")
    last = reader.send(action, **form)
    assert last.location.startswith("/desk?"), "the filter has nothing more: the other step is not pushed on them"
    assert "已经没有下一件了。" in words(reader.page(last.location))


def test_who_goes_on_once_goes_on_until_they_say_otherwise(house: House) -> None:
    codes = [house.accepted(f"记住 {number}") for number in range(2)]
    reader = house.reader("reform")
    first = house.claim(codes[0], "review_reform")
    assert reader.page(f"/desk/{first}").xpath("//input[@name='then' and not(@checked)]")
    form = {**ANSWERS["review_reform"], "outcome": "approve", "opinion": "同意。"}
    reader.send(f"/desk/{first}?q=记住", **form, then="next")
    second = house.step(codes[1], "review_reform")
    assert reader.page(f"/desk/{second}").xpath("//input[@name='then' and @checked]")
    reader.send(f"/desk/{second}", **form)
    third = house.claim(house.accepted("记住 2"), "review_reform")
    assert reader.page(f"/desk/{third}").xpath("//input[@name='then' and not(@checked)]")


def test_what_is_done_stays_done_where_colleagues_are_faster(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two who finish at once want the same next step: the slower one gets the one after it."""
    codes = [house.accepted(f"抢先 {number}") for number in range(3)]
    mine = house.claim(codes[0], "review_land")
    lost, won = house.step(codes[1], "review_land"), house.step(codes[2], "review_land")
    claim = operations.claim

    def slow(session: Any, actor: Any, step_id: UUID, *args: Any) -> Any:
        if step_id == lost:
            raise AlreadyClaimed()
        return claim(session, actor, step_id, *args)

    monkeypatch.setattr(views.operations, "claim", slow)
    form = {**ANSWERS["review_land"], "outcome": "approve", "opinion": "同意。", "then": "next"}
    done = house.reader("land").send(f"/desk/{mine}?q=抢先", **form)
    assert done.location.startswith(f"/desk/{won}")


def test_a_task_is_left_for_the_next_and_the_last_leads_back(house: House) -> None:
    codes = [house.accepted(f"跳过 {number}") for number in range(3)]
    house.taken(codes[1], "review_land")
    steps = [house.step(code, "review_land") for code in codes]
    reader = house.reader("land")
    assert reader.get("/desk/next?q=跳过&sort=longest").location.startswith(f"/desk/{steps[0]}?")
    after = reader.get(f"/desk/next?q=跳过&sort=longest&left={steps[0]}").location
    assert after.startswith(f"/desk/{steps[2]}?"), "what a colleague works on is passed over"
    assert reader.get(f"/desk/next?q=跳过&sort=longest&left={steps[2]}").location.startswith("/desk?")
    assert house.reader("planning").get(f"/desk/next?left={steps[0]}").status_code == 404


def test_what_others_do_comes_to_the_task_and_unchanged_is_not_sent(house: House) -> None:
    code = house.accepted("旁人动静")
    step = house.step(code, "review_land")
    reader = house.reader("land")
    path = f"/desk/{step}/changes"
    first = reader.get(path)
    assert "note-wait" in first.text
    assert reader.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    house.taken(code, "review_land")
    taken = reader.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert taken.status_code == 200
    assert house.office.supervisor.name in taken.text
    house.work(code, "review_planning")
    said = reader.get(path, headers={"If-None-Match": taken.headers["ETag"]})
    assert said.status_code == 200
    assert "同意。" in said.text
    assert house.reader("planning").get(path).status_code == 404


def test_only_the_worker_that_reads_files_may_run_decoders(house: House, stranger: Reader) -> None:
    """Scanned pictures are decoded by WebAssembly, in the worker and nowhere else."""
    names = json.loads(MANIFEST.read_text("utf-8"))
    worker = stranger.get(f"/assets/{names['viewer-worker.js']}")
    assert "wasm-unsafe-eval" in worker.headers["Content-Security-Policy"]
    worker.close()
    for path in ("/", f"/assets/{names['viewer.js']}", f"/assets/{names['pdfjs']}cmaps/GBK-EUC-H.bcmap"):
        answer = stranger.get(path)
        assert answer.status_code == 200, path
        assert "wasm" not in answer.headers["Content-Security-Policy"], path
        answer.close()
    assert stranger.get(f"/assets/{names['pdfjs']}").status_code == 404


def test_another_departments_step_does_not_exist(house: House) -> None:
    code = house.accepted("别家的事")
    step = house.step(code, "review_land")
    reader = house.reader("planning")
    assert reader.get(f"/desk/{step}").status_code == 404
    assert reader.send(f"/desk/{step}/claim").status_code == 404
    assert reader.send(f"/desk/{step}", outcome="approve", opinion="x").status_code == 404


def test_the_applicant_supplements(house: House) -> None:
    """Art. 32: what is missing is told once; Art. 45 and the practice: that time is not counted."""
    code = house.submitted("补正项目")
    step = house.claim(code, "accept")
    sent = house.reader("clerk").send(f"/desk/{step}", outcome="supplement", opinion="请补交红线图坐标。")
    assert sent.status_code == 303, sent.text
    supplement = house.step(code, "supplement")
    applicant = house.reader("applicant")
    assert f"/my/steps/{supplement}" in applicant.get("/my/cases").text
    assert f"/my/steps/{supplement}" in applicant.get(f"/cases/{code}").text
    page = applicant.page(f"/my/steps/{supplement}")
    assert "请补交红线图坐标。" in words(page)
    refused = applicant.send(f"/my/steps/{supplement}", outcome="submit", supplement_reply="")
    assert refused.status_code == 422
    assert "#f-supplement_reply" in refused.text
    done = applicant.send(
        f"/my/steps/{supplement}", outcome="submit", **{**ANSWERS["supplement"], "supplement_truth": "true"}
    )
    assert done.location == f"/cases/{code}"
    assert house.reader("stranger").get(f"/my/steps/{supplement}").status_code == 404


def test_each_supplement_says_what_its_own_department_asked_for(house: House) -> None:
    """Two departments ask on the same day: neither's words stand on the other's page."""
    code = house.accepted("两处补正")
    for element, asked in (("review_land", "请补交红线图。"), ("review_planning", "请补交选址论证报告。")):
        step = house.claim(code, element)
        sent = house.reader(element.removeprefix("review_")).send(f"/desk/{step}", outcome="supplement", opinion=asked)
        assert sent.status_code == 303, sent.text
    applicant = house.reader("applicant")
    land = words(applicant.page(f"/my/steps/{house.step(code, 'supplement_land')}"))
    planning = words(applicant.page(f"/my/steps/{house.step(code, 'supplement_planning')}"))
    assert "请补交红线图。" in land
    assert "请补交选址论证报告。" not in land
    assert "请补交选址论证报告。" in planning
    assert "请补交红线图。" not in planning
