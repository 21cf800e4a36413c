"""Where files are kept: a folder of this machine, or a bucket (S3 and what speaks like it).

A key is never reused for other content. A file is written before the row that names it commits; one that no row names
is harmless and is swept.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

import obstore
from obstore.store import LocalStore, from_url

CHUNK: Final = 256 * 1024


class FileStore:
    """The files of one office. `url` names a place: file:///…, s3://bucket/prefix, memory:///.

    Credentials and endpoint of a bucket come from the environment (AWS_…). Keys are slash-separated; one with “..” in
    it is refused with ValueError.
    """

    def __init__(self, url: str) -> None:
        self._store = from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        """Write a file whole; it is there under its key only once all of it is."""
        obstore.put(self._store, key, BytesIO(content) if isinstance(content, bytes) else content)
        if isinstance(self._store, LocalStore) and self._store.prefix:
            _to_disk(Path(self._store.prefix) / key)

    def chunks(self, key: str) -> Iterator[bytes]:
        """The file piece by piece. Raises FileNotFoundError at once, not at the first piece."""
        answer = obstore.get(self._store, key)
        return (bytes(piece) for piece in answer.stream(min_chunk_size=CHUNK))

    def get(self, key: str) -> bytes:
        """The whole file: for what is small. Raises FileNotFoundError."""
        return bytes(obstore.get(self._store, key).bytes())

    def delete(self, key: str) -> None:
        """Remove the file."""
        obstore.delete(self._store, key)

    def list(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Key and time of writing (by the store's clock) of every file under `folder`."""
        for page in obstore.list(self._store, folder):
            for found in page:
                yield found["path"], found["last_modified"]


def _to_disk(path: Path) -> None:
    """Force a new file and its name out of the machine's memory: the row that names it will be, at its commit."""
    for place in (path, path.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
