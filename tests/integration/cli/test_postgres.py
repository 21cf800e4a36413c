"""The embedded PostgreSQL: shared, honest about durability, and found again after an unclean end."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from app.cli import postgres

ROOT = Path(__file__).parents[3]
HOLD = (  # a shell's background job ignores SIGINT, and so would its children
    "import signal, sys, time; from pathlib import Path; from app.cli.postgres import embedded\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "with embedded(Path(sys.argv[1])) as url:\n    print(url, flush=True); time.sleep(120)"
)


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A place of its own; the cluster in it is made by the first test that asks."""
    folder = tmp_path_factory.mktemp("var")
    yield folder
    postgres.remove(folder)


def connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def pid(var: Path) -> int:
    """The server's process, whose first line of postmaster.pid it is."""
    home = Path(json.loads((var / "postgres" / "cluster.json").read_text())["home"])
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def alive(process: int) -> bool:
    """Whether it still runs after a moment in which a stopped server takes its leave."""
    for _ in range(50):
        if not psutil.pid_exists(process) or psutil.Process(process).status() == psutil.STATUS_ZOMBIE:
            return False
        time.sleep(0.02)
    return True


def hold(var: Path) -> "subprocess.Popen[str]":
    """Another process that uses the cluster."""
    other = subprocess.Popen([sys.executable, "-c", HOLD, var], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline().startswith("postgresql+psycopg://greenlight:")
    return other


def end(process: "subprocess.Popen[str]", number: int) -> None:
    process.send_signal(number)
    process.wait(30)
    assert process.stdout is not None
    process.stdout.close()


def test_the_role_is_ordinary_and_the_settings_are_durable(var: Path) -> None:
    with postgres.embedded(var) as url, connect(url) as connection:
        role = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert role == (False, False, True)
        owner = connection.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
        assert owner.fetchone() == ("greenlight",)
        for setting, value in (("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on")):
            assert connection.execute("SELECT current_setting(%s)", [setting]).fetchone() == (value,)


def test_a_password_is_asked_for_on_every_way_in(var: Path) -> None:
    with postgres.embedded(var) as url:
        record = json.loads((var / "postgres" / "cluster.json").read_text())
        assert (var / "postgres" / "cluster.json").stat().st_mode & 0o777 == 0o600
        assert Path(record["sockets"]).stat().st_mode & 0o777 == 0o700
        for host in (record["sockets"], "127.0.0.1"):
            with psycopg.connect(host=host, port=record["port"], user="greenlight", password=record["password"]):
                pass
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(host=host, port=record["port"], user="postgres", password="guess", dbname="postgres")
        assert url.startswith("postgresql+psycopg://greenlight:")


def test_it_is_shared_and_stopped_by_the_last(var: Path) -> None:
    with postgres.embedded(var):
        server = pid(var)
        other = hold(var)
        assert pid(var) == server
        end(other, signal.SIGINT)
        assert alive(server)
    assert not alive(server)


def test_a_server_left_behind_by_a_killed_user_is_used_again(var: Path) -> None:
    other = hold(var)
    server = pid(var)
    end(other, signal.SIGKILL)
    with postgres.embedded(var) as url, connect(url) as connection:
        assert pid(var) == server
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_what_was_committed_survives_a_killed_server(var: Path) -> None:
    other = hold(var)
    with postgres.embedded(var) as url:
        with connect(url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (line text)")
            connection.execute("INSERT INTO kept VALUES ('here')")
        server = psutil.Process(pid(var))
        server.send_signal(signal.SIGKILL)
        server.wait(10)
    end(other, signal.SIGKILL)
    with postgres.embedded(var) as url, connect(url) as connection:
        assert connection.execute("SELECT line FROM kept").fetchall() == [("here",)]


def test_the_pid_of_another_program_is_no_server(var: Path) -> None:
    with postgres.embedded(var):
        pass
    home = Path(json.loads((var / "postgres" / "cluster.json").read_text())["home"])
    stale = home / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{home / 'data'}\n{int(time.time())}\n5432\n\n\n")
    with postgres.embedded(var) as url, connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_whose_socket_was_swept_away_is_started_anew(var: Path) -> None:
    other = hold(var)
    server = pid(var)
    end(other, signal.SIGKILL)
    shutil.rmtree(json.loads((var / "postgres" / "cluster.json").read_text())["sockets"])
    with postgres.embedded(var) as url, connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert pid(var) != server


def test_it_is_not_removed_while_in_use(var: Path) -> None:
    with postgres.embedded(var), pytest.raises(postgres.PostgresFailed, match="in use"):
        postgres.remove(var)


def test_root_hands_the_server_to_an_account_that_can_reach_it(tmp_path: Path) -> None:
    """PostgreSQL refuses to run as root; any other account keeps its cluster where it was asked to."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with postgres.embedded(closed / "var") as url, connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        home = Path(json.loads((closed / "var" / "postgres" / "cluster.json").read_text())["home"])
        assert home.is_relative_to(closed) == (os.geteuid() != 0)
    postgres.remove(closed / "var")
    assert not home.exists()
