"""`make run`: everything that a developer's machine needs, in one group that lives and dies together.

1. PostgreSQL: the server that DATABASE_URL names, else the embedded one.
2. The schema, the demo, and who can log in: `app/cli/prepare.py`.
3. The web server and the ticker start; where to go is printed as soon as the server answers.
4. Ctrl-C or SIGTERM ends all; so does the death of one, with a message.

With arguments, step 1 only, and the arguments run as a command in the same environment:
`python -m app.cli.serve flask demo accounts`.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from app.cli.postgres import PostgresFailed, embedded

ROOT = Path(__file__).parents[2]
VAR = ROOT / "var"
HOST = "127.0.0.1"
WORKERS = 2
THREADS = 8
PATIENCE_SECONDS = 10
START_SECONDS = 60


class CannotServe(RuntimeError):
    """The group cannot start or go on; the message says why and what to do."""


def main(arguments: Sequence[str] = ()) -> int:
    """Serve, or run `arguments` as a command; the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    VAR.mkdir(exist_ok=True)
    try:
        with environment() as environ:
            if arguments:
                run(environ, *arguments)
            else:
                serve(environ)
    except subprocess.CalledProcessError as error:
        return error.returncode
    except (CannotServe, PostgresFailed) as error:
        say(str(error))
        return 1
    return 0


def _end(_number: int, _frame: FrameType | None) -> None:
    """Unwind everything, once: a second signal must not interrupt the tidying."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


def say(line: str) -> None:
    """A line of progress."""
    print(line, flush=True)


def run(environ: Mapping[str, str], *command: str) -> None:
    """Run a command to its end; raises CalledProcessError where it fails (it has said why by itself)."""
    subprocess.run(command, env=environ, cwd=ROOT, check=True)


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """The environment of the application's programs; what the caller's own environment sets wins."""
    here = {
        "SECRET_KEY": _secret_key(VAR / "secret-key"),
        "FILES_URL": (VAR / "files").as_uri(),
        "FLASK_APP": "wsgi",
        "PUBLIC_URL": f"http://{HOST}:{_port()}",
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    }
    if here.get("DATABASE_URL"):
        yield here
        return
    with embedded(VAR) as url:
        yield {**here, "DATABASE_URL": url}


def _port() -> int:
    return int(os.environ.get("PORT") or 8000)


def _secret_key(path: Path) -> str:
    """The key of this machine, made once, for its owner's eyes only."""
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        draft.replace(path)
    return path.read_text()


def serve(environ: Mapping[str, str]) -> None:
    """Steps 2 to 4; returns never but by an exception."""
    port = _port()
    _require_free(port)
    run(environ, sys.executable, "-m", "app.cli.prepare")
    say("Starting the server and the ticker …")
    programs = {"server": server(port), "ticker": ["flask", "ticker"]}
    with group(programs, environ) as members:
        _await_answer(port, members)
        say(f"\nGreenlight 绿灯: http://{HOST}:{port}/   (Ctrl-C ends it)\n")
        while True:
            require_alive(members)
            time.sleep(0.5)


def server(port: int) -> list[str]:
    """The command that serves: no more threads for each worker than it has connections to the database."""
    granian = ["granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", str(WORKERS)]
    threads = min(THREADS, 2 * (os.cpu_count() or 1) + 1)  # granian warns of more
    return [*granian, "--blocking-threads", str(threads), "--log-level", "warning", "wsgi:app"]


@contextmanager
def group(
    programs: Mapping[str, Sequence[str]], environ: Mapping[str, str]
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Start `programs` by name; at the end all are asked to stop, and killed where they do not."""
    members: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in programs.items():
            # A session of its own: the terminal's Ctrl-C reaches us alone, and a killing reaches its children too.
            members[name] = subprocess.Popen(command, env=environ, cwd=ROOT, start_new_session=True)
        yield members
    finally:
        for member in members.values():
            if member.poll() is None:
                member.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        for member in members.values():
            _end_member(member, deadline)


def _end_member(member: subprocess.Popen[bytes], deadline: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        member.wait(max(0.1, deadline - time.monotonic()))
    with suppress(ProcessLookupError):  # whatever is left of its session
        os.killpg(member.pid, signal.SIGKILL)
    member.wait()


def require_alive(members: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Raise CannotServe where one has ended."""
    for name, member in members.items():
        if (code := member.poll()) is not None:
            raise CannotServe(f"The {name} ended by itself (exit code {code}): ending the rest.")


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CannotServe(
                f"Port {port} is taken. End what uses it, or take another: PORT={port + 1} make run"
            ) from error


def _await_answer(port: int, members: Mapping[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        require_alive(members)
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise CannotServe(f"The server did not answer within {START_SECONDS} s.")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
