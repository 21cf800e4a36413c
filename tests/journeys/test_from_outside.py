"""What comes to a case from outside, and what stands in the way of a step: said on the pages, and the case goes on."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from app.cases.services import OPERATIONS
from app.catalog.operations import publish
from app.identity.types import SYSTEM
from tests import surveyed_land
from tests.http.web.house import House, open_house
from tests.journeys.conftest import SCREENS, Visitor, served
from tests.office import OPENED

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]


@pytest.fixture(scope="module")
def house(databases, tmp_path_factory) -> Iterator[House]:
    """An office whose cases wait for a survey, and whose reviewers may report what their diagram catches."""
    with open_house(
        databases,
        tmp_path_factory.mktemp("files"),
        lambda session: publish(session, surveyed_land.files(), SYSTEM, OPENED, "survey", OPERATIONS),
    ) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    with served(house.app) as found:
        yield found


def deliver(house: House, code: str) -> None:
    """What a clerk types on the page of the case, typed by nobody."""
    sent = house.reader("clerk").send(
        f"/cases/{code}/messages", what=f"message:{surveyed_land.SURVEY}", **{"data.total_area": "120000"}
    )
    assert sent.status_code == 303, sent.text


@pytest.mark.parametrize(("lang", "device"), SCREENS)
def test_a_message_is_delivered_with_what_it_brings(visitor: Seat, house: House, lang: str, device: str) -> None:
    code = house.accepted("勘测项目")
    clerk = visitor("clerk", lang=lang, device=device)
    page = clerk.go(f"/cases/{code}")
    called = surveyed_land.SURVEY if lang == "zh_CN" else "Result of the survey"
    expect(page.locator("#awaited")).to_contain_text(called)
    page.locator("details.act summary").filter(has_text=called).press("Enter")
    form = page.locator("form[action$='/messages']")
    clerk.check()

    form.get_by_label("surveyor").fill("市测绘院")
    area = form.locator("[name='data.total_area']")
    area.fill("十二公顷")
    form.locator("[name='data.agreed'][value='true']").check()
    clerk.press("It has come")
    expect(form.locator("[name='data.surveyor']")).to_have_value("市测绘院")
    expect(form.locator("[name='data.agreed'][value='true']")).to_be_checked()
    expect(area).to_have_attribute("aria-invalid", "true")
    expect(form).to_contain_text(clerk.say("A number is needed."))
    clerk.check()

    area.fill("125000.5")
    clerk.press("It has come")
    expect(page.get_by_role("status").filter(has_text=called)).to_be_visible()
    expect(page.locator("#awaited")).to_have_count(0)
    expect(page.locator(".steps li")).to_have_count(4)
    house.step(code, "review_land")
    clerk.check()


@pytest.mark.parametrize(("lang", "device"), SCREENS)
def test_what_stands_in_the_way_is_reported_with_its_reason(
    visitor: Seat, house: House, lang: str, device: str
) -> None:
    code = house.accepted("查勘项目")
    deliver(house, code)
    step = house.claim(code, "review_land")
    land = visitor("land", lang=lang, device=device)
    page = land.go(f"/desk/{step}")
    late, closed = page.locator("button[value='late']"), page.locator("button[value='closed']")
    expect(late).to_contain_text("将会延误" if lang == "zh_CN" else "It will be late")
    land.check()
    page.locator("#step input.form-control:not([type='date'])").first.press("Enter")  # that says nothing
    assert page.url.endswith(f"/desk/{step}")

    with page.expect_navigation():
        late.click()
    expect(page.locator("#opinion-error")).to_be_visible()
    land.check()
    page.locator("#opinion").fill("等待专家到场。")
    with page.expect_navigation():
        page.locator("button[value='late']").click()
    expect(page.get_by_role("status").filter(has_text=code)).to_be_visible()

    land.go(f"/desk/{step}")  # beside it the step goes on
    page.locator("#opinion").fill("道路中断，无法进入。")
    with page.expect_navigation():
        closed.click()
    land.go(f"/cases/{code}")
    said = "现场无法进入" if lang == "zh_CN" else "The site cannot be entered"
    expect(page.locator("#steps-list")).to_contain_text(said)
    expect(page.locator("#opinions")).to_contain_text("道路中断，无法进入。")
    land.check()
