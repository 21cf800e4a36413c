"""What the documents of a case say: the facts, gathered from its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import occasions
from app.cases.entered import Writes
from app.cases.handing import handed_in
from app.cases.models import Case
from app.catalog.fields import SEVERAL, Field
from app.catalog.fields import wording as in_words
from app.catalog.queries import item as item_version
from app.catalog.types import ServiceItem
from app.deadlines import rules
from app.deadlines.models import CaseClock
from app.deadlines.queries import load_calendar
from app.inbox import queries as inbox
from app.inbox.models import Step
from app.inbox.types import StepState
from app.notices.types import Basis, DecisionFacts, Line, Opinion, Text
from app.notices.wording import date as day_of
from app.org.models import Department, Post, Region

_ASKS = ("accept", "pre-review", "review", "inspect")
_GRANTED = ("number", "textfield", "datetime", *SEVERAL)
"""The fields of a decision's form that its licence states. Long texts are its conditions, the rest is the office's."""
_COURT: Text = {"zh": "有管辖权的人民法院", "en": "the people's court that has jurisdiction"}


def decision_of(session: Session, tenant: str, case_id: UUID) -> str | None:
    """The outcome of the decision that was signed last."""
    done = _done(inbox.of_case(session, tenant, case_id), ("decide",))
    return done[-1].outcome if done else None


def facts(
    session: Session, tenant: str, case_id: UUID, kind: str, step_id: UUID | None, public_url: str
) -> DecisionFacts:
    """The facts of a document of `kind`. `step_id`: what it is about, where that may recur: the step of a supplement,
    of a delivery or a revocation, the step or part whose time is not counted, the extension."""
    case = session.get_one(Case, (tenant, case_id))
    item = item_version(session, case.item, case.item_version)
    steps = inbox.of_case(session, tenant, case_id)
    writes = Writes.of(session, tenant, case_id)
    region = session.get_one(Region, tenant)
    departments = _departments(session, tenant)
    grounds = _grounds(kind, steps, step_id)
    limits = item.manifest.limits
    said = DecisionFacts(
        authority=_authority(region, departments, item),
        word=f"{region.name_zh[0]}政审",
        supervision_code=case.code or "",
        item=item.manifest.name,
        title=item.documents[kind].name if kind in item.documents else None,
        is_licence=item.manifest.is_licence,
        project=case.title,
        subject=_subject(item),
        applicant=case.applicant,
        verify_url=f"{public_url}/verify/",
        review_body={"zh": f"{region.name_zh}人民政府", "en": f"the People's Government of {region.name_en}"},
        court=_COURT,
        basis=tuple(Basis(law=b.law, article=b.article, text=b.text) for b in item.manifest.basis),
        materials=tuple(_lines(session, item, case, kind, writes, grounds)),
        opinions=tuple(_opinions(item, steps, writes, departments)) if kind in ("grant", "deny") else (),
        reasons=writes.outcome_of(grounds.element).get("opinion", "") if grounds and kind != "accept" else "",
        listed=writes.listed if kind == "refuse" and grounds is None else None,
        deemed=case.deemed_at is not None and kind == "accept",
        window=_window(session, case),
        conditions=_written(writes, grounds, "_conditions"),
        withheld=_written(writes, grounds, "_withheld") if kind == "grant" else "",
        valid=(item.documents[kind].valid or "") if kind in item.documents else "",
        received_at=case.received_at,
        accepted_at=case.accepted_at,
        due_at=_due(session, tenant, case_id),
        respond_at=_respond_at(session, item, steps, step_id) or _follow_by(session, item, writes, grounds),
        statutory_days=limits.statutory.days,
        promised_days=limits.promised.days,
    )
    return replace(said, **occasions.facts(session, case, item, kind, step_id, steps, writes))


def _grounds(kind: str, steps: Sequence[Step], step_id: UUID | None) -> Step | None:
    """The step whose opinion the document rests on: the decision, or the review that asked for a supplement."""
    if kind in ("receipt", "special", "extend", "delivery"):
        return None
    if kind == "revoke":
        return next((step for step in steps if step.id == step_id), None)
    if kind in ("grant", "deny"):
        return next(reversed(_done(steps, ("decide",))), None)
    if kind in ("accept", "refuse"):
        return next(reversed(_done(steps, ("accept", "pre-review"))), None)
    about = next((step for step in steps if step.id == step_id), None)
    if about is None:
        return None
    asked = [
        step
        for step in _done(steps, _ASKS)
        if step.leg_id == about.leg_id and step.closed_at is not None and step.closed_at <= about.opened_at
    ]
    return next(reversed(asked), None)


def _done(steps: Sequence[Step], kinds: Sequence[str]) -> list[Step]:
    done = [step for step in steps if step.state == StepState.DONE and step.kind in kinds]
    return sorted(done, key=lambda step: (step.closed_at or step.opened_at, step.id))


def _opinions(
    item: ServiceItem, steps: Sequence[Step], writes: Writes, departments: dict[str, Department]
) -> list[Opinion]:
    last = {step.element: step for step in _done(steps, ("review", "inspect"))}
    return [
        Opinion(
            department=_department(departments, step.post),
            outcome=_outcome(item, step),
            text=writes.outcome_of(element).get("opinion", ""),
        )
        for element, step in last.items()
    ]


def _outcome(item: ServiceItem, step: Step) -> Text:
    found = item.outcomes(step.element).get(step.outcome or "")
    return found.name if found else {"zh": step.outcome or "", "en": step.outcome or ""}


def _written(writes: Writes, grounds: Step | None, ending: str) -> str:
    """The long text of the step's form whose name ends so."""
    entered = writes.of_element(grounds.element) if grounds else {}
    return next((str(value) for name, value in entered.items() if name.endswith(ending) and value), "")


