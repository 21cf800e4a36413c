"""The small cache of people just seen."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.identity.recent import RecentActors
from app.identity.types import Actor

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = (b"hash", "330300")


def somebody(number: int = 1) -> Actor:
    return Actor(account_id=UUID(int=number), username="li.na", name="李娜", kind="staff", source="web")


@pytest.mark.parametrize(("after", "known"), [(0.0, True), (1.999, True), (2.0, False), (60.0, False), (-0.001, False)])
def test_two_seconds_and_never_backwards(after, known):
    cache = RecentActors()
    cache.put(KEY, somebody(), NOW, NOW + timedelta(hours=8))
    assert cache.get(KEY, NOW + timedelta(seconds=after)) == (somebody() if known else None)


def test_never_past_the_end_of_the_session():
    cache = RecentActors()
    cache.put(KEY, somebody(), NOW, NOW + timedelta(seconds=1))
    assert cache.get(KEY, NOW + timedelta(seconds=0.9)) == somebody()
    assert cache.get(KEY, NOW + timedelta(seconds=1)) is None


def test_a_tenant_is_no_other():
    cache = RecentActors()
    cache.put(KEY, somebody(), NOW, NOW + timedelta(hours=8))
    assert cache.get((b"hash", "330301"), NOW) is None
    assert cache.get((b"hash", None), NOW) is None


def test_forgetting_one_person_leaves_the_others():
    cache = RecentActors()
    for number in (1, 2):
        cache.put((bytes([number]), None), somebody(number), NOW, NOW + timedelta(hours=8))
    cache.forget(UUID(int=1))
    assert cache.get((b"\1", None), NOW) is None
    assert cache.get((b"\2", None), NOW) == somebody(2)
    cache.forget()
    assert cache.get((b"\2", None), NOW) is None


def test_it_stays_small():
    cache = RecentActors()
    for number in range(5000):
        cache.put((number.to_bytes(2, "big"), None), somebody(), NOW, NOW + timedelta(hours=8))
    kept = sum(cache.get((number.to_bytes(2, "big"), None), NOW) is not None for number in range(5000))
    assert 0 < kept <= 4096
