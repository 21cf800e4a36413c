"""Passwords: argon2id with the parameters that RFC 9106 recommends where memory is scarce (64 MiB, three passes)."""

import unicodedata
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_HASHER: Final = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=65_536, parallelism=4),))

NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$Z3JlZW5saWdodC1ub2JvZA$cUs+0vnF0h7Q2E0Ws1pwxlJ5iB2zB6tBnmB4mYEFBsY"
"""The hash of no password: checked where there is no account, so that it takes as long as where there is one."""


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(_bytes(password))


def fits(password: str, kept: str) -> tuple[bool, str | None]:
    """Whether the password is the one, and its new hash where the kept one was made with other parameters."""
    return _HASHER.verify_and_update(_bytes(password), kept)


def _bytes(password: str) -> bytes:
    """One password for all ways to type it: an input method may give the full-width form of a sign."""
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")
