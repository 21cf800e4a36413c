"""What the applicant is told, and which documents are made, as a case moves on. Documents are made after the commit."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases import time
from app.cases.models import Case
from app.cases.passage import Passage
from app.cases.types import ENDED, Status
from app.deadlines import rules
from app.deadlines.queries import load_calendar
from app.inbox.types import NewStep
from app.kernel.ids import new_id
from app.notices import operations as notices
from app.notices.types import Text
from app.notices.wording import PROCEDURES

ISSUE_DOCUMENT: Final = "issue-document"
"""The outbox operation that makes a document of the case; params: `kind`, `element` of the step that asked for it."""

_AT_END: Final = {Status.REFUSED: "case-refused", Status.WITHDRAWN: "case-withdrawn", Status.LAPSED: "case-lapsed"}


def tell_applicant(p: Passage, template: str, **params: Any) -> None:
    """Tell the applicant something about their case; an application handed in at a window may have no account."""
    if p.case.applicant_id is None:
        return
    facts = {"code": p.changes.get("code", p.case.code), "title": p.case.title, **params}
    notices.tell(
        p.session, p.tenant, p.case.id, template=template, params=facts, now=p.now, accounts=[p.case.applicant_id]
    )


def tell_milestone(p: Passage, milestone: str, delivering: UUID | None) -> None:
    """Acceptance is told with its notice, delivery with a word; the decision is told when its document is issued.

    `delivering`: the step in which the result was handed over, for its receipt.
    """
    p.events.append(f"case.{milestone}")
    if milestone == "accepted":
        since = p.changes["accepted_at"]
        if "deemed_at" in p.changes:
            tell_applicant(p, "case-deemed-accepted", accepted_at=since, due_at=_promised_at(p, since))
        else:
            tell_applicant(p, "case-accepted", due_at=_promised_at(p, since))
        request_document(p, "accept", None)
    elif milestone == "delivered":
        tell_applicant(p, "case-delivered")
        request_document(p, "delivery", delivering or p.case.id)


def tell_step_for_applicant(p: Passage, step: NewStep, ending: str | None) -> None:
    """A step waits for the applicant. A supplement is asked for once and completely, in writing (Art. 32).

    `ending`: the timer that takes the step away; a case that lapses by it is told so beforehand.
    """
    properties = p.item.definition.elements[step.element].properties
    if step.kind != "supplement":
        tell_applicant(p, "step-for-applicant", step=p.item.step_name(step.element))
        return
    p.events.append("case.supplement-asked")
    due_at = step.due_at if ending else _announced_until(p, properties.get("announced"))
    lapses = ending is not None and p.item.definition.leads_to(ending, Status.LAPSED)
    tell_applicant(p, "supplement-or-lapse" if lapses else "supplement-asked", due_at=due_at)
    request_document(p, "supplement", step.id)


def tell_stopped(p: Passage, cause: UUID, reason: str, announced: str | None) -> None:
    """Time that is not counted begins: why, and how long it takes, in writing (Art. 45). A supplement has its own."""
    if reason in PROCEDURES:
        until_at = _announced_until(p, announced)
        tell_applicant(p, "clock-stopped", procedure=dict(PROCEDURES[reason]), until_at=until_at)
        request_document(p, "special", cause)


def tell_resumed(p: Passage, reason: str) -> None:
    """The time runs again, and the limit has moved."""
    if reason in PROCEDURES and p.status not in ENDED:
        due_at = time.limit_of(p, "promised")
        tell_applicant(p, "clock-resumed", procedure=dict(PROCEDURES[reason]), due_at=due_at)


def tell_document(session: Session, case: Case, document: Text, number: str, now: datetime) -> None:
    """A document has been issued and can be downloaded."""
    if case.applicant_id is None:
        return
    params = {"code": case.code, "title": case.title, "document": dict(document), "number": number}
    notices.tell(
        session, case.tenant, case.id, template="document-issued", params=params, now=now, accounts=[case.applicant_id]
    )


def tell_end(p: Passage) -> None:
    """A refusal states its reasons and the right to reconsideration and suit (Art. 38): in its document."""
    if template := _AT_END.get(p.status):
        p.events.append(f"case.{p.status}")
        tell_applicant(p, template)
    if p.status == Status.REFUSED:
        request_document(p, "refuse", None)


def request_document(p: Passage, kind: str, step_id: UUID | None) -> None:
    """Have a document made, where the item has one of this kind."""
    if kind in p.item.documents:
        params = {"kind": kind, "step": str(step_id) if step_id else None}
        notices.enqueue(p.session, p.tenant, p.case.id, ISSUE_DOCUMENT, params, p.now, id=new_id())


def _promised_at(p: Passage, since: datetime) -> datetime | None:
    limits = p.item.case_limits()
    limit = limits.get("promised") or limits.get("statutory")
    return _working_until(p, limit.duration, since) if limit else None


def _announced_until(p: Passage, length: str | None) -> datetime | None:
    return _working_until(p, length, p.now) if length else None


def _working_until(p: Passage, length: str, since: datetime) -> datetime | None:
    calendar = load_calendar(p.session, p.item.calendar)
    return rules.due(calendar, since, rules.parse_limit(length), "working", ())
