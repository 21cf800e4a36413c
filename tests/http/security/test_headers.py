"""What every answer says to a browser, and what cookies let it do."""

from io import BytesIO

import pytest

from app import intake
from tests.http.api.conftest import House

PATHS = [
    "/",
    "/login",
    "/nowhere",
    "/desk",
    "/assets/nothing.js",
    "/api/v1/items",
    "/api/v1/nowhere",
    "/api/v1/me",
    "/api/v1/openapi.json",
    "/api/docs",
    "/items/land-preliminary-review/diagram.bpmn",
    "/metrics",
    "/a%00b",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", [None, "clerk"])
def test_nothing_inline_nothing_foreign_nothing_guessed(house: House, as_person, path: str, who: str | None) -> None:
    answer = as_person(who).get(path)
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_file_is_saved_and_never_a_page_of_this_site(as_person, submitted) -> None:
    case, clerk = submitted(), as_person("clerk")
    material = clerk.get(f"/api/v1/cases/{case['code']}/materials").get_json()["data"][0]["id"]
    answer = clerk.get(f"/api/v1/cases/{case['code']}/materials/{material}/content")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_cookies_are_no_scripts_business(house: House, monkeypatch) -> None:
    """Neither a script nor a form of another site comes by them."""
    monkeypatch.setitem(house.app.config, "WTF_CSRF_METHODS", [])
    browser = house.app.test_client()
    answers = [browser.get("/login"), browser.get("/?lang=en"), browser.post("/logout")]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert any(cookie.startswith("session=") for cookie in cookies)
    for cookie in cookies:
        assert "Expires=Thu, 01 Jan 1970" in cookie or ("HttpOnly" in cookie and "SameSite=Lax" in cookie), cookie


FILES = {
    *("applicant.attach", "desk.attach", "draft.attach", "materials.attach", "window.attach"),
    *("applicant.complete", "desk.complete", "desk.report", "draft.save", "window.complete"),  # forms may have files
    *("public.verify_file", "verification.compare"),
}
"""Where documents are handed in, or compared. Packages and tables are smaller."""


def test_only_where_documents_are_handed_in_may_a_request_be_large(house: House) -> None:
    found = {name for name, view in house.app.view_functions.items() if getattr(view, "takes_files", False)}
    assert found == FILES


@pytest.mark.parametrize(
    ("method", "path", "size", "kind"),
    [
        ("POST", "/api/v1/cases", intake.LARGEST_BODY, "application/json"),
        ("POST", "/login", intake.LARGEST_BODY, "application/x-www-form-urlencoded"),
        ("POST", "/login", intake.LARGEST_FORM, "multipart/form-data; boundary=x"),
        ("POST", "/api/v1/items/check", intake.LARGEST_FORM, "multipart/form-data; boundary=x"),
        ("POST", "/verify", intake.LARGEST_REQUEST, "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_too_large_is_refused_before_it_is_read(house: House, as_person, method, path, size, kind) -> None:
    """By the length that it announces: not one byte of it is taken in."""
    body = BytesIO(b"x" * 100)
    announced = {"wsgi.input": body, "CONTENT_LENGTH": str(size + 1)}
    who = as_person("designer" if path.startswith("/api") else None)
    answer = who.open(path, method=method, content_type=kind, environ_overrides=announced)
    assert (answer.status_code, body.tell()) == (413, 0)


def test_nobody_hands_in_documents(house: House) -> None:
    """Who brings neither cookie nor token is not let upload a hundred megabytes first and told so then."""
    path, body = "/drafts/00000000-0000-0000-0000-000000000007/materials/x", BytesIO(b"x" * 100)
    announced = {"wsgi.input": body, "CONTENT_LENGTH": str(100 * 1024 * 1024)}
    kind = "multipart/form-data; boundary=x"
    answer = house.app.test_client().post(path, content_type=kind, environ_overrides=announced)
    assert (answer.status_code, body.tell()) == (413, 0)
