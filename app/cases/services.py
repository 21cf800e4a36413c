"""What the outbox does for cases: documents. Rendering takes a second and holds no lock; the rest is one act."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases import letters, papers, passage
from app.cases.errors import NotDecided, NothingGranted
from app.cases.failing import provided_for
from app.cases.models import Case
from app.cases.progress import settle
from app.cases.types import ISSUE_DECISION, OPERATIONS
from app.catalog.occasions import REVOKE_LICENCE
from app.identity.acts import record_act
from app.identity.types import SYSTEM
from app.kernel.database import Database
from app.notices import documents, queries
from app.notices.models import Document
from app.notices.types import Finish, Handler, OutboxRow

__all__ = ["ISSUE_DECISION", "OPERATIONS", "handlers"]

_TOLD: Final = {"grant": "case-granted", "deny": "case-denied"}


def handlers(files: documents.Files, public_url: str) -> Mapping[str, Handler]:
    """How the outbox's work is done. `public_url` is where anybody can verify a document."""
    return {
        ISSUE_DECISION: provided_for(partial(_issue_decision, files, public_url)),
        REVOKE_LICENCE: provided_for(partial(_revoke_licence, files, public_url)),
        letters.ISSUE_DOCUMENT: partial(_issue_document, files, public_url),
    }


def _issue_document(
    files: documents.Files, public_url: str, database: Database, row: OutboxRow, now: datetime
) -> Finish:
    kind, step = row.params["kind"], row.params.get("step")
    with database.transaction(row.tenant) as session:
        facts = papers.facts(session, row.tenant, row.case_id, kind, UUID(step) if step else None, public_url)
    register = documents.issue(database, files, row.tenant, row.case_id, kind, facts, now, occasion=step or "")
    return lambda session: _issued(session, row, register(session), now)


def _issue_decision(
    files: documents.Files, public_url: str, database: Database, row: OutboxRow, now: datetime
) -> Finish:
    with database.transaction(row.tenant) as session:
        kind = papers.decision_of(session, row.tenant, row.case_id)
        if kind not in _TOLD:
            raise NotDecided(outcome=kind or "")
        facts = papers.facts(session, row.tenant, row.case_id, kind, None, public_url)
    register = documents.issue(database, files, row.tenant, row.case_id, kind, facts, now)
    return lambda session: _decided(session, row, register(session), now)


def _decided(session: Session, row: OutboxRow, document: Document, now: datetime) -> None:
    """Let the case go on from its service task, and tell the applicant what was decided."""
    case = passage.lock(session, row.tenant, row.case_id)
    p = passage.begin(session, SYSTEM, case, now)
    p.instance.resume(UUID(row.params["token"]))
    settle(p)
    letters.tell_applicant(p, _TOLD[document.kind])
    p.close()
    _issued(session, row, document, now)


def _revoke_licence(
    files: documents.Files, public_url: str, database: Database, row: OutboxRow, now: datetime
) -> Finish:
    """Decide in writing that what was granted is revoked (Art. 69), with the opinion of the step that asked for it."""
    step = row.params.get("step")
    with database.transaction(row.tenant) as session:
        if queries.granted(session, row.tenant, row.case_id) is None:
            raise NothingGranted()
        facts = papers.facts(session, row.tenant, row.case_id, "revoke", UUID(step) if step else None, public_url)
    register = documents.issue(database, files, row.tenant, row.case_id, "revoke", facts, now)
    return lambda session: _revoked(session, row, register(session), now)


def _revoked(session: Session, row: OutboxRow, decision: Document, now: datetime) -> None:
    """Mark the licence, so that whoever verifies it learns of it; tell the applicant; let the case go on."""
    case = passage.lock(session, row.tenant, row.case_id)
    licence = documents.revoke(session, row.tenant, row.case_id, decision, now)
    p = passage.begin(session, SYSTEM, case, now)
    p.changes["revoked_at"] = now
    p.events.append("case.revoked")
    p.instance.resume(UUID(row.params["token"]))
    settle(p)
    letters.tell_applicant(p, "licence-revoked", number=licence.number)
    p.close()
    data = {"document": str(licence.id), "by": str(decision.id)}
    record_act(session, SYSTEM, row.tenant, row.case_id, now, "licence:revoked", data)
    _issued(session, row, decision, now)


def _issued(session: Session, row: OutboxRow, document: Document, now: datetime) -> None:
    case = session.get_one(Case, (row.tenant, row.case_id))
    letters.tell_document(session, case, documents.title_of(document), document.number, now)
    data = {"document": str(document.id), "kind": document.kind, "sha256": document.sha256.hex()}
    record_act(session, SYSTEM, row.tenant, row.case_id, now, "document:issued", data)
