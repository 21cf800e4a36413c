"""What cannot be kept is refused at the door: PostgreSQL keeps no NUL, UTF-8 no lone surrogate, JSON neither NaN nor a
bottomless nesting, an index no number without end. Each is told so (4xx); none is an error of ours (500)."""

from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.http.api.conftest import Client
from tests.office import LAND, TENANT

WHAT = f'{{"item": "{LAND}", "tenant": "{TENANT}"'
DRAFT = {"item": LAND, "tenant": TENANT, "title": "t", "applicant": "a", "data": {}}


@pytest.mark.parametrize("part", ["item", "tenant", "title", "applicant", "data"])
@pytest.mark.parametrize("text", [r"a\u0000b", r"a\ud800b", r"a\udc00"], ids=["nul", "high", "low"])
def test_text_that_cannot_be_written_is_refused(as_person, part: str, text: str) -> None:
    given = '{"deep": [{"TEXT": "TEXT"}]}' if part == "data" else '"TEXT"'
    body = f'{WHAT}, "{part}": {given}}}'.replace("TEXT", text)
    answer = as_person("applicant").post("/api/v1/cases", data=body, content_type="application/json")
    assert answer.status_code in (400, 422), answer.get_json()


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "1e999", "9" * 5000], ids=["nan", "infinity", "too large", "too many digits"]
)
def test_numbers_that_json_does_not_have_are_refused(as_person, number: str) -> None:
    body = f'{WHAT}, "data": {{"a": {number}}}}}'
    answer = as_person("applicant").post("/api/v1/cases", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad-request")


@pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/sessions"])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("depth", [100, 900, 100_000])
def test_bottomless_json_is_refused(as_person, path: str, opening: str, closing: str, depth: int) -> None:
    body = f'{WHAT}, "data": {{"a": {opening * depth}1{closing * depth}}}}}'
    answer = as_person("applicant").post(path, data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad-request")


def test_a_draft_is_no_place_for_megabytes(as_person) -> None:
    answer = as_person("applicant").post("/api/v1/cases", json={**DRAFT, "data": {"a": "x" * 2_000_000}})
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too-large")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/cases?q=a%00b",
        "/api/v1/cases?item=a%00b",
        "/api/v1/steps?q=%00",
        "/api/v1/items/a%00b",
        "/api/v1/track/a%00b",
        "/api/v1/verify/a%00b",
        "/api/v1/cases/a%00b",
        "/items/a%00b",
        "/track?code=a%00b",
        "/verify?code=a%00b",
        "/apply/a%00b",
        "/cases?status=a%00b",
        "/a%00b",
        "/?a%00b=1",
    ],
)
@pytest.mark.parametrize("who", ["applicant", "clerk", None])
def test_addresses_with_nul_are_refused(as_person, path: str, who: str | None) -> None:
    assert as_person(who).get(path).status_code == 422


def test_forms_with_nul_are_refused_before_anything_is_counted(as_person) -> None:
    answer = as_person().post("/login", data={"username": "a\0b", "password": "x", "csrf_token": ""})
    assert answer.status_code == 422
    body = '{"username": "a\\u0000b", "password": "x"}'
    assert as_person().post("/api/v1/sessions", data=body, content_type="application/json").status_code == 422


def test_cookies_with_nul_are_refused(as_person) -> None:
    browser = as_person()
    browser.set_cookie("greenlight", "anything")
    browser.set_cookie("tenant", "a\0b")
    assert browser.get("/desk").status_code == 422


@pytest.mark.parametrize("seen", ['"2147483648.x"', '"99999999999999999999999.x"'])
@pytest.mark.parametrize("verb", ["claim", "release", "complete"])
def test_versions_beyond_any_number_are_no_error_of_ours(as_person, submitted, seen: str, verb: str) -> None:
    case = submitted()
    step = next(
        step
        for step in as_person("clerk").get("/api/v1/steps?limit=200").get_json()["data"]
        if step["case_id"] == case["id"]
    )
    answer = as_person("clerk").post(
        f"/api/v1/steps/{step['id']}/{verb}", json={"outcome": "accept"}, headers={"If-Match": seen}
    )
    assert answer.status_code in (412, 422), answer.get_json()


@pytest.mark.parametrize("version", ["2147483648", "99999999999999999999999"])
def test_a_page_of_a_version_beyond_any_number(as_person, version: str) -> None:
    assert as_person("designer").get(f"/studio/{LAND}/{version}").status_code in (404, 422)


@pytest.mark.parametrize("light", ["purple", "٣", "x" * 2000])
def test_a_light_that_does_not_exist_is_on_nowhere(as_person, light: str) -> None:
    answer = as_person("applicant").get(f"/cases?light={quote(light)}")
    assert answer.status_code == 200


def test_foreign_material_is_named_as_it_was_asked_for(as_person, submitted) -> None:
    """Whoever asks for a file of a case that is not theirs learns nothing of that case, not even its id."""
    case = submitted()
    clerk: Client = as_person("clerk")
    material = clerk.get(f"/api/v1/cases/{case['code']}/materials").get_json()["data"][0]["id"]
    own = as_person("applicant").post("/api/v1/cases", json=DRAFT).get_json()["id"]
    stranger = as_person("stranger")
    theirs = stranger.post("/api/v1/cases", json=DRAFT).get_json()["id"]
    answer = stranger.get(f"/api/v1/cases/{theirs}/materials/{material}/content")
    unknown = stranger.get(f"/api/v1/cases/{theirs}/materials/{uuid4()}/content")
    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert case["id"] not in answer.get_data(as_text=True)
    assert own != theirs
    assert answer.get_json()["code"] == unknown.get_json()["code"]
