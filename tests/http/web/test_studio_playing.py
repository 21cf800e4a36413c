"""Playing a version without a script, in both languages; its scenarios, and a play that is kept as one."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.http.web.house import House, Reader, words
from tests.office import LAND

AT = "2026-03-02T09:00:00%2B08:00"


@pytest.fixture
def designer(house: House) -> Reader:
    return house.reader("designer", "en")


def test_a_version_is_played_act_by_act(designer: Reader) -> None:
    page = designer.page(f"/studio/{LAND}/1/play?at={AT}")
    offered = page.xpath("//button[@name='act']/@value")
    assert {"accept=accept", "accept=refuse", "next", "1d"} <= set(offered)
    acted = designer.page(f"/studio/{LAND}/1/play?at={AT}&acts=accept%3Dsupplement&act=1d")
    hidden = acted.xpath("//form[.//button[@name='act']]/input[@name='acts']/@value")
    assert set(hidden) == {"accept=supplement 1d"}
    [back] = acted.xpath("//a[normalize-space()='One step back']/@href")
    assert parse_qs(urlsplit(back).query)["acts"] == ["accept=supplement"]
    over = designer.page(f"/studio/{LAND}/1/play?at={AT}&acts=accept%3Drefuse")
    assert "the play is over" in words(over)
    assert over.xpath("//*[@role='status']//span[normalize-space()='ended']")


def test_lights_turn_as_time_moves(designer: Reader) -> None:
    page = designer.page(f"/studio/{LAND}/1/play?at={AT}&acts=next+next")
    happened = words(page.xpath("//ol[@id='happened']")[0])
    assert happened.index("Red") < happened.index("Yellow")
    marks = designer.get(f"/studio/{LAND}/1/play/marks.json?at={AT}&acts=next").get_json()["elements"]
    assert (marks["accept"]["state"], marks["accept"]["light"]) == ("active", "yellow")
    assert marks["start"]["state"] == "done"
    deemed = designer.get(f"/studio/{LAND}/1/play/marks.json?at={AT}&acts=next+next").get_json()["elements"]
    assert deemed["accept"]["state"] == "cancelled"


def test_a_form_is_filled_in_while_playing(designer: Reader) -> None:
    to_review = f"/studio/{LAND}/1/play?at={AT}&acts=accept%3Daccept"
    page = designer.page(to_review)
    [step] = page.xpath("//form[contains(@class, 'play-form')]/input[@name='fill']/@value")
    names = page.xpath("//div[contains(@class, 'play-fields')]//textarea/@name")
    outcome = page.xpath("//form[input[@name='fill']]//button[@name='act']/@value")[0]
    filled = designer.page(f"{to_review}&fill={step}&{names[0]}=Dry+ground&act={outcome}")
    assert "Dry ground" in words(filled.xpath("//section[@aria-labelledby='variables']")[0])
    [forms] = set(filled.xpath("//input[@name='forms']/@value"))
    assert json.loads(forms)["1"][names[0].removeprefix("form.")] == "Dry ground"
    [back] = filled.xpath("//a[normalize-space()='One step back']/@href")
    assert "forms" not in parse_qs(urlsplit(back).query)


def test_a_play_begins_with_an_application(designer: Reader) -> None:
    begun = designer.page(f"/studio/{LAND}/1/play?at={AT}&begin=form&form.total_area=1250")
    assert "total_area1250" in words(begun.xpath("//section[@aria-labelledby='variables']")[0])
    wrong = designer.page(f"/studio/{LAND}/1/play?at={AT}&begin=form&form.total_area=much")
    assert wrong.xpath("//input[@name='form.total_area'][@aria-invalid='true'][@value='much']")


def test_what_is_no_act_is_passed_over(designer: Reader) -> None:
    for query in ("acts=<script>", "acts=nothing%3Dx", "act=99999d", "data={", "data=[]", "at=tomorrow"):
        assert designer.get(f"/studio/{LAND}/1/play?{query}").status_code == 200


def test_scenarios_are_listed_with_what_they_pass(designer: Reader, house: House) -> None:
    page = designer.page(f"/studio/{LAND}/1/scenarios")
    assert "all pass" in words(page)
    assert "Every element and every flow" in words(page)
    marks = designer.get(f"/studio/{LAND}/1/scenarios/marks.json").get_json()["elements"]
    assert marks["decide"]["state"] == "done"
    assert "全部通过" in words(house.reader("designer", "zh_CN").page(f"/studio/{LAND}/1/scenarios"))


def test_a_play_is_kept_as_a_scenario(designer: Reader) -> None:
    sent = {"acts": "accept=supplement next", "at": "2026-03-02T09:00:00+08:00", "data": ""}
    kept = designer.send(f"/studio/{LAND}/1/scenarios", **sent, zh="等补正", en="Waits for a supplement")
    assert kept.status_code == 303, kept.text
    page = designer.page(kept.location)
    assert "Waits for a supplement" in words(page)
    assert "all pass" in words(page)
    nameless = designer.send(f"/studio/{LAND}/1/scenarios", **sent, zh="", en="")
    assert nameless.status_code == 422
    assert "A name is needed in both languages." in nameless.text
