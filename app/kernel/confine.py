"""Heavy work on what strangers send: done in a child process that is watched, and ended when it takes too much.

`run(function, …)` calls a function of a module in a child and returns what it returns. The child is a fresh Python
process (never a fork), which knows neither database nor secrets; it is kept warm for further work, one piece at a time.
Each process has a few of its own (`MOST_CHILDREN`), started when they are first needed.

The parent looks every hundredth of a second at how long the child has worked and at how much memory it holds. A child
that passes a bound is killed, with all that it started, and becomes an error that names the thing and the way out; so
does one that crashes. A warm call costs 0.3 ms more than the work itself, 2 MB of bytes there and back 8 ms, as much
text 50 ms; a cold one the start of Python and the imports of the function's module (0.1 to 1 s).
"""

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import Any, ClassVar, Final
from uuid import UUID

import psutil
import structlog

from app.kernel import confined, frames
from app.kernel.errors import DomainError

MOST_CHILDREN: Final = 2
LONGEST_WAIT: Final = 10.0
"""Seconds that work waits for a child to be free."""

MOST_WAITING: Final = 3
"""Pieces of one person's work that may wait in a process: each keeps a thread and a connection."""

_MEGABYTE: Final = 1 << 20
_LOOK: Final = 0.01
"""Seconds between two looks."""
_START: Final = 60.0
"""Seconds to start and to import. What is imported is ours."""
_SPARED: Final = 0.5
"""Seconds to start and to import that count against no bound."""
_JOBS: Final = 500
_GROWN: Final = 64 * _MEGABYTE
"""A child that did so many pieces of work, or keeps so much more memory than at first, is replaced."""
_BOOT: Final = "import sys; sys.path[:] = {path!r}; from app.kernel import confined; confined.serve({descriptor})"

_asker: Final[ContextVar[UUID | None]] = ContextVar("asker", default=None)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a piece of work may take: seconds (with the way there and back these are 5), megabytes of memory besides
    what the child holds idle (with that never more than MOST_HELD), and megabytes of what it returns."""

    seconds: float = 4.25
    megabytes: int = 200
    answer: int = 16


class Unworkable(DomainError):
    """Work on what somebody sent could not be finished. Its kinds below say why."""

    code: ClassVar[str] = "unworkable"
    message: ClassVar[str] = "“%(what)s” could not be worked through."
    remedy: ClassVar[str] = "Open it in the program it was made with, save it again, and send that."


class TookTooLong(Unworkable):
    """Stopped: too much time."""

    code = "took-too-long"
    message = "“%(what)s” took longer than %(limit)s seconds to work through."
    remedy = "Make it smaller or simpler, or split it, and send it again."


class NeededTooMuch(Unworkable):
    """Stopped: too much memory, or too large a result."""

    code = "needed-too-much-memory"
    message = "“%(what)s” needed more than %(limit)s MB of memory to work through."
    remedy = "Make it smaller or simpler, or split it, and send it again."


class TooBusy(DomainError):
    """All children are at work, and stayed so."""

    code = "too-busy"
    message = "Too many large files are being worked through at the moment."
    remedy = "Try again in a minute."


def run(job: Callable[..., Any], *arguments: Any, what: str, bounds: Bounds = Bounds()) -> Any:
    """What `job(*arguments)` returns, done in a child. `what` names the thing in errors.

    `job` is a function of a module of ours, found there by its name. Arguments and result are plain data, bytes
    included; an argument may be a readable, seekable binary stream, which the job reads from its beginning and the
    caller finds where it was. Domain errors come through. Raises TookTooLong, NeededTooMuch, Unworkable, TooBusy.
    """
    limits = {"seconds": bounds.seconds, "megabytes": bounds.megabytes}
    asked, files = _plainly(arguments)
    request = {"job": f"{job.__module__}:{job.__qualname__}", "arguments": asked, **limits}
    try:
        return _result(_worked(request, files, bounds), what)
    except _Busy:
        raise TooBusy() from None
    except _Ended as ended:
        log.warning("confined.ended", job=request["job"], reason=ended.error.code)
        if ended.error is TookTooLong:
            raise TookTooLong(what=what, limit=f"{ended.limit:g}") from ended
        if ended.error is NeededTooMuch:
            raise NeededTooMuch(what=what, limit=f"{ended.limit:g}") from ended
        raise Unworkable(what=what) from ended


def asked_by(who: UUID | None) -> None:
    """Say for whom this thread works from now on: nobody's work takes all children, one is left for others.

    None: for nobody in particular, as at the command line.
    """
    _asker.set(who)


class _Busy(Exception):
    """No child became free."""


class _Gone(Exception):
    """The child was not there to begin: it had just gone for want of work, or cannot start."""


class _Ended(Exception):
    """The child had to be ended, or ended itself."""

    def __init__(self, error: type[Unworkable], limit: float = 0) -> None:
        super().__init__(error.code)
        self.error, self.limit = error, limit


def _worked(request: dict[str, Any], files: tuple[int, ...], bounds: Bounds) -> list[Any]:
    """A child's answer; another child's where the first had just gone."""
    try:
        with _pool.child() as child:
            return child.work(request, files, bounds)
    except _Gone:
        with _pool.child() as child:
            return child.work(request, files, bounds)


def _plainly(arguments: tuple[Any, ...]) -> tuple[list[tuple[str, Any]], tuple[int, ...]]:
    """The arguments, streams apart; a stream over a file is handed on as that file, so that it is not copied."""
    asked: list[tuple[str, Any]] = []
    files: list[int] = []
    for given in arguments:
        if not hasattr(given, "seekable"):
            asked.append(("plain", given))
            continue
        at = given.tell()
        try:
            given.flush()
            files.append(given.fileno())
            asked.append(("file", None))
        except OSError:
            given.seek(0)
            asked.append(("stream", given.read()))
        given.seek(at)
    return asked, tuple(files)


def _result(answer: list[Any], what: str) -> Any:
    match answer:
        case ["done", value]:
            return value
        case ["raised", str(name), dict(state)]:
            raise confined.rebuilt(name, state) or Unworkable(what=what)
        case [_, str(told)]:
            log.error("confined.failed", error=told)
    raise Unworkable(what=what)


class _Child:
    """A child process and the socket to it."""

    def __init__(self) -> None:
        self.socket, theirs = socket.socketpair()
        with theirs:
            boot = _BOOT.format(path=sys.path, descriptor=theirs.fileno())
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-c", boot],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8"},
                cwd="/",
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._seen = psutil.Process(self.process.pid)
        self._jobs = 0
        self._first = 0

    def work(self, request: dict[str, Any], files: tuple[int, ...], bounds: Bounds) -> list[Any]:
        """The child's answer. Raises _Ended; then the child is dead."""
        begun, asked = False, monotonic()
        try:
            self.socket.settimeout(_START)
            frames.send(self.socket, request, files)
            ready, _ = frames.receive(self.socket, _MEGABYTE)
            if ready != ["ready"]:
                return ready if isinstance(ready, list) else []
            begun = True
            self._jobs += 1
            held = self.memory()
            self._first = self._first or held
            self.socket.settimeout(_LOOK)
            look = self._watch(held, bounds, asked)
            answer, _ = frames.receive(self.socket, bounds.answer * _MEGABYTE, look)
        except frames.TooMuch:
            self.end()
            raise _Ended(NeededTooMuch, bounds.answer) from None
        except (frames.Ended, OSError, psutil.Error):
            self.end()
            raise (_Ended(Unworkable) if begun else _Gone()) from None
        except _Ended:
            self.end()
            raise
        if answer == ["memory"]:
            self.end()
            raise _Ended(NeededTooMuch, bounds.megabytes)
        return answer if isinstance(answer, list) else []

    def _watch(self, held: int, bounds: Bounds, asked: float) -> Callable[[], None]:
        """A start that took long takes from the time for the work, but never more than half of it."""
        ready = monotonic()
        ends = min(ready + bounds.seconds, max(asked + bounds.seconds + _SPARED, ready + bounds.seconds / 2))
        most = min(held + bounds.megabytes * _MEGABYTE, confined.MOST_HELD)

        def look() -> None:
            if self.memory() > most:
                raise _Ended(NeededTooMuch, bounds.megabytes)
            if monotonic() > ends:
                raise _Ended(TookTooLong, bounds.seconds)

        return look

    def memory(self) -> int:
        """Bytes that it holds in memory now."""
        return int(self._seen.memory_info().rss)

    @property
    def is_worn(self) -> bool:
        """Whether it should be replaced, or is gone."""
        if self.process.poll() is not None or self._jobs >= _JOBS:
            return True
        try:
            return self._first > 0 and self.memory() - self._first > _GROWN
        except psutil.Error:
            return True

    def end(self) -> None:
        """Kill it, wherever it is, and what it started."""
        self.socket.close()
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def forget(self) -> None:
        """In a forked process: it is the parent's, not ours to end."""
        self.socket.close()
        self.process.returncode = 0


