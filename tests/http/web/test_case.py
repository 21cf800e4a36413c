"""The case page; what anybody may know; what the office issued."""

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from lxml import html

from tests.http.web.house import House, words
from tests.office import APPLICATION, LAND


def test_a_case_is_seen_by_those_who_take_part_and_does_not_exist_for_others(house: House) -> None:
    code = house.submitted("谁能看见")
    for name in ("applicant", "clerk", "supervisor", "operator"):
        assert house.reader(name).get(f"/cases/{code}").status_code == 200
    for name in ("stranger", "land"):
        assert house.reader(name).get(f"/cases/{code}").status_code == 404
        assert house.reader(name).get(f"/cases/{code}/marks.json").status_code == 404
    house.work(code, "accept")
    assert house.reader("land").get(f"/cases/{code}").status_code == 200


def test_only_what_is_possible_is_offered(house: House) -> None:
    code = house.accepted("能做什么")
    offered = {
        name: house.reader(name).page(f"/cases/{code}").xpath("//form/@action") for name in ("applicant", "land")
    }
    assert f"/cases/{code}/withdraw" in offered["applicant"]
    assert f"/cases/{code}/extend" not in offered["applicant"]
    assert f"/cases/{code}/withdraw" not in offered["land"]
    assert f"/cases/{code}/extend" in house.reader("land_head").page(f"/cases/{code}").xpath("//form/@action")


def test_the_clock_is_explained_line_by_line(house: House) -> None:
    code = house.accepted("逐日说明", ago=timedelta(days=14))
    page = house.reader("applicant").page(f"/cases/{code}/time")
    rows = page.xpath("//table[contains(@class, 'ledger')]//tr")
    assert len(rows) > 20
    text = words(page)
    assert "二百零一条" in text or "201" in text  # the day of the event
    assert "不计入" in text or "不计" in text
    english = words(house.reader("applicant", "en").page(f"/cases/{code}/time"))
    assert "the day of the event is not counted" in english


def test_a_clock_that_stands_still_says_why_and_until_when(house: House) -> None:
    code = house.accepted("停止计时")
    house.work(code, "review_land", "supplement")
    for reader, path, until in (
        (house.reader("applicant", "en"), f"/cases/{code}", "Please hand it in by"),
        (house.reader("applicant", "en"), f"/cases/{code}/time", "Announced until"),
    ):
        text = words(reader.page(path))
        assert "The clock stands still: supplement by the applicant" in text
        assert until in text
        assert ("Announced until" in text) == path.endswith("/time")  # one day to answer by, not two


def test_extending_needs_a_reason_and_no_more_than_the_law_allows(house: House) -> None:
    """Art. 42: ten days; fifteen where departments decide jointly; the reason is told to the applicant."""
    code = house.accepted("延期")
    head = house.reader("land_head")
    refused = head.send(f"/cases/{code}/extend", basis="promised", days="5", reason=" ")
    assert refused.status_code == 422
    refused = head.send(f"/cases/{code}/extend", basis="promised", days="16", reason="现场复杂")
    assert refused.status_code == 409
    assert "现场复杂" in refused.text
    done = head.send(f"/cases/{code}/extend", basis="promised", days="5", reason="现场复杂")
    assert done.status_code == 303
    told = words(house.reader("applicant").page(f"/cases/{code}/documents"))
    assert "现场复杂" in told


def test_an_application_is_withdrawn(house: House) -> None:
    code = house.accepted("撤回")
    applicant = house.reader("applicant")
    assert applicant.send(f"/cases/{code}/withdraw", reason="方案有变").status_code == 303
    assert "已撤回" in words(applicant.page(f"/cases/{code}"))
    assert applicant.send(f"/cases/{code}/withdraw", reason="").status_code == 409


def test_the_applicant_sees_no_names_and_no_opinions_of_the_office(house: House) -> None:
    code = house.accepted("内部意见")
    house.work(code, "review_land")
    text = "".join(words(house.reader("applicant").page(f"/cases/{code}{part}")) for part in ("", "/history"))
    assert house.office.land.name not in text
    assert "同意。" not in text
    assert house.office.land.name in words(house.reader("land").page(f"/cases/{code}"))


