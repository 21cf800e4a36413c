"""Verbs: attach a file to a case, read it back, sweep what no row names."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, func, literal, select, update
from sqlalchemy.orm import Session

from app.kernel.ids import new_id
from app.kernel.time import instant
from app.materials import queries
from app.materials.errors import FileDamaged
from app.materials.inspection import inspect_confined
from app.materials.models import Material
from app.materials.store import CHUNK, FileStore
from app.materials.types import Grade

FOLDER: Final = "materials"
ORPHANED_AFTER: Final = timedelta(days=1)
"""No transaction lives this long: a file that no row names by then belongs to one that was rolled back."""


def attach(
    session: Session,
    store: FileStore,
    tenant: str,
    case_id: UUID,
    *,
    requirement: str,
    filename: str,
    content: bytes | BinaryIO,
    formats: Iterable[str],
    max_bytes: int,
    grade: Grade,
    uploaded_by: UUID,
    now: datetime,
) -> Material:
    """Take a file for one required material of a case; it replaces the one that was there.

    `content` is bytes or a seekable stream; `formats` and `max_bytes` are what the requirement takes. The file is in
    the store before the row commits. Raises a kind of FileRefused, Unworkable, and then nothing was kept.
    """
    stream = BytesIO(content) if isinstance(content, bytes) else content
    checked = inspect_confined(filename, stream, formats=formats, max_bytes=max_bytes)
    row = Material(
        tenant=tenant,
        id=new_id(),
        case_id=case_id,
        requirement=requirement,
        filename=checked.filename,
        media_type=checked.media_type,
        size=checked.size,
        sha256=_digest(stream),
        grade=grade,
        uploaded_by=uploaded_by,
        uploaded_at=instant(now),
    )
    store.put(key_of(row), stream)
    _replace(session, row)
    session.add(row)
    session.flush()
    return row


def read(session: Session, store: FileStore, tenant: str, id: UUID) -> tuple[Material, Iterator[bytes]]:  # noqa: A002
    """A file's row and its content, piece by piece; the pieces may be read after the transaction has ended.

    The last piece is handed out only if all of them together are what was handed in. Raises NoMaterial, FileDamaged.
    """
    row = queries.material(session, tenant, id)
    try:
        pieces = store.chunks(key_of(row))
    except FileNotFoundError as missing:
        raise FileDamaged(filename=row.filename) from missing
    return row, _verified(pieces, row.sha256, row.filename)


def sweep(session: Session, store: FileStore, tenant: str, real_now: datetime) -> int:
    """Delete the tenant's files that no row names and that are older than a day; returns how many. `real_now` is the
    machine's time, since the store dates its files by its own clock."""
    old = {
        UUID(key.rpartition("/")[2]): key
        for key, written in store.list(f"{FOLDER}/{tenant}")
        if instant(real_now) - written > ORPHANED_AFTER
    }
    if not old:
        return 0
    wanted = literal(list(old), ARRAY(Uuid()))
    named = session.scalars(select(Material.id).where(Material.tenant == tenant, Material.id == any_(wanted)))
    orphans = old.keys() - set(named)
    for orphan in orphans:
        store.delete(old[orphan])
    return len(orphans)


def key_of(row: Material) -> str:
    """Where a material's file lies in the store."""
    return f"{FOLDER}/{row.tenant}/{row.case_id}/{row.id}"


def _replace(session: Session, row: Material) -> None:
    """Close the row that the new one takes the place of. Two uploads for one requirement wait for each other."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{row.case_id}/{row.requirement}", 0))))
    session.execute(
        update(Material)
        .where(
            Material.tenant == row.tenant,
            Material.case_id == row.case_id,
            Material.requirement == row.requirement,
            Material.replaced_at.is_(None),
        )
        .values(replaced_at=row.uploaded_at)
    )


def _digest(stream: BinaryIO) -> bytes:
    running = sha256()
    while piece := stream.read(CHUNK):
        running.update(piece)
    stream.seek(0)
    return running.digest()


def _verified(pieces: Iterator[bytes], expected: bytes, filename: str) -> Iterator[bytes]:
    running, held = sha256(), b""
    for piece in pieces:
        running.update(piece)
        if held:
            yield held
        held = piece
    if running.digest() != expected:
        raise FileDamaged(filename=filename)
    yield held
