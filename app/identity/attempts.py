"""Attempts, counted for all processes and edges together: wrong logins by name, so that nobody guesses, and by address;
wrong tokens, and looking up cases by their codes, by address."""

from functools import cache

from limits import RateLimitItem, parse
from limits.strategies import FixedWindowRateLimiter

from app.identity.rules import plain_username
from app.identity.throttle import TableStorage
from app.kernel.database import Database

PER_NAME = parse("10 per 15 minutes")
PER_ADDRESS = parse("30 per minute")

STRANGE_TOKENS = "token"
LOOKING_UP = "track"
ALLOWED = {STRANGE_TOKENS: parse("30 per minute"), LOOKING_UP: parse("60 per minute")}
"""How often an address may do what is neither a login nor anybody's right."""

_ONCE_A_MINUTE = parse("1 per minute")


def too_many(database: Database, username: str, address: str) -> bool:
    """Whether there were too many wrong logins under this name, or from this address, to let one more be tried."""
    limiter = _limiter(database)
    return not all(limiter.test(limit, "login", key) for limit, key in _counted(username, address))


def count(database: Database, username: str, address: str) -> None:
    """Count a wrong login."""
    for limit, key in _counted(username, address):
        _limiter(database).hit(limit, "login", key)


def one_more(database: Database, what: str, address: str) -> bool:
    """Count an attempt of a kind in ALLOWED; whether the address may do it."""
    return _limiter(database).hit(ALLOWED[what], what, address)


def is_news(database: Database, what: str, address: str) -> bool:
    """Whether it is the first time within a minute that an address is told it was too much: that is recorded."""
    return _limiter(database).hit(_ONCE_A_MINUTE, "told", what, address)


def _counted(username: str, address: str) -> list[tuple[RateLimitItem, str]]:
    return [(PER_NAME, plain_username(username)[:100]), (PER_ADDRESS, address)]


@cache
def _limiter(database: Database) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(TableStorage(database=database))
