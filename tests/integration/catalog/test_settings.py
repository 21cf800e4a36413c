"""Patterns of codes and the separation of duties, as they are stored."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.catalog import settings
from app.identity.types import Actor
from app.kernel.codes import BadCodePattern, parse
from app.kernel.errors import Forbidden

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
OTHER = "{year}{region}-{serial:8}-{check:37-36}"


@pytest.fixture
def platform(tenant: str) -> Actor:
    return Actor(
        account_id=None,
        username="platform",
        name="平台",
        kind="staff",
        source="cli",
        tenant=tenant,
        permissions=frozenset({"setting.manage"}),
    )


def test_without_a_choice_codes_are_what_they_were(session: Session) -> None:
    assert settings.rulebook(session) == settings.Rulebook(settings.FIRST.text, "", (), separation=False)
    code = settings.case_pattern(session.scalar(select(settings.stored_case_pattern()))).make("330300", DAY, 12)
    assert code == "330300-20260302-0000012-59"
    assert settings.region_of(session, f" {code} ") == "330300"
    assert settings.example(session) == "330300-20261121-0000012-52"


def test_codes_given_by_an_earlier_pattern_are_still_read(session: Session, platform: Actor) -> None:
    given = settings.FIRST.make("330302", DAY, 1)
    settings.set_case_pattern(session, platform, NOW, OTHER)
    new = settings.case_pattern(session.scalar(select(settings.stored_case_pattern()))).make("330303", DAY, 2)
    assert new.startswith("2026330303-00000002-")
    assert [settings.region_of(session, code) for code in (given, new, new[:-1] + "?")] == ["330302", "330303", None]
    settings.set_case_pattern(session, platform, NOW, settings.FIRST.text)
    assert settings.rulebook(session).earlier == (OTHER,)
    assert settings.region_of(session, new) == "330303"


@pytest.mark.parametrize(
    "text",
    [
        "{date}-{serial:7}-{check:97-10}",
        "{region}-{date}-{check:97-10}",
        "{region}-{date}-{serial:7}",
        "{region}-{date}-{serial:4}-{check:97-10}",
        "{region}-{year}-{serial:7}-{check:97-10}",
        "{region}-{serial:8}-{check:97-10}",
        "{region}-{date}-{serial:7}-{digits:2}{check:97-10}",
        "{region}{region}{date}{serial:7}{check:97-10}",
        "{region}-{date}-{serial:3}{serial:3}-{check:97-10}",
        "nonsense",
        "",
    ],
)
def test_a_pattern_that_would_not_do_for_cases_is_refused(session: Session, platform: Actor, text: str) -> None:
    """The code carries its tenant, is unique, and has check characters."""
    with pytest.raises(BadCodePattern):
        settings.set_case_pattern(session, platform, NOW, text)
    assert settings.rulebook(session).case_pattern == settings.FIRST.text


def test_a_pattern_that_could_be_mistaken_for_an_earlier_one_is_refused(session: Session, platform: Actor) -> None:
    with pytest.raises(settings.MistakenForEarlier):
        settings.set_case_pattern(session, platform, NOW, "{serial:6}-{date}-{region}0-{check:97-10}")


def test_numbers_of_items(session: Session, platform: Actor) -> None:
    assert settings.item_pattern(session) is None
    settings.set_item_pattern(session, platform, NOW, "{digits:12}")
    assert settings.item_pattern(session) == parse("{digits:12}")
    for text in ("{year}{digits:4}", "{serial:4}", "ZJ", "{digits}"):
        with pytest.raises(BadCodePattern):
            settings.set_item_pattern(session, platform, NOW, text)
    settings.set_item_pattern(session, platform, NOW, "")
    assert settings.item_pattern(session) is None


def test_who_settles_it_is_recorded_and_nobody_else_may(session: Session, platform: Actor, tenant: str) -> None:
    settings.set_separation(session, platform, NOW, wanted=True)
    settings.set_separation(session, platform, NOW, wanted=True)
    assert settings.separated(session)
    stranger = Actor(account_id=None, username="designer", name="", kind="staff", source="web", tenant=tenant)
    with pytest.raises(Forbidden):
        settings.set_separation(session, stranger, NOW, wanted=False)
    with pytest.raises(Forbidden):
        settings.set_case_pattern(session, stranger, NOW, OTHER)
    with pytest.raises(Forbidden):
        settings.set_item_pattern(session, stranger, NOW, "")
    rows = session.scalars(select(AuditEntry.data).where(AuditEntry.chain == settings.CHAIN)).all()
    assert rows == ['{"before":false,"key":"catalog.separation","value":true}']
