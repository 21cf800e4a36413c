"""Every page that the application has, in a browser: axe is quiet, it fits, it is said in the reader's language.

The pages come from the application's map of addresses (tests/http/walk/inventory.py), each to somebody who works with
it; then its states. A picture of each is kept in var/screenshots/.
"""

import re
from collections.abc import Iterator

import pytest
from lxml import html
from playwright.sync_api import Browser

from app.edge import SESSION_COOKIE
from app.kernel.ids import GLOBAL_TENANT
from tests.http.security.everybody import ELSEWHERE, TENANT, Everybody, opened
from tests.http.walk import texts
from tests.http.walk.inventory import Place, places
from tests.journeys.conftest import SIZES, Visitor, served
from tests.office import ANSWERS, APPLICATION

pytestmark = pytest.mark.browser

LOOKS = [
    ("zh_CN", "desktop", "light"),
    ("en", "phone", "dark"),
    pytest.param("en", "desktop", "light", marks=pytest.mark.deep),
    pytest.param("zh_CN", "phone", "light", marks=pytest.mark.deep),
    pytest.param("zh_CN", "desktop", "dark", marks=pytest.mark.deep),
]
NARROW = {"width": 320, "height": 640}
"""A screen of 1280 px at 400 %: WCAG 2.2, 1.4.10 Reflow."""
TWICE = "document.documentElement.style.fontSize = '200%'"
"""WCAG 2.2, 1.4.4 Resize Text."""


@pytest.fixture(scope="module")
def everybody(databases, tmp_path_factory) -> Iterator[Everybody]:
    with opened(databases, tmp_path_factory.mktemp("files")) as office:
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
    phone = device == "phone"
    context = browser.new_context(viewport=SIZES[device], is_mobile=phone, has_touch=phone, color_scheme=theme)
    context.set_default_timeout(15_000)
    visitor = Visitor(context.new_page(), everywhere, lang)
    wrong = []
    for place in inventory:
        context.clear_cookies()
        context.add_cookies([{"name": "lang", "value": lang, "url": everywhere}])
        if place.person.username:
            secret = everybody.secrets[place.person.username]
            context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": everywhere}])
        visitor.go(place.path)
        wrong += [f"{place.name} {fault}" for fault in visitor.faults()]
        visitor.keep(f"{lang}-{device}-{theme}", place.name)
        rendered = html.fromstring(visitor.page.content())
        wrong += [f"{place.name} untranslated: {fault}" for fault in texts.untranslated(rendered, typed)]
        wrong += [f"{place.name} {fault}" for fault in stretched(visitor, phone)]
    context.close()
    assert wrong == [], "\n".join(dict.fromkeys(wrong))


def stretched(visitor: Visitor, phone: bool) -> Iterator[str]:
    """Whether it still fits on a narrow screen, or with letters twice as large."""
    if phone:
        visitor.page.set_viewport_size(NARROW)
        over, what = visitor.overflow()
        visitor.page.set_viewport_size(SIZES["phone"])
        if over:
            yield f"at 320 px: {over} px too wide: {what}"
        return
    visitor.page.evaluate(TWICE)
    over, what = visitor.overflow()
    if over:
        yield f"with text at 200 %: {over} px too wide: {what}"