def test_the_diagram_is_part_of_the_page_and_said_in_words(house: House) -> None:
    code = house.accepted("看流程图")
    reader = house.reader("land")
    assert reader.get(f"/cases/{code}/diagram").location == f"/cases/{code}#diagram"
    page = reader.page(f"/cases/{code}")
    (frame,) = page.xpath("//*[@data-drawing]")
    assert reader.get(frame.get("data-of")).data.startswith(b"<?xml")
    (canvas,) = page.xpath("//*[@aria-describedby='steps-list']")
    listed = [words(one) for one in page.xpath("//ol[@id='steps-list']/li")]
    assert canvas.get("aria-label")
    assert len(listed) == 4
    assert [any(name in line for line in listed[:3]) for name in ("用地审查", "选址审查", "可研审查")] == [True] * 3
    assert "受理" in listed[3]  # what is under way comes first


def test_marks_say_how_long_a_step_took_and_who_has_it(house: House) -> None:
    code = house.accepted("看标记", ago=timedelta(days=14))
    house.claim(code, "review_land")
    reader = house.reader("land", "en")
    marks = reader.get(f"/cases/{code}/marks.json").get_json()["elements"]
    assert marks["accept"]["state"] == "done"
    assert marks["accept"]["note"] == "same day"
    assert marks["review_land"]["who"] == house.office.land.name
    assert marks["review_planning"]["who"] == "waiting"
    assert re.fullmatch(r"\d+ of 10 days", marks["review_land"]["note"])
    for_applicant = house.reader("applicant", "en").get(f"/cases/{code}/marks.json").get_json()["elements"]
    assert for_applicant["review_land"]["who"] == ""


def test_the_diagram_is_read_in_the_readers_language(house: House) -> None:
    code = house.accepted("两种语言")
    labels = {
        lang: json.loads(house.reader("land", lang).page(f"/cases/{code}").xpath("//@data-labels")[0])
        for lang in ("zh_CN", "en")
    }
    assert labels["zh_CN"] == {}
    assert labels["en"]["review_land"] == "Land review"
    assert labels["en"]["并联审查"] == "Parallel review"
    public = house.reader(lang="en").page(f"/items/{LAND}/diagram")
    assert json.loads(public.xpath("//@data-labels")[0]) == labels["en"]


@pytest.mark.parametrize("part", ["", "/time", "/application", "/documents", "/history"])
def test_a_page_about_a_case_comes_anew_only_when_something_changed(house: House, part: str) -> None:
    code = house.accepted("自动更新")
    reader = house.reader("land")
    (asked,) = reader.page(f"/cases/{code}{part}").xpath("//*[@id='case']/@hx-get")
    first = reader.get(asked)
    assert "<html" not in first.text
    assert code in first.text
    tag = first.headers["ETag"]
    assert reader.get(asked, headers={"If-None-Match": tag}).status_code == 304
    assert house.reader("land", "en").get(asked, headers={"If-None-Match": tag}).status_code == 200
    house.claim(code, "review_land")
    assert reader.get(asked, headers={"If-None-Match": tag}).status_code == 200


def test_what_changes_by_itself_is_nobody_elses(house: House) -> None:
    code = house.submitted("别人看不到")
    assert house.reader("land").get(f"/cases/{code}?live=1").status_code == 404


def test_the_time_that_is_not_counted_is_listed(house: House) -> None:
    code = house.accepted("不计入的时间")
    house.work(code, "review_land", "supplement")
    page = house.reader("applicant", "en").page(f"/cases/{code}/time")
    (row,) = page.xpath("//section[@id='spans']//tbody/tr")
    assert "supplement by the applicant" in words(row)
    assert "Land" in words(row)
    assert "announced until" in words(row)


def test_each_day_of_the_record_is_named_once(house: House) -> None:
    code = house.accepted("逐日记录", ago=timedelta(days=3))
    house.claim(code, "review_land")
    page = house.reader("land").page(f"/cases/{code}/history")
    lines = page.xpath("//ol[@class='history']/li")
    days = [words(line.xpath(".//*[@class='day']")[0]) for line in lines]
    begins = [line.get("class") == "begins" for line in lines]
    assert begins == [at == 0 or day != days[at - 1] for at, day in enumerate(days)]
    assert False in begins


@pytest.fixture(scope="module")
def decided(house: House) -> str:
    return house.decided("签发决定")


def test_the_decision_is_downloaded_by_those_who_may(house: House, decided: str) -> None:
    page = house.reader("applicant").page(f"/cases/{decided}/documents")
    pdf, *_ = page.xpath("//a[contains(@href, '/documents/') and not(contains(@href, 'translation'))]/@href")
    answer = house.reader("applicant").get(pdf)
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert house.reader("applicant").get(pdf + "?translation=en").data.startswith(b"%PDF")
    assert house.reader("stranger").get(pdf).status_code == 404
    assert house.reader().get(pdf).status_code == 303


