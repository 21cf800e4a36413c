"""Verification codes: by one anybody finds out whether a document is genuine.

`440106-7K3M-9QXT-2WPD-V`: the jurisdiction, twelve random characters (60 bits: not to be guessed), and a check
character over all that precedes (ISO 7064, MOD 37,36: it finds every single wrong character and nearly every swap of
two neighbours). The alphabet has no I, L, O, U; what is read as one of these is taken for the digit it resembles.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 12
GROUP: Final = 4

_SEPARATORS: Final = re.compile(r"[\s\-‐-―−_.·]+")
_MISREAD: Final = str.maketrans("OIL", "011")
_REGION: Final = re.compile(r"[0-9]{2,12}")


@dataclass(frozen=True, slots=True)
class VerificationCode:
    """A code in its one written form, and the jurisdiction that it names."""

    tenant: str
    text: str


def draw(tenant: str, choose: Callable[[str], str] = secrets.choice) -> str:
    """A fresh code for a document of `tenant` (a region code of GB/T 2260: digits)."""
    if not _REGION.fullmatch(tenant):
        raise ValueError(f"{tenant!r} is no region code")
    while True:
        drawn = "".join(choose(ALPHABET) for _ in range(LENGTH))
        check = mod_37_36.calc_check_digit(tenant + drawn)
        if check in ALPHABET:  # the others look like another character
            return _write(tenant, drawn, check)


def parse(text: str) -> VerificationCode | None:
    """The code that a person typed, in whatever spacing, width and case; None where the check character is wrong."""
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:100])).upper().translate(_MISREAD)
    tenant, drawn, check = plain[: -LENGTH - 1], plain[-LENGTH - 1 : -1], plain[-1:]
    if not _REGION.fullmatch(tenant) or len(drawn) != LENGTH or not set(drawn + check) <= set(ALPHABET):
        return None
    try:
        mod_37_36.validate(plain)
    except ValidationError:
        return None
    return VerificationCode(tenant, _write(tenant, drawn, check))


def tenant_of(text: str) -> str | None:
    """The jurisdiction that a code names, so that a transaction can say that it reads it."""
    code = parse(text)
    return code.tenant if code else None


def _write(tenant: str, drawn: str, check: str) -> str:
    groups = [drawn[start : start + GROUP] for start in range(0, LENGTH, GROUP)]
    return "-".join([tenant, *groups, check])
