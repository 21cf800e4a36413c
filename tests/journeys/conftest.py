"""The browser of the journeys, a demo office that it can reach, and people who sit before it."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from app.kernel import settings as stored
from tests.http.walk import texts
from tests.http.web.house import PASSWORD, House, open_house

CHROMIUM_MISSING = (
    "Browser tests need Chromium: “apt-get install chromium” as root on Debian or Ubuntu, "
    "or set CHROMIUM to the path of one."
)
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
SCREENS = [
    ("zh_CN", "desktop"),
    ("en", "phone"),
]
"""In which language and on what somebody looks."""
SCREENSHOTS = Path(__file__).parents[2] / "var" / "screenshots"
"""What the pages looked like in this run: <language>-<device>/<page>.png."""
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
"""What chromium says of a page that was refused on purpose."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, driven by playwright. A test that uses it is marked `browser`; without it the test fails."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail(CHROMIUM_MISSING, pytrace=False)
    root = ["--no-sandbox"] if os.geteuid() == 0 else []  # chromium's sandbox refuses to run as root
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=[*root, "--disable-dev-shm-usage"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def house(databases, tmp_path_factory) -> Iterator[House]:
    """A demo office: its clock can be moved."""
    with open_house(
        databases, tmp_path_factory.mktemp("files"), lambda session: stored.write(session, stored.DEMO, True)
    ) as opened:
        yield opened


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Where an office is served for as long as the context lasts."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def address(house: House) -> Iterator[str]:
    """Where the office of the journeys is served."""
    with served(house.app) as found:
        yield found


OVERFLOW = """() => {
  const root = document.documentElement, over = root.scrollWidth - root.clientWidth
  if (over <= 0) return [0, ""]
  const right = (element) => element.getBoundingClientRect().right
  const held = (element) => {
    for (let box = element.parentElement; box; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== "visible" && box !== document.body)
        return right(box) <= root.clientWidth + 1
    return false
  }
  const beyond = (element) => right(element) > root.clientWidth + 1 && !held(element)
  const out = [...document.body.querySelectorAll("*")].filter(beyond)
  const widest = out.sort((one, other) => right(other) - right(one)).slice(0, 3)
  return [over, widest.map((element) => element.outerHTML.slice(0, 90)).join(" | ")]
}"""


@dataclass
class Visitor:
    """Somebody before a screen. Whatever the browser complains about is kept."""

    page: Page
    address: str
    lang: str = "zh_CN"
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def say(self, msgid: str) -> str:
        """A text of the pages in the language in which they are read."""
        return texts.in_chinese(msgid) if self.lang == "zh_CN" else msgid

    def press(self, msgid: str) -> None:
        """Press the button of that name and see the page that answers."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=self.say(msgid)).last.click()

    def follow(self, msgid: str) -> None:
        """Follow the link of that name."""
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("link", name=self.say(msgid)).last.click()

    def go(self, path: str) -> Page:
        """Open a page."""
        self.page.goto(self.address + path)
        return self.page

    def draw(self) -> None:
        """Come near to the diagram of a page, if there is one: then it is drawn. On a phone it opens over the page."""
        frame = self.page.locator("[data-drawing]")
        if frame.count():
            frame.first.scroll_into_view_if_needed()
            opener = frame.first.locator("[data-drawing-open]")
            if opener.is_visible():
                opener.click()
            self.page.locator("[data-diagram='drawn']").wait_for()

    def log_in(self, username: str) -> Page:
        """Log in by the form."""
        self.go("/login")
        self.page.locator("#username").fill(username)
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator("#password").press("Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)
        return self.page

    def check(self) -> None:
        """Raise where the page is wider than the screen, or axe finds something."""
        found = self.faults()
        assert found == [], "\n".join(found)

    def faults(self) -> list[str]:
        """What is wrong with the page: wider than the screen, found by axe, or complained about by the browser."""
        found = [f"wider than the screen by {over} px: {what}" for over, what in [self.overflow()] if over]
        for rule in Axe().run(self.page).response["violations"]:
            found += [f"{rule['id']}: {node['html'][:160]}" for node in rule["nodes"][:3]]
        found += self.complaints
        self.complaints.clear()
        return [f"{self.page.url.removeprefix(self.address)}: {fault}" for fault in found]

    def overflow(self) -> tuple[int, str]:
        """By how much the page is wider than the screen, and what sticks out furthest."""
        over, what = self.page.evaluate(OVERFLOW)
        return int(over), str(what)

    def keep(self, folder: str, name: str) -> None:
        """Keep a picture of the whole page."""
        self.page.screenshot(path=SCREENSHOTS / folder / f"{name}.png", full_page=True, animations="disabled")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSED.match(message.text):
            self.complaints.append(message.text)


@pytest.fixture
def visitor(browser: Browser, house: House, address: str) -> Iterator[Callable[..., Visitor]]:
    """Seats somebody: `visitor("land", lang="en", device="phone")`."""
    contexts = []

    def seat(name: str | None = None, lang: str = "zh_CN", device: str = "desktop") -> Visitor:
        phone = device == "phone"
        context = browser.new_context(viewport=SIZES[device], is_mobile=phone, has_touch=phone, accept_downloads=True)
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "lang", "value": lang, "url": address}])
        contexts.append(context)
        made = Visitor(context.new_page(), address, lang)
        if name is not None:
            actor = getattr(house.office, name, None)
            made.log_in(actor.username if actor else name)
        return made

    yield seat
    for context in contexts:
        context.close()
