"""Wrong logins are counted for all processes together: by name, so that nobody guesses, and by address.

The counters are the same as the API's: who tries here and there does not get twice as many attempts.
"""

from functools import cache

from flask import request
from limits import RateLimitItem, parse
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from app import edge
from app.identity.rules import plain_username
from app.identity.throttle import TableStorage
from app.kernel.database import Database

PER_NAME = parse("10 per 15 minutes")
PER_ADDRESS = parse("30 per minute")


def check(username: str) -> None:
    """Raise TooManyRequests (429) after too many wrong logins."""
    limiter = _limiter(edge.office().database)
    if not all(limiter.test(limit, "login", key) for limit, key in _counted(username)):
        raise TooManyRequests()


def count(username: str) -> None:
    """Count a wrong login."""
    for limit, key in _counted(username):
        _limiter(edge.office().database).hit(limit, "login", key)


def _counted(username: str) -> list[tuple[RateLimitItem, str]]:
    return [(PER_NAME, plain_username(username)[:100]), (PER_ADDRESS, request.remote_addr or "")]


@cache
def _limiter(database: Database) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(TableStorage(database=database))
