"""Work that does not behave, for the tests of what watches it. Found by the child by name."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from app.kernel import confined
from app.kernel.errors import Invalid, NotFound


def echo(*given: Any) -> list[Any]:
    return list(given)


def process() -> dict[str, Any]:
    return {"pid": os.getpid(), "user": os.geteuid(), "environment": dict(os.environ), "flask": "flask" in sys.modules}


def never_ends() -> None:
    while True:
        pass


def sleeps() -> None:
    time.sleep(600)


def eats_memory() -> int:
    held = []
    while True:
        held.append(bytes(16 << 20).replace(b"\0", b"x"))


def wants_it_at_once() -> int:
    return len(bytes(64 << 30))


def answers_too_much() -> bytes:
    return bytes(64 << 20)


def answers_an_object() -> object:
    return object()


def crashes() -> None:
    ctypes.string_at(0)


def is_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fails() -> None:
    raise KeyError("a secret of the applicant's")


def is_not_found() -> None:
    raise NotFound(kind="item", key="林𬭎")


def is_invalid() -> None:
    raise Invalid({"name": ["Not a valid string."]})


def lies() -> None:
    class SystemExit(Invalid):
        pass

    SystemExit.__module__, SystemExit.__qualname__ = "builtins", "SystemExit"
    raise SystemExit()


def length(stream: BinaryIO) -> list[Any]:
    size = stream.seek(0, 2)
    stream.seek(0)
    return [size, stream.read(5), stream.seek(-2, 2), stream.read()]


def connects() -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=1)


def starts() -> None:
    subprocess.run(["/bin/true"], check=True)


def writes(path: str) -> None:
    Path(path).write_text("x")


def overwrites(stream: BinaryIO) -> None:
    os.write(stream.raw._descriptor, b"x")  # type: ignore[attr-defined]


def reaches_past_python(where: str) -> list[str]:
    """What the system itself lets it do, with Python's own guard out of the way."""
    confined._guard.is_working = False
    done = []
    for name, act in (
        ("read", lambda: Path(where, "secret").read_text()),
        ("list", lambda: list(Path(where).iterdir())),
        ("write", lambda: Path(where, "new").write_text("x")),
        ("socket", socket.socket),
        ("datagram", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
        ("other", lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes()),
        ("leave", os.setsid),
        ("zone", lambda: Path("/usr/share/zoneinfo").exists()),
        ("pipe", socket.socketpair),
    ):
        with suppress(OSError):
            act()
            done.append(name)
    return done


def starts_and_stays() -> int:
    """Leaves something running that it started, and never ends."""
    confined._guard.is_working = False
    subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    while True:
        pass


def grows_slowly() -> int:
    held = []
    while True:
        held.append(bytes(1 << 20).replace(b"\0", b"x"))
