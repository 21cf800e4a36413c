"""Every page for everybody who may see it, in both languages; and nothing inline in any of them."""

from datetime import timedelta

import pytest
from lxml import html

from tests.http.web.house import House, words

LAND = "land-preliminary-review"
ALWAYS = ["/", "/track", "/verify", f"/items/{LAND}", f"/items/{LAND}/diagram"]
OWN = ["/notices", "/account"]
OF_CASE = ["", "/time", "/application", "/documents", "/history"]
BY_PERSON = {
    None: ["/login"],
    "applicant": ["/my/cases", f"/apply/{LAND}"],
    "clerk": ["/window", f"/window/receive/{LAND}", "/desk", "/cases"],
    "land": ["/desk", "/desk?show=mine", "/desk?show=unclaimed&q=x", "/desk/lines", "/cases?light=red"],
    "land_head": ["/supervision", "/desk"],
    "decider": ["/desk", "/cases?status=accepted&q=市域"],
    "supervisor": ["/supervision", "/supervision/lights?colour=red", "/supervision/entries?state=closed", "/cases"],
    "operator": ["/admin/incidents", "/admin/record", "/cases"],
    "designer": ["/studio", f"/studio/{LAND}/1", "/studio/upload", "/studio/new", "/studio/settings"],
    "publisher": ["/studio", "/studio/upload"],
    "platform": ["/studio/settings"],
}
FORBIDDEN = {
    None: ["/desk", "/my/cases", "/supervision", "/admin/record", "/studio", "/window", "/cases"],
    "applicant": ["/desk", "/supervision", "/admin/incidents", "/studio", "/window"],
    "land": ["/window", "/supervision", "/admin/record", "/studio", "/my/cases"],
    "supervisor": ["/window", "/desk", "/studio", "/admin/incidents"],
    "operator": ["/supervision", "/studio", "/desk"],
}
INLINE = " | ".join(
    (
        "//script[not(@src)]",
        "//style",
        "//@style",
        "//@*[starts-with(name(), 'on')]",
        "//@href[starts-with(., 'javascript:')]",
    )
)
FOREIGN = "//*[starts-with(@src, 'http')] | //link[starts-with(@href, 'http')]"


@pytest.fixture(scope="module")
def overdue(house: House) -> str:
    """A case of two months ago of which a light is red, with an entry."""
    code = house.accepted("逾期项目", ago=timedelta(days=60))
    house.raise_lights()
    return code


@pytest.fixture(scope="module")
def granted(house: House) -> str:
    return house.decided("已批项目")


def check(page, path: str) -> None:
    """What holds for every page."""
    assert page.xpath(INLINE) == [], path
    assert page.xpath(FOREIGN) == [], path
    if path == "/desk/lines":
        return
    assert len(page.xpath("//h1")) == 1, path
    assert len(page.xpath("//main[@id='main']")) == 1, path
    assert page.xpath("string(//title)").strip(), path
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), (path, [one for one in ids if ids.count(one) > 1])
    for form in page.xpath("//form[@method='post']"):
        assert form.xpath(".//input[@name='csrf_token']"), path


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
@pytest.mark.parametrize("name", BY_PERSON)
def test_each_page_is_shown_to_those_who_may_see_it(house: House, name: str | None, lang: str) -> None:
    reader = house.reader(name, lang)
    for path in [*ALWAYS, *(OWN if name else []), *BY_PERSON[name]]:
        page = reader.page(path)
        check(page, path)
        assert page.get("lang", "en" if lang == "en" else "zh-CN") == ("en" if lang == "en" else "zh-CN")


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_page_is_refused_to_those_who_may_not(house: House, name: str | None) -> None:
    reader = house.reader(name)
    for path in FORBIDDEN[name]:
        answer = reader.get(path)
        if name is None:
            assert answer.status_code == 303, path
            assert answer.location.startswith("/login?next=/"), path
        else:
            assert answer.status_code == 403, path
            assert "您无权" in answer.text or "权限" in answer.text, path


@pytest.mark.parametrize("name", BY_PERSON)
def test_nothing_is_offered_that_is_refused(house: House, overdue: str, name: str | None) -> None:
    """Every link of the header, and of the page that one starts from, leads to a page that one may see."""
    reader = house.reader(name)
    start = reader.get("/start", follow_redirects=True)
    assert start.status_code == 200
    for link in set(html.fromstring(start.text).xpath("//a/@href")):
        if link.startswith("/"):
            assert reader.get(link.partition("#")[0]).status_code in (200, 302), link


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
@pytest.mark.parametrize("name", ["applicant", "land", "supervisor"])
def test_all_parts_of_a_case(house: House, overdue: str, granted: str, name: str, lang: str) -> None:
    reader = house.reader(name, lang)
    for code in (overdue, granted):
        for part in OF_CASE:
            check(reader.page(f"/cases/{code}{part}"), part)


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_task_entry_and_draft(house: House, overdue: str, lang: str) -> None:
    step = house.step(overdue, "review_land")
    check(house.reader("land", lang).page(f"/desk/{step}"), "task")
    board = house.reader("supervisor", lang)
    (entry, *_) = board.page("/supervision/entries").xpath("//a[starts-with(@href, '/supervision/entries/')]/@href")
    check(board.page(entry), "entry")
    draft = house.draft()
    applicant = house.reader("applicant", lang)
    for stage in ("form", "materials", "check"):
        check(applicant.page(f"/drafts/{draft}/{stage}"), stage)


