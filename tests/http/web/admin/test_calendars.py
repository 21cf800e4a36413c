"""Loading a year, seen before it is done: by lines, by a sheet, as provisional; office hours; own calendars."""

from io import BytesIO

import pytest
from lxml import html

from app.jobs import work
from tests.http.web.house import House, Reader, words

LOAD, PREVIEW = "/admin/calendars/cn/{}/load", "/admin/calendars/cn/{}/preview"
LINES = {
    "way": "lines",
    "form": "year",
    "status": "announced",
    "source": "国办发明电〔2030〕7号",
    "name": ["元旦", "春节", ""],
    "first": ["2031-01-01", "2031-01-23", ""],
    "last": ["2031-01-01", "2031-01-29", ""],
    "worked": ["", "1月19日 2月8日", ""],
}


@pytest.fixture
def platform(house: House) -> Reader:
    return house.reader("platform")


def carried(answer) -> dict[str, str]:
    """What the form that loads carries on from the preview."""
    (form,) = html.fromstring(answer.text).xpath("//form[contains(@action, '/load')]")
    return {one.get("name"): one.get("value") for one in form.xpath(".//input[@name]") if one.get("name") != "once"}


def test_lines_of_a_notice_are_previewed_and_loaded(house: House, platform: Reader) -> None:
    path = PREVIEW.format(2031)
    shown = platform.send(path, **LINES)
    assert shown.status_code == 200
    assert "1月27日" in shown.text
    assert 'value="国办发明电〔2030〕7号"' in shown.text
    assert platform.get("/admin/calendars/cn/2031").status_code == 404
    form = carried(shown)
    done = platform.send(LOAD.format(2031), **form)
    assert done.status_code == 303
    page = platform.page("/admin/calendars/cn/2031")
    assert "已公布" in words(page)
    assert len(page.xpath("//td[contains(@class, 'is-worked')]")) == 2
    again = platform.send(LOAD.format(2031), **form)
    assert again.status_code == 409
    assert "其他人" in again.text or "别人" in again.text or "他人" in again.text
    work.recount(house.app.extensions["greenlight"])
    assert "完成" in words(platform.page("/admin/calendars/cn"))


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(platform: Reader) -> None:
    wrong = LINES | {"last": ["2030-01-01", "2031-01-29", ""], "worked": ["", "周一", ""], "source": ""}
    shown = platform.send(PREVIEW.format(2032), **wrong)
    assert shown.status_code == 422
    page = html.fromstring(shown.text)
    for field in ("lines.0.last", "lines.1.worked", "source"):
        assert page.xpath(f"//*[@id='year-{field}-error']"), field
        assert page.xpath(f"//*[@id='problem']//a[@href='#year-{field}']"), field
    assert page.xpath("//input[@id='year-lines.1.worked']/@value") == ["周一"]
    assert page.xpath("//input[@id='year-lines.0.name']/@value") == ["元旦"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_sheet(platform: Reader, encoding: str) -> None:
    sheet = "日期,是否上班,名称\n2033-01-03,否,元旦\n2033-01-09,是,元旦\n".encode(encoding)
    fields = {"way": "sheet", "form": "year", "status": "announced", "source": "表"}
    shown = platform.send(PREVIEW.format(2033), **fields, file=(BytesIO(sheet), "2033.csv"))
    assert shown.status_code == 200, shown.text[-500:]
    assert "1月9日" in shown.text
    wrong = platform.send(PREVIEW.format(2033), **fields, file=(BytesIO(b"date\n2033-01-03,?\n"), "2033.csv"))
    assert wrong.status_code == 422
    assert "第 2 行" in wrong.text


def test_a_provisional_year_and_its_announcement(platform: Reader) -> None:
    shown = platform.send(PREVIEW.format(2034), way="provisional", form="year", source="法定节假日")
    assert platform.send(LOAD.format(2034), **carried(shown)).status_code == 303
    assert "暂定" in words(platform.page("/admin/calendars/cn/2034"))
    page = platform.page(LOAD.format(2034))
    assert "春节" in page.xpath("//input[@name='name']/@value")


def test_forged_days_are_refused(platform: Reader) -> None:
    for days in ("", "x", "[[1]]", '[["2035-13-01", "true", ""]]', '[["2036-01-05", "true", ""]]'):
        sent = platform.send(LOAD.format(2035), form="year", days=days, status="announced", source="x", version="0")
        assert sent.status_code == 422, days


def test_office_hours_are_previewed_and_saved(platform: Reader) -> None:
    path = "/admin/calendars/cn/hours"
    fields = {"form": "hours", "name_zh": "工作日历", "name_en": "Working days", "timezone": "Asia/Shanghai"}
    fields |= {"begins": ["09:00", "13:30", ""], "ends": ["12:00", "17:00", ""]}
    (version,) = platform.page(path).xpath("//input[@name='version']/@value")
    shown = platform.send(path, **fields, version=version, act="preview")
    assert shown.status_code == 200
    assert "0 个未办结期限将变动" in shown.text
    assert platform.send(path, **fields, version=version, act="save").status_code == 303
    assert platform.send(path, **fields, version=version, act="save").status_code == 409
    wrong = platform.send(path, **fields | {"ends": ["08:00", "17:00", ""]}, act="save")
    assert wrong.status_code == 422
    assert 'value="08:00"' in wrong.text


def test_a_calendar_of_ones_own(platform: Reader) -> None:
    fields = {"form": "hours", "code": "night", "name_zh": "夜间", "name_en": "Night", "timezone": "Asia/Shanghai"}
    fields |= {"begins": ["18:00"], "ends": ["22:00"], "years_of": "cn"}
    assert platform.send("/admin/calendars", **fields).location.endswith("/admin/calendars/night")
    assert "18:00–22:00" in words(platform.page("/admin/calendars"))
    assert platform.send("/admin/calendars", **fields).status_code == 422


def test_a_count_anew_is_begun_and_its_progress_shown(house: House, platform: Reader) -> None:
    house.submitted("日历测试项目")
    assert platform.send("/admin/calendars/cn/recount").status_code == 303
    assert "进行中" in platform.get("/admin/calendars/cn/progress").text
    assert platform.page("/admin/calendars/cn").xpath("//*[@hx-trigger='every 3s']")
    work.recount(house.app.extensions["greenlight"])
    assert "进行中" not in platform.get("/admin/calendars/cn/progress").text
