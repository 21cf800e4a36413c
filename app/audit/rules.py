"""How a record is hashed.

The canonical form is injective: each field is written with its length before it (4 bytes, big-endian), always the same
fields in the same order, so that no two different acts have one form. A hash covers the hash before it (32 bytes),
the place in the chain (8 bytes), and the form. A chain starts from a hash of its own tenant and id, so that a row fits
into no other chain.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from app.audit.types import Wrong
from app.kernel.time import NaiveDatetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Head(NamedTuple):
    """How far a chain had come: 56 bytes in a seal."""

    chain: UUID
    seq: int
    hash: bytes


HEAD_BYTES = 16 + 8 + 32

_NEAR = 10
"""How far around a row its neighbours may have moved with it and still be found (`_written_elsewhere`)."""


class Link(NamedTuple):
    """One stored row of a chain: its place, the bytes that stand for what it says, its hash."""

    seq: int
    form: bytes
    hash: bytes


class Flaw(NamedTuple):
    """What is wrong from `seq` to `last` of one chain."""

    seq: int
    wrong: Wrong
    last: int | None = None


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
    return b"".join(head.chain.bytes + head.seq.to_bytes(8, "big") + head.hash for head in heads)


def unpack_heads(packed: bytes) -> list[Head]:
    """The heads that `pack_heads` wrote. A tail that is no whole head is left out: the seal's hash tells of it."""
    return [
        Head(UUID(bytes=packed[i : i + 16]), int.from_bytes(packed[i + 16 : i + 24], "big"), packed[i + 24 : i + 56])
        for i in range(0, len(packed) - HEAD_BYTES + 1, HEAD_BYTES)
    ]


def flaws(start: bytes, links: Sequence[Link], count: int | None, head: bytes | None) -> Iterator[Flaw]:
    """What is wrong with a chain whose stored rows are `links`, by rising seq. `count` and `head`: None if gone.

    A row behind a gap has no predecessor to be checked against; the gap tells of it.
    """
    before, expected = start, 1
    for index, link in enumerate(links):
        if link.seq < 1:
            yield Flaw(link.seq, Wrong.SURPLUS)
            continue
        if link.seq > expected:
            yield Flaw(expected, Wrong.MISSING, link.seq - 1)
        elif linked(before, link.seq, link.form) != link.hash:
            elsewhere = _written_elsewhere(start, links, index)
            yield Flaw(link.seq, Wrong.REORDERED if elsewhere else Wrong.CHANGED)
        before, expected = link.hash, link.seq + 1
    yield from _flaws_at_the_end(expected - 1, before, count, head)


def _flaws_at_the_end(last: int, last_hash: bytes, count: int | None, head: bytes | None) -> Iterator[Flaw]:
    if count is not None and count > last:
        yield Flaw(last + 1, Wrong.CUT, count)
    elif count is not None and count < last:
        yield Flaw(max(count, 0) + 1, Wrong.SURPLUS, last)
    elif head != last_hash:
        yield Flaw(last, Wrong.HEAD)


def _written_elsewhere(start: bytes, links: Sequence[Link], index: int) -> bool:
    """Whether what the row at `index` says has, at another place of the chain, a hash that the chain knows.

    Its old predecessor stands where it stood (any place is tried), or was moved itself (the near ones are tried).
    """
    here = links[index]
    hashes = {link.hash for link in links}
    places = [(start, 1), *((link.hash, link.seq + 1) for link in links)]
    near = (start, *(link.hash for link in links[max(index - _NEAR, 0) : index + _NEAR + 1]))
    places += [(before, seq) for before in near for seq in range(here.seq - _NEAR, here.seq + _NEAR + 1)]
    return any(linked(before, seq, here.form) in hashes for before, seq in places)


def _microseconds(at: datetime) -> bytes:
    if at.tzinfo is None:
        raise NaiveDatetime(f"{at!r} has no time zone")
    return ((at - _EPOCH) // _MICROSECOND).to_bytes(8, "big", signed=True)


def _joined(*fields: bytes) -> bytes:
    return b"".join([len(field).to_bytes(4, "big") + field for field in fields])