def test_the_studio_shows_versions_and_findings(house: House) -> None:
    designer = house.app.test_client()
    designer.send("/login", username="designer", password="correct horse battery")
    check(designer.page("/studio"), "/studio")
    page = designer.page(f"/studio/{LAND}/1")
    check(page, "/studio/item")
    assert "review_land" in words(page)
    assert designer.get(f"/studio/{LAND}/1/diagram.bpmn").mimetype == "application/xml"
    assert designer.get(f"/studio/{LAND}/99").status_code == 404


def test_an_address_of_nothing_says_so_and_shows_the_way_out(house: House) -> None:
    for reader, place in ((house.reader(), "登录"), (house.reader("land"), "审查台")):
        page = reader.page("/no/such/page", status=404)
        check(page, "404")
        assert "没有页面" in words(page)
        assert place in words(page)


def test_headers_allow_nothing_inline_or_foreign(stranger) -> None:
    headers = stranger.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_built_files_are_kept_for_ever_and_nothing_else_is_served(stranger) -> None:
    page = stranger.page("/")
    for file in page.xpath("//link[@rel='stylesheet' or @rel='icon']/@href | //script/@src"):
        with stranger.get(file) as answer:
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]
    assert stranger.get("/assets/manifest.txt").status_code == 404
    assert stranger.get("/assets/..%2f..%2f__init__.py").status_code == 404


# --- what everybody finds


def test_services_are_found_by_words_by_who_and_by_department(stranger) -> None:
    page = stranger.page("/?q=用地")
    assert page.xpath("//*[@id='found']//*[@class='service']//a/@href") == [f"/items/{LAND}"]
    assert "1 项" in words(page.xpath("//*[@class='found-status']")[0])
    assert page.xpath("//form[@role='search']//input[@name='q']/@value")[0] == "用地"
    assert stranger.page("/?for=person&q=用地").xpath("//*[@class='service']") == []
    (lead,) = stranger.page("/").xpath(
        "//*[@id='found']//a[contains(@href, '规划局') or contains(@href, '%E8%A7%84')]/@href"
    )
    narrowed = stranger.page(lead.partition("#")[0])
    assert narrowed.xpath("//*[@id='found']//*[@class='service']")
    assert len(narrowed.xpath("//nav[@class='chips']//a[@aria-current]")) == 2


def test_a_search_that_finds_nothing_shows_the_way_back(stranger) -> None:
    page = stranger.page("/?q=zzzz")
    assert page.xpath("//*[@id='found']//*[contains(@class, 'empty')]//a/@href") == ["/#services"]


def test_the_guide_says_the_main_things_first_and_leads_to_applying(house: House) -> None:
    page = house.reader().page(f"/items/{LAND}")
    assert "20 个工作日" in words(page.xpath("//dl[@class='glance']")[0])
    assert {lead.partition("?")[0] for lead in page.xpath("//a[contains(@class, 'btn-lg')]/@href")} == {"/login"}
    for lead in page.xpath("//nav[@aria-label='本页内容' or @aria-label='本页目录']//a/@href"):
        assert page.xpath(f"//*[@id='{lead[1:]}']"), lead
    assert house.reader("applicant").page(f"/items/{LAND}").xpath(f"//a[@href='/apply/{LAND}']")
    assert house.reader("clerk").page(f"/items/{LAND}").xpath(f"//a[@href='/window/receive/{LAND}']")


def test_a_case_is_followed_like_a_parcel_without_a_name(house: House) -> None:
    code = house.accepted("跟踪项目")
    page = house.reader().page(f"/track?code={code}")
    said = words(page)
    assert page.xpath("//*[contains(@class, 'next-decided')]//time")
    happened = page.xpath("//ol[@class='passage']/li/@class")
    assert happened == ["is-accepted", "is-received"]
    assert "跟踪项目" not in said
    assert house.office.applicant.name not in said


def test_who_applied_sees_first_what_is_expected_of_them(house: House) -> None:
    code = house.submitted("待补正项目")
    house.work(code, "accept", "supplement")
    page = house.reader("applicant").page("/my/cases")
    sections = [one.get("aria-labelledby") for one in page.xpath("//main//section[@aria-labelledby]")]
    assert sections.index("waiting") < sections.index("under-way")
    assert code in words(page.xpath("//*[@class='expected']")[0])
    assert "待补正项目" in words(page.xpath("//ul[@class='under-way']")[0])
    tracked = house.reader().page(f"/track?code={code}")
    assert tracked.xpath("//*[contains(@class, 'next-answer')]")
    assert "停止计时" in words(tracked)
