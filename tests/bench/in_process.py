"""Section 1: cases and completions a second in one process and in two; CPU per case of Python and of PostgreSQL."""

import multiprocessing
from collections import defaultdict
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import URL

from app.kernel.database import Database
from tests.bench.bench import Bench
from tests.bench.figures import middle, quantiles, shown, table
from tests.bench.ground import people
from tests.bench.work import STEPS, Driver

WARM_UP = 10
SECONDS = 12
"""How long a run takes."""


def measure(bench: Bench) -> dict[str, Any]:
    """Several runs with one and with two worker processes; the median of each figure."""
    result: dict[str, Any] = {}
    for workers in (1, 2):
        runs = []
        for number in range(bench.runs):
            beside = bench.yardstick()
            runs.append({**_run(bench, workers), "beside": beside})
            bench.say(f"{workers} worker(s), run {number + 1}: {runs[-1]['completions_per_second']:.0f} completions/s")
        result[f"workers_{workers}"] = middle(runs) | {
            "runs": [round(run["completions_per_second"], 1) for run in runs]
        }
    print(_table(result))
    return result


def _run(bench: Bench, workers: int) -> dict[str, Any]:
    """One run on a fresh database; the clocks start when all workers have warmed up."""
    url = bench.ground.fresh()
    context = multiprocessing.get_context("spawn")
    answers: Queue[Any] = context.Queue()
    go = context.Event()
    members = [
        context.Process(target=work, args=(url, bench.some(SECONDS, 3), go, answers), daemon=True)
        for _ in range(workers)
    ]
    for member in members:
        member.start()
    for _ in members:
        assert answers.get(timeout=120) == "ready"
    postgres, began = bench.postgres.seconds(), perf_counter()
    go.set()
    told = [answers.get(timeout=600) for _ in members]
    seconds, postgres = perf_counter() - began, bench.postgres.seconds() - postgres
    for member in members:
        member.join(10)
    bench.ground.drop(url)
    return _figures(told, seconds, postgres)


def work(url: URL, seconds: float, go: Event, answers: "Queue[Any]") -> None:
    """What a worker process does: warm up, wait for the word, take cases through for so long, tell what it took."""
    database = Database(url)
    folk = people(database)
    warming = Driver(database, folk)
    for _ in range(WARM_UP):
        warming.case()
    answers.put("ready")
    go.wait()
    driver, cpu = Driver(database, folk), process_time()
    end = perf_counter() + seconds
    while perf_counter() < end:
        driver.case()
    answers.put((process_time() - cpu, dict(driver.seconds), dict(driver.cpu)))
    database.dispose()


def _figures(told: list[Any], seconds: float, postgres: float) -> dict[str, Any]:
    latencies: dict[str, list[float]] = defaultdict(list)
    cpu: dict[str, float] = defaultdict(float)
    for _python, of_worker, cpu_of_worker in told:
        for act, values in of_worker.items():
            latencies[act] += values
            cpu[act] += cpu_of_worker[act]
    cases = len(latencies["start"])
    return {
        "cases_per_second": cases / seconds,
        "completions_per_second": cases * STEPS / seconds,
        "python_ms_per_case": sum(python for python, *_ in told) * 1e3 / cases,
        "postgres_ms_per_case": postgres * 1e3 / cases,
        "latency_ms": {act: quantiles(values, 50, 99) for act, values in latencies.items()},
        "python_ms_per_act": {act: cpu[act] * 1e3 / len(values) for act, values in latencies.items()},
    }


def _table(result: dict[str, Any]) -> str:
    rows = []
    for name, found in result.items():
        latency = found["latency_ms"]
        rows.append(
            (
                name.replace("_", " "),
                shown(found["cases_per_second"]),
                shown(found["completions_per_second"], 0),
                shown(found["python_ms_per_case"]),
                shown(found["postgres_ms_per_case"]),
                *(
                    f"{shown(latency[act]['p50'])} / {shown(latency[act]['p99'])}"
                    for act in ("start", "claim", "complete")
                ),
                shown(found["beside"]["pgbench_tps"], 0),
            )
        )
    head = (
        "in process",
        "cases/s",
        "completions/s",
        "Python ms/case",
        "PostgreSQL ms/case",
        "start p50/p99 ms",
        "claim p50/p99 ms",
        "complete p50/p99 ms",
        "pgbench tps",
    )
    return table("1. In process", head, rows)
