"""The desk as a tool: files beside the form, what others do while one works, the place that stays where it was."""

import re
import struct
import zlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from app.cases import operations
from app.cases.handing import attach_material
from app.catalog.queries import current_item
from app.cli.demo.specimens import specimen
from app.kernel.time import real_now
from app.supervision import operations as supervision
from tests.http.web.house import House
from tests.journeys.conftest import Visitor
from tests.office import ANSWERS, APPLICATION, LAND

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]
A_POLL = 21_000
"""Milliseconds after which every part of a page was asked for once more."""


def png() -> bytes:
    """A grey picture of 8 by 8 points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\x00" + b"\x80" * 8 for _row in range(8)))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def reviewed(house: House, project: str) -> tuple[str, UUID]:
    """A case with files that can be read, one of them a picture, whose land step is claimed; its code and the step."""
    applicant, now = house.office.applicant, real_now()
    key = house.draft({**APPLICATION, "project_name": project})
    store = house.app.extensions["greenlight"].store
    with house.acting(applicant) as session:
        pictures = 0
        for need in current_item(session, LAND).materials:
            if need.required and need.key:
                is_picture = "png" in need.formats and not pictures
                pictures += is_picture
                name, content = ("图.png", png()) if is_picture else (f"{need.name.zh}.pdf", specimen(need.name.zh))
                attach_material(session, applicant, store, key, need.code, name, content, now)
    with house.acting(applicant) as session:
        code = operations.submit(session, applicant, key, now).code or ""
    house.work(code, "accept")
    return code, house.claim(code, "review_land")


def shown_text(page: Page) -> Locator:
    return page.locator(".viewer-page .textLayer").first


def test_files_are_read_beside_the_form(visitor: Seat, house: House) -> None:
    """PDF files with their text, pictures; the next file by a key; what cannot be drawn is offered for download."""
    _code, step = reviewed(house, "边看边填")
    land = visitor("land")
    page = land.go(f"/desk/{step}")
    viewer = page.locator("[data-viewer]")
    expect(shown_text(page)).to_contain_text("样张", timeout=15_000)
    first = page.locator("[data-file='pdf']").first
    expect(first).to_have_attribute("aria-current", "true")
    expect(page.locator("[data-view-count]")).to_have_text("1")
    land.check()

    before = page.locator(".viewer-page").first.bounding_box()
    viewer.locator("[data-view='larger']").click()
    after = page.locator(".viewer-page").first.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(before["width"] * 1.25, rel=0.02)
    viewer.locator("[data-view='turn']").click()
    expect(shown_text(page)).to_contain_text("样张")

    page.locator("[data-file='image']").click()
    expect(viewer.locator("img")).to_have_js_property("naturalWidth", 8)
    land.check()
    page.locator("#opinion").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(shown_text(page)).to_contain_text("样张")
    opened = page.locator("[data-file][aria-current]")
    page.keyboard.press("m")
    expect(opened).to_be_focused()
    viewer.locator("[data-view='close']").click()
    expect(viewer).to_be_hidden()
    expect(page.locator("[data-file]:focus")).to_have_count(1)

    page.route("**/materials/*", lambda route: route.fulfill(body=b"%PDF-1.7 nothing", content_type="application/pdf"))
    first.click()
    expect(viewer.locator("[data-view-say='failed'] a")).to_be_visible()
    assert land.complaints == []


def test_form_and_files_are_moved_without_a_mouse_and_stay_so(visitor: Seat, house: House) -> None:
    _code, step = reviewed(house, "分栏")
    land = visitor("land")
    page = land.go(f"/desk/{step}")
    grip, form = page.get_by_role("separator", name=land.say("Width of the form")), page.locator(".task-form")
    grip.focus()
    width = form.evaluate("form => form.clientWidth")
    for _press in range(5):
        page.keyboard.press("ArrowRight")
    assert form.evaluate("form => form.clientWidth") > width
    wide = grip.get_attribute("aria-valuenow")
    page.locator("#side [role='tab']").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#others")).to_be_visible()
    expect(page.locator("#materials")).to_be_hidden()
    land.check()
    page.keyboard.press("v")
    expect(page.locator("#side")).to_be_hidden()
    land.go(f"/desk/{step}")
    expect(page.locator("#side")).to_be_hidden()
    expect(page.locator("[data-fold]")).to_have_attribute("aria-expanded", "false")
    page.locator("[data-fold]").click()
    expect(page.locator("#side")).to_be_visible()
    assert grip.get_attribute("aria-valuenow") == wide


@pytest.mark.parametrize(("lang", "device"), [("en", "phone"), pytest.param("zh_CN", "phone", marks=pytest.mark.deep)])
def test_on_a_phone_a_file_opens_in_a_tab_of_its_own(visitor: Seat, house: House, lang: str, device: str) -> None:
    _code, step = reviewed(house, "手机审查")
    land = visitor("land", lang=lang, device=device)
    page = land.go(f"/desk/{step}")
    land.check()
    with page.context.expect_page():
        page.locator("[data-file='pdf']").first.click()
    expect(page.locator("[data-viewer]")).to_be_hidden()
    expect(page.locator(".action-bar button[name='outcome']").last).to_be_in_viewport()
    land.go("/desk")
    land.check()


def test_what_others_do_appears_and_nothing_typed_is_touched(visitor: Seat, house: House) -> None:
    """Urged while one types: the note comes by itself; text, place of the cursor and focus stay."""
    code, step = reviewed(house, "边写边催")
    land = visitor("land")
    page = land.page
    page.clock.install()
    land.go(f"/desk/{step}")
    opinion = page.locator("#opinion")
    opinion.fill("经审查，占用耕地")
    page.locator("#said details, #tab-others").first.click()
    opinion.focus()
    opinion.evaluate("field => field.setSelectionRange(2, 2)")
    with house.acting(house.office.supervisor) as session:
        supervision.urge(session, house.office.supervisor, step, "请今天办结。", real_now())
    house.work(code, "review_planning")
    page.clock.fast_forward(A_POLL)
    expect(page.locator("#changes")).to_contain_text("请今天办结。")
    expect(page.locator("#said-count")).to_have_text("2")
    expect(opinion).to_be_focused()
    expect(opinion).to_have_value("经审查，占用耕地")
    assert opinion.evaluate("field => field.selectionStart") == 2
    land.check()


def test_the_place_in_the_queue_stays_when_colleagues_take_its_lines(visitor: Seat, house: House) -> None:
    codes = [house.accepted(f"队列 {number}") for number in range(4)]
    steps = [house.step(code, "review_land") for code in codes]
    land = visitor("land")
    page = land.page
    page.clock.install()
    land.go("/desk?show=unclaimed&q=队列&sort=longest")
    for _press in range(3):
        page.keyboard.press("j")
    expect(page.locator(f"#t-{steps[2]}")).to_be_focused()
    house.taken(codes[0], "review_land")
    page.clock.fast_forward(A_POLL)
    expect(page.locator("[data-row]")).to_have_count(3)
    expect(page.locator(f"#t-{steps[2]}")).to_be_focused()
    house.taken(codes[2], "review_land")
    page.clock.fast_forward(A_POLL)
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator(f"#t-{steps[3]}")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="2")).to_be_visible()
    page.keyboard.press("k")
    expect(page.locator(f"#t-{steps[1]}")).to_be_focused()
    land.check()


def test_one_task_after_the_other_without_the_queue(visitor: Seat, house: House) -> None:
    """“then the next” is ticked once; each completion opens the next of the filter, the last one leads back to it."""
    codes = [house.accepted(f"流水 {number}") for number in range(3)]
    land = visitor("reform")
    page = land.go("/desk?q=流水&sort=longest")
    with page.expect_navigation():
        page.keyboard.press("n")
    for number, code in enumerate(codes):
        expect(page.locator(".case-head")).to_contain_text(code)
        then = page.locator("[data-then]")
        expect(then).to_be_checked(checked=number > 0)
        if number == 0:
            page.keyboard.press("t")
            expect(then).to_be_checked()
        answer_all(page)
        page.locator("#opinion").fill("同意。")
        with page.expect_navigation():
            page.locator("button[name='outcome'][value='approve']").click()
    page.wait_for_url(re.compile(r"/desk\?.*q="))
    expect(page.get_by_role("status").first).to_contain_text(codes[-1])
    assert land.complaints == []


def answer_all(page: Page) -> None:
    """Answer the feasibility step's form."""
    answers: dict[str, Any] = ANSWERS["review_reform"]
    for name, value in answers.items():
        field = page.locator(f"#step [name='{name}']")
        if field.first.get_attribute("type") in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                page.locator(f"#step [name='{name}'][value='{one}']").check()
        else:
            field.fill(str(value))
