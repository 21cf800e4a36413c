"""A case in the session's transaction, and the calendar that its clocks run on."""

import pytest

from tests.integration.deadlines.cases import add_case, load_calendars


@pytest.fixture
def calendars(session):
    """The calendar “cn”: 2025 and 2026 announced, 2027 provisional."""
    load_calendars(session)


@pytest.fixture
def case_id(session, tenant, calendars):
    return add_case(session, tenant)
