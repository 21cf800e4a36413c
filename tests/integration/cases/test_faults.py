"""A fault in one case never stops another: it is set aside, listed, and tried again."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import lights, parking, timers
from app.cases.models import Case
from app.deadlines.models import Flip
from app.kernel.errors import Forbidden, NotFound
from app.materials.store import FileStore
from tests.integration.cases.conftest import apply, do
from tests.office import MONDAY, TENANT, Office

LATE = MONDAY + timedelta(weeks=3)


@pytest.fixture
def three(session: Session, office: Office, tmp_path: Path) -> list[Case]:
    store = FileStore(tmp_path.as_uri())
    return [apply(session, office, store, MONDAY) for _ in range(3)]


def spoil(monkeypatch: pytest.MonkeyPatch, broken: Case) -> None:
    """Let the telling of this case's lights fail."""
    whole = lights._params

    def params(light, case, item):
        if case.id == broken.id:
            raise RuntimeError("broken")
        return whole(light, case, item)

    monkeypatch.setattr(lights, "_params", params)


def flipped(session: Session) -> set[object]:
    return set(session.scalars(select(Flip.case_id)))


def test_a_fault_in_one_case_never_stops_another(
    session: Session, office: Office, three: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(monkeypatch, three[1])
    assert lights.raise_due(session, TENANT, LATE) == 4
    assert flipped(session) == {three[0].id, three[2].id}
    assert lights.raise_due(session, TENANT, LATE) == 0
    [found] = parking.parked(session, office.operator)
    assert (found.code, found.reason, found.clocks) == (three[1].code, "RuntimeError", 1)

    monkeypatch.undo()
    parking.retry(session, office.operator, three[1].id, LATE)
    assert lights.raise_due(session, TENANT, LATE) == 2
    assert parking.parked(session, office.operator) == []


def test_only_an_operator_retries_and_only_what_was_set_aside(
    session: Session, office: Office, three: list[Case]
) -> None:
    with pytest.raises(Forbidden):
        parking.retry(session, office.clerk, three[0].id, LATE)
    with pytest.raises(NotFound):
        parking.retry(session, office.operator, three[0].id, LATE)


def test_a_case_without_timers_has_none_due(session: Session, office: Office, three: list[Case]) -> None:
    for case in three:
        do(session, office.clerk, case.id, "accept", "accept", MONDAY)
    assert timers.due_cases(session, TENANT, LATE, 10) == []
    assert timers.fire_in(session, TENANT, three[0].id, LATE) == 0
