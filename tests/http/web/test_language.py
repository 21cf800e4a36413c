"""Chinese first, English complete; switching keeps the page."""

import pytest


def language_of(page) -> str:
    return page.get("lang")


def test_chinese_unless_asked_otherwise(house) -> None:
    client = house.app.test_client()
    assert language_of(client.page("/")) == "zh-CN"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("fr-FR", "zh-CN"),
        ("en;q=0.5,zh;q=0.9", "zh-CN"),
    ],
)
def test_the_browser_is_heard(house, header: str, expected: str) -> None:
    answer = house.app.test_client().get("/", headers={"Accept-Language": header})
    assert f'<html lang="{expected}"' in answer.text


def test_what_was_asked_for_once_is_kept(house) -> None:
    client = house.app.test_client()
    assert language_of(client.page("/?lang=en")) == "en"
    assert language_of(client.page("/login")) == "en"
    assert language_of(client.page("/?lang=xx")) == "en"
    assert language_of(client.page("/?lang=zh_CN")) == "zh-CN"


def test_switching_keeps_the_page_and_its_filters(house) -> None:
    page = house.reader("land").page("/desk?show=mine&q=%E5%B8%82%E5%9F%9F")
    (link,) = page.xpath("//a[@hreflang='en']/@href")
    assert link == "/desk?show=mine&q=%E5%B8%82%E5%9F%9F&lang=en"


def test_after_a_refused_write_switching_leads_to_the_page_it_came_from(house) -> None:
    code = house.accepted()
    step = house.taken(code, "review_land")
    answer = house.reader("land_head").send(f"/desk/{step}/claim")
    assert answer.status_code in (403, 404)
    answer = house.reader("land").send(f"/desk/{step}/claim")
    assert answer.status_code == 409
    assert 'href="/desk?lang=en"' in answer.text


def test_the_language_of_the_account_counts_where_nothing_else_was_said(house) -> None:
    client = house.app.test_client()
    client.send("/login", username=house.office.land.username, password="correct horse battery")
    assert '<html lang="zh-CN"' in client.get("/desk", headers={"Accept-Language": "en"}).text