class _Pool:
    """The children of this process."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._free = threading.Condition()
        self._idle: list[_Child] = []
        self._all: set[_Child] = set()
        self._at_work: Counter[UUID | None] = Counter()
        self._waiting: Counter[UUID | None] = Counter()

    @contextmanager
    def child(self) -> Iterator[_Child]:
        """A living child for one piece of work."""
        who = _asker.get()
        found = self._take(who)
        try:
            yield found
        finally:
            self._put_back(found, who)

    def _take(self, who: UUID | None) -> _Child:
        with self._free:
            self._wait(who)
            found = self._living()
            self._at_work[who] += 1
            return found

    def _wait(self, who: UUID | None) -> None:
        """Until a child is free for this person. Raises _Busy."""

        def is_free() -> bool:
            is_fair = who is None or self._at_work[who] < MOST_CHILDREN - 1
            return is_fair and (bool(self._idle) or len(self._all) < MOST_CHILDREN)

        patience = LONGEST_WAIT if who is None or self._waiting[who] < MOST_WAITING else 0
        self._waiting[who] += 1
        try:
            if not self._free.wait_for(is_free, patience):
                raise _Busy
        finally:
            self._waiting -= Counter([who])

    def _living(self) -> _Child:
        while self._idle:
            found = self._idle.pop()
            if not found.is_worn:
                return found
            self._drop(found)
        made = _Child()
        self._all.add(made)
        return made

    def _put_back(self, child: _Child, who: UUID | None) -> None:
        with self._free:
            self._at_work -= Counter([who])
            if child.is_worn:
                self._drop(child)
            else:
                self._idle.append(child)
            self._free.notify_all()

    def _drop(self, child: _Child) -> None:
        self._all.discard(child)
        child.end()

    def close(self) -> None:
        """End all of them."""
        with self._free:
            for child in tuple(self._all):
                self._drop(child)
            self._idle.clear()

    def forked(self) -> None:
        """In a forked process: start anew."""
        for child in self._all:
            child.forget()
        self._begin()


_pool = _Pool()
atexit.register(_pool.close)
os.register_at_fork(after_in_child=_pool.forked)
