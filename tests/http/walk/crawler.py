"""Walks the pages as one person, from what one may see by its address and along every link of it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

MOST_ALIKE = 2
"""So many pages are opened of those whose addresses differ only in what they are about; a link is resolved always."""
MOST_PAGES = 400
SWITCHES = frozenset({"lang", "theme"})
"""What a link sets for all pages to come: the walk goes on as it began."""
WIRED = ("hx-", "data-", "popovertarget", "command", "aria-controls")
"""What begins the attributes by which a button without a form does something."""
POINTERS = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "aria-details", "list", "form")
NO_TARGET = ("mailto:", "tel:", "data:", "blob:")


@dataclass
class Page:
    """What an address answered."""

    path: str
    status: int
    mimetype: str
    text: str
    location: str = ""

    @cached_property
    def tree(self) -> Any:
        """The page, parsed; None for what is no page."""
        return html.fromstring(self.text) if self.mimetype == "text/html" and self.text.strip() else None

    @cached_property
    def ids(self) -> Counter[str]:
        """Everything on it that can be pointed at."""
        return Counter(map(str, self.tree.xpath("//@id"))) if self.tree is not None else Counter()

    @property
    def is_whole(self) -> bool:
        """Whether it is a page and not a part of one."""
        return self.tree is not None and bool(self.tree.xpath("//main"))

    def targets(self) -> Iterator[tuple[str, str]]:
        """Where its links, pictures, scripts, searches and polls lead."""
        if self.tree is None:
            return
        for element in self.tree.iter():
            for name in ("href", "src", "hx-get", "poster", "data-src", "data-bpmn", "data-marks"):
                if (target := element.get(name)) is not None and not target.startswith(NO_TARGET):
                    yield f"{element.tag}[{name}]", urljoin(self.path, target)
        for form in self.tree.xpath("//form[not(@method) or translate(@method, 'GET', 'get')='get']"):
            yield "form", urljoin(self.path, form.get("action") or self.path)


@dataclass
class Walk:
    """What one person came to see."""

    app: Flask
    permissions: frozenset[str]
    pages: dict[str, Page] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """Links that lead nowhere, and what is wrong with each page."""
        found = list(self.broken)
        for page in self.pages.values():
            if page.is_whole:
                told = [*self._anchors(page), *self._forms(page), *buttons(page), *structure(page), *policy(page)]
                found += [f"{self.place(page)}: {fault}" for fault in told]
        return list(dict.fromkeys(found))

    def place(self, page: Page) -> str:
        """What the page is, and of what: its address may be one of many alike."""
        endpoint = resolved(self.app, page.path) or f"{resolved(self.app, page.path, 'POST')} ({page.status})"
        return f"{endpoint}{'?' if '?' in page.path else ''}{page.path.partition('?')[2]}"

    def _anchors(self, page: Page) -> Iterator[str]:
        for what, target in page.targets():
            there, _, anchor = target.partition("#")
            other = page if there in ("", page.path) else self.pages.get(there)
            if anchor and other is not None and other.is_whole and unquote(anchor) not in (*other.ids, "top"):
                yield f"{what} {target}: there is no such place on that page"

    def _forms(self, page: Page) -> Iterator[str]:
        for sender in page.tree.xpath(
            "//form[translate(@method, 'POST', 'post')='post'] | //*[@formaction or @hx-post]"
        ):
            target = sender.get("formaction") or sender.get("hx-post") or sender.get("action") or page.path
            endpoint = resolved(self.app, urljoin(page.path, target), "POST")
            if endpoint is None:
                yield f"form {target}: nothing takes it"
                continue
            asked = self.app.view_functions[endpoint].permissions  # type: ignore[attr-defined]
            if asked and self.permissions.isdisjoint(asked):
                yield f"form {target}: offered to somebody who may not"
            if sender.tag == "form":
                yield from form_faults(page, sender, target)


def form_faults(page: Page, form: Any, target: str) -> Iterator[str]:
    """A form that is sent needs the proof of its page, a button, and the right shape for files."""
    if not form.xpath(".//input[@name='csrf_token']"):
        yield f"form {target}: no proof that this page sends it"
    answered = ".//*[self::input or self::select or self::textarea][not(@type='hidden' or @type='file' or @disabled)]"
    if (
        form.xpath(answered)
        and not form.xpath("ancestor-or-self::*/fieldset[@disabled]")
        and not [*buttons_of(page, form)]
    ):
        yield f"form {target}: takes answers and has no button"
    if form.xpath(".//input[@type='file']") and form.get("enctype") != "multipart/form-data":
        yield f"form {target}: would lose its files"


def buttons(page: Page) -> Iterator[str]:
    """A button belongs to a form, or something listens to it."""
    for button in page.tree.xpath("//button"):
        name = " ".join(button.text_content().split()) or button.get("aria-label") or "?"
        in_form = button.get("form") or button.xpath("ancestor::form")
        wired = any(key.startswith(WIRED) for key in button.attrib)
        if not wired and (button.get("type") == "button" or not in_form):
            yield f"button “{name}”: does nothing"


def structure(page: Page) -> Iterator[str]:
    """What a screen reader goes by."""
    headings = len(page.tree.xpath("//h1"))
    yield from [f"{headings} h1"] * (page.status == 200 and headings != 1)
    yield from ["no title"] * (not (page.tree.findtext(".//title") or "").strip(" ·"))
    yield from (f"id “{name}” {count} times" for name, count in page.ids.items() if count > 1)
    for attribute in POINTERS:
        for element in page.tree.xpath(f"//*[@{attribute}]"):
            for name in element.get(attribute).split():
                if name not in page.ids:
                    yield f"{element.tag}[{attribute}={name}]: there is no such element"
    for link in page.tree.xpath("//a[@href]"):
        if not (
            link.text_content().strip() or link.get("aria-label") or link.xpath(".//*[@aria-label or @alt or title]")
        ):
            yield f"link {link.get('href')}: has no name"


def policy(page: Page) -> Iterator[str]:
    """What the policy of content forbids."""
    if inline := page.tree.xpath("//@style | //style | //script[not(@src) and not(contains(@type, 'json'))]"):
        yield f"inline style or script: {inline[:3]}"
    if hooks := [key for element in page.tree.iter() for key in element.attrib if key.startswith(("on", "hx-on"))]:
        yield f"inline handlers: {hooks[:3]}"


def resolved(app: Flask, target: str, method: str = "GET") -> str | None:
    """The view behind an address, if there is one for this method."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(urlsplit(target).path, method)
    except RequestRedirect:
        return None
    except HTTPException:
        return None
    return None if endpoint == "public.nothing_here" else str(endpoint)


