"""Two at once, and a process that dies in the middle: one wins, nothing is done by half."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.audit.verification import verify
from app.cases import lights, operations
from app.cases.models import Case
from app.deadlines.models import CaseClock, Flip
from app.inbox import operations as inbox
from app.inbox.errors import AlreadyClaimed, NotYours, StepClosed
from app.inbox.models import Step
from app.kernel.database import Database
from app.kernel.errors import Stale
from app.materials.store import FileStore
from app.notices.models import Notice
from tests.integration.cases.conftest import apply, do, waiting
from tests.office import ANSWERS, MONDAY, TENANT, Office, build

ROOT = Path(__file__).parents[3]
LATE = MONDAY + timedelta(weeks=8)


@pytest.fixture
def office(database: Database) -> Office:
    with database.transaction(TENANT) as session:
        return build(session)


@pytest.fixture
def cases(database: Database, office: Office, tmp_path: Path) -> Callable[[int], Sequence[UUID]]:
    """Makes cases that wait at the window."""

    def make(number: int) -> Sequence[UUID]:
        with database.transaction(TENANT) as session:
            store = FileStore(tmp_path.as_uri())
            return [apply(session, office, store, MONDAY).id for _ in range(number)]

    return make


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at the same moment; what each returned or raised."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return act()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_who_claim_one_wins_and_the_other_is_told(
    database: Database, office: Office, cases: Callable[[int], Sequence[UUID]]
) -> None:
    [case_id] = cases(1)
    with database.transaction(TENANT) as session:
        step = waiting(session, case_id)["accept"].id

    def claim() -> UUID:
        with database.transaction(TENANT) as session:
            inbox.claim(session, office.clerk, step, MONDAY)
        return step

    results = at_once(*[claim] * 4)
    assert results.count(step) == 1
    assert sum(isinstance(result, AlreadyClaimed) for result in results) == 3


def test_of_two_who_complete_one_wins_and_the_other_is_told(
    database: Database, office: Office, cases: Callable[[int], Sequence[UUID]]
) -> None:
    """The same person in two windows, or a button pressed twice: the case moves once."""
    [case_id] = cases(1)
    with database.transaction(TENANT) as session:
        step = inbox.claim(session, office.clerk, waiting(session, case_id)["accept"].id, MONDAY).id

    def complete(outcome: str) -> Callable[[], Any]:
        def act() -> str:
            with database.transaction(TENANT) as session:
                operations.complete_step(
                    session, office.clerk, step, outcome=outcome, data=ANSWERS["accept"], opinion="同意", now=MONDAY
                )
            return outcome

        return act

    results = at_once(complete("accept"), complete("refuse"), complete("accept"))
    won = [result for result in results if isinstance(result, str)]
    assert len(won) == 1
    assert all(isinstance(result, StepClosed | NotYours | Stale | str) for result in results)
    with database.transaction(TENANT) as session:
        case = session.get_one(Case, (TENANT, case_id))
        assert (case.status == "refused") == (won == ["refuse"])
        assert list(verify(session, TENANT)) == []


def test_departments_that_finish_at_once_all_count(
    database: Database, office: Office, cases: Callable[[int], Sequence[UUID]]
) -> None:
    """The last join of a parallel approval: no branch is lost, and the next step opens once."""
    for case_id in cases(3):
        with database.transaction(TENANT) as session:
            do(session, office.clerk, case_id, "accept", "accept", MONDAY)

        def review(who: Any, element: str, case_id: UUID = case_id) -> Callable[[], Any]:
            def act() -> Any:
                with database.transaction(TENANT) as session:
                    return do(session, who, case_id, element, "approve", MONDAY)

            return act

        people = {"review_land": office.land, "review_planning": office.planning, "review_reform": office.reform}
        results = at_once(*[review(who, element) for element, who in people.items()])
        assert not [result for result in results if isinstance(result, Exception)]
        with database.transaction(TENANT) as session:
            assert set(waiting(session, case_id)) == {"decide"}


def test_of_many_tickers_each_light_is_raised_once(
    database: Database, office: Office, cases: Callable[[int], Sequence[UUID]]
) -> None:
    cases(12)

    def sweep() -> int:
        with database.transaction(TENANT) as session:
            return lights.raise_due(session, TENANT, LATE, limit=5)

    raised = 0
    for _ in range(6):
        results = at_once(*[sweep] * 3)
        assert not [result for result in results if isinstance(result, Exception)]
        raised += sum(results)
    with database.transaction(TENANT) as session:
        flips = session.scalar(select(func.count()).select_from(Flip))
        assert raised == flips == 24, "a yellow and a red light for the step of each of twelve cases"
        assert session.scalar(select(func.count()).where(CaseClock.next_at <= LATE)) == 0
        told = session.scalar(select(func.count()).where(Notice.template.in_(("light-yellow", "light-red"))))
        assert told == flips
        assert list(verify(session, TENANT)) == []


def test_a_ticker_and_a_reviewer_at_once_lose_nothing(
    database: Database, office: Office, cases: Callable[[int], Sequence[UUID]]
) -> None:
    for case_id in cases(4):
        with database.transaction(TENANT) as session:
            do(session, office.clerk, case_id, "accept", "accept", MONDAY)
            inbox.claim(session, office.land, waiting(session, case_id)["review_land"].id, MONDAY)

        def sweep() -> int:
            with database.transaction(TENANT) as session:
                return lights.raise_due(session, TENANT, LATE)

        def review(case_id: UUID = case_id) -> Any:
            with database.transaction(TENANT) as session:
                return do(session, office.land, case_id, "review_land", "approve", LATE)

        results = at_once(sweep, review)
        assert not [result for result in results if isinstance(result, Exception)]
        with database.transaction(TENANT) as session:
            clock = session.scalars(
                select(CaseClock).where(CaseClock.case_id == case_id, CaseClock.element == "review_land")
            )
            flips = session.scalars(select(Flip.colour).where(Flip.clock_id == clock.one().id)).all()
            assert sorted(flips) == ["red", "yellow"]


KILLED = """
import os, signal, sys
from datetime import datetime
from uuid import UUID
import psycopg
from app.cases import operations
from app.identity.queries import actor_by_username
from app.kernel.database import Database
from tests.office import ANSWERS, TENANT

