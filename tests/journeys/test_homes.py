"""Each person logs in, is shown what they came for, and goes; and a clerk receives for somebody who came in person."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.http.web.house import House
from tests.journeys.acts import do, hand_in
from tests.journeys.conftest import SCREENS, Visitor
from tests.office import LAND

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]
HOMES = {
    "applicant": "/my/cases",
    "clerk": "/window",
    "land": "/desk",
    "decider": "/desk",
    "supervisor": "/supervision",
    "designer": "/studio",
    "publisher": "/studio",
    "admin": "/admin/",
    "platform": "/admin/",
    "operator": "/admin/incidents",
}


@pytest.mark.parametrize(("lang", "device"), [SCREENS[0], pytest.param(*SCREENS[1], marks=pytest.mark.deep)])
def test_each_person_opens_on_what_they_came_for(visitor: Seat, house: House, lang: str, device: str) -> None:
    house.accepted("各人首页")
    for name, home in HOMES.items():
        somebody = visitor(name, lang=lang, device=device)
        page = somebody.go("/start")
        assert page.url.removeprefix(somebody.address).partition("?")[0] == home, name
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(f"header a[href='{home}'][aria-current='page']").first).to_be_attached()
        page.locator("header summary:visible").last.click()
        somebody.check()
        page.get_by_role("button", name=somebody.say("Log out")).click()
        page.wait_for_url(lambda url, home=home: home not in url)
        somebody.go(home)
        assert "/login" in page.url, name


@pytest.mark.parametrize(("lang", "device"), [SCREENS[0], pytest.param(*SCREENS[1], marks=pytest.mark.deep)])
def test_a_clerk_receives_at_the_window(visitor: Seat, house: House, lang: str, device: str) -> None:
    clerk = visitor("clerk", lang=lang, device=device)
    page = clerk.go("/window")
    clerk.check()
    page.locator(f"main a[href='/window/receive/{LAND}']").first.click()
    page.locator("#applicant").fill("温州市水务集团有限公司")
    clerk.check()
    clerk.press("Begin")
    code = hand_in(clerk, f"窗口接收 {device}")
    page = clerk.go("/window/received")
    expect(page.get_by_role("main")).to_contain_text(code)
    do(clerk, code, "accept", "accept", house)
    clerk.go("/window")
    clerk.check()
