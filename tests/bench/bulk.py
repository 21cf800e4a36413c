"""Many cases in seconds: one case that was really taken to a step, copied within the database.

Every copy has ids of its own that sort by their number, as the ids of cases that came one after the other do. The
tokens inside the engine's state are not renamed: a copy can be listed and its lights raised, not completed.
"""

from sqlalchemy import Uuid, text

from app.kernel.database import Base, Database
from tests.bench.ground import TENANT, People
from tests.bench.work import Driver

TABLES = ("case", "case_draft", "case_write", "leg", "step", "case_clock", "notice", "audit_chain", "audit")
_OWN = {"id", "case_id", "subject", "leg_id", "chain"}
_ID = "overlay(md5({column}::text || n) PLACING lpad(to_hex(1750000000000 + n * 10), 12, '0') FROM 1 FOR 12)::uuid"


def fill(database: Database, people: People, many: int, *, until: str) -> None:
    """Let the database hold `many` cases on whose step `until` nobody has worked yet."""
    model = Driver(database, people).case(until=until)
    with database.transaction(TENANT) as session:
        for table in TABLES:
            session.execute(text(_copy(table)), {"tenant": TENANT, "case": model, "many": many})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _copy(table: str) -> str:
    columns = Base.metadata.tables[table].columns
    key = {"case": "id", "audit_chain": "id", "audit": "chain"}.get(table, "case_id")
    names = ", ".join(column.name for column in columns)
    values = ", ".join(
        _ID.format(column=column.name)
        if isinstance(column.type, Uuid) and column.name in _OWN
        else "code || '-' || n"
        if (table, column.name) == ("case", "code")
        else column.name
        for column in columns
    )
    return (
        f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}", generate_series(2, :many) AS n '
        f"WHERE tenant = :tenant AND {key} = :case"
    )
