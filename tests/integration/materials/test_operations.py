"""Files of a case: attached, replaced, read back unchanged, swept when nobody names them."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.kernel.database import Database, enter_tenant
from app.kernel.ids import new_id
from app.kernel.time import real_now
from app.materials import operations, queries
from app.materials.errors import FileDamaged, FileEmpty, NoMaterial
from app.materials.models import Material
from app.materials.store import FileStore

PDF = b"%PDF-1.7\n" + bytes(1_000_000) + b"\n%%EOF\n"
UPLOADER = new_id()


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path.as_uri())


def attach(
    session: Session, store: FileStore, case_id: UUID, now: datetime, content: Any = PDF, **changes: Any
) -> Material:
    given: dict[str, Any] = {
        "requirement": "site-map",
        "filename": "../红线图.pdf",
        "formats": ["pdf"],
        "max_bytes": 2_000_000,
        "grade": "C",
        "uploaded_by": UPLOADER,
    }
    return operations.attach(session, store, "330300", case_id, content=content, now=now, **(given | changes))


def content_of(session: Session, store: FileStore, key: UUID) -> bytes:
    return b"".join(operations.read(session, store, "330300", key)[1])


@pytest.mark.parametrize("content", [PDF, io.BytesIO(PDF)], ids=["bytes", "stream"])
def test_a_file_is_kept_as_it_came(
    session: Session, store: FileStore, case_id: UUID, now: datetime, content: Any, tmp_path: Path
) -> None:
    row = attach(session, store, case_id, now, content)
    session.expire_all()
    kept = queries.material(session, "330300", row.id)
    assert (kept.filename, kept.media_type, kept.size) == ("红线图.pdf", "application/pdf", len(PDF))
    assert (kept.sha256, kept.grade, kept.uploaded_by, kept.uploaded_at) == (sha256(PDF).digest(), "C", UPLOADER, now)
    assert content_of(session, store, row.id) == PDF
    assert (tmp_path / "materials" / "330300" / str(case_id) / str(row.id)).read_bytes() == PDF


def test_a_newer_file_takes_the_place_of_the_older_which_stays(
    session: Session, store: FileStore, case_id: UUID, now: datetime
) -> None:
    older = attach(session, store, case_id, now)
    other = attach(session, store, case_id, now, requirement="funding-proof")
    newer = attach(session, store, case_id, now + timedelta(hours=1))
    session.expire_all()
    assert [row.id for row in queries.of_case(session, "330300", case_id)] == [other.id, newer.id]
    every = queries.of_case(session, "330300", case_id, replaced=True)
    assert [row.replaced_at for row in every] == [now + timedelta(hours=1), None, None]
    assert content_of(session, store, older.id) == PDF


def test_a_refused_file_leaves_nothing(
    session: Session, store: FileStore, case_id: UUID, now: datetime, tmp_path: Path
) -> None:
    with pytest.raises(FileEmpty):
        attach(session, store, case_id, now, b"")
    assert queries.of_case(session, "330300", case_id, replaced=True) == []
    assert list(tmp_path.rglob("*.*")) == []


def test_two_uploads_at_once_leave_one_current_file(
    database: Database, store: FileStore, kept_case: UUID, now: datetime
) -> None:
    start = Barrier(3)

    def upload() -> None:
        start.wait()
        with database.transaction("330300") as session:
            attach(session, store, kept_case, now)

    with ThreadPoolExecutor(3) as pool:
        for each in [pool.submit(upload) for _ in range(3)]:
            each.result()
    with database.transaction("330300") as session:
        assert len(queries.of_case(session, "330300", kept_case)) == 1
        assert len(queries.of_case(session, "330300", kept_case, replaced=True)) == 3


def test_a_changed_file_is_never_handed_out_whole(
    session: Session, store: FileStore, case_id: UUID, now: datetime
) -> None:
    row = attach(session, store, case_id, now)
    store.put(operations.key_of(row), PDF[:-1] + b"x")
    pieces = operations.read(session, store, "330300", row.id)[1]
    received: list[bytes] = []
    with pytest.raises(FileDamaged):
        received.extend(pieces)
    assert 0 < sum(map(len, received)) < len(PDF)
    store.delete(operations.key_of(row))
    with pytest.raises(FileDamaged):
        operations.read(session, store, "330300", row.id)


def test_a_file_is_read_after_the_transaction_has_ended(
    database: Database, store: FileStore, kept_case: UUID, now: datetime
) -> None:
    with database.transaction("330300") as session:
        row, pieces = operations.read(session, store, "330300", attach(session, store, kept_case, now).id)
    assert sum(map(len, pieces)) == row.size == len(PDF)


def test_another_offices_file_is_not_seen(session: Session, store: FileStore, case_id: UUID, now: datetime) -> None:
    row = attach(session, store, case_id, now)
    session.expunge_all()
    enter_tenant(session, "330302")
    with pytest.raises(NoMaterial):
        operations.read(session, store, "330300", row.id)


def test_files_of_rolled_back_uploads_are_swept_after_a_day(
    database: Database, store: FileStore, kept_case: UUID, now: datetime
) -> None:
    with database.transaction("330300") as session:
        kept = attach(session, store, kept_case, now)
    with database.transaction("330300") as session:
        lost = attach(session, store, kept_case, now)
        session.get_transaction().rollback()
    with database.transaction("330300") as session:
        assert operations.sweep(session, store, "330300", real_now() + timedelta(hours=23)) == 0
        assert operations.sweep(session, store, "330302", real_now() + timedelta(days=2)) == 0
        assert operations.sweep(session, store, "330300", real_now() + timedelta(hours=25)) == 1
        assert operations.sweep(session, store, "330300", real_now() + timedelta(hours=25)) == 0
        assert content_of(session, store, kept.id) == PDF
    with pytest.raises(FileNotFoundError):
        store.get(operations.key_of(lost))
