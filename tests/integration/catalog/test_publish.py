"""Publishing items into a real database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.catalog import operations, queries
from app.catalog.errors import ItemRefused, NoSuchItem
from app.catalog.models import ItemVersion
from app.identity.types import Actor
from app.kernel.database import Database
from app.kernel.errors import Forbidden
from tests.unit.catalog.small_item import DIAGRAM, MANIFEST, changed, encoded, files

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
CODE = "bench-permit"


@pytest.fixture
def designer(tenant: str) -> Actor:
    return Actor(
        account_id=None,
        username="designer",
        name="设计",
        kind="staff",
        source="web",
        tenant=tenant,
        permissions=frozenset({"item.publish"}),
    )


def test_what_is_published_can_be_run(session: Session, designer: Actor) -> None:
    made = operations.publish(session, encoded(files()), designer, NOW, "first")
    found = queries.item(session, CODE, made.version)
    assert (found.code, found.version, found.digest) == (CODE, 1, made.digest)
    assert found.name_in_both.en == "Permit for a bench"
    assert found.definition.lights["review"][1].duration == "P5D"
    assert found.form_of("review") is found.forms["review"]
    assert found.form_of("accepted") is None
    assert found.applicant_form.id == "apply"
    assert found.post_of("accept") == "window-clerk"
    assert found.post_of("review") == "parks-reviewer"
    assert found.lead_post == "parks-reviewer"
    assert list(found.outcomes("review")) == ["grant", "deny"]
    assert found.outcomes("nothing") == {}
    assert found.step_name("review").zh == "审查"
    assert found.step_name("leg").en == "Parks"
    assert found.step_name("nothing") == {"zh": "nothing", "en": "nothing"}
    assert (found.step_limit("accept"), found.step_limit("review")) == (found.steps["accept"].limit, None)
    assert found.case_limits()["promised"].days == 10
    limit = found.leg_limit("parks")
    assert limit is not None
    assert limit.days == 8
    assert found.leg_limit("trees") is None
    assert queries.current_item(session, CODE).version == 1
    assert dict(queries.files(session, CODE, 1)) == encoded(files())


def test_the_same_files_are_the_same_version(session: Session, designer: Actor) -> None:
    first = operations.publish(session, encoded(files()), designer, NOW)
    again = operations.publish(session, dict(reversed(encoded(files()).items())), designer, LATER)
    assert again.version == first.version == 1
    assert again.published_at == NOW
    assert len(queries.versions(session, CODE)) == 1


def test_changed_files_are_the_next_version_and_the_old_one_stays(session: Session, designer: Actor) -> None:
    operations.publish(session, encoded(files()), designer, NOW, "first")
    operations.publish(session, changed(MANIFEST, "days: 10,", "days: 9,"), designer, LATER, " shorter ")
    assert [(line.version, line.note, line.is_current) for line in queries.versions(session, CODE)] == [
        (2, "shorter", True),
        (1, "first", False),
    ]
    assert queries.item(session, CODE, 1).case_limits()["promised"].days == 10
    assert queries.current_item(session, CODE).case_limits()["promised"].days == 9
    [entry] = queries.current(session)
    assert (entry.version, entry.published_at, entry.manifest.limits.promised.days) == (2, LATER, 9)


def test_earlier_files_published_again_make_their_version_current(session: Session, designer: Actor) -> None:
    operations.publish(session, encoded(files()), designer, NOW)
    operations.publish(session, changed(MANIFEST, "days: 10,", "days: 9,"), designer, LATER)
    assert operations.publish(session, encoded(files()), designer, LATER).version == 1
    assert queries.current_item(session, CODE).version == 1
    assert len(queries.versions(session, CODE)) == 2


def test_each_change_is_on_the_items_chain(session: Session, designer: Actor, tenant: str) -> None:
    for given in (encoded(files()), encoded(files()), changed(MANIFEST, "days: 10,", "days: 9,")):
        operations.publish(session, given, designer, NOW)
    chain = operations.chain_of(CODE)
    rows = session.scalars(select(AuditEntry).where(AuditEntry.tenant == tenant, AuditEntry.chain == chain)).all()
    assert [row.tag for row in rows] == ["catalog:item:published"] * 2


def test_errors_refuse_and_leave_nothing(session: Session, designer: Actor) -> None:
    with pytest.raises(ItemRefused, match="promised limit of 21 days") as refused:
        operations.publish(session, changed(MANIFEST, "days: 10,", "days: 21,"), designer, NOW)
    assert refused.value.findings[0].code == "promise-too-long"
    with pytest.raises(NoSuchItem):
        queries.current_item(session, CODE)
    assert queries.current(session) == []


def test_warnings_do_not_refuse(session: Session, designer: Actor) -> None:
    given = changed(DIAGRAM, 'name="审查"', 'name="复审"')
    assert [finding.severity for finding in operations.check(given)] == ["warning"]
    assert operations.publish(session, given, designer, NOW).version == 1


def test_an_open_question_keeps_a_version_a_draft(session: Session, designer: Actor) -> None:
    given = changed(DIAGRAM, "P5D", "")
    [asked] = [finding for finding in operations.check(given) if finding.severity == "question"]
    assert (asked.code, asked.offer) == ("timer-empty", "P5D")
    with pytest.raises(ItemRefused, match="has no time"):
        operations.publish(session, given, designer, NOW)
    drafter = replace(designer, permissions=frozenset({"item.draft"}))
    assert operations.submit(session, given, drafter, NOW).state == "draft"


def test_publishing_needs_its_permission(session: Session, tenant: str) -> None:
    clerk = Actor(account_id=None, username="clerk", name="", kind="staff", source="web", tenant=tenant)
    with pytest.raises(Forbidden, match=r"item\.publish"):
        operations.publish(session, encoded(files()), clerk, NOW)


@pytest.mark.parametrize(("code", "version"), [("nothing", 1), (CODE, 7)])
def test_what_was_never_published(session: Session, designer: Actor, code: str, version: int) -> None:
    operations.publish(session, encoded(files()), designer, NOW)
    with pytest.raises(NoSuchItem):
        queries.item(session, code, version)
    with pytest.raises(NoSuchItem):
        queries.files(session, code, version)


def test_what_may_roll_back_is_not_remembered(session: Session, designer: Actor) -> None:
    with session.begin_nested() as savepoint:
        operations.publish(session, encoded(files()), designer, NOW)
        assert queries.item(session, CODE, 1).case_limits()["promised"].days == 10
        savepoint.rollback()
    operations.publish(session, changed(MANIFEST, "days: 10,", "days: 9,"), designer, NOW)
    assert queries.item(session, CODE, 1).case_limits()["promised"].days == 9


def test_a_version_is_built_once_and_costs_no_query_after(database: Database, designer: Actor, tenant: str) -> None:
    sent: list[str] = []
    with database.transaction(tenant) as session:
        operations.publish(session, encoded(files()), designer, NOW)
    with database.transaction(tenant) as session:
        first = queries.item(session, CODE, 1)
        event.listen(database.engine, "before_cursor_execute", lambda *call: sent.append(call[2]))
        assert queries.item(session, CODE, 1) is first
        assert sent == []
        assert queries.current_item(session, CODE) is first
        assert len(sent) == 1


def test_two_who_publish_at_once_get_one_after_the_other(database: Database, designer: Actor, tenant: str) -> None:
    texts = [changed(MANIFEST, "days: 10,", f"days: {days},") for days in (9, 11, 12, 13, 13, 13)]
    together = Barrier(len(texts))

    def publish(given: dict[str, bytes]) -> int:
        together.wait(timeout=30)
        with database.transaction(tenant) as opened:
            return operations.publish(opened, given, designer, NOW).version

    with ThreadPoolExecutor(len(texts)) as pool:
        versions = list(pool.map(publish, texts))
    assert sorted(set(versions)) == [1, 2, 3, 4]
    assert len(set(versions[3:])) == 1
    with database.transaction(tenant) as opened:
        assert len(opened.scalars(select(ItemVersion)).all()) == 4
        for version, given in zip(versions, texts, strict=True):
            assert queries.files(opened, CODE, version) == given
