"""Section 3: bytes of tables and indexes, and of WAL, for each case that was taken to its end."""

from typing import Any

from sqlalchemy import text

from app.kernel.database import Database
from tests.bench.bench import Bench
from tests.bench.figures import shown, table
from tests.bench.ground import people
from tests.bench.work import Driver

_SIZES = """
SELECT relname, pg_table_size(oid) AS rows, pg_indexes_size(oid) AS indexes
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_WAL = "SELECT wal_bytes FROM pg_stat_get_backend_wal(pg_backend_pid())"


def measure(bench: Bench) -> dict[str, Any]:
    """Sizes after a vacuum, free space within pages included, and packed (every table rewritten without any); both less
    what an office without cases takes."""
    url = bench.ground.fresh()
    database = Database(url)
    many = bench.some(1000, 100)
    driver = Driver(database, people(database))
    for _ in range(5):
        driver.case()
    packed_before = _packed(database)
    _vacuum(database)
    checkpointed = bench.ground.checkpoint()
    before, wal_before = _sizes(database), _wal(database)
    for done in range(many):
        driver.case()
        if done % 500 == 499:
            bench.say(f"{done + 1} cases")
    wal_after = _wal(database)
    wal = (wal_after - wal_before) / many if wal_after is not None and wal_before is not None else None
    _vacuum(database)
    after = _sizes(database)
    packed = _packed(database) - packed_before
    by_table = {
        name: {kind: (bytes_ - before[name][kind]) / many for kind, bytes_ in sizes.items()}
        for name, sizes in after.items()
    }
    by_table = {name: sizes for name, sizes in by_table.items() if sum(sizes.values()) >= 1}
    database.dispose()
    bench.ground.drop(url)
    result = {
        "cases": many,
        "bytes_per_case": {kind: sum(sizes[kind] for sizes in by_table.values()) for kind in ("rows", "indexes")},
        "packed_bytes_per_case": packed / many,
        "by_table": by_table,
        "wal_bytes_per_case": wal,
        "wal_after_checkpoint": checkpointed,
    }
    print(_table(result))
    return result


def _sizes(database: Database) -> dict[str, dict[str, int]]:
    with database.engine.connect() as connection:
        return {row.relname: {"rows": row.rows, "indexes": row.indexes} for row in connection.execute(text(_SIZES))}


def _packed(database: Database) -> int:
    _vacuum(database, "FULL")
    return sum(sum(sizes.values()) for sizes in _sizes(database).values())


def _vacuum(database: Database, how: str = "") -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM {how or 'ANALYZE'}"))


def _wal(database: Database) -> int | None:
    """What the one connection that does the work has written into the WAL so far; servers before 18 do not say."""
    with database.engine.connect() as connection:
        if connection.dialect.server_version_info < (18,):
            return None
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        connection.commit()
        return int(connection.execute(text(_WAL)).scalar_one())


def _table(result: dict[str, Any]) -> str:
    by_table = sorted(result["by_table"].items(), key=lambda pair: -sum(pair[1].values()))
    rows = [
        (name, shown(sizes["rows"], 0), shown(sizes["indexes"], 0), shown(sum(sizes.values()), 0))
        for name, sizes in [*by_table, ("all", result["bytes_per_case"])]
    ]
    rows.append(("all, packed", "", "", shown(result["packed_bytes_per_case"], 0)))
    rows.append(("WAL", "", "", shown(result["wal_bytes_per_case"], 0)))
    return table("3. Bytes for each case", ("table", "rows", "indexes", "both"), rows)