url, step, now = sys.argv[1:]
now = datetime.fromisoformat(now)

def act(left):
    database = Database(url)
    with database.transaction(TENANT) as session:
        actor = actor_by_username(session, "window-clerk", now, TENANT)

    def deadly(whole):
        def run(*args, **kwargs):
            nonlocal left
            result = whole(*args, **kwargs)
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return result
        return run

    psycopg.Cursor.execute = deadly(psycopg.Cursor.execute)
    psycopg.Cursor.executemany = deadly(psycopg.Cursor.executemany)
    with database.transaction(TENANT) as session:
        operations.complete_step(
            session, actor, UUID(step), outcome="accept", data=ANSWERS["accept"], opinion="", now=now
        )

for line in sys.stdin:  # each time in a process of its own: all that was imported is there already
    child = os.fork()
    if child == 0:
        try:
            act(int(line))
        except BaseException:
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_a_process_killed_between_any_two_statements_leaves_the_case_before_or_after(
    database: Database, office: Office, cases: Callable[[int], Sequence[UUID]]
) -> None:
    [case_id] = cases(1)
    with database.transaction(TENANT) as session:
        step = inbox.claim(session, office.clerk, waiting(session, case_id)["accept"].id, MONDAY).id
    before = _picture(database, case_id)
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", KILLED, url, str(step), MONDAY.isoformat()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended, fatal = -signal.SIGKILL, 0
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True) as mother:
        assert mother.stdin
        assert mother.stdout
        while ended == -signal.SIGKILL:
            fatal += 1
            print(fatal, file=mother.stdin, flush=True)
            ended = int(mother.stdout.readline())
            if ended == -signal.SIGKILL:
                assert _picture(database, case_id) == before, f"killed after statement {fatal}"
    assert ended == 0
    assert fatal > 8, "the kill came between the statements of the act"
    after = _picture(database, case_id)
    assert after["case"] != before["case"]
    with database.transaction(TENANT) as session:
        assert set(waiting(session, case_id)) == {"review_land", "review_planning", "review_reform"}
        assert list(verify(session, TENANT)) == []


def _picture(database: Database, case_id: UUID) -> dict[str, Any]:
    """All that an act could have written."""
    with database.transaction(TENANT) as session:
        rows: dict[str, Any] = {"case": session.execute(select(Case.version, Case.state, Case.status)).all()}
        rows["steps"] = session.execute(select(Step.id, Step.state, Step.version).order_by(Step.id)).all()
        rows["clocks"] = session.execute(select(CaseClock.id, CaseClock.stopped_at).order_by(CaseClock.id)).all()
        rows["audit"] = session.scalar(select(func.count()).where(AuditEntry.chain == case_id))
        rows["notices"] = session.scalar(select(func.count()).where(Notice.case_id == case_id))
        return rows
