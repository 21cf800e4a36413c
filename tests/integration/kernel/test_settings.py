"""The demo's clock."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.kernel import settings


def test_the_clock_of_a_real_database_is_never_moved(session: Session) -> None:
    with pytest.raises(settings.NotADemo):
        settings.move_clock(session, timedelta(days=1))


def test_the_demo_s_clock_moves_ahead_only(session: Session) -> None:
    settings.write(session, settings.DEMO, True)
    settings.move_clock(session, timedelta(days=5))
    assert settings.move_clock(session, timedelta(hours=3)) == timedelta(days=5, hours=3)
    assert settings.clock_offset(session) == timedelta(days=5, hours=3)
    with pytest.raises(settings.BackwardsClock):
        settings.move_clock(session, timedelta(days=-1))
