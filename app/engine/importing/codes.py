"""Codes out of names that were written for people."""

import re
import unicodedata
from collections.abc import Iterable

_WORDS = {
    "同意": "approve",
    "通过": "approve",
    "批准": "approve",
    "准予": "approve",
    "合格": "approve",
    "不同意": "reject",
    "不通过": "reject",
    "不批准": "reject",
    "不准予": "reject",
    "不予许可": "deny",
    "不予受理": "refuse",
    "不合格": "reject",
    "驳回": "reject",
    "拒绝": "reject",
    "退回": "return",
    "受理": "accept",
    "补正": "supplement",
    "是": "yes",
    "否": "no",
}
"""What the flows of an approval are most often called."""
_LONGEST = 40


def code_of(name: str, otherwise: str = "") -> str:
    """A code such as land-officer out of a name such as “Land Officer” or landOfficer; `otherwise` if there is none."""
    known = _WORDS.get(name.strip().rstrip("？?！!。.").strip())
    if known:
        return known
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", plain)
    code = re.sub(r"[^a-z0-9]+", "-", spaced.lower()).strip("-")[:_LONGEST].strip("-")
    return re.sub(r"^[0-9-]+", "", code) or otherwise


def codes_of(names: Iterable[str]) -> list[str]:
    """A code for each name, no two the same: its own, way-2 where it has none, yes-2 where it is taken."""
    found: list[str] = []
    for number, name in enumerate(names, 1):
        code = plain = code_of(name, f"way-{number}")
        while code in found:
            code = f"{plain}-{number}" if code == plain else f"{code}-{number}"
        found.append(code)
    return found
