"""A whole life with every document: received, accepted, tested, granted, couriered, found false, revoked (Art. 69)."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.audit.queries import history
from app.cases import operations, queries, services
from app.cases.handing import attach_material
from app.cases.models import Case
from app.cases.services import OPERATIONS
from app.cases.types import Application, Channel, Status
from app.catalog.operations import publish
from app.identity.types import SYSTEM, Actor
from app.inbox import operations as inbox
from app.kernel.database import Database, enter_tenant
from app.kernel.ids import GLOBAL_TENANT
from app.materials.store import FileStore
from app.notices import documents, rendering
from app.notices import operations as notices
from app.notices import queries as issued
from app.notices.models import Document, Outbox
from app.notices.queries import told_about
from app.notices.types import DecisionFacts
from tests.integration.cases.conftest import PDF, waiting
from tests.office import MONDAY, TENANT, Office, build
from tests.well_permit import CODE, files

DAY = timedelta(days=1)
FOUND_FALSE = "承诺的井位与实际不符。"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path.as_uri())


@pytest.fixture
def office(database: Database) -> Office:
    with database.transaction(TENANT) as session:
        office = build(session)
        enter_tenant(session, GLOBAL_TENANT)
        publish(session, files(), SYSTEM, MONDAY - DAY, "well", OPERATIONS)
    return office


def apply(database: Database, office: Office, store: FileStore) -> UUID:
    with database.transaction(TENANT) as session:
        me = office.applicant.account_id
        data = {"well_name": "一号井", "owner": "陈晓", "pump": "electric"}
        draft = operations.create_draft(
            session, office.applicant, Application(CODE, TENANT, "", "", me, Channel.ONLINE, data), MONDAY
        )
        attach_material(session, office.applicant, store, draft.id, "sketch", "map.pdf", PDF, MONDAY)
        return operations.submit(session, office.applicant, draft.id, MONDAY).id


def do(
    database: Database,
    actor: Actor,
    case_id: UUID,
    element: str,
    outcome: str,
    day: int,
    opinion: str = "同意。",
    **data: Any,
) -> None:
    with database.transaction(TENANT) as session:
        step, now = waiting(session, case_id)[element], MONDAY + day * DAY
        inbox.claim(session, actor, step.id, now)
        operations.complete_step(session, actor, step.id, outcome=outcome, data=data, opinion=opinion, now=now)


def dispatch(database: Database, store: FileStore, day: int) -> int:
    return notices.dispatch(database, TENANT, MONDAY + day * DAY, services.handlers(store, "http://127.0.0.1:8000"))


@pytest.fixture
def delivered(database: Database, office: Office, store: FileStore) -> UUID:
    """A licence that was granted and handed over by a courier."""
    case_id = apply(database, office, store)
    do(database, office.clerk, case_id, "accept", "accept", 1)
    do(database, office.land, case_id, "review", "approve", 2, "水质需要检测。")
    do(database, office.land, case_id, "test_water", "done", 4)
    do(database, office.decider, case_id, "decide", "grant", 7)
    dispatch(database, store, 7)
    do(
        database, office.clerk, case_id, "deliver", "deliver", 8,
        delivery_method="post", courier="顺丰", tracking_number="SF1", delivery_recipient="陈晓",
    )  # fmt: skip
    dispatch(database, store, 8)
    return case_id


def documents_of(database: Database, case_id: UUID) -> dict[str, Document]:
    with database.transaction(TENANT) as session:
        return {document.kind: document for document in issued.documents_of(session, TENANT, case_id)}


def test_every_moment_has_its_document(database: Database, delivered: UUID) -> None:
    made = documents_of(database, delivered)
    assert set(made) == {"receipt", "accept", "special", "grant", "delivery"}
    delivery = DecisionFacts.from_json(made["delivery"].facts)
    assert delivery.manner == {"zh": "邮寄（顺丰，SF1）", "en": "post (顺丰, SF1)"}
    assert (delivery.recipient, delivery.delivered_at) == ("陈晓", MONDAY + 8 * DAY)
    assert [line["remark"] for line in delivery.materials] == [made["grant"].number]
    for document in made.values():
        assert documents.translation(document).startswith(b"%PDF-1.7")


def test_what_was_granted_is_revoked_in_writing_and_whoever_verifies_it_learns_of_it(
    database: Database, office: Office, store: FileStore, delivered: UUID
) -> None:
    """Art. 69 (2): 被许可人以欺骗等不正当手段取得行政许可的，应当予以撤销; Art. 38: reasons and remedies."""
    do(database, office.land, delivered, "verify", "revoke", 10, FOUND_FALSE)
    dispatch(database, store, 11)
    now = MONDAY + 11 * DAY
    made = documents_of(database, delivered)
    assert (made["grant"].revoked_at, made["grant"].revoked_by) == (now, made["revoke"].id)
    assert made["revoke"].revoked_at is None
    facts = DecisionFacts.from_json(made["revoke"].facts)
    assert (facts.reasons, facts.licence, facts.granted_at) == (
        FOUND_FALSE,
        made["grant"].number,
        made["grant"].issued_at,
    )
    assert documents.public(made["grant"]).revoked_at == now
    assert documents.public(made["accept"]).revoked_at is None
    with database.transaction(TENANT) as session:
        case = session.get_one(Case, (TENANT, delivered))
        assert (case.status, case.result, case.revoked_at) == (Status.DELIVERED, "granted", now)
        assert waiting(session, delivered) == {}
        assert queries.track(session, case.code or "").revoked_at == now
        told = [notice for notice in told_about(session, TENANT, delivered) if notice.template == "licence-revoked"]
        assert [notice.params["number"] for notice in told] == [made["grant"].number]
        tags = {act.tag: act.data for act in history(session, TENANT, delivered)}
        assert tags["ticker:licence:revoked"] == {"document": str(made["grant"].id), "by": str(made["revoke"].id)}
    assert dispatch(database, store, 12) == 0


def test_what_proved_true_stands(database: Database, office: Office, store: FileStore, delivered: UUID) -> None:
    do(database, office.land, delivered, "verify", "keep", 10)
    dispatch(database, store, 11)
    made = documents_of(database, delivered)
    assert "revoke" not in made
    assert made["grant"].revoked_at is None


def test_nothing_is_revoked_that_was_not_granted(
    database: Database, office: Office, store: FileStore, delivered: UUID
) -> None:
    """An operation drawn in the wrong place waits for an operator, and nothing is marked."""
    case_id = apply(database, office, store)
    with database.transaction(TENANT) as session:
        notices.enqueue(session, TENANT, case_id, "revoke-licence", {"token": str(case_id), "step": None}, MONDAY)
    dispatch(database, store, 12)
    with database.transaction(TENANT) as session:
        errors = session.scalars(select(Outbox.error).where(Outbox.case_id == case_id, Outbox.state == "pending")).all()
        assert [error for error in errors if "NothingGranted" in (error or "")]
        assert session.get_one(Case, (TENANT, case_id)).revoked_at is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_decision_to_revoke_names_the_licence_and_the_remedies(language: Any) -> None:
    facts = DecisionFacts(
        authority={"zh": "温州市水利局", "en": "Bureau of Water, Wenzhou"},
        word="温政审",
        supervision_code="330300-1",
        item={"zh": "取水井许可", "en": "Permit to sink a well"},
        project="一号井",
        applicant="陈晓",
        verify_url="https://example.org/verify/",
        review_body={"zh": "温州市人民政府", "en": "the People's Government of Wenzhou"},
        court={"zh": "有管辖权的人民法院", "en": "the people's court that has jurisdiction"},
        licence="温政审准〔2026〕1号",
        granted_at=MONDAY,
        reasons=FOUND_FALSE,
    )
    made = rendering.render("revoke", facts, language, number="1", verification_code="X", issued_at=MONDAY)
    assert made.startswith(b"%PDF-1.7")
