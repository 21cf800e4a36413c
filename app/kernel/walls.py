"""What the system itself keeps a confined child from, where it can: Landlock and seccomp of Linux, asked for by hand
because Python has no words for them.

`build()` lets this process and all that it starts read what programs and their libraries are made of, and nothing else:
no other file, no write, no socket of its own, no look into other processes, no signal to them, no way out of its
process group. It needs no rights and works in a container. Where the system has neither (macOS, an old kernel, a
container whose profile refuses the calls) it says so and the rest stands by itself: see confined.py and
docs/decisions/0013-heavy-work-is-watched.md.
"""

import ctypes
import mimetypes
import os
import platform
import struct
import sys
import zoneinfo
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_NO_NEW_PRIVILEGES: Final = 38
_SECCOMP: Final = 22
_FILTER: Final = 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_BENEATH: Final = 1
_READING: Final = 1 << 0 | 1 << 2 | 1 << 3
"""Execute, read a file, read a folder."""
_FILE_ONLY: Final = 1 << 0 | 1 << 2
_RIGHTS: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""What can be forbidden upon files, by the first version of Landlock that knows it."""
_TCP: Final = 0b11
_SCOPES: Final = 0b11
"""Abstract sockets and signals of others (version 6)."""

_PROGRAMS: Final = ("/usr", "/lib", "/lib64", "/nix/store", "/proc/self", "/etc/ld.so.cache", "/etc/localtime")
_DEVICES: Final = ("/dev/null", "/dev/urandom", "/dev/random", "/dev/zero")

_CALLS: Final = {
    "x86_64": (0xC000003E, (41, 101, 109, 112, 310, 311, 425, 438)),
    "aarch64": (0xC00000B7, (198, 117, 154, 157, 270, 271, 425, 438)),
}
"""Architecture → its number, and those of socket, ptrace, setpgid, setsid, process_vm_readv, process_vm_writev,
io_uring_setup, pidfd_getfd."""
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1
_OTHER_ABI: Final = 0x40000000


def build() -> tuple[str, ...]:
    """Put up what there is; the names of the walls that stand: "landlock", "seccomp". Not to be taken down again."""
    if not sys.platform.startswith("linux"):
        return ()
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return ()
    return (*_landlock(library), *_seccomp(library))


def _landlock(library: ctypes.CDLL) -> Iterator[str]:
    version = library.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return
    handled = _RIGHTS[max(known for known in _RIGHTS if known <= version)]
    asked = struct.pack("=QQQ", handled, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = library.syscall(_CREATE_RULESET, asked, size, 0)
    if rules < 0:
        return
    try:
        for place in _readable():
            _let_read(library, rules, place)
        if library.syscall(_RESTRICT_SELF, rules, 0) == 0:
            yield "landlock"
    finally:
        os.close(rules)


def _readable() -> Iterable[str]:
    """Where Python, its libraries, this program, the zones of time and the types of files lie."""
    own = map(str, (*sys.path, sys.prefix, sys.base_prefix, *zoneinfo.TZPATH, *mimetypes.knownfiles))
    return dict.fromkeys((*_PROGRAMS, *_DEVICES, *(place for place in own if len(place) > 1)))


def _let_read(library: ctypes.CDLL, rules: int, place: str) -> None:
    with suppress(OSError):
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
        try:
            rights = _READING if Path(place).is_dir() else _FILE_ONLY
            library.syscall(_ADD_RULE, rules, _BENEATH, struct.pack("=Qi", rights, opened), 0)
        finally:
            os.close(opened)


def _seccomp(library: ctypes.CDLL) -> Iterator[str]:
    """A filter of the system's calls: those named are refused with EPERM, as are those of another architecture."""
    if platform.machine() not in _CALLS:
        return
    architecture, refused = _CALLS[platform.machine()]
    last = len(refused) + 5
    """The refusal. A jump counts from the instruction behind it."""
    program = [
        (0x20, 0, 0, 4),  # the architecture
        (0x15, 0, last - 2, architecture),
        (0x20, 0, 0, 0),  # the number of the call
        (0x35, last - 4, 0, _OTHER_ABI),
        *((0x15, last - place - 1, 0, number) for place, number in enumerate(refused, 4)),
        (0x06, 0, 0, _ALLOW),
        (0x06, 0, 0, _REFUSE),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))
    asked = struct.pack("@HP", len(program), ctypes.addressof(code))
    if library.prctl(_SECCOMP, _FILTER, asked, 0, 0) == 0:
        yield "seccomp"
