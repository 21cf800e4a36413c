"""How long something takes, and how much memory this process and its children come to hold meanwhile; large forms."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psutil

MEGABYTE = 1 << 20


def form_of(field: str, files: Mapping[str, bytes], **fields: str) -> dict[str, Any]:
    """Arguments for a client: a form that brings files. Written here: the client would leave a temporary file open."""
    parts = [
        f'--gl\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--gl\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, content in files.items()
    ]
    return {"data": b"".join(parts) + b"--gl--\r\n", "content_type": "multipart/form-data; boundary=gl"}


@contextmanager
def within(seconds: float, megabytes: int) -> Iterator[None]:
    """Fail if the block takes longer, or if this process or one of its children grows by more than that."""
    me = psutil.Process()
    known = {process.pid: process.memory_info().rss for process in [me, *me.children()]}
    grown: dict[int, int] = {}
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            for process in [me, *me.children()]:
                try:
                    held = process.memory_info().rss
                except psutil.Error:
                    continue
                first = known.setdefault(process.pid, held)
                grown[process.pid] = max(grown.get(process.pid, 0), held - first)

    watcher = threading.Thread(target=look)
    watcher.start()
    begun = time.monotonic()
    try:
        yield
    finally:
        took = time.monotonic() - begun
        over.set()
        watcher.join()
    most = max(grown.values(), default=0) / MEGABYTE
    assert took <= seconds, f"took {took:.1f} s"
    assert most <= megabytes, f"held {most:.0f} MB more"
