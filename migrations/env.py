"""Alembic's entry: runs the migrations on the database that DATABASE_URL names (or on a connection handed over)."""

from alembic import context
from sqlalchemy import Connection, create_engine, pool, text

from app.config import Settings
from app.kernel.database import Database
from app.schema import metadata

LOCK_TIMEOUT = "5s"
ONE_AT_A_TIME = 0x6C69676874  # an advisory lock: two deployments never migrate at once


def run(connection: Connection) -> None:
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    context.configure(connection=connection, target_metadata=metadata(), compare_type=True)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = create_engine(Database(Settings.from_environ().database_url).url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        run(connection)
        connection.commit()
