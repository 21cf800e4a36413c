"""Plain data between two processes over a socket: JSON in which bytes may stand at any place, and open files beside it.

Nothing that is received is ever executed: a process that was taken over can lie, and nothing more. Tuples arrive as
lists, keys of mappings as texts.
"""

import io
import json
import os
import socket
import struct
from collections.abc import Callable
from secrets import token_hex
from typing import Any, Final

_HEAD: Final = struct.Struct("!III")
"""Open files, bytes of JSON, bytes behind it."""
_MOST_FILES: Final = 8
_PIECE: Final = 1 << 20

Look = Callable[[], None]
"""Called between pieces, and whenever nothing came for a while (the socket's timeout); raises to give up."""


class TooMuch(Exception):
    """The other side sends more than was agreed."""


class Ended(Exception):
    """The other side is gone, or sends what is no message."""


def send(to: socket.socket, value: Any, files: tuple[int, ...] = ()) -> None:
    """Send a message with open files (their descriptors). Raises TypeError, ValueError for what is no plain data."""
    blobs: list[bytes] = []
    mark = token_hex(8)

    def blob(found: Any) -> dict[str, int]:
        if not isinstance(found, bytes | bytearray | memoryview):
            raise TypeError(f"{type(found).__name__} is no plain data")
        blobs.append(bytes(found))
        return {mark: len(found)}

    text = json.dumps({"mark": mark, "value": value}, default=blob, separators=(",", ":")).encode()
    head = _HEAD.pack(len(files), len(text), sum(map(len, blobs)))
    if files:
        socket.send_fds(to, [head], list(files))
    else:
        to.sendall(head)
    for part in (text, *blobs):
        to.sendall(part)


def receive(sender: socket.socket, most: int, look: Look | None = None) -> tuple[Any, list[int]]:
    """The next message and the files that came with it. Raises Ended (without `look` also when nothing came for a
    while), TooMuch, and whatever `look` raises."""
    head, files = _head(sender, look)
    _count, length, behind = _HEAD.unpack(head)
    if length + behind > most:
        raise TooMuch
    try:
        text = _exactly(sender, length, look)
        rest = memoryview(_exactly(sender, behind, look))
        mark, at = json.loads(text)["mark"], 0

        def unmarked(found: dict[str, Any]) -> Any:
            nonlocal at
            if len(found) != 1 or mark not in found:
                return found
            at += (size := int(found[mark]))
            return bytes(rest[at - size : at])

        return json.loads(text, object_hook=unmarked)["value"], files
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Ended from error


def _head(sender: socket.socket, look: Look | None) -> tuple[bytes, list[int]]:
    files: list[int] = []

    def take(size: int) -> bytes:
        head, found, _flags, _address = socket.recv_fds(sender, size, _MOST_FILES)
        files.extend(found)
        return head

    return bytes(_gathered(take, _HEAD.size, look)), files


def _exactly(sender: socket.socket, size: int, look: Look | None) -> bytearray:
    return _gathered(sender.recv, size, look)


def _gathered(take: Callable[[int], bytes], size: int, look: Look | None) -> bytearray:
    found = bytearray()
    while len(found) < size:
        try:
            piece = take(min(_PIECE, size - len(found)))
        except TimeoutError:
            if look is None:
                raise Ended from None
            look()
            continue
        except OSError as error:
            raise Ended from error
        if not piece:
            raise Ended
        found += piece
        if look is not None:
            look()
    return found


class Shared(io.RawIOBase):
    """An open file of another process, read from a place of one's own: the other's place in it does not move."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._at = descriptor, 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, into: Any) -> int:
        """Fill `into` as far as the file reaches."""
        piece = os.pread(self._descriptor, len(into), self._at)
        into[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; returns it."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: os.fstat(self._descriptor).st_size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def close(self) -> None:
        """Close it on this side."""
        if not self.closed:
            os.close(self._descriptor)
        super().close()
