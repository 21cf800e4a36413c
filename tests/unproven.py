"""A check that cannot prove of any version that every case ends."""

from collections.abc import Iterator

import pytest

from app.catalog import checking
from app.engine.proof import search


@pytest.fixture
def unproven(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A proof that comes to its bounds at once, in this process rather than in a child."""
    monkeypatch.setattr(search, "MAX_STATES", 1)
    monkeypatch.setattr(checking, "run", lambda work, *given, **_bounds: work(*given))
    checking._kept.clear()
    yield
    checking._kept.clear()
