"""Checking and publishing an item through the API; the operators' figures."""

from io import BytesIO
from pathlib import Path
from typing import Any

from app.catalog import folder
from tests.http.api.conftest import Client
from tests.office import LAND

FILES = folder.read(Path(__file__).parents[3], LAND)


def send(client: Client, path: str, files: dict[str, bytes]) -> Any:
    body = {"files": [(BytesIO(content), name) for name, content in files.items()]}
    return client.post(path, data=body, content_type="multipart/form-data")


def test_files_that_are_published_already_are_the_same_version(as_person) -> None:
    designer = as_person("designer")
    checked = send(designer, "/api/v1/items/check", FILES).get_json()
    assert checked["publishable"]
    published = send(designer, "/api/v1/items?note=again", FILES)
    assert published.status_code == 201, published.get_json()
    assert published.get_json()["version"] == 1
    assert designer.get(published.headers["Location"]).get_json()["code"] == LAND


def test_a_fault_is_named_with_its_place_and_refused(as_person) -> None:
    designer = as_person("designer")
    path = f"processes/{LAND}/item.yaml"
    faulty = FILES | {path: FILES[path].replace(b"promised:", b"promissed:", 1)}
    checked = send(designer, "/api/v1/items/check", faulty).get_json()
    assert not checked["publishable"]
    assert {finding["file"] for finding in checked["findings"] if finding["severity"] == "error"} == {path}
    refused = send(designer, "/api/v1/items", faulty)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "item-refused")


def test_only_designers_publish(as_person) -> None:
    assert send(as_person("clerk"), "/api/v1/items", FILES).status_code == 403


def test_figures_for_operators(as_person, submitted) -> None:
    submitted()
    answer = as_person("operator").get("/metrics")
    assert answer.mimetype == "text/plain"
    lines = dict(line.rsplit(" ", 1) for line in answer.get_data(as_text=True).splitlines() if line[0] != "#")
    assert float(lines['greenlight_steps{state="open"}']) >= 1
    assert "greenlight_light_delay_seconds" in lines
    assert as_person("clerk").get("/metrics").status_code == 403
