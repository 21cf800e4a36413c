"""What names and codes of the office look like, and what is shown of personal data where it is listed."""

import re
import unicodedata
from typing import Final

from stdnum.cn import ric

from app.inbox.types import APPLICANT_POST
from app.kernel.errors import Message
from app.kernel.marking import _

LONGEST_NAME: Final = 100
LONGEST_CODE: Final = 63

_CODE: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
_REGION: Final = re.compile(r"[0-9]{6}(?:[0-9]{3}){0,2}", re.ASCII)
_PHONE: Final = re.compile(r"\+?[0-9](?:[ -]?[0-9]){4,19}", re.ASCII)
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]{1,63}(?:\.[^@\s.]{1,63}){1,8}")
_OTHER_PAPER: Final = re.compile(r"[A-Z0-9]{5,17}", re.ASCII)
_SHOWS_NOTHING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"
"""Written within words of some scripts; all other invisible characters have no place in a name."""
_DIRECTION: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORMULA: Final = ("=", "+", "-", "@")


def name_faults(name: str) -> list[str]:
    """What is wrong with a name, as msgids. Rare characters, private ones of GB 18030 too, are kept as they are."""
    if not name.strip():
        return [_("A name is needed here.")]
    faults: list[str] = []
    if len(name) > LONGEST_NAME:
        faults.append(Message(_("A name has at most %(most)d characters."), most=LONGEST_NAME))
    if any(mark in _DIRECTION for mark in name):
        faults.append(
            _("Invisible marks here turn the direction of writing: type the name anew instead of pasting it.")
        )
    elif any(unicodedata.category(mark) in _SHOWS_NOTHING and mark not in _JOINERS for mark in name):
        faults.append(_("There are invisible characters here: type the name anew instead of pasting it."))
    if name.lstrip().startswith(_FORMULA):
        faults.append(_("A name does not begin with = + - or @: spreadsheets would take it for a formula."))
    return faults


def code_faults(code: str) -> list[str]:
    """What is wrong with the code of a department, a post or a role, as msgids."""
    if code == APPLICANT_POST:
        return [_("This code is reserved for applicants.")]
    if len(code) <= LONGEST_CODE and _CODE.fullmatch(code):
        return []
    return [_("A code has at most 63 small letters a–z, digits and single hyphens, and begins with a letter.")]


def region_faults(code: str) -> list[str]:
    """What is wrong with the code of a region (GB/T 2260; below the county nine or twelve digits), as msgids."""
    return [] if _REGION.fullmatch(code) else [_("The code of a region has 6, 9 or 12 digits (GB/T 2260).")]


def phone_faults(phone: str) -> list[str]:
    """What is wrong with a telephone number, as msgids."""
    return [] if _PHONE.fullmatch(phone) else [_("This is not a telephone number.")]


def email_faults(email: str) -> list[str]:
    """What is wrong with an e-mail address, as msgids."""
    return [] if len(email) <= 254 and _EMAIL.fullmatch(email) else [_("This is not an e-mail address.")]


def id_number_faults(number: str) -> list[str]:
    """What is wrong with a citizen number (GB 11643, check character) or the number of another paper, as msgids."""
    if ric.is_valid(number) or _OTHER_PAPER.fullmatch(number):
        return []
    return [_("This is neither a citizen number nor the number of another identity paper.")]


def masked(value: str | None, head: int, tail: int) -> str | None:
    """All but the first `head` and last `tail` characters hidden; at least a third of them, whatever the length."""
    if not value:
        return value
    shown = min(head + tail, len(value) * 2 // 3)
    tail = min(tail, shown)
    head = shown - tail
    return value[:head] + "*" * (len(value) - shown) + value[len(value) - tail :]


def masked_phone(phone: str | None) -> str | None:
    """138****0000: enough to tell two people apart."""
    return masked(phone, 3, 4)


def masked_email(email: str | None) -> str | None:
    """l*****@example.org: the domain is the office's own in most cases."""
    name, at, domain = (email or "").rpartition("@")
    return f"{masked(name, 1, 0)}@{domain}" if at else email


def masked_id_number(number: str | None) -> str | None:
    """33**************18."""
    return masked(number, 2, 2)


def is_masked(value: str) -> bool:
    """Whether a value is what `masked` shows of another: read back from a list, it changes nothing."""
    return "*" in value
