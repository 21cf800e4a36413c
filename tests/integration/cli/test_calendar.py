"""Calendars and lost passwords by operator commands."""

import json
from pathlib import Path

from flask import Flask

from tests.demo import ran, run


def test_calendars_are_listed_and_shown(demo: Flask) -> None:
    [found] = [one for one in json.loads(ran(demo, "calendar", "list", "--json")) if one["calendar"] == "cn"]
    assert found["hours"] == "09:00-12:00 13:30-17:00"
    assert found["announced"].startswith("2004–")
    days = json.loads(ran(demo, "calendar", "show", "cn", "2026", "--json"))
    assert {"date": "2026-09-20", "is_working": True, "name": "National Day"} in days
    assert "no working calendar" in run(demo, "calendar", "show", "nowhere", "2026").output


def test_a_year_is_tried_loaded_and_deadlines_follow(demo: Flask, tmp_path: Path) -> None:
    sheet = tmp_path / "2040.csv"
    sheet.write_text("日期,是否上班,名称\n2040-01-02,否,元旦\n", encoding="gb18030")
    load = ("calendar", "load", "cn", "2040", str(sheet), "--as", "platform", "--json")
    assert json.loads(ran(demo, *load, "--dry-run"))["days"] == 1
    assert json.loads(ran(demo, "calendar", "show", "cn", "2040", "--json")) == []
    assert json.loads(ran(demo, *load))["status"] == "announced"
    assert json.loads(ran(demo, "calendar", "show", "cn", "2040", "--json"))[0]["name"] == "New Year's Day"
    progress = json.loads(ran(demo, "calendar", "progress", "cn", "--json"))
    assert progress
    assert {part["failed"] for part in progress} == {0}
    assert all(part["finished_at"] for part in progress)
    refused = run(demo, "calendar", "load", "cn", "2040", "--provisional", "--as", "platform")
    assert refused.exit_code == 1
    assert "status" in refused.output
    assert run(demo, *load[:-3], "--as", "land").exit_code == 1
    assert run(demo, "calendar", "load", "cn", "2041", "--as", "platform").exit_code == 2


def test_a_calendar_of_ones_own(demo: Flask) -> None:
    names = ("--zh", "夏令", "--en", "Summer", "--as", "platform")
    ran(demo, "calendar", "define", "summer", *names, "--hours", "08:30-12:00,14:00-17:30", "--years-of", "cn")
    [found] = [one for one in json.loads(ran(demo, "calendar", "list", "--json")) if one["calendar"] == "summer"]
    assert found["hours"] == "08:30-12:00 14:00-17:30"
    ran(demo, "calendar", "define", "summer", *names, "--hours", "09:00-17:00")
    assert run(demo, "calendar", "define", "summer", *names, "--hours", "nine to five").exit_code == 2
    ran(demo, "calendar", "recount", "summer", "--as", "platform")


def test_a_lost_password_sessions_and_tokens(demo: Flask) -> None:
    given = ran(demo, "account", "reset", "land", "--as", "admin").strip()
    assert len(given) == 14
    assert run(demo, "account", "reset", "platform", "--as", "admin").exit_code == 1
    sent = demo.test_client().post("/api/v1/sessions", json={"username": "land", "password": given})
    assert sent.status_code == 201
    assert len(json.loads(ran(demo, "account", "sessions", "land", "--as", "admin", "--json"))) == 1
    ran(demo, "account", "sessions", "land", "--end", "--as", "admin")
    assert json.loads(ran(demo, "account", "sessions", "land", "--as", "admin", "--json")) == []
    assert isinstance(json.loads(ran(demo, "account", "tokens", "land", "--as", "admin", "--json")), list)
    ran(demo, "account", "close", "land")
    ran(demo, "account", "reopen", "land")
