"""Forms and addresses as no page of ours would send them."""

import tracemalloc

import pytest

from tests.http.api.conftest import House


@pytest.fixture
def trusting(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The application, taking forms without the token of a page."""
    monkeypatch.setitem(house.app.config, "WTF_CSRF_METHODS", [])
    return house


@pytest.mark.parametrize("notice", ["330300/none", "330300/", "330300", "/", "*/x", "330300/" + "9" * 4000])
def test_notices_that_are_none_are_passed_over(trusting, as_person, notice: str) -> None:
    assert as_person("clerk").post("/notices", data={"notice": notice}).status_code == 303


@pytest.mark.parametrize("name", ["x" * 300, "..", "%2e%2e%2fmanifest.json", "x" * 5000, "manifest.json%00"])
def test_a_file_that_is_none(house, name: str) -> None:
    assert house.app.test_client().get(f"/assets/{name}").status_code in (404, 422)


@pytest.mark.parametrize("path", ["/", "/my/cases", "/account", "/items/land-preliminary-review"])
def test_what_somebody_saw_stays_in_no_cache(as_person, path: str) -> None:
    """The next person at a counter's screen may press “back”."""
    assert as_person("applicant").get(path).headers["Cache-Control"] == "private, no-store"


def test_files_of_a_case_stay_in_no_cache(as_person, submitted) -> None:
    case, clerk = submitted(), as_person("clerk")
    material = clerk.get(f"/api/v1/cases/{case['code']}/materials").get_json()["data"][0]["id"]
    for path in (
        f"/api/v1/cases/{case['code']}/materials/{material}/content",
        f"/cases/{case['code']}/materials/{material}",
    ):
        assert clerk.get(path).headers["Cache-Control"] == "private, no-store"


def test_a_file_is_compared_without_being_held_whole(trusting) -> None:
    """Anybody may ask; three at once with what a request may carry would fill a small machine."""
    size = 60 * 1024 * 1024
    code = b'--x\r\nContent-Disposition: form-data; name="code"\r\n\r\n330300-AAAA\r\n'
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%s\r\n--x--\r\n'
    body = code + part % bytes(size)
    tracemalloc.start()
    answer = trusting.app.test_client().post("/verify", data=body, content_type="multipart/form-data; boundary=x")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 404
    assert peak < size / 2


@pytest.mark.parametrize("days", ["-1", "0", "31", "999999999", "9" * 30])
def test_a_token_lives_as_long_as_the_page_offers(trusting, as_person, days: str) -> None:
    """Not for ever, and not until a day that no calendar has."""
    form = {"name": "a script", "scopes": "step.read", "days": days}
    assert as_person("clerk").post("/account/tokens", data=form).status_code == 422
