"""The jobs: nothing is missed, nothing is done twice, and what fails keeps nobody else waiting."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from structlog.testing import capture_logs

from app.audit.models import AuditSeal
from app.cases import lights, timers
from app.cases.models import Case
from app.deadlines.models import CaseClock, Flip
from app.jobs import ticker, work
from app.kernel import idempotency
from app.kernel.idempotency import Idempotency
from app.kernel.ids import new_id
from app.kernel.time import real_now
from app.notices.models import Document, Notice, Outbox
from app.office import Office
from app.supervision.models import Entry
from tests.demo import application, office_of, ran

ROOT = Path(__file__).parents[3]
CITY = "330300"


@pytest.fixture(scope="module")
def demo(databases, tmp_path_factory) -> Iterator[Flask]:
    """A demo whose clock this module moves."""
    with application(databases, tmp_path_factory.mktemp("ticked")) as app:
        ran(app, "demo", "build", "--cases", "30")
        yield app


@pytest.fixture
def office(demo: Flask) -> Office:
    return office_of(demo)


def count(office: Office, table: type, *conditions: object) -> int:
    with office.database.transaction("*", office.tenants) as session:
        return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def about(notice: Notice) -> tuple[object, ...]:
    """What a notice is about, and to whom."""
    params = notice.params
    return notice.case_id, notice.template, params["subject"]["en"], params["due_at"], notice.post, notice.account_id


def test_three_tickers_at_once_do_each_thing_once(demo: Flask, office: Office) -> None:
    before = count(office, Flip)
    ran(demo, "demo", "clock", "+12d")
    offices = [Office.opened(office.settings) for _ in range(3)]
    jobs = [(job, each) for job in (work.raise_lights, work.open_entries, work.do_outbox) for each in offices]
    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(lambda pair: pair[0](pair[1]), jobs))
        list(pool.map(work.open_entries, offices))
    assert count(office, Flip) > before
    with office.database.transaction("*", office.tenants) as session:
        now = office.now(session)
        raised = Counter(session.execute(select(Flip.clock_id, Flip.colour).where(Flip.superseded_at.is_(None))).all())
        told = Counter(map(about, session.scalars(select(Notice).where(Notice.template.startswith("light-")))))
        entries = Counter(session.scalars(select(Entry.flip_id)))
        overdue = session.scalar(select(func.count()).where(CaseClock.next_at <= now, CaseClock.parked.is_(None)))
        red = session.scalar(select(func.count()).where(Flip.colour == "red", Flip.superseded_at.is_(None)))
    assert set(raised.values()) == set(told.values()) == set(entries.values()) == {1}
    assert overdue == 0
    assert len(entries) == red
    for each in offices:
        each.database.dispose()


def test_a_jurisdiction_that_fails_keeps_no_other_waiting(
    demo: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(demo, "demo", "clock", "+9d")
    real = lights.raise_due

    def fail_in_the_city(session, tenant, now, limit):
        if tenant == CITY:
            raise RuntimeError("the name 陈晓 is in here")
        return real(session, tenant, now, limit)

    monkeypatch.setattr(lights, "raise_due", fail_in_the_city)
    elsewhere = count(office, Flip, Flip.tenant != CITY)
    with capture_logs() as log:
        work.raise_lights(office)
    assert count(office, Flip, Flip.tenant != CITY) > elsewhere
    (line,) = log
    assert (line["event"], line["job"], line["tenant"]) == ("job.failed", "lights", CITY)
    assert "陈晓" not in str(log)
    monkeypatch.undo()
    work.raise_lights(office)
    assert count(office, CaseClock, CaseClock.parked.is_not(None)) == 0


def test_a_case_whose_timer_fails_is_parked_and_the_next_one_fires(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office.database.transaction(CITY) as session:
        first, second = session.scalars(select(Case.id).where(Case.tenant == CITY).limit(2)).all()
    fired, parked = [], []

    def fire(_session, _tenant, case_id, _now):
        if case_id == first:
            raise RuntimeError("no such path")
        fired.append(case_id)

    monkeypatch.setattr(timers, "tenants_due", lambda _session, _now: [CITY])
    monkeypatch.setattr(timers, "due_cases", lambda *_: [first, second])
    monkeypatch.setattr(timers, "fire_in", fire)
    monkeypatch.setattr(
        timers, "park", lambda _session, _tenant, case_id, _now, reason: parked.append((case_id, reason))
    )
    work.fire_timers(office)
    assert fired == [second]
    assert [case_id for case_id, _ in parked] == [first]
    assert parked[0][1].startswith("RuntimeError")


def test_what_waits_in_the_outbox_is_done_once(office: Office) -> None:
    work.do_outbox(office)
    documents = count(office, Document)
    work.do_outbox(office)
    assert count(office, Outbox, Outbox.state == "pending", Outbox.run_at <= real_now()) == 0
    assert count(office, Document) == documents


def test_sealing_covers_every_jurisdiction_once(office: Office) -> None:
    work.seal(office)
    seals = count(office, AuditSeal)
    assert seals >= len(office.tenants)
    work.seal(office)
    assert count(office, AuditSeal) == seals


def test_keys_that_nobody_repeats_any_more_are_forgotten(office: Office) -> None:
    with office.database.transaction(CITY) as session:
        for age in (timedelta(), idempotency.KEPT + timedelta(hours=1)):
            row = {"fingerprint": b"", "status": 200, "answer": {}, "at": real_now() - age}
            session.add(Idempotency(tenant=CITY, account_id=new_id(), key=str(age), **row))
    work.prune(office)
    with office.database.transaction(CITY) as session:
        assert session.scalars(select(Idempotency.key)).all() == [str(timedelta())]


def test_the_ticker_ticks_and_stops_when_told(demo: Flask, office: Office) -> None:
    ran(demo, "demo", "clock", "+30d")
    before = count(office, Flip)
    environ = {
        **os.environ,
        "DATABASE_URL": office.settings.database_url,
        "SECRET_KEY": office.settings.secret_key,
        "FILES_URL": office.settings.files_url,
        "FLASK_APP": "wsgi",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "flask", "ticker"]
    with subprocess.Popen(command, env=environ, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "ticker.started" in process.stderr.readline()
        deadline = time.monotonic() + 60
        while count(office, Flip) == before and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
    assert process.returncode == 0
    assert "ticker.stopped" in rest
    assert "Traceback" not in rest
    assert count(office, Flip) > before


def test_every_job_is_scheduled() -> None:
    public = {
        job
        for name, job in vars(work).items()
        if not name.startswith("_") and getattr(job, "__module__", "") == work.__name__
    }
    assert {job for job, _ in ticker.JOBS} == public
