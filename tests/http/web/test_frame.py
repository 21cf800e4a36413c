"""The frame of all pages: colours by day and by night, what waits, what is sent over the line."""

import gzip
import re
from typing import Any

import pytest

from app import create_app
from app.web.assets import DIST
from tests.http.web.house import House, Reader

FIRST_PAGE = 150_000
"""Bytes over the line for a first page, with all that it loads."""


def night(page: Any) -> list[str]:
    """For which media the colours of the night count."""
    return list(page.xpath("//link[contains(@href, '/dark-')]/@media"))


def test_day_or_night_is_as_on_the_device_unless_somebody_chooses(stranger: Reader) -> None:
    page = stranger.page("/track")
    assert (page.get("data-theme"), night(page)) == ("auto", ["screen and (prefers-color-scheme: dark)"])
    assert page.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]


@pytest.mark.parametrize(("theme", "media"), [("light", []), ("dark", ["screen"])])
def test_what_was_chosen_is_kept_and_paper_stays_white(stranger: Reader, theme: str, media: list[str]) -> None:
    stranger.page(f"/track?theme={theme}")
    page = stranger.page("/verify")
    assert (page.get("data-theme"), night(page)) == (theme, media)
    assert page.xpath("//nav[contains(@class, 'theme')]/a[@aria-current]/@href") == [f"/verify?theme={theme}"]
    assert stranger.page("/verify?theme=neon").get("data-theme") == theme


def test_choosing_keeps_the_page_and_its_filters(house: House) -> None:
    page = house.reader("land").page("/desk?show=mine")
    assert page.xpath("//nav[contains(@class, 'theme')]/a/@href")[-1] == "/desk?show=mine&theme=dark"


def test_the_header_says_what_waits(house: House) -> None:
    house.accepted("头上的数")
    reader = house.reader("land", "en")
    waiting = reader.page("/cases").xpath("string(//nav[@aria-label='Main']/a[@href='/desk']/*[@class='count'])")
    assert int(waiting.split()[0]) >= 1
    assert reader.page("/nowhere", 404).xpath("//nav[@aria-label='Main']/a[@href='/desk']/*") == []


def test_pages_are_compressed_for_those_who_read_it(house: House) -> None:
    client = house.reader()
    plain, packed = client.get("/"), client.get("/", headers={"Accept-Encoding": "gzip"})
    assert plain.content_encoding is None
    assert packed.content_encoding == "gzip"
    assert "Accept-Encoding" in plain.vary
    assert "Accept-Encoding" in packed.vary
    bare = re.compile(rb'content="[^"]+"|value="[^"]+"')  # tokens differ from page to page
    assert bare.sub(b"", gzip.decompress(packed.data)) == bare.sub(b"", plain.data)
    assert len({len(client.get("/", headers={"Accept-Encoding": "gzip"}).data) for _ in range(8)}) > 1


@pytest.mark.parametrize(
    ("accepted", "sent"), [("br, gzip", "br"), ("gzip", "gzip"), ("gzip;q=1, br;q=0", "gzip"), ("", None)]
)
def test_built_files_are_sent_as_the_browser_reads_them(stranger: Reader, accepted: str, sent: str | None) -> None:
    (address,) = stranger.page("/track").xpath("//link[contains(@href, '/app-')]/@href")
    answer = stranger.get(address, headers={"Accept-Encoding": accepted})
    content = answer.data
    answer.close()
    assert answer.content_encoding == sent
    assert answer.mimetype == "text/css"
    assert "Accept-Encoding" in answer.vary
    assert answer.cache_control.immutable
    if sent is None:
        assert content == (DIST / address.rpartition("/")[2]).read_bytes()
    assert stranger.get(f"{address}.br").status_code == 404


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (None, "/"),
        (None, "/items/land-preliminary-review"),
        (None, "/login"),
        ("applicant", "/my/cases"),
        ("land", "/desk"),
    ],
)
def test_a_first_page_is_light(house: House, name: str | None, path: str) -> None:
    reader, read = house.reader(name), {"Accept-Encoding": "gzip"}
    page = reader.page(path)
    loaded = {
        one.partition("#")[0] for one in page.xpath("//link/@href | //script/@src | //*[local-name()='use']/@href")
    }
    files = [one for one in loaded if one.startswith("/assets/")]
    assert len(files) >= 4
    weights = {}
    for one in [path, *files]:
        with reader.get(one, headers=read) as answer:
            weights[one] = len(answer.data)
    assert sum(weights.values()) < FIRST_PAGE, weights


def test_the_styleguide_is_for_those_who_develop(
    house: House, stranger: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stranger.get("/styleguide").status_code == 404
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = create_app(house.app.extensions["greenlight"].settings)
    app.test_client_class = Reader
    for form in ("fresh", "filled", "faulty"):
        page = app.test_client().page(f"/styleguide?form={form}")
        assert bool(page.xpath("//*[contains(@class, 'error-summary')]")) == (form == "faulty")
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))
    app.extensions["greenlight"].database.dispose()
