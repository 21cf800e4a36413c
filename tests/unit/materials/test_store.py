"""The store: whole files under keys, in a folder or a bucket."""

import io
from pathlib import Path

import pytest

from app.kernel.time import real_now
from app.materials.store import FileStore


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    return FileStore((tmp_path / "deep" / "files").as_uri() if request.param == "folder" else "memory:///")


def test_files_are_put_listed_read_and_deleted(store: FileStore) -> None:
    store.put("a/b/one", b"1" * 700_000)
    store.put("a/c/two", io.BytesIO(b"2"))
    store.put("z/three", b"")
    assert sorted(key for key, _ in store.list("a")) == ["a/b/one", "a/c/two"]
    assert all(abs((real_now() - written).total_seconds()) < 60 for _, written in store.list("a"))
    assert b"".join(store.chunks("a/b/one")) == b"1" * 700_000
    assert (store.get("a/c/two"), store.get("z/three")) == (b"2", b"")
    store.delete("a/b/one")
    assert [key for key, _ in store.list("a")] == ["a/c/two"]


def test_a_missing_file_is_missing_at_once(store: FileStore) -> None:
    with pytest.raises(FileNotFoundError):
        store.chunks("none")
    with pytest.raises(FileNotFoundError):
        store.get("none")


def test_no_key_leaves_the_folder(store: FileStore, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.\."):
        store.put("../../outside", b"x")
    assert not (tmp_path / "outside").exists()
