"""The tokens of a case as bytes, and back.

What is stored: for each live token the index of its spec, the row of the token that holds it, its id, and what it was
told (an item, a time, the flow it came by); and how often each element was completed. Not stored: specs, data, states
(a spec has only one that can be live), and all that has been passed, since nothing that follows depends on it. So
finished rounds of rework cost nothing, and a case in its hundredth round is as small as in its first.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from app.engine.definition import Definition
from app.engine.errors import StateUnreadable
from app.engine.tokens import Board, CaseWorkflow, ScopeWorkflow, Token

_PLAIN, _PACKED = 1, 2
_PAYS = 200
"""Bytes from which packing is tried."""
_MAX_UNPACKED = 8_000_000
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, zlib.error)


def dump(workflow: CaseWorkflow, definition: Definition) -> bytes:
    """One byte of version, four of checksum (over the definition too), then JSON, packed where that is shorter."""
    rows: list[list[Any]] = []
    index: dict[UUID, int] = {}
    for token in workflow.board.live.values():
        _write(token, definition, rows, index)
    return pack(rows, workflow.board.counts, definition)


def pack(rows: list[list[Any]], counts: Mapping[str, int], definition: Definition) -> bytes:
    """Rows of tokens, each after those that it names, and how often each element was completed, as bytes."""
    counted = [counts.get(name, 0) for name in definition.counted]
    while counted and not counted[-1]:
        counted.pop()
    payload, version = orjson.dumps([rows, counted]), _PLAIN
    if len(payload) >= _PAYS:
        packed = zlib.compress(payload, 6)
        if len(packed) < len(payload):
            payload, version = packed, _PACKED
    return bytes([version]) + _checksum(definition, payload) + payload


def _checksum(definition: Definition, payload: bytes) -> bytes:
    return zlib.crc32(payload, definition.fingerprint).to_bytes(4, "big")


def _write(token: Token, definition: Definition, rows: list[list[Any]], index: dict[UUID, int]) -> int:
    """Append the row of a token after those of the tokens that hold it; its number."""
    known = index.get(token.id)
    if known is not None:
        return known
    holder = _holder(token)
    row = [
        definition.spec_index[token.task_spec.name],
        -1 if holder is None else _write(holder, definition, rows, index),
        b64encode(token.id.bytes)[:22].decode(),
    ]
    if token.internal_data:
        row.append(token.internal_data)
    index[token.id] = len(rows)
    rows.append(row)
    return index[token.id]


def _holder(token: Token) -> Token | None:
    """The token that this one still depends on: its guard, gateway or multi-instance, or the subprocess it is in."""
    parent: Token | None = token.parent
    if parent is not None and (parent.id in token.workflow.board.live or parent.task_spec.holds):
        return parent
    host = token.workflow.parent_task_id
    held: Token | None = token.workflow.top_workflow.get_task_from_id(host) if host is not None else None
    return held


def restore(workflow: CaseWorkflow, definition: Definition, state: bytes) -> None:
    """Put the stored tokens into an empty workflow. Raises StateUnreadable."""
    try:
        rows, counts = unpack(state, definition)
        tokens: list[Token] = []
        for row in rows:
            tokens.append(_read(row, tokens, workflow, definition))
        workflow.board.counts.update(counts)
    except _UNREADABLE as error:
        raise StateUnreadable(reason=f"{type(error).__name__}: {error}") from None


def unpack(state: bytes, definition: Definition) -> tuple[list[list[Any]], dict[str, int]]:
    """What `pack` was given. Raises StateUnreadable."""
    try:
        rows, counts = _unpacked(state, definition)
        return rows, {name: count for name, count in zip(definition.counted, counts, strict=False) if count}
    except _UNREADABLE as error:
        raise StateUnreadable(reason=f"{type(error).__name__}: {error}") from None


def _unpacked(state: bytes, definition: Definition) -> tuple[list[list[Any]], list[int]]:
    version, checksum, payload = state[:1], state[1:5], state[5:]
    if version not in (bytes([_PLAIN]), bytes([_PACKED])):
        raise ValueError("unknown version")
    if checksum != _checksum(definition, payload):
        raise ValueError("wrong checksum")
    if version == bytes([_PACKED]):
        unpacking = zlib.decompressobj()
        payload = unpacking.decompress(payload, _MAX_UNPACKED)
    rows, counts = orjson.loads(payload)
    return rows, counts


def _read(row: list[Any], tokens: list[Token], workflow: CaseWorkflow, definition: Definition) -> Token:
    name = definition.spec_names[row[0]]
    holder = tokens[row[1]] if row[1] >= 0 else None
    level: CaseWorkflow | ScopeWorkflow = workflow
    if holder is not None:
        level = holder.workflow
        if name not in level.spec.task_specs:
            level = workflow.subprocesses.get(holder.id) or workflow.create_subprocess(holder, holder.task_spec.spec)
    spec = level.spec.task_specs[name]
    token = Token.revived(level, spec, holder, UUID(bytes=b64decode(row[2] + "==")), spec.lives)
    if len(row) > 3:
        token.internal_data = row[3]
    return token


def marks_of(board: Board) -> Mapping[str, tuple[int, int]]:
    """Element id → times completed, tokens on it."""
    active: dict[str, int] = {}
    for token in board.live.values():
        if token.task_spec.shown:
            active[token.task_spec.bpmn_id] = active.get(token.task_spec.bpmn_id, 0) + 1
    return {name: (board.counts.get(name, 0), active.get(name, 0)) for name in {**board.counts, **active}}
