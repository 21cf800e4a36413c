"""What the documents of an occasion say besides: of a receipt, a special procedure, an extension, a delivery, a
revocation."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.entered import Writes
from app.cases.models import Case
from app.catalog.fields import wording
from app.catalog.types import ServiceItem
from app.deadlines import rules
from app.deadlines.models import CaseClock, ExcludedSpan, Extension
from app.deadlines.queries import load_calendar
from app.inbox.models import Step
from app.materials import queries as materials
from app.notices import queries as notices
from app.notices.documents import title_of
from app.notices.types import Line, Text
from app.notices.wording import PROCEDURES

_DAYS: Final = re.compile(r"P(\d+)D")
_DECISIONS: Final = ("grant", "deny", "revoke")
_CARRIED: Final = ("courier", "tracking_number", "tracking")
_DELIVERY: Final = ("method", *_CARRIED, "date", "recipient")
_HEADS: Final[Mapping[bool, Text]] = {
    False: {"zh": "本行政机关负责人", "en": "the head of this office"},
    True: {"zh": "本级人民政府负责人", "en": "the head of the people's government"},
}
"""Who approves an extension: of departments that decide jointly, the government's head (Art. 42)."""


def facts(
    session: Session,
    case: Case,
    item: ServiceItem,
    kind: str,
    occasion: UUID | None,
    steps: Sequence[Step],
    writes: Writes,
) -> dict[str, Any]:
    """The facts that only a document of this kind has."""
    match kind:
        case "special":
            return _special(session, case, item, occasion, steps, writes)
        case "extend":
            return _extension(session, case, item, occasion)
        case "delivery":
            return _delivery(session, case, item, steps, occasion, writes)
        case "revoke":
            return _revocation(session, case)
        case _:
            return {}


def received(session: Session, case: Case, item: ServiceItem) -> Iterator[Line]:
    """The materials that were there when the application was handed in, with the names of their files."""
    files = materials.of_case(session, case.tenant, case.id, replaced=True)
    for need in item.materials:
        names = [
            file.filename
            for file in files
            if file.requirement == need.code
            and file.uploaded_at <= case.received_at
            and (file.replaced_at is None or file.replaced_at > case.received_at)
        ]
        if names:
            yield Line(name=need.name, remark="、".join(names))


def delivered(session: Session, case: Case) -> Iterator[Line]:
    """The decisions that were handed over, with their numbers."""
    for document in notices.documents_of(session, case.tenant, case.id):
        if document.kind in _DECISIONS:
            yield Line(name=title_of(document), remark=document.number)


def _special(
    session: Session, case: Case, item: ServiceItem, cause: UUID | None, steps: Sequence[Step], writes: Writes
) -> dict[str, Any]:
    """Why the time is not counted, and how long that takes (Art. 45)."""
    of_case = (ExcludedSpan.tenant == case.tenant, ExcludedSpan.case_id == case.id)
    span = session.scalars(select(ExcludedSpan).where(*of_case, ExcludedSpan.cause == cause)).one()
    told = {"procedure": PROCEDURES[span.reason], "reasons": _said_before(span, steps, writes)}
    if span.announced is None:
        return told
    length = rules.parse_limit(span.announced)
    days = _DAYS.fullmatch(span.announced)
    until_at = rules.due(load_calendar(session, item.calendar), span.opened_at, length)
    return {**told, "days": int(days[1]) if days else None, "until_at": until_at}


def _said_before(span: ExcludedSpan, steps: Sequence[Step], writes: Writes) -> str:
    """The opinion of the step that was done last before the time stood still, in the same part of the case."""
    done = [
        step
        for step in steps
        if step.closed_at and step.outcome and step.closed_at <= span.opened_at and step.leg_id == span.leg_id
    ]
    last = max(done, key=lambda step: (step.closed_at, step.id), default=None)
    return str(writes.outcome_of(last.element).get("opinion", "")) if last else ""


def _extension(session: Session, case: Case, item: ServiceItem, extension_id: UUID | None) -> dict[str, Any]:
    """By how much, until when, why, and who approved it (Art. 42)."""
    found = session.get_one(Extension, (case.tenant, extension_id))
    return {
        "days": found.days,
        "due_at": _limit(session, case, found.basis),
        "reasons": found.reason,
        "approved_by": _HEADS[len(item.manifest.legs) > 1],
    }


def _delivery(
    session: Session, case: Case, item: ServiceItem, steps: Sequence[Step], step_id: UUID | None, writes: Writes
) -> dict[str, Any]:
    """How, when and to whom: by the fields of the step whose names end so (_DELIVERY)."""
    step = next((found for found in steps if found.id == step_id), None)
    form = item.form_of(step.element) if step else None
    entered = writes.of_element(step.element) if step else {}
    told: dict[str, Text] = {}
    for name, field in (form.variables if form else {}).items():
        for part in _DELIVERY:
            if entered.get(name) and (name == part or name.endswith(f"_{part}")):
                told[part] = wording(field, entered[name])
    carried = [told[part] for part in _CARRIED if part in told]
    day = told.get("date", {"zh": ""})["zh"]
    return {
        "manner": _manner(told.get("method"), carried),
        "delivered_at": _noon(session, item, day) if day else case.delivered_at,
        "recipient": told["recipient"]["zh"] if "recipient" in told else "",
    }


def _manner(method: Text | None, carried: Sequence[Text]) -> Text | None:
    if method is None or not carried:
        return method
    zh, en = ("，".join(part["zh"] for part in carried), ", ".join(part["en"] for part in carried))
    return {"zh": f"{method['zh']}（{zh}）", "en": f"{method['en']} ({en})"}


def _noon(session: Session, item: ServiceItem, day: str) -> datetime:
    calendar = load_calendar(session, item.calendar)
    return datetime.combine(datetime.fromisoformat(day).date(), time(12), calendar.zone)


def _revocation(session: Session, case: Case) -> dict[str, Any]:
    """What is revoked: the licence that was granted."""
    granted = notices.granted(session, case.tenant, case.id)
    return {"licence": granted.number, "granted_at": granted.issued_at} if granted else {}


def _limit(session: Session, case: Case, basis: str) -> datetime | None:
    of_case = (CaseClock.tenant == case.tenant, CaseClock.case_id == case.id, CaseClock.level == "case")
    return session.scalar(select(CaseClock.red_at).where(*of_case, CaseClock.basis == basis))