def _lines(
    session: Session, item: ServiceItem, case: Case, kind: str, writes: Writes, grounds: Step | None
) -> Iterator[Line]:
    """Of a licence what was approved, as the decision's form says it; of an acceptance the materials that may follow
    (容缺受理); of a receipt what was handed in; of a delivery what was handed over."""
    if kind == "receipt":
        yield from occasions.received(session, case, item)
    if kind == "delivery":
        yield from occasions.delivered(session, case)
    if kind == "grant" and grounds is not None:
        form, entered = item.form_of(grounds.element), writes.of_element(grounds.element)
        for found in form.variables.values() if form else ():
            if found.type in _GRANTED and found.key and (value := entered.get(found.key)) not in (None, "", []):
                yield Line(name=found.label, remark=_approved(found, value))
    if kind == "accept":
        there = handed_in(session, case)
        for need in item.materials:
            if need.required and need.code not in there:
                yield Line(name=need.name, remark="")


def _approved(found: Field, value: Any) -> Text:
    """An answer as a licence states it: a day as documents write days, all else in the form's words."""
    if found.type == "datetime" and found.subtype == "date":
        noon = datetime.combine(date.fromisoformat(value), time(12), UTC)
        return {"zh": day_of(noon, "UTC", "zh"), "en": day_of(noon, "UTC", "en")}
    return in_words(found, value)


def _follow_by(session: Session, item: ServiceItem, writes: Writes, grounds: Step | None) -> datetime | None:
    """The day by which the materials are to follow, where the acceptance names one: a date field “…_follow_by”."""
    entered = writes.of_element(grounds.element) if grounds else {}
    day = next((value for name, value in entered.items() if name.endswith("_follow_by") and value), None)
    if not isinstance(day, str):
        return None
    calendar = load_calendar(session, item.calendar)
    return datetime.combine(date.fromisoformat(day[:10]), time(12), calendar.zone)


def _subject(item: ServiceItem) -> Text | None:
    """What the applicant's form calls the field that names the case."""
    found = item.applicant_form.variables.get(item.manifest.title_field)
    return found.label if found else None


def _authority(region: Region, departments: dict[str, Department], item: ServiceItem) -> Text:
    """The department that leads, with the name of its jurisdiction before it."""
    lead = _department(departments, item.lead_post)
    zh = lead["zh"] if lead["zh"].startswith(region.name_zh) else region.name_zh + lead["zh"]
    return {"zh": zh, "en": f"{lead['en']}, {region.name_en}"}


def _department(departments: dict[str, Department], post: str | None) -> Text:
    found = departments.get(post or "")
    return {"zh": found.name_zh, "en": found.name_en} if found else {"zh": "", "en": ""}


def _departments(session: Session, tenant: str) -> dict[str, Department]:
    rows = session.execute(
        select(Post.code, Department)
        .join(Department, (Department.tenant == Post.tenant) & (Department.id == Post.department_id))
        .where(Post.tenant == tenant)
    )
    return dict(rows.all())


def _due(session: Session, tenant: str, case_id: UUID) -> datetime | None:
    """When the decision is promised."""
    return session.scalar(
        select(CaseClock.red_at).where(
            CaseClock.tenant == tenant,
            CaseClock.case_id == case_id,
            CaseClock.basis == "promised",
            CaseClock.level == "case",
        )
    )


def _window(session: Session, case: Case) -> Text | None:
    """The office at whose window the application was received, where it is not the one that handles it."""
    if case.received_in in (None, case.tenant):
        return None
    region = session.get_one(Region, case.received_in)
    return {"zh": f"{region.name_zh}政务服务窗口", "en": f"the service window of {region.name_en}"}


def _respond_at(session: Session, item: ServiceItem, steps: Sequence[Step], step_id: UUID | None) -> datetime | None:
    """By when the applicant is to answer: until the timer takes the step away, or as announced."""
    about = next((step for step in steps if step.id == step_id and step.post is None), None)
    if about is None:
        return None
    if about.due_at is not None:
        return about.due_at
    length: Any = item.definition.elements[about.element].properties.get("announced")
    if not length:
        return None
    return rules.due(load_calendar(session, item.calendar), about.opened_at, rules.parse_limit(length))
