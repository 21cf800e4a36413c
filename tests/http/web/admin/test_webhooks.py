"""The page of webhooks: the secret is shown once, what was sent is listed and can be sent again."""

import re

import pytest
from werkzeug.test import TestResponse

from app.notices import delivery
from app.notices.delivery import Outcome
from tests.http.web.admin.test_pages import check
from tests.http.web.house import House, Reader, words
from tests.office import TENANT

WANTED = {"form": "webhook", "url": "https://example.org/hook", "description": "档案系统"}


def registered(admin: Reader, **changes: object) -> TestResponse:
    return admin.send("/admin/webhooks", **{**WANTED, "events": ["case.received", "light.raised"], **changes})


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_from_registering_to_removing(house: House, lang: str) -> None:
    admin = house.reader("admin", lang)
    check(admin.page("/admin/webhooks"), "/admin/webhooks")
    made = registered(admin)
    assert made.status_code == 200
    (secret,) = set(re.findall(r"whsec_[\w+/=]+", made.text))
    path = next(one for one in admin.page("/admin/webhooks").xpath("//a/@href") if one.startswith("/admin/webhooks/"))
    check(admin.page(path), path)
    assert secret not in admin.get(path).text

    assert admin.send(path, act="test").status_code == 303
    office = house.app.extensions["greenlight"]
    with office.database.transaction(TENANT) as session:
        now = office.now(session)
    delivery.deliver(house.database, TENANT, now, lambda _: Outcome(status=204))
    page = admin.page(path)
    assert "webhook.test" in words(page)
    (again,) = page.xpath("//form[contains(@action, '/deliveries/')]/@action")
    assert admin.send(again).status_code == 303
    assert admin.send(again).status_code == 409  # it is still on its way

    rotated = admin.send(path, act="rotate")
    assert secret not in rotated.text
    assert "whsec_" in rotated.text
    version = page.xpath("//input[@name='version']/@value")[0]
    assert admin.send(path, act="save", version=int(version), **WANTED, events=["case.received"]).status_code == 409
    assert admin.send(path, act="save", version=int(version) + 1, **WANTED, events=["case.decided"]).status_code == 303
    assert admin.page(path).xpath("//input[@name='events'][@checked]/@value") == ["case.decided"]
    assert not admin.page(path).xpath("//input[@name='active'][@checked]")
    assert admin.send(path, act="remove").status_code == 303
    assert admin.get(path).status_code == 404


def test_what_is_wrong_is_said_beside_its_field(house: House) -> None:
    answer = registered(house.reader("admin", "en"), url="http://10.0.0.1/", events=[])
    assert answer.status_code == 422
    assert "The address must begin with https://." in answer.text
    assert "Choose one or more of the events that there are." in answer.text
    assert "档案系统" in answer.text


@pytest.mark.parametrize("who", ["clerk", "supervisor", "operator"])
def test_it_is_not_for_others(house: House, who: str) -> None:
    assert house.reader(who).get("/admin/webhooks").status_code in (403, 404)