def test_anybody_verifies_a_document_by_its_code_and_by_its_file(house: House, decided: str, stranger) -> None:
    page = house.reader("applicant").page(f"/cases/{decided}/documents")
    (code, *_) = [link.removeprefix("/verify/") for link in page.xpath("//a[starts-with(@href, '/verify/')]/@href")]
    (pdf, *_) = page.xpath("//a[contains(@href, '/documents/') and not(contains(@href, 'translation'))]/@href")
    original = house.reader("applicant").get(pdf).data
    for path in (f"/verify?code={code}", f"/verify/{code}", f"/verify?code={code.lower().replace('-', ' ')}"):
        assert code in words(stranger.page(path))
    same = stranger.send("/verify", code=code, file=(BytesIO(original), "decision.pdf"))
    assert "verdict-good" in same.text
    changed = stranger.send("/verify", code=code, file=(BytesIO(original + b"\n"), "decision.pdf"))
    assert changed.status_code == 200
    assert "verdict-bad" in changed.text
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert stranger.get(f"/verify?code={wrong}").status_code == 404
    without = stranger.send("/verify", code="")
    assert without.status_code == 422
    assert 'href="#code"' in without.text
    assert 'aria-describedby="code-error"' in without.text
    assert stranger.get("/verify?code=%3Cscript%3E").status_code == 404


def test_tracking_shows_where_a_case_stands_and_nobodys_data(house: House, decided: str, stranger) -> None:
    house.work(decided, "deliver")
    page = words(stranger.page(f"/track?code={decided}"))
    assert "准予许可" in page
    for personal in ("签发决定", APPLICATION["unit_name"], APPLICATION["contact_name"], APPLICATION["contact_phone"]):
        assert personal not in page
    mistyped = decided[:-1] + str((int(decided[-1]) + 1) % 10)
    assert stranger.get(f"/track?code={mistyped}").status_code == 404
    assert (
        "一位" in stranger.get(f"/track?code={mistyped}").text or "有误" in stranger.get(f"/track?code={mistyped}").text
    )
    assert house.draft() is not None
    assert stranger.get(f"/track?code={house.draft()}").status_code == 404


def test_notices_are_put_into_the_readers_words_and_marked_as_read(house: House) -> None:
    code = house.submitted("通知项目")
    reader = house.reader("applicant", "en")
    page = reader.page("/notices")
    assert f"Application {code} has been received" in words(page)
    fresh = page.xpath("//input[@name='notice']/@value")
    assert fresh
    assert reader.send("/notices", notice=fresh).status_code == 303
    assert set(reader.page("/notices").xpath("//input[@name='notice']/@value")).isdisjoint(fresh)


def test_a_refused_page_is_kept_in_the_record_of_the_case(house: House) -> None:
    code = house.accepted("拒绝留痕")
    house.reader("land_head").send(f"/cases/{code}/extend", basis="promised", days="5", reason="")
    assert "拒绝" in words(house.reader("supervisor").page(f"/cases/{code}/history"))


def test_history_is_told_in_words(house: House) -> None:
    code = house.accepted("历史")
    page = html.fromstring(house.reader("land", "en").get(f"/cases/{code}/history").text)
    text = words(page)
    assert "Application handed in" in text
    assert "Completed: Acceptance" in text
    assert "case:" not in text.replace("Case:", "")


def test_a_denial_is_no_success_and_says_why(house: House) -> None:
    """Art. 38: a denial states its reasons; who opens the case reads them without opening the document."""
    code = house.accepted("不予许可的项目")
    for element in ("review_land", "review_planning", "review_reform"):
        house.work(code, element)
    step = house.claim(code, "decide")
    sent = house.reader("decider").send(f"/desk/{step}", outcome="deny", opinion="项目不符合国土空间规划。")
    assert sent.status_code == 303, sent.text
    page = house.reader("applicant", "en").page(f"/cases/{code}")
    assert "Why it was denied" in words(page)
    assert "项目不符合国土空间规划。" in words(page)
    assert page.xpath("//ol[contains(@class, 'milestones')]/li[contains(@class, 'is-bad')]")
    assert page.xpath("//div[@class='case-head']/span[contains(@class, 'tag-bad')]")


def test_a_reader_of_english_reads_which_articles_are_meant(house: House) -> None:
    text = words(house.reader(lang="en").page(f"/items/{LAND}"))
    assert "Articles 32, 42, 44" in text
    assert "第三十二条" not in text
