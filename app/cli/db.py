"""`flask db …`: the schema, and what every office needs in its tables."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask.cli import AppGroup
from sqlalchemy import NullPool, create_engine, select

from app.cli.desk import Refused, office, plainly
from app.deadlines import seed
from app.deadlines.models import Calendar
from app.kernel.database import Database
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from app.org.operations import ensure_roles

group = AppGroup("db", help="Bring the database up to date.")

MIGRATIONS = Path(__file__).parents[2] / "migrations"


@group.command("upgrade")
def upgrade() -> None:
    """Bring the schema up to date, and the roles and the calendar that every office has. Safe to repeat."""
    with plainly():
        to_head(office().database)


@group.command("current")
def current() -> None:
    """Say which migration the database is at. Exits with 1 where it is not the latest."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    with plainly(), office().database.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    click.echo(f"{found or 'empty'} (latest: {head})")
    if found != head:
        raise Refused("The schema is not up to date: flask db upgrade")


def to_head(database: Database) -> None:
    """Migrate, then see to the roles and the calendar."""
    settings = config()
    engine = create_engine(database.url, poolclass=NullPool)
    with engine.connect() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        connection.commit()
    with database.transaction(GLOBAL_TENANT) as session:
        ensure_roles(session)
        if session.scalar(select(Calendar.code).limit(1)) is None:
            seed.seed(session, real_now())


def config() -> Config:
    """Where the migrations are."""
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    return found
