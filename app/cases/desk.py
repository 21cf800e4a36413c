"""The desk's queue: what waits for one's posts with its light as of now, narrowed and counted.

The light of a step is that of its clock; a step without one is green. The rule is deadlines.rules.light_at, said here
in SQL, so that a queue can be asked for its yellow ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select
from sqlalchemy.orm import Session

from app.deadlines.models import CaseClock
from app.identity.types import Actor
from app.inbox.models import Step
from app.inbox.policy import own_queue
from app.inbox.queries import Cursor
from app.inbox.types import StepState
from app.kernel.database import AnySelect

Holding = Literal["unclaimed", "mine", "others"]
Order = Literal["due", "longest", "newest"]

LIGHTS: Final = ("red", "yellow", "green", "still")
COMING: Final = ("due", "turning")
"""What the rest of today brings: a limit that ends, a light that turns yellow."""
ORDERS: Final[tuple[Order, ...]] = ("due", "longest", "newest")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the queue is wanted; all of it unless said otherwise.

    `held`: unclaimed, mine, or workable (both of these). `light`: one of LIGHTS or COMING.
    """

    held: str | None = None
    light: str | None = None
    element: str | None = None
    item: str | None = None
    text: str | None = None
    order: Order = "due"


@dataclass(frozen=True, slots=True)
class Today:
    """Now, and the instant at which the office's day ends."""

    now: datetime
    ends: datetime

    @classmethod
    def of(cls, now: datetime, zone: tzinfo) -> "Today":
        """The day that `now` falls on in the office's zone."""
        return cls(now, datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many steps of the queue are alike in all that a queue can be narrowed by."""

    held: Holding
    light: str
    is_due: bool
    is_turning: bool
    element: str
    item: str
    number: int

    def fits(self, wanted: Wanted) -> bool:
        """Whether `queue` would show these steps to who wants this; its text was asked for when they were counted."""
        return (
            (wanted.held in (None, self.held) or (wanted.held == "workable" and self.held != "others"))
            and (wanted.light is None or wanted.light == self.light or self._comes(wanted.light))
            and wanted.element in (None, self.element)
            and wanted.item in (None, self.item)
        )

    def _comes(self, light: str) -> bool:
        return (light == "due" and self.is_due) or (light == "turning" and self.is_turning)


def queue(
    session: Session, actor: Actor, wanted: Wanted, today: Today, limit: int, after: Cursor | None = None
) -> tuple[Sequence[Step], Cursor | None]:
    """One page of the actor's queue in the wanted order, and where the next page starts.

    In a cursor, `due_at` is the instant that the queue is ordered by.
    """
    at = Step.due_at if wanted.order == "due" else Step.opened_at
    asked = _clocked(select(Step), actor).where(*_narrowed(actor, wanted, today))
    if after is not None:
        asked = asked.where(_beyond(at, after, back=wanted.order == "newest"))
    order = (at.desc(), Step.id.desc()) if wanted.order == "newest" else (at.asc().nulls_last(), Step.id)
    found = session.scalars(asked.order_by(*order).limit(limit + 1)).all()
    if len(found) <= limit:
        return found, None
    return found[:limit], position(found[limit - 1], wanted.order)


def tallies(session: Session, actor: Actor, text: str | None, today: Today) -> list[Tally]:
    """The whole queue, counted by all that it can be narrowed by; `text` narrows it before."""
    held = case(
        (Step.state == StepState.OPEN, "unclaimed"), (Step.claimed_by == actor.account_id, "mine"), else_="others"
    )
    alike = (held, _light(today), _comes("due", today), _comes("turning", today), Step.element, Step.item)
    columns: list[Any] = [column.label(f"alike_{number}") for number, column in enumerate(alike)]
    asked = _clocked(select(*columns, func.count()), actor).where(*_narrowed(actor, Wanted(text=text), today))
    rows = session.execute(asked.group_by(*columns)).all()
    return [Tally(*row) for row in rows]


def workable(wanted: Wanted) -> Wanted:
    """Of what is wanted only what the actor can work on: nobody has it, or they have it themselves."""
    return replace(wanted, held="workable") if wanted.held is None else wanted


def position(step: Step, order: Order) -> Cursor:
    """The place of a step in a queue of this order: what comes after it is asked for with this cursor."""
    return Cursor(step.due_at if order == "due" else step.opened_at, step.id)


def _clocked(statement: Select[Any], actor: Actor) -> AnySelect:
    clock = and_(
        CaseClock.tenant == Step.tenant,
        CaseClock.case_id == Step.case_id,
        CaseClock.subject == Step.id,
        CaseClock.level == "step",
    )
    return statement.select_from(Step).outerjoin(CaseClock, clock).where(own_queue(actor), Step.closed_at.is_(None))


def _narrowed(actor: Actor, wanted: Wanted, today: Today) -> list[ColumnElement[bool]]:
    mine, is_open = Step.claimed_by == actor.account_id, Step.state == StepState.OPEN
    held = {"unclaimed": is_open, "mine": mine, "workable": or_(is_open, mine)}
    narrowed: list[ColumnElement[bool]] = [held[wanted.held]] if wanted.held in held else []
    if wanted.light in COMING:
        narrowed.append(_comes(wanted.light, today))
    elif wanted.light is not None:
        narrowed.append(_light(today) == wanted.light)
    if wanted.element is not None:
        narrowed.append(Step.element == wanted.element)
    if wanted.item is not None:
        narrowed.append(Step.item == wanted.item)
    if wanted.text is not None:
        said = (column.contains(wanted.text, autoescape=True) for column in (Step.title, Step.applicant))
        narrowed.append(or_(*said, Step.case_code == wanted.text))
    return narrowed


def _light(today: Today) -> ColumnElement[str]:
    stands_still = and_(CaseClock.red.is_not(None), CaseClock.red_at.is_(None))
    red, yellow = CaseClock.red_at <= today.now, CaseClock.yellow_at <= today.now
    return case((red, "red"), (yellow, "yellow"), (stands_still, "still"), else_="green")


def _comes(what: str | None, today: Today) -> ColumnElement[bool]:
    """Whether a limit ends (due) or a light turns yellow (turning) in what is left of the day."""
    at = CaseClock.red_at if what == "due" else CaseClock.yellow_at
    return func.coalesce(and_(at > today.now, at <= today.ends), false())


def _beyond(at: Any, after: Cursor, *, back: bool) -> ColumnElement[bool]:
    """What comes after the place where a page ended; what has no instant comes last."""
    if after.due_at is None:
        return and_(at.is_(None), Step.id > after.id)
    instant = literal(after.due_at)
    if back:
        return or_(at < instant, and_(at == instant, Step.id < after.id))
    return or_(at > instant, and_(at == instant, Step.id > after.id), at.is_(None))
