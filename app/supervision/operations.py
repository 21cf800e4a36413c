"""E-supervision (电子监察): entries opened by red lights, taken up, asked about, closed with a finding; urging."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.catalog.queries import item as item_version
from app.deadlines import rules
from app.deadlines.models import CaseClock, Flip
from app.deadlines.queries import load_calendar
from app.identity.acts import record_act
from app.identity.types import Actor
from app.inbox.models import Step
from app.inbox.types import LIVE
from app.kernel.database import AnyRow
from app.kernel.errors import Invalid, NotFound, Stale
from app.kernel.ids import new_id
from app.notices import operations as notices
from app.notices import webhooks
from app.notices.events import Event
from app.org.queries import head_posts
from app.supervision.errors import EntryState, NothingAsked, StepNotOpen
from app.supervision.models import Entry, Urging

TIME_TO_EXPLAIN = "P3D"
"""How long a department has to explain: working days of the item's calendar."""

LIMIT_MOVED = "limit-moved"
"""The finding of an entry whose light is no longer true."""


def open_entries(session: Session, tenant: str, now: datetime, limit: int = 1000) -> int:
    """Open an entry for each red light that has none, close those whose light was superseded; returns how many moved.

    Re-entrant: of two tickers at once each takes other flips, and an entry is unique by its flip.
    """
    unanswered = (
        select(Flip.id)
        .where(Flip.tenant == tenant, Flip.colour == "red", Flip.answered.is_(False), Flip.superseded_at.is_(None))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    fresh = session.execute(
        update(Flip)
        .where(Flip.tenant == tenant, Flip.id.in_(unanswered))
        .values(answered=True)
        .returning(Flip.id, Flip.case_id)
        .execution_options(synchronize_session=False)
    ).all()
    if fresh:
        rows = [
            {"tenant": tenant, "id": new_id(), "case_id": f.case_id, "flip_id": f.id, "state": "open", "opened_at": now}
            for f in fresh
        ]
        session.execute(insert(Entry), rows)
        webhooks.announce(session, tenant, [_event("opened", now, **row) for row in rows], now)
    return len(fresh) + _close_moved(session, tenant, now)


def take_up(session: Session, actor: Actor, entry_id: UUID, now: datetime, version: int | None = None) -> Entry:
    """A supervisor answers for the entry from now on. Raises EntryState, Stale, NotFound."""
    values = {"state": "taken", "taken_by": actor.account_id, "taken_at": now}
    return _move(session, actor, entry_id, now, "taken", ("open",), values, version)


def ask(
    session: Session, actor: Actor, entry_id: UUID, question: str, now: datetime, version: int | None = None
) -> Entry:
    """Ask the department for an explanation. Raises Invalid, EntryState, Stale, NotFound."""
    text = _said("question", question)
    entry = _move(session, actor, entry_id, now, "asked", ("taken",), {"question": text, "asked_at": now}, version)
    about = _subject(session, actor.tenant, entry.flip_id)
    calendar = load_calendar(session, item_version(session, about.item, about.item_version).calendar)
    entry.explain_by = rules.due(calendar, now, rules.parse_limit(TIME_TO_EXPLAIN))
    session.flush()
    _tell(session, actor.tenant, about, "explanation-asked", now, message=text, due_at=entry.explain_by)
    return entry


def explain(session: Session, actor: Actor, entry_id: UUID, text: str, now: datetime) -> Entry:
    """The department explains. Raises Invalid, NothingAsked, NotFound where the light does not concern the actor."""
    actor.require("supervision.explain")
    said = _said("explanation", text)
    entry = _locked(session, actor.tenant, entry_id)
    about = _subject(session, actor.tenant, entry.flip_id)
    post = _post_of(session, about)
    if actor.posts.isdisjoint([post, *_heads(session, actor.tenant, post)]):
        raise NotFound(kind="supervision entry", key=entry_id)
    if entry.question is None or entry.state == "closed":
        raise NothingAsked()
    values = {"explanation": said, "explained_by": actor.account_id, "explained_at": now, "version": entry.version + 1}
    _write(session, actor.tenant, entry, values)
    _record(session, actor, entry.case_id, now, "entry:explained", entry=str(entry_id))
    if entry.taken_by:
        notices.tell(
            session,
            actor.tenant,
            entry.case_id,
            template="explanation-given",
            params=_facts(session, about),
            now=now,
            accounts=[entry.taken_by],
        )
    return entry


def close(
    session: Session, actor: Actor, entry_id: UUID, finding: str, now: datetime, version: int | None = None
) -> Entry:
    """Record the finding and close. Raises Invalid, EntryState, Stale, NotFound."""
    values = {"state": "closed", "finding": _said("finding", finding), "closed_at": now}
    entry = _move(session, actor, entry_id, now, "closed", ("taken",), values, version)
    event = _event("closed", now, id=entry.id, case_id=entry.case_id, flip_id=entry.flip_id)
    webhooks.announce(session, actor.tenant, [event], now)
    return entry


def urge(
    session: Session, actor: Actor, step_id: UUID, message: str, now: datetime, entry_id: UUID | None = None
) -> Urging:
    """Urge a step (催办): its handler, or else its post, and the head of the department are told.

    Raises Invalid, StepNotOpen, NotFound.
    """
    actor.require("supervision.urge")
    text = _said("message", message)
    step = session.scalar(select(Step).where(Step.tenant == actor.tenant, Step.id == step_id))
    if step is None or (entry_id and not _entry_of(session, actor.tenant, entry_id, step.case_id)):
        raise NotFound(kind="step" if step is None else "supervision entry", key=entry_id or step_id)
    if step.state not in LIVE:
        raise StepNotOpen()
    urging = Urging(
        tenant=actor.tenant,
        id=new_id(),
        case_id=step.case_id,
        step_id=step_id,
        entry_id=entry_id,
        urged_by=actor.account_id,
        urged_at=now,
        message=text,
    )
    session.add(urging)
    session.flush()
    about = _step_subject(session, actor.tenant, step_id)
    _tell(session, actor.tenant, about, "case-urged", now, message=text)
    facts = {"element": step.element, "step": str(step_id), "urging": str(urging.id)}
    _record(session, actor, step.case_id, now, "step:urged", **facts)
    return urging


def _move(
    session: Session,
    actor: Actor,
    entry_id: UUID,
    now: datetime,
    verb: str,
    states: tuple[str, ...],
    values: dict[str, Any],
    version: int | None,
) -> Entry:
    actor.require("supervision.handle")
    entry = _locked(session, actor.tenant, entry_id)
    if version is not None and entry.version != version:
        raise Stale()
    if entry.state not in states:
        raise EntryState(verb=verb, state=entry.state)
    _write(session, actor.tenant, entry, {**values, "version": entry.version + 1})
    _record(session, actor, entry.case_id, now, f"entry:{verb}", entry=str(entry_id))
    return entry


def _write(session: Session, tenant: str, entry: Entry, values: dict[str, Any]) -> None:
    session.execute(update(Entry).where(Entry.tenant == tenant, Entry.id == entry.id).values(**values))
    session.refresh(entry)


def _locked(session: Session, tenant: str, entry_id: UUID) -> Entry:
    entry = session.scalar(select(Entry).where(Entry.tenant == tenant, Entry.id == entry_id).with_for_update())
    if entry is None:
        raise NotFound(kind="supervision entry", key=entry_id)
    return entry


def _entry_of(session: Session, tenant: str, entry_id: UUID, case_id: UUID) -> bool:
    found = select(Entry.id).where(Entry.tenant == tenant, Entry.id == entry_id, Entry.case_id == case_id)
    return session.scalar(found) is not None


def _close_moved(session: Session, tenant: str, now: datetime) -> int:
    superseded = select(Flip.id).where(Flip.tenant == tenant, Flip.superseded_at.is_not(None))
    moved = session.execute(
        update(Entry)
        .where(Entry.tenant == tenant, Entry.state != "closed", Entry.flip_id.in_(superseded))
        .values(state="closed", finding=LIMIT_MOVED, closed_at=now, version=Entry.version + 1)
        .returning(Entry.id, Entry.case_id, Entry.flip_id)
        .execution_options(synchronize_session=False)
    ).all()
    events = [_event("closed", now, **row._asdict()) for row in moved]
    webhooks.announce(session, tenant, events, now)
    return len(moved)


def _event(verb: str, now: datetime, *, id: UUID, case_id: UUID, flip_id: UUID, **_more: object) -> Event:  # noqa: A002
    return Event.new(f"entry.{verb}", entry_id=id, case_id=case_id, flip_id=flip_id, at=now)


def _said(field: str, text: str) -> str:
    if not text.strip():
        raise Invalid({field: ["Please write something here."]})
    return text.strip()


_ABOUT = (Step.post, Step.claimed_by, Step.element, Case.id, Case.code, Case.title, Case.item, Case.item_version)


def _subject(session: Session, tenant: str, flip_id: UUID) -> AnyRow:
    """What a light is about: its case, and its step where it is a step's. A leg's or a case's light has none."""
    return session.execute(
        select(*_ABOUT)
        .select_from(Flip)
        .join(CaseClock, _same(CaseClock.tenant, tenant, CaseClock.id == Flip.clock_id))
        .join(Case, _same(Case.tenant, tenant, Case.id == Flip.case_id))
        .outerjoin(Step, _same(Step.tenant, tenant, Step.id == CaseClock.subject))
        .where(Flip.tenant == tenant, Flip.id == flip_id)
    ).one()


def _step_subject(session: Session, tenant: str, step_id: UUID) -> AnyRow:
    return session.execute(
        select(*_ABOUT)
        .select_from(Step)
        .join(Case, _same(Case.tenant, tenant, Case.id == Step.case_id))
        .where(Step.tenant == tenant, Step.id == step_id)
    ).one()


def _same(column: Any, tenant: str, on: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(column == tenant, on)


def _post_of(session: Session, about: AnyRow) -> str | None:
    """The post that answers: the step's, or the item's lead."""
    post: str | None = about.post
    return post or item_version(session, about.item, about.item_version).lead_post


def _heads(session: Session, tenant: str, post: str | None) -> list[str]:
    return head_posts(session, tenant, {post}).get(post, []) if post else []


def _facts(session: Session, about: AnyRow) -> dict[str, Any]:
    item = item_version(session, about.item, about.item_version)
    subject = item.step_name(about.element) if about.element else item.name_in_both
    return {"subject": subject, "code": about.code, "title": about.title}


def _tell(session: Session, tenant: str, about: AnyRow, template: str, now: datetime, **params: Any) -> None:
    """Tell the handler, or else the post that answers, and the head of its department."""
    post = _post_of(session, about)
    posts = _heads(session, tenant, post) + ([post] if post and not about.claimed_by else [])
    notices.tell(
        session,
        tenant,
        about.id,
        template=template,
        params={**_facts(session, about), **params},
        now=now,
        accounts=[about.claimed_by] if about.claimed_by else [],
        posts=posts,
    )


def _record(session: Session, actor: Actor, case_id: UUID, now: datetime, action: str, **data: str) -> None:
    record_act(session, actor, actor.tenant, case_id, now, action, data)
