"""Where the measuring is done: a server, a template database with a small office in it, a copy for each section."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from os import environ
from pathlib import Path
from time import sleep

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import URL, NullPool, create_engine, make_url

from app.catalog import folder
from app.catalog.operations import publish
from app.cli.postgres import Cluster, embedded
from app.deadlines import seed
from app.identity.operations import issue_token
from app.identity.queries import actor_by_username
from app.identity.types import SYSTEM, Actor
from app.kernel.database import Database, enter_tenant
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from app.org import operations as org
from tests.people import OPENED, open_account, seat

ROOT = Path(__file__).parents[2]
TENANT = "330300"
ITEM = "bench-approval"
POSTS = {
    "bench-clerk": "clerk",
    "bench-legal": "reviewer",
    "bench-finance": "reviewer",
    "bench-technical": "reviewer",
    "bench-decider": "decider",
}
APPLICANT = "bench-applicant"
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class People:
    """Who acts: an applicant, and one person on each post, by its code; the API token of each."""

    applicant: Actor
    staff: dict[str, Actor]
    tokens: dict[str, str]


@dataclass
class Ground:
    """A server, and the databases that were made on it; `superuser` where this machine's own server is used."""

    server: URL
    superuser: URL | None
    template: str
    _made: list[str] = field(default_factory=list)

    def fresh(self) -> URL:
        """A new database with the office in it."""
        name = f"{self.template}_{len(self._made)}"
        self.do("CREATE DATABASE {} TEMPLATE {}", name, self.template)
        self._made.append(name)
        return self.server.set(database=name)

    def drop(self, url: URL) -> None:
        """Drop one of them, whoever is connected."""
        self._drop(str(url.database))

    def _drop(self, name: str) -> None:
        """An ordinary role may not end the server's own vacuuming: then it waits for its end and tries again."""
        tries = 0
        while True:
            try:
                self.do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
                break
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
                tries += 1
                if tries == PATIENCE_SECONDS:
                    raise
                sleep(1)

    def do(self, statement: str, *names: str) -> None:
        """Run a statement on the server, outside of any transaction."""
        with psycopg.connect(plain(self.server), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def checkpoint(self) -> bool:
        """Flush everything, so that the WAL that follows is comparable; whether that was allowed."""
        with (
            suppress(psycopg.errors.InsufficientPrivilege),
            psycopg.connect(plain(self.superuser or self.server), autocommit=True) as connection,
        ):
            connection.execute("CHECKPOINT")
            return True
        return False

    def close(self) -> None:
        """Drop all that was made."""
        for name in [*self._made, self.template]:
            self._drop(name)


def plain(url: URL) -> str:
    """The address as psycopg and PostgreSQL's own programs take it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def prepared() -> Iterator[Ground]:
    """The server that DATABASE_URL names, else the embedded one, with a template on it; all is dropped at the end."""
    with _server() as (server, superuser):
        ground = Ground(server, superuser, f"gl_bench_{secrets.token_hex(3)}")
        try:
            ground.do("CREATE DATABASE {}", ground.template)
            _furnish(server.set(database=ground.template))
            yield ground
        finally:
            ground.close()


@contextmanager
def _server() -> Iterator[tuple[URL, URL | None]]:
    if named := environ.get("DATABASE_URL"):
        yield make_url(named).set(drivername="postgresql+psycopg"), None
        return
    with embedded(ROOT / "var") as url:
        server = make_url(url)
        password = Cluster(ROOT / "var" / "postgres").record.superuser_password
        yield server, server.set(username="postgres", password=password, database="postgres")


def _furnish(url: URL) -> None:
    """Bring the schema up, open the office, publish the item."""
    engine = create_engine(url, poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    database = Database(url)
    with database.transaction(GLOBAL_TENANT) as session:
        seed.seed(session, OPENED)
        org.ensure_roles(session)
        org.add_region(
            session, code=TENANT, name_zh="温州市", name_en="Wenzhou", parent=None, is_tenant=True, calendar=seed.CODE
        )
        accounts = {code: open_account(session, code, "staff") for code in POSTS}
        heads = {code: open_account(session, f"{code}-head", "staff") for code in POSTS}
        open_account(session, APPLICANT, "applicant")
        session.flush()
        publish(session, folder.read(Path(__file__).parent, ITEM), SYSTEM, OPENED, "to measure")
        enter_tenant(session, TENANT)
        for code, role in POSTS.items():
            home = org.add_department(session, TENANT, code=code, name_zh=code, name_en=code)
            seat(session, TENANT, home.id, code, accounts[code], role)
            seat(session, TENANT, home.id, f"{code}-head", heads[code], "head")
    database.dispose()


def people(database: Database, *, with_tokens: bool = False) -> People:
    """Those who act in a database made by `fresh`."""
    now = real_now()
    tokens = {}
    with database.transaction(GLOBAL_TENANT, [TENANT]) as session:
        found = {name: actor_by_username(session, name, now, TENANT) for name in (*POSTS, APPLICANT)}
        if with_tokens:
            for name, actor in found.items():
                tokens[name] = issue_token(session, actor, "bench", ["*"], now + timedelta(days=1), now)
    return People(found.pop(APPLICANT), found, tokens)
