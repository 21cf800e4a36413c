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
    """What is wrong at one place of the record."""

    CHANGED = "changed"
    """The row is not the one that was written here."""
    REORDERED = "reordered"
    """The row was written, but at another place of its chain."""
    MISSING = "missing"
    """A row between two others is gone."""
    CUT = "cut"
    """Rows at the end are gone, by the chain's count or by a seal."""
    SURPLUS = "surplus"
    """A row that the chain does not count."""
    HEAD = "head"
    """The chain's head is not the hash of its last row."""
    GONE = "gone"
    """The whole chain is gone."""
    REWRITTEN = "rewritten"
    """The chain is sound in itself, but not the one that was sealed."""
    UNSEALED = "unsealed"
    """The chain says that it was sealed, and no seal holds it so; or it was sealed and no longer says so."""
    SEAL_CHANGED = "seal-changed"
    """The seal is not the one that was written here."""
    SEAL_MISSING = "seal-missing"
    """A seal is gone."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: in `chain` at `seq`, or, where `chain` is None, in the tenant's seal `seq`."""

    tenant: str
    chain: UUID | None
    seq: int
    wrong: Wrong
