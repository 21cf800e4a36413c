"""The journey by operator commands; what is refused is said plainly."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.cases import services
from app.cli.demo import examples
from app.cli.demo.plan import courses
from app.cli.demo.specimens import specimen
from app.notices import operations as notices
from tests.demo import office_of, ran, run

LAND = "land-preliminary-review"
CITY = "330300"
DAY = date(2027, 1, 5)


@pytest.fixture
def ask(demo: Flask):
    """Runs a command and reads the JSON that it prints."""

    def run_it(*words: str) -> Any:
        return json.loads(ran(demo, *words, "--json"))

    return run_it


@pytest.fixture
def applied(demo: Flask, ask, tmp_path: Path) -> dict[str, Any]:
    """A case that the applicant handed in."""
    (tmp_path / "data.json").write_text(json.dumps(examples.read(LAND).application(DAY)))
    (tmp_path / "file.pdf").write_bytes(specimen("样张"))
    assert LAND in {item["item"] for item in ask("items", "list")}
    needed = ("application-letter", "proposal-approval", "feasibility-report", "site-map", "red-line-map")
    more = ("land-use-map", "siting-study")
    handed = [word for code in needed + more for word in ("--material", f"{code}={tmp_path / 'file.pdf'}")]
    data = str(tmp_path / "data.json")
    return ask("case", "apply", LAND, "--tenant", CITY, "--data", data, *handed, "--as", "applicant")


def do(demo: Flask, ask, tmp_path: Path, case: dict[str, Any], element: str, who: str, outcome: str) -> dict[str, Any]:
    """Claim a step of the case and complete it."""
    (step,) = ask("step", "list", "--element", element, "--text", case["code"], "--as", who)
    assert outcome in ask("step", "show", step["id"], "--as", who)["outcomes"]
    ran(demo, "step", "claim", step["id"], "--as", who)
    answer = examples.read(LAND).answer(element, outcome, DAY)
    (tmp_path / "answers.json").write_text(json.dumps(answer.form))
    words = ("--data", str(tmp_path / "answers.json"), "--opinion", answer.opinion or "同意")
    return ask("step", "complete", step["id"], outcome, *words, "--as", who)


def test_from_application_to_a_document_that_anybody_can_verify(demo, ask, applied, tmp_path: Path) -> None:
    key = applied["code"]
    assert applied["status"] == "received"
    for element, who in (
        ("accept", "clerk"), ("review_land", "land"), ("review_planning", "planning"), ("review_reform", "reform"),
    ):  # fmt: skip
        do(demo, ask, tmp_path, applied, element, who, "accept" if element == "accept" else "approve")
    do(demo, ask, tmp_path, applied, "decide", "decider", "grant")
    office = office_of(demo)
    with office.database.transaction(CITY) as session:
        now = office.now(session)
    notices.dispatch(office.database, CITY, now, services.handlers(office.store, "http://localhost"))

    shown = ask("case", "show", key, "--as", "applicant")
    assert (shown["status"], shown["result"]) == ("concluded", None)
    documents = {row["kind"]: row for row in ask("document", "list", key, "--as", "applicant")}
    path = tmp_path / "decision.pdf"
    ran(demo, "document", "get", key, documents["grant"]["id"], "--output", str(path), "--as", "applicant")
    assert path.read_bytes().startswith(b"%PDF-")
    public = ask("document", "verify", documents["grant"]["verification_code"])
    assert public["number"] == documents["grant"]["number"]

    tags = [line["tag"] for line in ask("case", "history", key, "--as", "clerk")]
    assert tags[:2] == ["cli:case:drafted", "cli:material:handed-in"]
    assert {row["state"] for row in ask("case", "diagram", key, "--as", "clerk")} == {"active", "done"}
    ran(demo, "case", "diagram", key, "--output", str(tmp_path / "case.bpmn"), "--as", "clerk")
    assert b"review_land" in (tmp_path / "case.bpmn").read_bytes()
    assert "working day" in ran(demo, "case", "ledger", key, "--as", "clerk")


def test_supervision(demo, ask) -> None:
    red = ask("supervision", "lights", "--colour", "red", "--as", "supervisor")
    assert red
    entry = next(row for row in ask("supervision", "entries", "--state", "open", "--as", "supervisor") if row["step"])
    taken = ask("supervision", "take", entry["id"], "--as", "supervisor")
    assert taken["state"] == "taken"
    ran(demo, "supervision", "urge", entry["step"], "请尽快办理", "--entry", entry["id"], "--as", "supervisor")
    ran(demo, "supervision", "ask", entry["id"], "为何超期？", "--as", "supervisor")
    assert ask("supervision", "close", entry["id"], "已督促", "--as", "supervisor")["state"] == "closed"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("step", "claim", "01a20012-2d2e-75bf-beaa-1f8668f5a8bd", "--as", "clerk"), "There is no step"),
        (("case", "show", "330300-20260101-0000001-00", "--as", "clerk"), "There is no case"),
        (("case", "list", "--as", "nobody"), "There is no account"),
        (("supervision", "lights", "--as", "clerk"), "Ask your administrator"),
        (("incidents", "list", "--as", "clerk"), "incident.read"),
        (("document", "verify", "330300-AAAA-BBBB-CCCC-D"), "Compare it with the document"),
        (("items", "check", "nothing"), "holds no item"),
        (("token", "issue", "x", "--scope", "case.read-all", "--as", "clerk"), "scopes: Choose among"),
    ],
)
def test_what_is_refused_is_said_plainly_with_a_way_out(demo, words: tuple[str, ...], said: str) -> None:
    result = run(demo, *words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_refusal_is_recorded(demo, ask, applied) -> None:
    (step,) = ask("step", "list", "--element", "accept", "--text", applied["code"], "--as", "clerk")
    assert run(demo, "step", "complete", step["id"], "accept", "--as", "clerk").exit_code == 1
    last = ask("case", "history", applied["code"], "--as", "clerk")[-1]
    assert (last["tag"], last["data"]) == ("cli:step.complete:refused", {"error": "not-claimed"})


def test_the_window_applies_for_somebody_who_stands_there(demo, ask, tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text(json.dumps({"project_name": "窗口收件"}))
    case = ask("case", "apply", LAND, "--data", str(tmp_path / "data.json"), "--draft", "--as", "clerk")
    assert (case["status"], case["channel"], case["tenant"]) == ("draft", "window", CITY)
    refused = run(demo, "case", "submit", case["id"], "--as", "clerk")
    assert "unit_name: This must be filled in." in refused.stderr


def test_extending_and_withdrawing(demo, ask, applied, tmp_path: Path) -> None:
    do(demo, ask, tmp_path, applied, "accept", "clerk", "accept")
    do(demo, ask, tmp_path, applied, "review_reform", "reform", "approve")
    withdrawn = ask("case", "withdraw", applied["code"], "--reason", "选址调整", "--as", "applicant")
    assert withdrawn["status"] == "withdrawn"
    refused = run(demo, "case", "extend", applied["code"], "5", "--reason", "复杂", "--as", "reform-head")
    assert refused.exit_code == 1


def test_a_message_that_nothing_awaits_is_refused(demo, applied) -> None:
    refused = run(demo, "case", "deliver", applied["code"], "injunction", "--as", "clerk")
    assert refused.exit_code == 1
    assert "injunction" in refused.stderr


def test_tokens(demo, ask) -> None:
    secret = ran(demo, "token", "issue", "报表", "--scope", "case.read-all", "--as", "supervisor").strip()
    assert secret.startswith("gl_")
    token = next(row for row in ask("token", "list", "--as", "supervisor") if row["name"] == "报表")
    ran(demo, "token", "revoke", token["id"], "--as", "supervisor")
    assert ask("token", "list", "--as", "supervisor")[0]["revoked_at"] is not None


def test_accounts_and_posts(demo, ask) -> None:
    opened = ask("account", "open", "newcomer", "--name", "新人", "--password", "correct horse")
    assert opened["kind"] == "staff"
    ran(demo, "account", "give", "newcomer", CITY, "window-clerk")
    assert ask("step", "list", "--as", "newcomer")
    ran(demo, "account", "password", "newcomer", "--password", "another horse")
    ran(demo, "account", "close", "newcomer")
    assert run(demo, "step", "list", "--as", "newcomer").exit_code == 1


def test_the_record_is_proved_and_sealed(demo) -> None:
    assert ran(demo, "audit", "verify") == "The record is as it was written.\n"
    seals = ran(demo, "audit", "seal").split()
    assert any(seal.startswith(f"{CITY}:") for seal in seals)
    kept = [word for seal in seals for word in ("--seal", seal)]
    assert ran(demo, "audit", "verify", *kept) == "The record is as it was written.\n"
    false = run(demo, "audit", "verify", "--seal", f"{CITY}:1:{'00' * 32}")
    assert false.exit_code == 1
    assert "seal" in false.stdout


def test_items_are_checked_and_published_once(demo, ask) -> None:
    findings = ask("items", "check", LAND)
    assert not [finding for finding in findings if finding["severity"] == "error"]
    assert ask("items", "publish", LAND, "--as", "designer")["version"] == 1


def test_the_schema_is_current(demo) -> None:
    assert "latest" in ran(demo, "db", "current")
    ran(demo, "db", "upgrade")


def test_tables_line_up_in_chinese(demo) -> None:
    head, rule, *rows = ran(demo, "items", "list").splitlines()
    assert head.startswith("item")
    assert set(rule) <= {"─", " "}
    assert len(rows) == len(courses())


def test_webhooks_by_commands(demo: Flask, ask) -> None:
    who = ("--as", "admin")
    made = ask("webhook", "register", "https://example.org/hook", "--event", "case.received", *who)
    assert made["secret"].startswith("whsec_")
    ran(demo, "webhook", "switch", made["id"], "off", *who)
    (listed,) = ask("webhook", "list", *who)
    assert (listed["active"], "secret" in listed) == (False, False)
    assert ask("webhook", "rotate", made["id"], *who)["secret"] != made["secret"]
    sent = ran(demo, "webhook", "test", made["id"], *who).strip()
    assert [one["id"] for one in ask("webhook", "deliveries", made["id"], *who)] == [sent]
    assert {one["event"] for one in ask("webhook", "events")} >= {"case.decided", "light.raised"}
    ran(demo, "webhook", "remove", made["id"], *who)
    assert ask("webhook", "list", *who) == []
