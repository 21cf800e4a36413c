"""The group of programs behind `make run` lives and dies together."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from app.cli import serve

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DIES = [sys.executable, "-c", "raise SystemExit(3)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


def test_all_end_at_the_end() -> None:
    with serve.group({"a": SLEEP, "b": SLEEP}, os.environ) as members:
        pids = [member.pid for member in members.values()]
        serve.require_alive(members)
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_the_death_of_one_is_said_and_ends_the_rest() -> None:
    with serve.group({"server": SLEEP, "ticker": DIES}, os.environ) as members:
        members["ticker"].wait()
        with pytest.raises(serve.CannotServe, match=r"The ticker ended by itself \(exit code 3\)"):
            serve.require_alive(members)
    assert members["server"].returncode == -signal.SIGTERM


def test_one_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "PATIENCE_SECONDS", 0.5)
    with serve.group({"deaf": STUBBORN}, os.environ) as members:
        time.sleep(0.5)
    assert members["deaf"].returncode == -signal.SIGKILL


def test_children_of_a_member_end_with_it(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    program = (
        f"import pathlib, subprocess, time; child = subprocess.Popen({SLEEP!r});"
        f"pathlib.Path({str(noted)!r}).write_text(str(child.pid)); time.sleep(60)"
    )
    with serve.group({"parent": [sys.executable, "-c", program]}, os.environ):
        while not (noted.exists() and noted.read_text()):
            time.sleep(0.05)
        child = psutil.Process(int(noted.read_text()))
    assert psutil.wait_procs([child], timeout=5)[1] == []


def test_a_taken_port_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(serve.CannotServe, match=f"Port {port} is taken.*PORT={port + 1} make run"):
            serve.serve(os.environ)


def test_a_named_server_is_used_and_the_callers_settings_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(serve, "VAR", tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://there/greenlight")
    monkeypatch.setenv("FILES_URL", "s3://there")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with serve.environment() as first, serve.environment() as second:
        assert first["DATABASE_URL"] == "postgresql://there/greenlight"
        assert first["FILES_URL"] == "s3://there"
        assert len(first["SECRET_KEY"]) >= 32
        assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "postgres").exists()


def test_a_command_fails_with_its_own_exit_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(serve, "VAR", tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://there/greenlight")
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        assert serve.main(DIES) == 3
        assert serve.main([sys.executable, "-c", ""]) == 0
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def test_a_signal_ends_the_command_and_the_waiting(tmp_path: Path) -> None:
    """SIGTERM to `python -m app.cli.serve` ends what it runs."""
    noted = tmp_path / "pid"
    program = f"import os, time; open({str(noted)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    command = [sys.executable, "-m", "app.cli.serve", sys.executable, "-c", program]
    environ = {**os.environ, "DATABASE_URL": "postgresql://there/greenlight"}
    with subprocess.Popen(command, env=environ, cwd=serve.ROOT) as running:
        while not (noted.exists() and noted.read_text()):
            time.sleep(0.05)
        child = psutil.Process(int(noted.read_text()))
        running.terminate()
        assert running.wait(10) == 0
    assert psutil.wait_procs([child], timeout=5)[1] == []
