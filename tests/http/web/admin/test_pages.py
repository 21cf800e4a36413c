"""Every page of administration, in both languages, for those who may see it and for nobody else."""

import pytest

from tests.http.web.house import House, Reader, words

SHARED = ["/admin/", "/admin/calendars", "/admin/calendars/cn", "/admin/calendars/cn/2026", "/admin/roles"]
OFFICE = ["/admin/people", "/admin/people?show=left&q=x", "/admin/people/join", "/admin/departments",
          "/admin/posts/new", "/admin/tables", "/admin/tables?kind=posts"]  # fmt: skip
LOADING = ["/admin/calendars/cn/2031/load", "/admin/calendars/cn/2031/load?way=sheet", "/admin/calendars/cn/2027/load",
           "/admin/calendars/cn/2031/load?way=provisional", "/admin/calendars/new", "/admin/calendars/cn/hours",
           "/admin/regions", "/admin/regions/330300", "/admin/roles/new", "/admin/roles/reviewer"]  # fmt: skip


def links(page, prefix: str) -> list[str]:
    """Addresses that a page leads to."""
    return [one for one in dict.fromkeys(page.xpath("//a/@href")) if one.startswith(prefix)]


def check(page, path: str) -> None:
    """What holds for every page: one heading, ids once, a label or a name for every control, a token in every form."""
    assert len(page.xpath("//h1")) == 1, path
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), (path, [one for one in ids if ids.count(one) > 1])
    for control in page.xpath("//main//input[not(@type='hidden')] | //main//select | //main//textarea"):
        named = page.xpath(f"//label[@for='{control.get('id')}']") or control.xpath("ancestor::label")
        assert named, (path, control.get("name"))
    for form in page.xpath("//form[@method='post']"):
        assert form.xpath(".//input[@name='csrf_token']"), path
    for part in page.xpath("//@aria-describedby"):
        assert set(part.split()) <= set(ids), (path, part)


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_the_administrator_of_the_platform_sees_all(house: House, lang: str) -> None:
    platform = house.reader("platform", lang)
    for path in [*SHARED, *OFFICE, *LOADING]:
        check(platform.page(path), path)


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_an_administrator_sees_the_own_office_and_reads_what_is_shared(house: House, lang: str) -> None:
    admin = house.reader("admin", lang)
    for path in [*SHARED, *OFFICE]:
        page = admin.page(path)
        check(page, path)
        for link in links(page, "/admin/"):
            assert admin.get(link).status_code in (200, 302, 303), (path, link)
    for path in LOADING:
        assert admin.get(path).status_code == 403, path


def test_every_person_and_post_has_a_page(house: House) -> None:
    admin = house.reader("admin")
    for path in links(admin.page("/admin/people"), "/admin/people/") + links(
        admin.page("/admin/departments"), "/admin/posts/"
    ):
        check(admin.page(path), path)


@pytest.mark.parametrize("name", ["land", "supervisor", "applicant", "designer", "operator"])
def test_nobody_else_does(house: House, name: str) -> None:
    reader = house.reader(name)
    for path in [*SHARED, *OFFICE, *LOADING]:
        assert reader.get(path).status_code == 403, path


def test_administrators_start_at_their_home(house: House) -> None:
    for name in ("admin", "platform"):
        reader: Reader = house.app.test_client()
        house.log_in(reader, name)
        assert reader.get("/start").location.endswith("/admin/")
        page = reader.page("/admin/")
        assert "管理" in words(page)
        assert page.xpath("//nav[@class='site-nav']//a[@aria-current='page']/@href") == ["/admin/"]


def test_a_year_that_is_not_loaded_says_so(house: House) -> None:
    page = house.reader("admin").page("/admin/calendars/cn/2040", status=404)
    assert "2040" in words(page)
    assert house.reader("admin").get("/admin/calendars/cn/1066").status_code == 404
    assert house.reader("admin").get("/admin/calendars/nowhere").status_code == 404


def column(page, number: int) -> list[str]:
    """What stands in a column of the page's table."""
    return [" ".join(cell.text_content().split()) for cell in page.xpath(f"//table//tbody/tr/*[{number}]")]


@pytest.mark.parametrize("path", ["/admin/people", "/admin/roles", "/admin/regions"])
def test_tables_are_sorted_by_their_headings(house: House, path: str) -> None:
    platform = house.reader("platform", "en")
    page = platform.page(path)
    headings = page.xpath("//thead//a[@class='sort']")
    assert headings
    for heading in headings:
        sorted_page = platform.page(heading.get("href"))
        (turned,) = sorted_page.xpath("//th[@aria-sort]/a/@href")
        around = platform.page(turned)
        assert {*column(sorted_page, 1)} == {*column(around, 1)}
        assert around.xpath("//th/@aria-sort") != sorted_page.xpath("//th/@aria-sort")
    names = column(platform.page(f"{path}?sort=name"), 1)
    assert names == sorted(names, key=str.casefold)
    assert column(platform.page(f"{path}?sort=-name"), 1) == names[::-1]


def test_what_is_grave_comes_first(house: House) -> None:
    tones = house.reader("admin").page("/admin/").xpath("//ul[@class='attention']/li/@class")
    order = ["is-bad", "is-warn", "is-wait", "is-soon", "is-good"]
    assert tones == sorted(tones, key=order.index)
    assert tones
