"""Section 2: the same work over authenticated HTTP, with 1, 4 and 16 clients that keep their connections.

The clients live in a process of their own, one thread each; they share the machine's cores with server and database,
so what they cost is told.
"""

import multiprocessing
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread
from time import perf_counter, process_time
from typing import Any
from uuid import uuid4

import psutil

from app.kernel.database import Database
from tests.bench.bench import Bench
from tests.bench.client import Client
from tests.bench.figures import middle, quantiles, shown, table
from tests.bench.ground import APPLICANT, ITEM, TENANT, people
from tests.bench.server import serving
from tests.bench.work import ANSWERS, APPLICATION, STEPS

CLIENTS = (1, 4, 16)
PAGE = 20
WARM_UP_SECONDS = 3
SECONDS = 12
"""How long a run takes."""
Latencies = dict[str, list[float]]


def measure(bench: Bench) -> dict[str, Any]:
    """Several runs for each number of clients; the median of each figure."""
    url = bench.ground.fresh()
    database = Database(url)
    tokens = people(database, with_tokens=True).tokens
    database.dispose()
    result = {}
    with serving(url) as port:
        drive(port, tokens, 4, WARM_UP_SECONDS)
        for clients in CLIENTS:
            runs = []
            for number in range(bench.runs):
                beside = bench.yardstick()
                runs.append(_run(bench, port, tokens, clients) | {"beside": beside})
                bench.say(
                    f"{clients} client(s), run {number + 1}: {runs[-1]['completions_per_second']:.0f} completions/s"
                )
            result[f"clients_{clients}"] = middle(runs)
    bench.ground.drop(url)
    print(_table(result))
    return result


def _run(bench: Bench, port: int, tokens: dict[str, str], clients: int) -> dict[str, Any]:
    server, postgres = _server_seconds(), bench.postgres.seconds()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        seconds, latencies, client_cpu = pool.apply(drive, (port, tokens, clients, bench.some(SECONDS, 3)))
    done = len(latencies["submit"])
    return {
        "cases_per_second": done / seconds,
        "completions_per_second": done * STEPS / seconds,
        "requests_per_second": sum(map(len, latencies.values())) / seconds,
        "server_ms_per_case": (_server_seconds() - server) * 1e3 / done,
        "postgres_ms_per_case": (bench.postgres.seconds() - postgres) * 1e3 / done,
        "client_ms_per_case": client_cpu * 1e3 / done,
        "latency_ms": {act: quantiles(values, 50, 99) for act, values in latencies.items()},
    }


def _server_seconds() -> float:
    """CPU time of the server's processes, which are this process's descendants called granian."""
    total = 0.0
    for child in psutil.Process().children(recursive=True):
        try:
            if "granian" in " ".join(child.cmdline()):
                times = child.cpu_times()
                total += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return total


def drive(port: int, tokens: dict[str, str], clients: int, seconds: float) -> tuple[float, Latencies, float]:
    """Let `clients` work for so many seconds; how long it took until the last was done, the latencies by act, the CPU
    seconds of the clients."""
    ready = Barrier(clients + 1)
    drivers = [_Driver(port, tokens) for _ in range(clients)]
    threads = [Thread(target=driver.run, args=(ready, seconds)) for driver in drivers]
    for thread in threads:
        thread.start()
    ready.wait()
    began, cpu = perf_counter(), process_time()
    for thread in threads:
        thread.join()
    took = perf_counter() - began
    if failed := [driver.failure for driver in drivers if driver.failure]:
        raise failed[0]
    latencies: Latencies = defaultdict(list)
    for driver in drivers:
        for act, values in driver.seconds.items():
            latencies[act] += values
    return took, dict(latencies), process_time() - cpu


class _Driver:
    """One client: applies, and does each step as the person whose queue it is in."""

    def __init__(self, port: int, tokens: dict[str, str]) -> None:
        self._port, self._tokens = port, tokens
        self.seconds: Latencies = defaultdict(list)
        self.failure: Exception | None = None

    def run(self, ready: Barrier, seconds: float) -> None:
        """Wait for the others, then take cases through."""
        with Client(self._port) as client:
            ready.wait()
            end = perf_counter() + seconds
            try:
                while perf_counter() < end:
                    self._case(client)
            except Exception as failure:
                self.failure = failure

    def _case(self, client: Client) -> None:
        with self._timed("submit"):
            code = self._apply(client)
        for element, (post, outcome, data) in ANSWERS.items():
            token = self._tokens[post]
            with self._timed("inbox"):
                listed = client.get(f"/steps?limit={PAGE}&q={code}", token).body["data"]
            step = next(found["id"] for found in listed if found["element"] == element)
            with self._timed("claim"):
                claimed = client.post(f"/steps/{step}/claim", token, str(uuid4()))
            with self._timed("complete"):
                body = {"outcome": outcome, "data": data, "opinion": "同意。"}
                client.post(f"/steps/{step}/complete", token, str(uuid4()), body, claimed.etag)

    def _apply(self, client: Client) -> str:
        token = self._tokens[APPLICANT]
        application = {"item": ITEM, "tenant": TENANT, "data": APPLICATION}
        draft = client.post("/cases", token, str(uuid4()), application).body
        submitted = client.post(f"/cases/{draft['id']}/submit", token, str(uuid4())).body
        return str(submitted["code"])

    @contextmanager
    def _timed(self, act: str) -> Iterator[None]:
        began = perf_counter()
        yield
        self.seconds[act].append(perf_counter() - began)


def _table(result: dict[str, Any]) -> str:
    acts = ("submit", "inbox", "claim", "complete")
    rows = [
        (
            name.replace("_", " "),
            shown(found["cases_per_second"]),
            shown(found["completions_per_second"], 0),
            shown(found["server_ms_per_case"]),
            shown(found["postgres_ms_per_case"]),
            shown(found["client_ms_per_case"]),
            *(f"{shown(found['latency_ms'][act]['p50'])} / {shown(found['latency_ms'][act]['p99'])}" for act in acts),
            shown(found["beside"]["pgbench_tps"], 0),
        )
        for name, found in result.items()
    ]
    head = (
        "over HTTP",
        "cases/s",
        "completions/s",
        "server ms/case",
        "PostgreSQL ms/case",
        "client ms/case",
        *(f"{act} p50/p99 ms" for act in acts),
        "pgbench tps",
    )
    return table("2. Over authenticated HTTP", head, rows)
