"""The record of a case's time: calendars, clocks, the ledger of excluded spans, extensions, flips.

Every due instant is a pure function (rules.due_instants) of a clock's start and limits, the calendar, the spans that
apply to the clock and its extensions; `yellow_at`, `red_at` and `next_at` are that function's result, kept for the
sweep. A row of a case is closed or superseded, never deleted; the days of a calendar's year are replaced together.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Tenanted, of_case


class Calendar(Base):
    """Office hours in a time zone: `hours` = [["09:00","12:00"],["13:30","17:00"]].

    `version` moves with names and hours, not with the years, which have their own record.
    """

    __tablename__ = "calendar"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    timezone: Mapped[str]
    hours: Mapped[list[Any]]
    version: Mapped[int] = mapped_column(server_default="1")


class CalendarYear(Base):
    """A year that is loaded: announced by the State Council, or provisional (weekends and statutory days only)."""

    __tablename__ = "calendar_year"
    calendar: Mapped[str] = mapped_column(ForeignKey("calendar.code"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    source: Mapped[str]
    loaded_at: Mapped[datetime]
    __table_args__ = (CheckConstraint("status IN ('announced', 'provisional')", name="status"),)


class CalendarDay(Base):
    """One day that differs from its weekday: a holiday, or a weekend day moved to work (调休)."""

    __tablename__ = "calendar_day"
    calendar: Mapped[str] = mapped_column(ForeignKey("calendar.code"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    name: Mapped[str]


class CalendarChange(Base):
    """A calendar was changed: a year was loaded (as `status`, from `source`), or its office hours (`year` None).

    Until `finished_at` the open deadlines are being computed anew, jurisdiction by jurisdiction: see Recount.
    """

    __tablename__ = "calendar_change"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    calendar: Mapped[str] = mapped_column(ForeignKey("calendar.code"))
    year: Mapped[int | None]
    status: Mapped[str | None]
    source: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by: Mapped[str]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        Index(None, "calendar", "year"),
        Index("ix_calendar_change_open", "id", postgresql_where=text("finished_at IS NULL")),
    )


class Recount(Base):
    """How far the deadlines of one jurisdiction have been computed anew after a change.

    Cases are taken in the order of their ids; `after` is the last one done, so that a program that was stopped goes on
    where it was. `failures`: [{"case": id, "error": code, "text": …}, …], the first fifty of `failed`.
    """

    __tablename__ = "calendar_recount"
    change_id: Mapped[UUID] = mapped_column(ForeignKey("calendar_change.id"), primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(server_default="0")
    moved: Mapped[int] = mapped_column(server_default="0")
    superseded: Mapped[int] = mapped_column(server_default="0")
    failed: Mapped[int] = mapped_column(server_default="0")
    after: Mapped[UUID | None]
    failures: Mapped[list[Any]] = mapped_column(server_default="[]")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class CaseClock(Tenanted, Base):
    """A limit that runs: of a step, of a leg, or of the whole case (promised and statutory apart).

    `subject` is the id of the step, leg or case. `yellow` is a threshold: “P3D” after the start, “-P1D” before the
    limit, or “20%” of it left. `next_at` is the next instant at which a light is to be raised; None while the clock
    stands still, once it stopped, and after red.
    """

    __tablename__ = "case_clock"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    level: Mapped[str]
    basis: Mapped[str]
    subject: Mapped[UUID]
    leg_id: Mapped[UUID | None]
    element: Mapped[str | None]
    calendar: Mapped[str]
    counting: Mapped[str]
    started_at: Mapped[datetime]
    yellow: Mapped[str | None]
    red: Mapped[str | None]
    yellow_at: Mapped[datetime | None]
    red_at: Mapped[datetime | None]
    provisional: Mapped[bool] = mapped_column(server_default=text("false"))
    light: Mapped[str]
    next_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    parked: Mapped[str | None]
    __table_args__ = (
        of_case(),
        CheckConstraint("level IN ('step', 'leg', 'case')", name="level"),
        CheckConstraint("basis IN ('step', 'promised', 'statutory')", name="basis"),
        CheckConstraint("counting IN ('working', 'civil')", name="counting"),
        CheckConstraint("light IN ('green', 'yellow', 'red')", name="light"),
        Index("ix_case_clock_case", "tenant", "case_id"),
        Index(
            "ix_case_clock_due", "tenant", "next_at", postgresql_where=text("next_at IS NOT NULL AND parked IS NULL")
        ),
        Index(
            "ix_case_clock_lit",
            "tenant",
            "red_at",
            "id",
            postgresql_where=text("stopped_at IS NULL AND light <> 'green'"),
        ),
        Index(
            "ix_case_clock_running",
            "tenant",
            "light",
            postgresql_where=text("level = 'case' AND basis = 'promised' AND stopped_at IS NULL"),
        ),
    )


class ExcludedSpan(Tenanted, Base):
    """Time that is not counted (Art. 45, supplement). `leg_id` None: the whole case stands still.

    A span in a leg stops that leg's clocks and the case's; siblings run on. `announced` is the length told to the
    applicant in writing, ISO 8601.
    """

    __tablename__ = "excluded_span"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    leg_id: Mapped[UUID | None]
    cause: Mapped[UUID]
    reason: Mapped[str]
    announced: Mapped[str | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        of_case(),
        CheckConstraint("closed_at >= opened_at", name="order"),
        Index("ix_excluded_span_case", "tenant", "case_id"),
    )


class Extension(Tenanted, Base):
    """Days added to a limit of the case with the approval that the law asks for (Art. 42)."""

    __tablename__ = "extension"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    basis: Mapped[str]
    days: Mapped[int]
    reason: Mapped[str]
    approved_by: Mapped[UUID]
    granted_at: Mapped[datetime]
    __table_args__ = (
        of_case(),
        CheckConstraint("days > 0", name="days"),
        Index("ix_extension_case", "tenant", "case_id"),
    )


class Flip(Tenanted, Base):
    """A light that was raised: when the limit passed (`became_at`) and when the program noticed (`noticed_at`).

    The unique index lets exactly one noticer win. A flip that is no longer true, because the limit moved, is
    superseded; the light may be raised anew. `answered`: supervision has opened its entry.
    """

    __tablename__ = "flip"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    clock_id: Mapped[UUID]
    colour: Mapped[str]
    became_at: Mapped[datetime]
    noticed_at: Mapped[datetime]
    answered: Mapped[bool] = mapped_column(server_default=text("false"))
    superseded_at: Mapped[datetime | None]
    superseded_because: Mapped[str | None]
    __table_args__ = (
        of_case(),
        CheckConstraint("colour IN ('yellow', 'red')", name="colour"),
        CheckConstraint("noticed_at >= became_at", name="order"),
        Index(
            "uq_flip_clock_colour",
            "tenant",
            "clock_id",
            "colour",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_flip_case", "tenant", "case_id"),
        Index("ix_flip_unanswered", "tenant", "id", postgresql_where=text("colour = 'red' AND NOT answered")),
        Index(
            "ix_flip_red",
            "tenant",
            "became_at",
            postgresql_where=text("colour = 'red' AND superseded_at IS NULL"),
        ),
        Index("ix_flip_superseded", "tenant", "id", postgresql_where=text("superseded_at IS NOT NULL")),
    )
