"""What a username, a password and a secret look like, and how long they last."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from app.kernel.marking import _

SESSION_LIFE: Final = timedelta(hours=8)
"""A working day; then one logs in again."""

LONGEST_TOKEN_LIFE: Final = timedelta(days=366)

TOKEN_PREFIX: Final = "gl_"  # noqa: S105 - so that a token is recognised where it was left lying
"""Every API token starts so, and can be found by it where it should not be."""

_LONGEST_SECRET = 100
_USERNAME = re.compile(r"[\w][\w.@+-]{1,63}")
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 8, 256


def plain_username(username: str) -> str:
    """The one spelling of a username: full-width and capital letters are no other name (NFKC, folded case)."""
    return unicodedata.normalize("NFKC", username).casefold().strip()


def username_faults(username: str) -> list[str]:
    """What is wrong with a username (in its one spelling), as msgids."""
    if _USERNAME.fullmatch(username):
        return []
    return [_("A username has 2 to 64 letters, digits or the signs . _ - + @ and begins with a letter or a digit.")]


def password_faults(password: str, username: str) -> list[str]:
    """What is wrong with a password, as msgids. Length counts, not kinds of signs (NIST SP 800-63B, 5.1.1.2)."""
    faults = []
    if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        faults.append(_("A password has 8 to 256 characters."))
    if len(set(password)) < 4 or username in password.casefold():
        faults.append(_("This password is too easy to guess: do not repeat a few characters or the username."))
    return faults


def new_password() -> str:
    """A password that is told to somebody once and easy to read out: twelve of 31 letters and digits, 59 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))


def new_secret(prefix: str = "") -> str:
    """A secret of 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def secret_hash(secret: str) -> bytes | None:
    """What is kept of a secret; None for what cannot be one. A plain hash: a random secret cannot be guessed."""
    if not secret or len(secret) > _LONGEST_SECRET:
        return None
    return sha256(secret.encode(errors="surrogatepass")).digest()


class Span(NamedTuple):
    """From `since` until `until`; for ever while None."""

    since: datetime
    until: datetime | None


FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)


def covered_until(spans: Iterable[Span], start: datetime) -> datetime:
    """Until when there is no instant from `start` on that no span covers: `start` itself where none covers it."""
    end = start
    for span in sorted(spans, key=lambda span: span.since):
        if span.since > end:
            break
        end = max(end, span.until or FOR_EVER)
    return end
