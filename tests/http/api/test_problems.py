"""What goes wrong is said in one form, in the reader's language, tied to the log."""

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from app import intake
from app.api import problems
from app.kernel import errors as kernel
from app.kernel.errors import DomainError
from tests.http.api.conftest import Client
from tests.office import LAND

STEP = "/api/v1/steps/00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "code"),
    [
        ("GET", "/api/v1/nowhere", None, {}, 404, "no-such-address"),
        ("GET", "/api/v1/steps/1", None, {}, 404, "no-such-address"),
        ("GET", STEP, None, {}, 404, "not-found"),
        ("POST", "/api/v1/steps", None, {}, 405, "method-not-allowed"),
        ("PUT", "/api/v1/steps/00000000-0000-7000-8000-000000000000/claim", None, {}, 405, "method-not-allowed"),
        ("POST", "/api/v1/steps/1/claim", None, {}, 404, "no-such-address"),
        ("POST", "/api/v1/nowhere", None, {}, 404, "no-such-address"),
        ("GET", "/api/v1/steps?wrong=1", None, {}, 422, "invalid"),
        ("GET", "/api/v1/steps?limit=0", None, {}, 422, "invalid"),
        ("GET", "/api/v1/steps?cursor=made.up", None, {}, 400, "bad-cursor"),
        ("POST", f"{STEP}/complete", b"{", {"If-Match": "*"}, 400, "bad-request"),
        ("POST", f"{STEP}/complete", b"[]", {"If-Match": "*"}, 422, "invalid"),
        ("POST", f"{STEP}/complete", b'{"outcom": "x"}', {"If-Match": "*"}, 422, "invalid"),
        ("POST", f"{STEP}/complete", b"{}", {}, 428, "precondition-required"),
        ("POST", f"{STEP}/complete", b"{}", {"If-Match": "W/3"}, 412, "stale"),
        ("POST", f"{STEP}/complete", b"{}", {"If-Match": "*"}, 404, "not-found"),
        ("POST", f"{STEP}/complete", b"{}", {"If-Match": "*", "Idempotency-Key": "\t"}, 400, "idempotency-key-invalid"),
        ("POST", f"{STEP}/complete", b"<a/>", {"Content-Type": "text/xml"}, 415, "media-type"),
        ("GET", "/api/v1/steps", None, {"Authorization": "Bearer gl_wrong"}, 401, "not-logged-in"),
        ("GET", "/api/v1/supervision/board", None, {}, 403, "forbidden"),
        ("GET", "/api/v1/items/nothing", None, {}, 404, "no-such-item"),
        ("GET", "/api/v1/verify/330300-AAAA", None, {}, 404, "bad-verification-code"),
    ],
)
def test_a_refusal_is_a_problem(
    as_person, method: str, path: str, body: bytes | None, headers: dict[str, str], status: int, code: str
) -> None:
    headers = {"Content-Type": "application/json", **headers} if body is not None else headers
    answer = as_person("land").open(path, method=method, data=body, headers=headers)
    problem = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"urn:greenlight:problem:{code}")
    assert problem["detail"]
    assert problem["remedy"] or code in ("not-found", "no-such-item")


def test_too_large(house, as_person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "LARGEST_BODY", 10)
    answer = as_person("land").post(f"{STEP}/complete", json={"opinion": "x" * 20}, headers={"If-Match": "*"})
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too-large")


def test_fields_are_named_by_their_path(as_person) -> None:
    body = {"opinion": 3, "other": 1}
    answer = (
        as_person("land")
        .post(f"{STEP}/complete", json=body, headers={"If-Match": "*", "Accept-Language": "en"})
        .get_json()
    )
    assert answer["errors"] == {"opinion": ["Not a valid string."], "other": ["Unknown field."]}


def test_it_is_said_in_the_language_that_is_asked_for(as_person) -> None:
    client = as_person("land")
    english = client.get("/api/v1/nowhere", headers={"Accept-Language": "en-GB,en;q=0.9,zh;q=0.5"}).get_json()
    assert english["detail"] == "There is nothing at this address."
    chinese = client.get("/api/v1/nowhere", headers={"Accept-Language": "zh-CN"}).get_json()
    by_default = client.get("/api/v1/nowhere").get_json()
    assert chinese["detail"] == by_default["detail"]


def test_the_caller_s_trace_ties_the_answer_to_the_log(as_person) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    with capture_logs() as log:
        answer = as_person("land").get("/api/v1/nowhere", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert answer.get_json()["trace_id"] == trace
    (line,) = log
    assert (line["event"], line["code"], line["trace_id"]) == ("request.refused", "no-such-address", trace)


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (RuntimeError("the name 陈晓 is in here"), 500, "failed"),
        (OperationalError("SELECT 1", {}, Exception("gone")), 503, "unavailable"),
    ],
)
def test_what_fails_here_tells_nothing_of_the_inside(
    as_person, monkeypatch: pytest.MonkeyPatch, raised: Exception, status: int, code: str
) -> None:
    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr("app.inbox.queries.counts", fail)
    with capture_logs() as log:
        answer = as_person("land").get("/api/v1/steps/counts")
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (status, code)
    (line,) = log
    assert (line["event"], line["trace_id"]) == ("request.failed", problem["trace_id"])
    assert "fail" in line["error"]
    assert "陈晓" not in answer.get_data(as_text=True) + str(log)


def test_a_refusal_is_kept_in_the_record_of_the_case(as_person, submitted) -> None:
    case = submitted()
    (step,) = [s for s in as_person("clerk").get("/api/v1/steps").get_json()["data"] if s["case_id"] == case["id"]]
    body = {"outcome": "accept"}
    answer = as_person("clerk").post(f"/api/v1/steps/{step['id']}/complete", json=body, headers={"If-Match": "*"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "not-claimed")
    last = as_person("clerk").get(f"/api/v1/cases/{case['code']}/history").get_json()["data"][-1]
    assert (last["tag"], last["actor"], last["data"]["error"]) == (
        "api:steps.complete:refused",
        "window-clerk",
        "not-claimed",
    )


def every_error() -> set[type[DomainError]]:
    """All domain errors that the application knows."""
    found, waiting = set(), [DomainError]
    while waiting:
        found |= (fresh := set(waiting.pop().__subclasses__()))
        waiting += fresh
    return {error for error in found if error.__module__.startswith("app.")}


def test_codes_are_unique_and_every_error_has_a_status(house) -> None:
    errors = every_error()
    assert len(errors) > 30
    assert all(problems.status_of(error.__new__(error)) >= 400 for error in errors)
    assert {problems.status_of(error.__new__(error)) for error in errors if issubclass(error, kernel.NotFound)} == {404}
    codes = [error.code for error in errors if "code" in vars(error)]  # two remedies may belong to one problem
    assert sorted({code for code in codes if codes.count(code) > 1}) == []


def test_pages_answer_with_pages(house: object, as_person) -> None:
    answer = as_person().get("/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_an_item_that_is_there_is_found(as_person: object, house) -> None:
    client: Client = house.app.test_client()
    assert isinstance(house.app, Flask)
    assert client.get(f"/api/v1/items/{LAND}").status_code == 200
