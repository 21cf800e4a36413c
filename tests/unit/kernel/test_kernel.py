"""The ground floor: instants, errors, settings of a process."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.config import MissingSetting, Settings
from app.kernel.database import Database
from app.kernel.errors import Invalid, NotFound
from app.kernel.ids import new_id
from app.kernel.time import NaiveDatetime, instant, real_now, shifted

ENVIRONMENT = {"DATABASE_URL": "postgresql://u:p@h/d", "SECRET_KEY": "s" * 32}


def test_an_instant_is_in_utc() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=8)))
    assert instant(noon) == noon
    assert instant(noon).tzinfo is UTC


def test_a_naive_datetime_is_an_error() -> None:
    with pytest.raises(NaiveDatetime):
        instant(datetime(2026, 3, 2, 12))  # noqa: DTZ001 — what must be refused


def test_a_shifted_clock_runs_ahead() -> None:
    assert shifted(timedelta(days=5))() - real_now() > timedelta(days=4, hours=23)


def test_identifiers_sort_by_their_making() -> None:
    made = [new_id() for _ in range(100)]
    assert made == sorted(made)


def test_an_error_says_what_it_is_about() -> None:
    assert NotFound(kind="case", key="x").text == "There is no case “x”, or you may not see it."
    assert Invalid({"a": ["b"]}).fields == {"a": ["b"]}


@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRET_KEY"])
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(MissingSetting, match=name):
        Settings.from_environ({key: value for key, value in ENVIRONMENT.items() if key != name})


def test_settings_have_defaults() -> None:
    settings = Settings.from_environ(ENVIRONMENT | {"NOTICE_URLS": "json://a json://b", "PUBLIC_URL": "https://x/"})
    assert settings.notice_urls == ("json://a", "json://b")
    assert settings.public_url == "https://x"
    assert settings.files_url.startswith("file:///")


def test_only_postgresql_is_taken() -> None:
    with pytest.raises(ValueError, match="PostgreSQL"):
        Database("sqlite:///x")
