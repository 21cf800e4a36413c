"""Cases that something from outside moved, among those that are replayed; and a replay that somebody stops."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.audit.queries import history
from app.cases import messages, operations, reporting
from app.cases.handing import attach_material
from app.cases.models import Case
from app.cases.services import OPERATIONS
from app.cases.types import Application, Channel
from app.catalog import acts
from app.catalog.operations import publish
from app.identity.types import SYSTEM, Actor
from app.inbox import operations as inbox
from app.kernel.database import enter_tenant
from app.kernel.errors import Forbidden, NotFound
from app.kernel.ids import GLOBAL_TENANT
from app.materials.store import FileStore
from app.studio import what_if
from tests.integration.cases import test_messages, test_reporting
from tests.integration.cases.conftest import PDF, do, waiting
from tests.office import MONDAY, TENANT, Office
from tests.well_permit import CODE

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


@pytest.fixture
def designer(office: Office) -> Any:
    return replace(office.operator, permissions=frozenset({"item.draft"}))


@pytest.fixture
def begin(
    session: Session, office: Office, store: FileStore, acting: Callable[[Actor], Session]
) -> Callable[[Mapping[str, bytes]], Case]:
    """Publishes an item, and hands in a case of it that waits for its acceptance."""

    def handed_in(files: Mapping[str, bytes]) -> Case:
        enter_tenant(session, GLOBAL_TENANT)
        publish(session, files, SYSTEM, MONDAY - WEEK, "well", OPERATIONS)
        acting(office.applicant)
        data = {"well_name": "一号井", "owner": "陈晓", "pump": "electric"}
        application = Application(CODE, TENANT, "", "", office.applicant.account_id, Channel.ONLINE, data)
        draft = operations.create_draft(session, office.applicant, application, MONDAY)
        attach_material(session, office.applicant, store, draft.id, "sketch", "map.pdf", PDF, MONDAY)
        submitted = operations.submit(session, office.applicant, draft.id, MONDAY)
        acting(office.clerk)
        return submitted

    return handed_in


def refused(session: Session, office: Office, case: Case) -> None:
    """A case that nothing from outside moved, over after an hour."""
    do(session, office.clerk, case.id, "accept", "refuse", MONDAY + HOUR)


def told(session: Session, designer: Any) -> what_if.Answer:
    asked = what_if.ask(session, designer, CODE, 1, MONDAY + WEEK)
    while what_if.carry_on(session, TENANT, MONDAY + WEEK):
        pass
    return what_if.answer(session, designer, asked.id)


def test_a_case_that_a_message_moved_is_named_as_not_replayed(
    session: Session, office: Office, begin: Any, designer: Any
) -> None:
    """Without its message it would be told as waiting, or as having come to another end than it did."""
    refused(session, office, begin(test_messages.drawn()))
    moved = begin(test_messages.drawn())
    messages.deliver_message(session, office.clerk, moved.id, "injunction", MONDAY + HOUR)
    found = told(session, designer)
    assert (found.asked.total, found.replayed, found.missed) == (2, 1, (("heard", "", 1),))


def test_a_case_that_a_report_moved_is_named_as_not_replayed(
    session: Session, office: Office, begin: Any, designer: Any
) -> None:
    refused(session, office, begin(test_reporting.drawn()))
    moved = begin(test_reporting.drawn())
    do(session, office.clerk, moved.id, "accept", "accept", MONDAY + HOUR)
    step = waiting(session, moved.id)["review"]
    inbox.claim(session, office.land, step.id, MONDAY + 2 * HOUR)
    reporting.report_step(session, office.land, step.id, "closed", "道路中断。", MONDAY + DAY)
    found = told(session, designer)
    assert (found.asked.total, found.replayed, found.missed) == (2, 1, (("heard", "", 1),))


def test_what_is_stopped_keeps_what_was_counted(
    session: Session, office: Office, begin: Any, designer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if, "BATCH", 1)
    for _ in range(2):
        refused(session, office, begin(test_messages.drawn()))
    asked = what_if.ask(session, designer, CODE, 1, MONDAY + WEEK)
    assert what_if.carry_on(session, TENANT, MONDAY + WEEK)
    with pytest.raises(Forbidden):
        what_if.stop(session, office.clerk, asked.id, MONDAY + WEEK)
    with pytest.raises(NotFound):
        what_if.stop(session, replace(designer, tenant="330302"), asked.id, MONDAY + WEEK)
    for hours in (0, 1):
        stopped = what_if.stop(session, designer, asked.id, MONDAY + WEEK + hours * HOUR)
        assert (stopped.finished_at, stopped.error) == (MONDAY + WEEK, what_if.STOPPED)
    assert not what_if.carry_on(session, TENANT, MONDAY + WEEK)
    found = what_if.answer(session, designer, asked.id)
    assert (found.asked.done, found.asked.total, found.replayed) == (1, 2, 1)
    said = [line for line in history(session, TENANT, acts.chain_of(CODE)) if "what-if" in line.tag]
    assert [line.tag.partition(":")[2] for line in said] == ["item:what-if", "item:what-if-stopped"]
    assert said[-1].data["done"] == 1
