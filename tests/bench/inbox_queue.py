"""Section 4: reading an inbox that holds 1,000 and 100,000 open steps, all in the queue of one post."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from app.identity.types import Actor
from app.inbox.queries import Cursor, QueueFilter, counts, queue
from app.kernel.database import Database
from tests.bench.bench import Bench
from tests.bench.bulk import fill
from tests.bench.client import Client
from tests.bench.figures import quantiles, shown, table
from tests.bench.ground import TENANT, people
from tests.bench.server import serving
from tests.bench.work import ANSWERS

PAGE = 50
SIZES = (1_000, 100_000)


def measure(bench: Bench) -> dict[str, Any]:
    """First page, the pages that follow it, the counts: in process and over HTTP."""
    result = {f"open_{many}": _with(bench, many) for many in SIZES}
    rows = [
        (f"{many:,} open steps: {what}", f"{shown(found['p50'])} / {shown(found['p95'])}")
        for many in SIZES
        for what, found in result[f"open_{many}"].items()
    ]
    print(table(f"4. Inbox, pages of {PAGE}", ("", "p50 / p95 ms"), rows))
    return result


def _with(bench: Bench, many: int) -> dict[str, Any]:
    url = bench.ground.fresh()
    database = Database(url)
    folk = people(database, with_tokens=True)
    began = perf_counter()
    fill(database, folk, many, until="accept")
    bench.say(f"{many:,} open steps loaded in {perf_counter() - began:.0f} s")
    post = ANSWERS["accept"][0]
    times = bench.some(300, 30)
    reader = _Reader(database, folk.staff[post])
    found = {
        "first page": _timed(reader.first, times),
        "next pages": _timed(reader.following, times),
        "counts": _timed(reader.counts, max(times // 5, 5)),
    }
    with serving(url) as port, Client(port) as client:
        token = folk.tokens[post]
        for _ in range(20):
            client.get(f"/steps?limit={PAGE}", token)
        found["first page over HTTP"] = _timed(lambda: client.get(f"/steps?limit={PAGE}", token), times)
    database.dispose()
    bench.ground.drop(url)
    return found


def _timed(read: Callable[[], object], times: int) -> dict[str, float]:
    read()
    seconds = []
    for _ in range(times):
        began = perf_counter()
        read()
        seconds.append(perf_counter() - began)
    return quantiles(seconds, 50, 95)


class _Reader:
    """Somebody who looks at their queue, in a transaction for each look."""

    def __init__(self, database: Database, actor: Actor) -> None:
        self._database, self._actor = database, actor
        self._after: Cursor | None = None

    def first(self) -> None:
        """The most urgent steps."""
        self._page(None)

    def following(self) -> None:
        """The page after the last one; after the end from the beginning."""
        self._after = self._page(self._after)

    def _page(self, after: Cursor | None) -> Cursor | None:
        with self._transaction() as session:
            return queue(session, self._actor, QueueFilter(), PAGE, after)[1]

    def counts(self) -> None:
        """How many are open and one's own."""
        with self._transaction() as session:
            counts(session, self._actor)

    def _transaction(self) -> Any:
        return self._database.transaction(TENANT)
