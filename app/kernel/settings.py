"""Settings that live in the database, shared by all processes: one row each."""

from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.database import Base
from app.kernel.errors import DomainError

DEMO = "demo"
CLOCK_OFFSET = "demo.clock_offset_seconds"


class Setting(Base):
    """A named value."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class NotADemo(DomainError):
    """The clock of a real database is never moved."""

    code = "not-a-demo"
    message = "This is not a demo database: its clock cannot be moved."


def read(session: Session, key: str, default: Any = None) -> Any:
    """The value of `key`, or `default`."""
    found = session.scalar(select(Setting.value).where(Setting.key == key))
    return default if found is None else found


def write(session: Session, key: str, value: Any) -> None:
    """Set `key`, replacing what was there."""
    statement = insert(Setting).values(key=key, value=value)
    session.execute(statement.on_conflict_do_update(index_elements=[Setting.key], set_={"value": value}))


def is_demo(session: Session) -> bool:
    """Whether this database was built as a demo."""
    return bool(read(session, DEMO, False))


def clock_offset(session: Session) -> timedelta:
    """How far the office's clock runs ahead of the machine's; zero outside a demo."""
    return timedelta(seconds=read(session, CLOCK_OFFSET, 0))


def move_clock(session: Session, by: timedelta) -> timedelta:
    """Move the demo's clock ahead by `by` and return the new offset. Raises NotADemo; time never runs backwards."""
    if not is_demo(session):
        raise NotADemo()
    if by < timedelta(0):
        raise BackwardsClock()
    offset = clock_offset(session) + by
    write(session, CLOCK_OFFSET, offset.total_seconds())
    return offset


class BackwardsClock(DomainError):
    """Time only moves ahead: records already written would lie in the future."""

    code = "backwards-clock"
    message = "The demo's clock moves ahead only: records would lie in the future."
    remedy = "Build the demo again to start from today."
