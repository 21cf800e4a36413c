"""Section 5: lights raised a second with 1,000 and 100,000 open cases, by one ticker and by two.

What the ticker's own jobs do is measured: the sweep with flips, record and notices, and the supervision entries that
red lights open. Of the cases that are open some are due: first their yellow light, then their red one.
"""

import multiprocessing
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import URL, text

from app.config import Settings
from app.jobs import work
from app.kernel.database import Database
from app.office import Office
from tests.bench.bench import Bench
from tests.bench.bulk import fill
from tests.bench.figures import middle, shown, table
from tests.bench.ground import TENANT, people, plain

SIZES = (1_000, 100_000)
MOST_DUE = 2_000
"""Cases with a light that is due, in one run."""

_DUE = text("""
UPDATE case_clock c SET yellow_at = now() - interval '2 s', red_at = now() + interval '1 day',
                        next_at = now() - interval '2 s'
FROM (SELECT id FROM "case" WHERE tenant = :tenant AND status = 'received' ORDER BY id OFFSET :start LIMIT :many) chosen
WHERE c.tenant = :tenant AND c.case_id = chosen.id AND c.stopped_at IS NULL
""")
_RED = text("""
UPDATE case_clock SET red_at = now() - interval '1 s', next_at = now() - interval '1 s'
WHERE tenant = :tenant AND light = 'yellow'
""")
_LEFT = text("""
SELECT (SELECT count(*) FROM case_clock WHERE tenant = :tenant AND next_at <= now() AND parked IS NULL)
     + (SELECT count(*) FROM flip f WHERE tenant = :tenant AND colour = 'red'
        AND NOT EXISTS (SELECT FROM supervision_entry e WHERE e.tenant = f.tenant AND e.flip_id = f.id))
""")
_COUNT = text("SELECT (SELECT count(*) FROM flip WHERE tenant = :tenant), (SELECT count(*) FROM notice)")


def measure(bench: Bench) -> dict[str, Any]:
    """Several runs for each number of open cases and of tickers; the median of each figure."""
    result: dict[str, Any] = {}
    for many in SIZES:
        due = min(many, bench.some(MOST_DUE, 500))
        with _Cases(bench, many) as cases:
            for tickers in (1, 2):
                runs = []
                for number in range(bench.runs):
                    beside = bench.yardstick()
                    runs.append(_run(bench, cases.ready(due), due, tickers) | {"beside": beside})
                    bench.say(
                        f"{many:,} open, {tickers} ticker(s), run {number + 1}: "
                        f"{runs[-1]['lights_per_second']:.0f} lights/s"
                    )
                result[f"open_{many}_tickers_{tickers}"] = middle(runs) | {"due": due}
    print(_table(result))
    return result


class _Cases:
    """Databases full of open cases: the next cases of one are made due until none are left, then comes a new one."""

    def __init__(self, bench: Bench, many: int) -> None:
        self._bench, self._many = bench, many
        self._url: URL | None = None
        self._used = many

    def __enter__(self) -> "_Cases":
        return self

    def __exit__(self, *_: object) -> None:
        if self._url is not None:
            self._bench.ground.drop(self._url)

    def ready(self, due: int) -> URL:
        """A database in which `due` cases are to get their yellow light."""
        if self._url is None or self._used + due > self._many:
            self.__exit__()
            self._url, self._used = self._bench.ground.fresh(), 0
            database = Database(self._url)
            fill(database, people(database), self._many, until="accept")
            database.dispose()
        database = Database(self._url)
        with database.transaction(TENANT) as session:
            session.execute(_DUE, {"tenant": TENANT, "start": self._used, "many": due})
        database.dispose()
        self._used += due
        return self._url


def _run(bench: Bench, url: URL, due: int, tickers: int) -> dict[str, Any]:
    """Yellow, then red with its entry: two lights for each case that is due."""
    database = Database(url)
    context = multiprocessing.get_context("spawn")
    answers: Queue[Any] = context.Queue()
    words = [context.Event(), context.Event()]
    members = [context.Process(target=tick, args=(plain(url), words, answers), daemon=True) for _ in range(tickers)]
    for member in members:
        member.start()
    for _ in members:
        assert answers.get(timeout=120) == "ready"
    before = _count(database)
    postgres, seconds, python = 0.0, [], 0.0
    for word in words:
        began, postgres_began = perf_counter(), bench.postgres.seconds()
        word.set()
        python += sum(answers.get(timeout=600) for _ in members)
        seconds.append(perf_counter() - began)
        postgres += bench.postgres.seconds() - postgres_began
        with database.transaction(TENANT) as session:
            session.execute(_RED, {"tenant": TENANT})
    for member in members:
        member.join(10)
    flips, notices = (after - earlier for after, earlier in zip(_count(database), before, strict=True))
    assert flips == 2 * due, (flips, due)
    database.dispose()
    return {
        "lights_per_second": flips / sum(seconds),
        "yellow_per_second": due / seconds[0],
        "red_with_entry_per_second": due / seconds[1],
        "notices_per_light": notices / flips,
        "python_ms_per_light": python * 1e3 / flips,
        "postgres_ms_per_light": postgres * 1e3 / flips,
    }


def tick(url: str, words: "list[Event]", answers: "Queue[Any]") -> None:
    """What a ticker's process does: at each word, run the jobs until nothing is left to do; tell its CPU time."""
    settings = Settings(
        database_url=url, secret_key="x" * 48, files_url="file:///nowhere", cookie_secure=False, public_url=""
    )
    office = Office.opened(settings)
    _left(office)
    answers.put("ready")
    for word in words:
        word.wait()
        cpu = process_time()
        while _left(office):
            work.raise_lights(office)
            work.open_entries(office)
        answers.put(process_time() - cpu)


def _left(office: Office) -> bool:
    """Whether a light or an entry is still to be made."""
    with office.database.transaction(TENANT) as session:
        return bool(session.execute(_LEFT, {"tenant": TENANT}).scalar_one())


def _count(database: Database) -> tuple[int, int]:
    with database.transaction(TENANT) as session:
        flips, notices = session.execute(_COUNT, {"tenant": TENANT}).one()
        return flips, notices


def _table(result: dict[str, Any]) -> str:
    rows = [
        (
            name.replace("_", " "),
            shown(found["lights_per_second"], 0),
            shown(found["yellow_per_second"], 0),
            shown(found["red_with_entry_per_second"], 0),
            shown(found["notices_per_light"]),
            shown(found["python_ms_per_light"], 2),
            shown(found["postgres_ms_per_light"], 2),
            shown(found["beside"]["pgbench_tps"], 0),
        )
        for name, found in result.items()
    ]
    head = (
        "lights",
        "lights/s",
        "yellow/s",
        "red with entry/s",
        "notices each",
        "Python ms each",
        "PostgreSQL ms each",
        "pgbench tps",
    )
    return table("5. Lights", head, rows)
