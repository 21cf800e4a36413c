"""Forms and addresses as no page of ours would send them."""

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