def crawl(app: Flask, client: FlaskClient, permissions: Iterable[str], seeds: Iterable[str]) -> Walk:
    """Open the seeds and whatever they lead to."""
    walk = Walk(app, frozenset(permissions))
    alike: Counter[tuple[Any, ...]] = Counter()
    waiting = [(seed, "by its address") for seed in seeds]
    resolved_from: defaultdict[str, str] = defaultdict(str)
    while waiting and len(walk.pages) < MOST_PAGES:
        target, origin = waiting.pop(0)
        path = target.partition("#")[0]
        if path in resolved_from:
            continue
        resolved_from[path] = origin
        if urlsplit(path).netloc:
            walk.broken.append(f"{origin} leads out of the house: {path}")
            continue
        endpoint = resolved(app, path)
        if endpoint is None:
            walk.broken.append(f"{origin} leads nowhere: {path}")
            continue
        asked = sorted(name for name, _ in parse_qsl(urlsplit(path).query))
        if not SWITCHES.isdisjoint(asked):
            continue
        kind = (endpoint, *asked)
        alike[kind] += 1
        if alike[kind] > MOST_ALIKE:
            continue
        page = walk.pages[path] = opened(client, path)
        if page.status >= 400 and origin != "by its address":
            walk.broken.append(f"{origin} is answered {page.status}: {path}")
        if page.location:
            waiting.append((urljoin(path, page.location), f"{path} (redirect)"))
        waiting += [(target, f"{path} {what}") for what, target in page.targets()]
    return walk


def opened(client: FlaskClient, path: str) -> Page:
    """What an address answers."""
    with client.get(path) as answer:
        text = answer.text if answer.mimetype == "text/html" else ""
        return Page(path, answer.status_code, answer.mimetype or "", text, answer.headers.get("Location", ""))


def send_all(walk: Walk, client: Callable[[], FlaskClient]) -> None:
    """Press each button of each form once, as the form stands there. What is answered joins the pages of the walk.

    Each with a client of its own: some answers take its cookies away. Nothing that they do may stay.
    """
    pressed: set[tuple[str, str]] = set()
    for page in [page for page in walk.pages.values() if page.is_whole]:
        for form in page.tree.xpath("//form[translate(@method, 'POST', 'post')='post']"):
            for button in [*buttons_of(page, form)] or [None]:
                target = urljoin(
                    page.path, (None if button is None else button.get("formaction")) or form.get("action") or page.path
                )
                what = (resolved(walk.app, target, "POST") or "", "" if button is None else button.get("value") or "")
                if what[0] and what not in pressed:
                    pressed.add(what)
                    _send(walk, client(), page, target, form, button)


def buttons_of(page: Page, form: Any) -> Iterator[Any]:
    """What sends a form, inside of it or elsewhere on the page."""
    yield from form.xpath(".//button[not(@form)][not(@disabled)][not(@type) or @type='submit']")
    if form.get("id"):
        yield from page.tree.xpath(f"//button[@form='{form.get('id')}']")


def _send(walk: Walk, client: FlaskClient, page: Page, target: str, form: Any, button: Any) -> None:
    got = walk.pages[f"POST {target} {button.get('value') if button is not None else ''}"] = sent(
        client, page, target, form, button
    )
    at_a_loss = got.status == 404 and not (
        got.is_whole and got.tree.xpath("//form//*[@role='alert'] | //*[@id='problem']")
    )
    if at_a_loss or got.status == 405 or got.status >= 500:
        walk.broken.append(f"{walk.place(page)}: {resolved(walk.app, target, 'POST')} answers {got.status}")
    if got.location and resolved(walk.app, urljoin(target, got.location)) is None:
        walk.broken.append(
            f"{walk.place(page)}: {resolved(walk.app, target, 'POST')} leads on to {got.location}, which is nowhere"
        )


def sent(client: FlaskClient, page: Page, target: str, form: Any, button: Any = None) -> Page:
    """What is answered where somebody sends a form as it stands."""
    fields: dict[str, list[Any]] = defaultdict(list)
    for name, value in form.form_values():
        fields[name].append(value)
    if button is not None and button.get("name"):
        fields[button.get("name")].append(button.get("value") or "")
    with client.post(
        target, data=fields, content_type="multipart/form-data", headers={"Referer": "http://localhost" + page.path}
    ) as answer:
        text = answer.text if answer.mimetype == "text/html" else ""
        return Page(target, answer.status_code, answer.mimetype or "", text, answer.headers.get("Location", ""))
