"""Pure rules of the case: its public code, and the status that a milestone leads to."""

import re
from datetime import date

from stdnum.iso7064 import mod_97_10

from app.cases.types import Status

_CODE = re.compile(r"(\d{6})-(\d{8})-(\d{7})-(\d{2})")
_SERIALS = 10**7
_MILESTONES = {
    "received": Status.RECEIVED,
    "accepted": Status.ACCEPTED,
    "decided": Status.DECIDED,
    "concluded": Status.CONCLUDED,
    "delivered": Status.DELIVERED,
}
_RESULTS = {"refused": Status.REFUSED, "withdrawn": Status.WITHDRAWN, "lapsed": Status.LAPSED}


def supervision_code(tenant: str, day: date, serial: int) -> str:
    """The public identity of a case: region (GB/T 2260), day, serial number, two check digits (ISO 7064, MOD 97-10)."""
    digits = f"{tenant}{day:%Y%m%d}{serial % _SERIALS:07d}"
    check = mod_97_10.calc_check_digits(digits)
    return f"{tenant}-{day:%Y%m%d}-{serial % _SERIALS:07d}-{check}"


def tenant_of(code: str) -> str | None:
    """The tenant that a supervision code names; None where the code is mistyped (the check digits say so)."""
    found = _CODE.fullmatch(code.strip())
    if found is None or not mod_97_10.is_valid("".join(found.groups())):
        return None
    return found.group(1)


def status_at(milestone: str) -> Status:
    """The status of a case that has passed `milestone`."""
    return _MILESTONES[milestone]


def status_at_end(present: Status, result: str | None) -> Status:
    """The status of a case whose diagram has ended: what the end event says, or else at least concluded."""
    if result in _RESULTS:
        return _RESULTS[result]
    return present if present in (Status.CONCLUDED, Status.DELIVERED) else Status.CONCLUDED


def longest_extension(departments: int) -> int:
    """How many working days a decision may be put off in all (Art. 42): 10, or 15 where departments decide jointly."""
    return 15 if departments > 1 else 10
