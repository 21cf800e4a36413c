"""Every page that the application has, in a browser: axe is quiet, it fits, it is said in the reader's language.

The pages come from the application's map of addresses (tests/http/walk/inventory.py), each to somebody who works with
it; then its states. A picture of each is kept in var/screenshots/.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin

import pytest
from lxml import html
from playwright.sync_api import Browser

from app.edge import SESSION_COOKIE
from app.kernel.ids import GLOBAL_TENANT
from tests.http.security.everybody import ELSEWHERE, TENANT, Everybody, Person
from tests.http.security.everybody import opened as office_opened
from tests.http.walk import texts
from tests.http.walk.crawler import opened, resolved, sent
from tests.http.walk.inventory import Place, places
from tests.journeys.conftest import SCREENSHOTS, SIZES, Visitor, served
from tests.office import ANSWERS, APPLICATION

pytestmark = pytest.mark.browser

LOOKS = [
    ("zh_CN", "desktop", "light"),
    pytest.param("en", "phone", "dark", marks=pytest.mark.deep),
    pytest.param("zh_CN", "phone", "light", marks=pytest.mark.deep),
]
NARROW = {"width": 320, "height": 640}
"""A screen of 1280 px at 400 %: WCAG 2.2, 1.4.10 Reflow."""
UNFOLD = "document.querySelectorAll('main details').forEach((fold) => { fold.open = true })"
SEND = """(number) => {
  const form = document.querySelectorAll("main form[method=post]")[number]
  form.noValidate = true
  form.submit()
}"""
TWICE = "document.documentElement.style.fontSize = '200%'"
"""WCAG 2.2, 1.4.4 Resize Text."""


@pytest.fixture(scope="module")
def everybody(databases, tmp_path_factory) -> Iterator[Everybody]:
    with office_opened(databases, tmp_path_factory.mktemp("files")) as office:
        yield office


@pytest.fixture(scope="module")
def inventory(everybody: Everybody) -> list[Place]:
    return places(everybody)[0]


@pytest.fixture(scope="module")
def typed(everybody: Everybody) -> re.Pattern[str]:
    with everybody.database.transaction(GLOBAL_TENANT, [TENANT, ELSEWHERE]) as session:
        return texts.masked(texts.typed(session, APPLICATION, ANSWERS))


@pytest.fixture(scope="module")
def everywhere(everybody: Everybody) -> Iterator[str]:
    with served(everybody.app) as found:
        yield found


@pytest.mark.parametrize(("lang", "device", "theme"), LOOKS)
def test_every_page(
    browser: Browser,
    everybody: Everybody,
    everywhere: str,
    inventory: list[Place],
    typed: re.Pattern[str],
    lang: str,
    device: str,
    theme: str,
) -> None:
    phone, folder = device == "phone", f"{lang}-{device}-{theme}"
    shutil.rmtree(SCREENSHOTS / folder, ignore_errors=True)
    wrong = []
    with looking(browser, everywhere, lang, device, theme) as visitor:
        for place in inventory:
            become(visitor, everybody, place.person)
            page = visitor.go(place.path)
            visitor.keep(folder, place.name)
            page.evaluate(UNFOLD)
            visitor.draw()
            found = visitor.faults()
            found += [f"untranslated: {one}" for one in texts.untranslated(html.fromstring(page.content()), typed)]
            for number, opener in enumerate(page.locator("[aria-haspopup=dialog]:visible").all()[:1]):
                opener.click()
                visitor.keep(folder, f"{place.name}-dialog-{number}")
                found += visitor.faults()
                page.keyboard.press("Escape")
            wrong += [f"{place.name} {fault}" for fault in [*found, *stretched(visitor, phone)]]
    assert wrong == [], "\n".join(dict.fromkeys(wrong))


@pytest.mark.deep
@pytest.mark.parametrize(("lang", "device", "theme"), LOOKS[:1])
def test_every_form_that_is_refused(
    browser: Browser,
    everybody: Everybody,
    everywhere: str,
    inventory: list[Place],
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
    device: str,
    theme: str,
) -> None:
    """Each form sent as it stands, past what the browser would ask for, that is answered with a page. Nothing stays."""
    folder, wrong, seen = f"{lang}-{device}-{theme}", [], set[str]()
    with looking(browser, everywhere, lang, device, theme) as visitor, everybody.undone(monkeypatch):
        for place in inventory:
            for number, endpoint in refused(everybody, place):
                if endpoint not in seen:
                    seen.add(endpoint)
                    become(visitor, everybody, place.person)
                    with visitor.go(place.path).expect_navigation():
                        visitor.page.evaluate(SEND, number)
                    visitor.keep(folder, f"{endpoint}-refused")
                    wrong += [f"{endpoint} {fault}" for fault in visitor.faults()]
    assert len(seen) > 10
    assert wrong == [], "\n".join(dict.fromkeys(wrong))


def refused(everybody: Everybody, place: Place) -> Iterator[tuple[int, str]]:
    """The forms of a page that are answered with a page: where in it they stand, and what answers."""
    page = opened(everybody.client(place.person), place.path)
    forms = page.tree.xpath("//main//form[@method='post']") if page.is_whole else []
    for number, form in enumerate(forms):
        target = urljoin(place.path, form.get("action") or place.path)
        answer = sent(everybody.client(place.person), page, target, form)
        if answer.is_whole and answer.status in (400, 409, 422):
            yield number, str(resolved(everybody.app, target, "POST"))


@contextmanager
def looking(browser: Browser, address: str, lang: str, device: str, theme: str) -> Iterator[Visitor]:
    """Somebody who can be any of the people, one after the other."""
    phone = device == "phone"
    context = browser.new_context(viewport=SIZES[device], is_mobile=phone, has_touch=phone, color_scheme=theme)
    context.set_default_timeout(15_000)
    yield Visitor(context.new_page(), address, lang)
    context.close()


def become(visitor: Visitor, everybody: Everybody, person: Person) -> None:
    """Be one of the people from now on."""
    context = visitor.page.context
    context.clear_cookies()
    cookies = {"lang": visitor.lang} | ({SESSION_COOKIE: everybody.secrets[person.username]} if person.username else {})
    context.add_cookies([{"name": name, "value": value, "url": visitor.address} for name, value in cookies.items()])


def stretched(visitor: Visitor, phone: bool) -> Iterator[str]:
    """Whether it still fits on a narrow screen, or with letters twice as large."""
    if phone:
        visitor.page.set_viewport_size(NARROW)
        over, what = settled(visitor)
        visitor.page.set_viewport_size(SIZES["phone"])
        if over:
            yield f"at 320 px: {over} px too wide: {what}"
        return
    visitor.page.evaluate(TWICE)
    over, what = settled(visitor)
    if over:
        yield f"with text at 200 %: {over} px too wide: {what}"


def settled(visitor: Visitor) -> tuple[int, str]:
    """How much a page is too wide, once charts have come round to its new width."""
    for _look in range(10):
        over, what = visitor.overflow()
        if not over:
            break
        visitor.page.wait_for_timeout(200)
    return over, what
