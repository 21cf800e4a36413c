"""The machine: what it is, how busy it is, what PostgreSQL costs on it, and a figure of pgbench to compare it by."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from time import process_time
from typing import Any

import psutil
import psycopg
from sqlalchemy import URL

from app.cli.postgres import programs
from tests.bench.ground import ROOT, plain

LIBRARIES = ("SpiffWorkflow", "SQLAlchemy", "psycopg", "flask", "granian", "pydantic-monty")
SETTINGS = ("shared_buffers", "fsync", "synchronous_commit", "full_page_writes", "jit")


def facts(server: URL) -> dict[str, Any]:
    """What the figures depend on."""
    with psycopg.connect(plain(server)) as connection:
        postgres = connection.execute("SHOW server_version").fetchone()
        settings = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in SETTINGS}
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    return {
        "cores": os.cpu_count(),
        "processor": model[1] if model else platform.machine(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": postgres[0] if postgres else "",
        "settings": settings,
        "libraries": {name: version(name) for name in LIBRARIES},
        "commit": _commit(),
    }


def _commit() -> str:
    said = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=ROOT)
    return said.stdout.strip()


class Yardstick:
    """pgbench on a database of its own, beside each run."""

    def __init__(self, url: URL, seconds: int) -> None:
        self._url, self._seconds = url, seconds
        self._run("-i", "-q", "-s", "5")

    def measure(self) -> dict[str, float]:
        """What this machine does just now: transactions a second of pgbench's test that updates one account (`-N`) with
        two clients; CPU milliseconds of a fixed loop in Python; the load of the last minute for each core, before."""
        busy = os.getloadavg()[0] / (os.cpu_count() or 1)
        said = self._run("-N", "-c", "2", "-j", "1", "-T", str(self._seconds))
        found = re.search(r"tps = ([0-9.]+)", said)
        assert found, said
        return {"pgbench_tps": float(found[1]), "python_loop_ms": _loop() * 1e3, "busy": busy}

    def _run(self, *options: str) -> str:
        done = subprocess.run(
            [programs() / "pgbench", *options, plain(self._url)], capture_output=True, text=True, check=True
        )
        return done.stdout


def _loop() -> float:
    """CPU seconds of a million small steps."""
    began, total = process_time(), 0
    for number in range(1_000_000):
        total += number * number
    return process_time() - began


class PostgresClock:
    """CPU seconds of a server on this machine: the postmaster, its children that live, and those that have ended."""

    def __init__(self, server: URL) -> None:
        with psycopg.connect(plain(server)) as connection:
            backend = connection.info.backend_pid
            self._postmaster = psutil.Process(backend).parent()

    def seconds(self) -> float:
        """User and system time up to now."""
        postmaster = self._postmaster
        if postmaster is None:
            raise RuntimeError("The server does not run on this machine.")
        own = postmaster.cpu_times()
        total = own.user + own.system + own.children_user + own.children_system
        for child in postmaster.children():
            try:
                times = child.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        return total
