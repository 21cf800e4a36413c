"""The ticker's process: runs the jobs at their intervals until it is told to stop.

Nothing is kept of the schedule: what is due stands in the tables. Any number of tickers may run; a job that is still at
work when its time comes again is not started a second time in the same process.
"""

import signal
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from typing import Final

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from app.jobs import work
from app.office import Office

JOBS: Final[tuple[tuple[Callable[[Office], None], int], ...]] = (
    (work.raise_lights, 2),
    (work.fire_timers, 2),
    (work.do_outbox, 1),
    (work.open_entries, 3),
    (work.deliver_webhooks, 2),
    (work.announce_items, 10),
    (work.recount, 3),
    (work.move_cases, 2),
    (work.replay, 2),
    (work.hand_over, 5),
    (work.seal, 300),
    (work.prune, 3600),
)
"""Each job and its interval in seconds."""

log = structlog.get_logger(__name__)


def run(office: Office) -> None:
    """Tick until SIGTERM or SIGINT; what is at work then is finished first."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(office.settings.pool_size)},  # a job holds one connection
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job, seconds in JOBS:
        scheduler.add_job(job, "interval", seconds=seconds, args=[office], next_run_time=datetime.now(UTC))
    scheduler.start()
    log.info("ticker.started")
    stop.wait()
    scheduler.shutdown(wait=True)
    log.info("ticker.stopped")
