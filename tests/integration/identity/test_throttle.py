"""Counting attempts for all processes together."""

from threading import Barrier, Thread

import pytest
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from app.identity.throttle import TableStorage
from app.kernel.database import Database


@pytest.fixture
def storage(database) -> TableStorage:
    return TableStorage(database=database)


def age(database: Database, seconds: int) -> None:
    """Let time pass, as seen from the counters."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE throttle SET expires_at = expires_at - make_interval(secs => %s)", (seconds,)
        )


def keys(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(connection.exec_driver_sql("SELECT key FROM throttle").scalars())


def test_an_edge_finds_it_by_its_scheme(database):
    assert isinstance(storage_from_string("greenlight://", database=database), TableStorage)


def test_a_limit_holds_for_each_key_and_ends_with_its_window(database, storage):
    limiter, limit = FixedWindowRateLimiter(storage), RateLimitItemPerMinute(3)
    assert [limiter.hit(limit, "login", "10.0.0.1") for _ in range(5)] == [True, True, True, False, False]
    assert limiter.hit(limit, "login", "10.0.0.2")
    assert not limiter.test(limit, "login", "10.0.0.1")
    age(database, 61)
    assert limiter.hit(limit, "login", "10.0.0.1")
    assert limiter.get_window_stats(limit, "login", "10.0.0.1").remaining == 2


def test_attempts_count_until_the_end_of_the_window_not_from_the_last_one(database, storage):
    storage.incr("key", 60)
    age(database, 59)
    assert storage.incr("key", 60) == 2
    age(database, 2)
    assert storage.get("key") == 0
    assert storage.incr("key", 60) == 1


def test_the_end_of_the_window_is_told(database, storage):
    storage.incr("key", 3600)
    assert storage.get_expiry("key") - storage.get_expiry("none") == pytest.approx(3600, abs=60)
    age(database, 3601)
    assert storage.get_expiry("key") == pytest.approx(storage.get_expiry("none"), abs=60)


def test_one_key_or_all_are_forgotten(storage):
    for key in ("one", "two", "three"):
        storage.incr(key, 60, amount=2)
    storage.clear("one")
    assert [storage.get(key) for key in ("one", "two")] == [0, 2]
    assert storage.reset() == 2
    assert storage.get("two") == 0


def test_counters_that_are_over_are_swept_by_new_ones(database, storage):
    for number in range(15):
        storage.incr(f"old {number}", 60)
    age(database, 61)
    storage.incr("new 1", 60)
    storage.incr("new 2", 60)
    assert keys(database) == {"new 1", "new 2"}


def test_eight_at_once_are_counted_exactly(storage):
    start, counts = Barrier(8), []

    def attempt() -> None:
        start.wait()
        counts.extend(storage.incr("key", 60) for _ in range(10))

    threads = [Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == list(range(1, 81))


def test_an_attempt_is_counted_although_the_request_rolls_back(database, storage):
    with database.transaction("*") as session:
        storage.incr("key", 60)
        session.rollback()
    assert storage.get("key") == 1


def test_a_database_that_is_gone_is_said_to_be(database):
    nowhere = Database(database.url.set(host="127.0.0.1", port=1, query={}))
    assert TableStorage(database=database).check()
    assert not TableStorage(database=nowhere).check()
    with pytest.raises(StorageError):
        TableStorage(wrap_exceptions=True, database=nowhere).incr("key", 60)
