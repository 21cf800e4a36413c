"""The child's side of `confine`: it imports a function, gives up what it does not need, calls it, and answers.

It has no database and no secret; it opens no socket, starts no process and writes no file while it works. Python's own
guard and limits hold everywhere; below them stand the walls of the system, where it has any (walls.py). All that is a
second defence: what it reads is data, which nothing here executes.
"""

import importlib
import io
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from app.kernel import frames, walls
from app.kernel.errors import DomainError

IDLE_SECONDS: Final = 300
"""After so long without work it goes; the next work starts another."""

MOST_HELD: Final = 300 << 20
"""Bytes that it may hold in memory, whatever it held before it began to work."""

_NOBODY: Final = 65_534
_PAGE: Final = 1 << 20
_FORBIDDEN: Final = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "ctypes.")
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class _Guard:
    """Refuses, while confined work is done, what such work has no need of."""

    is_working = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Python tells what is about to happen."""
        if self.is_working and (event.startswith(_FORBIDDEN) or (event == "open" and arguments[2] & _WRITING)):
            raise PermissionError(f"{event} is not for confined work")


_guard = _Guard()


def serve(descriptor: int) -> None:
    """Do what is asked on the socket, one thing at a time, until nobody is at the other end or nothing was asked."""
    parent = socket.socket(fileno=descriptor)
    parent.settimeout(IDLE_SECONDS)
    _give_up_rights()
    sys.addaudithook(_guard)
    try:
        while True:
            asked, files = frames.receive(parent, sys.maxsize)
            parent.settimeout(None)
            _do(parent, asked, files)
            parent.settimeout(IDLE_SECONDS)
    except (frames.Ended, OSError):
        return


def rebuilt(name: str, state: dict[str, Any]) -> DomainError | None:
    """A domain error that a function raised in the child, from what was sent of it; None for anything else."""
    module, _, kind = name.partition(":")
    found = getattr(sys.modules.get(module), kind, None) if module.startswith("app.") else None
    if not (isinstance(found, type) and issubclass(found, DomainError)):
        return None
    error = found.__new__(found)
    vars(error).update(state)
    error.args = (error.text,)
    return error


def _do(parent: socket.socket, asked: dict[str, Any], files: list[int]) -> None:
    try:
        module, _, name = asked["job"].partition(":")
        job = getattr(importlib.import_module(module), name)
        arguments = [_argument(kind, given, files) for kind, given in asked["arguments"]]
    except Exception as error:
        frames.send(parent, ["failed", _place(error)])
        return
    frames.send(parent, ["ready"])
    try:
        with _bounds(asked["seconds"], asked["megabytes"]):
            frames.send(parent, ["done", job(*arguments)])
    except DomainError as error:
        frames.send(parent, ["raised", f"{type(error).__module__}:{type(error).__qualname__}", vars(error)])
    except MemoryError:
        frames.send(parent, ["memory"])
    except Exception as error:
        frames.send(parent, ["failed", _place(error)])
    finally:
        for given in arguments:
            if isinstance(given, io.IOBase):
                given.close()


def _place(error: Exception) -> str:
    """What went wrong and where; not the message, which may quote what somebody sent."""
    where = traceback.extract_tb(error.__traceback__)[-4:]
    return " < ".join([type(error).__name__, *(f"{at.filename}:{at.lineno} {at.name}" for at in reversed(where))])


def _argument(kind: str, given: Any, files: list[int]) -> Any:
    if kind == "file":
        return io.BufferedReader(frames.Shared(files.pop(0)))
    return io.BytesIO(given) if kind == "stream" else given


@contextmanager
def _bounds(seconds: float, megabytes: int) -> Iterator[None]:
    """The system's own watch beside the parent's, which looks only now and then and may have been ended."""
    data, held = _memory()
    limits = {resource.RLIMIT_FSIZE: 0, resource.RLIMIT_DATA: data + min(megabytes * _PAGE, max(MOST_HELD - held, 0))}
    before = {limit: resource.getrlimit(limit) for limit in limits}
    for limit, soft in limits.items():
        resource.setrlimit(limit, (soft, before[limit][1]))
    signal.alarm(int(seconds) + 5)
    _guard.is_working = True
    try:
        yield
    finally:
        _guard.is_working = False
        signal.alarm(0)
        for limit, values in before.items():
            resource.setrlimit(limit, values)


def _memory() -> tuple[int, int]:
    """Bytes that this process may write to, and those that it holds; where Linux does not tell, beyond any limit."""
    try:
        told = Path("/proc/self/statm").read_text().split()
    except OSError:
        return 1 << 40, 0
    return int(told[5]) * resource.getpagesize(), int(told[1]) * resource.getpagesize()


def _give_up_rights() -> None:
    """No dumps, few files, first to go where memory is short; nobody's rights instead of root's where these do; then
    what the system has of walls."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    if os.geteuid() == 0 and _is_readable_to_nobody([*filter(os.path.exists, sys.path), __file__]):
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    walls.build()


def _is_readable_to_nobody(places: list[str]) -> bool:
    """Whether what is still to be imported could be; an interpreter below root's own folder could not."""
    os.seteuid(_NOBODY)
    try:
        return all(os.access(place, os.R_OK, effective_ids=True) for place in places)
    finally:
        os.seteuid(0)
