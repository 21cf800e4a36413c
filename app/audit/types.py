"""What is recorded, and what can be wrong with a record."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

_TAG = re.compile(r"[a-z]+:[A-Za-z][\w.-]*:[a-z][a-z-]*", re.ASCII)


@lru_cache(maxsize=512)
def checked_tag(tag: str) -> str:
    """`tag`, if it reads `source:subject:action`; else ValueError."""
    if not _TAG.fullmatch(tag):
        raise ValueError(f"an audit tag reads source:subject:action, not {tag!r}")
    return tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing to record, for `record_many`. `actor` is a username or the name of a machine, never a person's name."""

    chain: UUID
    at: datetime
    actor_id: UUID | None
    actor: str
    tag: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAct:
    """One entry of a chain's history."""

    chain: UUID
    seq: int
    at: datetime
    actor_id: UUID | None
    actor: str
    tag: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seal:
    """The end of a tenant's chain of seals. Kept outside the database, it proves all that was sealed up to then."""

    tenant: str
    seq: int
    hash: bytes


class Wrong(StrEnum):
    """What is wrong at one place of the record; `meaning` is an English msgid."""

    CHANGED = "changed"
    REORDERED = "reordered"
    MISSING = "missing"
    CUT = "cut"
    SURPLUS = "surplus"
    HEAD = "head"
    GONE = "gone"
    REWRITTEN = "rewritten"
    UNSEALED = "unsealed"
    SEAL_CHANGED = "seal-changed"
    SEAL_MISSING = "seal-missing"

    @property
    def meaning(self) -> str:
        """The fault in a sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    Wrong.CHANGED: "This row was changed, or the hash of the row before it was.",
    Wrong.REORDERED: "This row was written at another place of its chain.",
    Wrong.MISSING: "Rows between two others are gone.",
    Wrong.CUT: "Rows at the end of the chain are gone.",
    Wrong.SURPLUS: "There are rows that the chain does not count.",
    Wrong.HEAD: "The head of the chain is gone, or is not the hash of its last row.",
    Wrong.GONE: "The whole chain is gone.",
    Wrong.REWRITTEN: "The chain is not the one that was sealed here.",
    Wrong.UNSEALED: "What the chain says of its sealing is not what the seals say.",
    Wrong.SEAL_CHANGED: "This seal was changed, or the hash of the seal before it was.",
    Wrong.SEAL_MISSING: "Seals are gone.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, at `seq` of `chain`, or of the tenant's seals where `chain` is None.

    `last` is the end of the stretch where several rows are concerned.
    """

    tenant: str
    chain: UUID | None
    seq: int
    wrong: Wrong
    last: int | None = None
