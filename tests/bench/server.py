"""The server that is measured: granian with two workers, as `make run` starts it, on a free port."""

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL

from app.cli.serve import HOST, group, require_alive, server
from tests.bench.ground import ROOT, plain

PATIENCE_SECONDS = 60


@contextmanager
def serving(url: URL) -> Iterator[int]:
    """Serve the API on the database; yields the port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    with TemporaryDirectory() as files:
        environ = {
            **os.environ,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": plain(url),
            "SECRET_KEY": "x" * 48,
            "FILES_URL": Path(files).as_uri(),
        }
        with group({"server": server(port)}, environ) as members:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < deadline:
                require_alive(members)
                try:
                    socket.create_connection((HOST, port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield port
