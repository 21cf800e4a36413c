"""A client that costs little: one connection that is kept, requests written and answers read as they are."""

import socket
from types import TracebackType
from typing import Any, NamedTuple, Self

import orjson

from app.cli.serve import HOST


class Refused(RuntimeError):
    """The server did not answer as expected."""


class Answer(NamedTuple):
    """What was answered."""

    etag: str
    body: Any


class Client:
    """One connection to the API; not for several threads."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = self._connect()
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def get(self, path: str, token: str) -> Answer:
        """Read something."""
        return self._send("GET", path, token, b"", "")

    def post(self, path: str, token: str, key: str, body: Any = None, etag: str = "") -> Answer:
        """Write something, once for each `key`; `etag`: what one has seen."""
        more = f"Idempotency-Key: {key}\r\n" + (f"If-Match: {etag}\r\n" if etag else "")
        return self._send("POST", path, token, b"" if body is None else orjson.dumps(body), more)

    def _connect(self) -> socket.socket:
        connection = socket.create_connection((HOST, self._port), timeout=60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _send(self, method: str, path: str, token: str, body: bytes, more: str) -> Answer:
        typed = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if method == "POST" else ""
        head = f"{method} /api/v1{path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n{typed}{more}\r\n"
        self._connection.sendall(head.encode() + body)
        return self._receive(f"{method} {path}")

    def _receive(self, request: str) -> Answer:
        while b"\r\n\r\n" not in self._rest:
            self._read(request)
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers["content-length"])
        while len(self._rest) < length:
            self._read(request)
        body, self._rest = self._rest[:length], self._rest[length:]
        if status.split()[1] not in ("200", "201"):
            raise Refused(f"{request}: {status}: {body.decode()}")
        return Answer(headers.get("etag", ""), orjson.loads(body))

    def _read(self, request: str) -> None:
        received = self._connection.recv(65536)
        if not received:
            raise Refused(f"{request}: the server closed the connection")
        self._rest += received
