"""How a record is hashed.

The canonical form is injective: each field is written with its length before it (4 bytes, big-endian), always the same
fields in the same order, so that no two different acts have one form. A hash covers the hash before it (32 bytes),
the place in the chain (8 bytes), and the form. A chain starts from a hash of its own tenant and id, so that a row fits
into no other chain.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from app.kernel.time import NaiveDatetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Head(NamedTuple):
    """How far a chain had come: 56 bytes in a seal."""

    chain: UUID
    count: int
    hash: bytes


HEAD_BYTES = 16 + 8 + 32


def data_text(data: Mapping[str, Any]) -> str:
    """The JSON of `data`, keys sorted. The text itself is stored and hashed, never parsed and written again."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()


def canonical(at: datetime, actor_id: UUID | None, actor: str, tag: str, data: str) -> bytes:
    """The bytes that stand for one act. `at` counts in microseconds, which is what PostgreSQL keeps."""
    who = actor_id.bytes if actor_id else b""
    return _joined(_microseconds(at), who, actor.encode(), tag.encode(), data.encode())


def chain_start(tenant: str, chain: UUID) -> bytes:
    """The hash before the first row of a chain."""
    return sha256(_joined(b"greenlight audit chain 1", tenant.encode(), chain.bytes)).digest()


def seal_start(tenant: str) -> bytes:
    """The hash before the first seal of a tenant."""
    return sha256(_joined(b"greenlight audit seal 1", tenant.encode())).digest()


def linked(before: bytes, seq: int, form: bytes) -> bytes:
    """The hash of the row (or seal) at `seq` after the hash `before`. The database computes the same while writing."""
    return sha256(before + seq.to_bytes(8, "big", signed=True) + form).digest()


def seal_form(at: datetime, heads: bytes) -> bytes:
    """The bytes that stand for one seal."""
    return _joined(_microseconds(at), heads)


def pack_heads(heads: Iterable[Head]) -> bytes:
    """The heads of many chains, 56 bytes each."""
    return b"".join(head.chain.bytes + head.count.to_bytes(8, "big") + head.hash for head in heads)


def unpack_heads(packed: bytes) -> list[Head]:
    """The heads that `pack_heads` wrote. A tail that is no whole head is left out: the seal's hash tells of it."""
    return [
        Head(UUID(bytes=packed[i : i + 16]), int.from_bytes(packed[i + 16 : i + 24], "big"), packed[i + 24 : i + 56])
        for i in range(0, len(packed) - HEAD_BYTES + 1, HEAD_BYTES)
    ]


def _microseconds(at: datetime) -> bytes:
    if at.tzinfo is None:
        raise NaiveDatetime(f"{at!r} has no time zone")
    return ((at - _EPOCH) // _MICROSECOND).to_bytes(8, "big", signed=True)


def _joined(*fields: bytes) -> bytes:
    return b"".join([len(field).to_bytes(4, "big") + field for field in fields])
