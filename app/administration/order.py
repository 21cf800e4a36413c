"""What the verbs upon regions, departments, posts and roles share: the row that is changed, and what was entered."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.administration.rules import name_faults
from app.kernel.database import Base
from app.kernel.errors import Invalid, NotFound, Stale

T = TypeVar("T", bound=Base)

Check = Callable[[str], list[str]]


def locked(session: Session, table: type[T], kind: str, key: Any, *which: ColumnElement[bool]) -> T:
    """The row, as it is now, locked until the transaction ends. Raises NotFound."""
    found: T | None = session.scalar(
        select(table).where(*which).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(kind=kind, key=key)
    return found


def change(session: Session, row: Any, version: int | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Change a locked row that is as the caller saw it (`version`; None: any); returns what differs, and counts it.

    Raises Stale.
    """
    if version is not None and row.version != version:
        raise Stale()
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.version += 1
        session.flush()
    return changed


def check(values: Mapping[str, str | None], checks: Iterable[tuple[str, Check]]) -> None:
    """Look at what was entered; what is None was not entered. Raises Invalid (fields)."""
    found = {field: test(value) for field, test in checks if (value := values.get(field)) is not None}
    if faults := {field: said for field, said in found.items() if said}:
        raise Invalid(faults)


NAMES: tuple[tuple[str, Check], ...] = (("name_zh", name_faults), ("name_en", name_faults))
"""The checks of what has a name in both languages."""


def given(**values: Any) -> dict[str, Any]:
    """What was given: the rest stays as it is. Names lose the space around them."""
    return {
        name: value.strip() if isinstance(value, str) else value for name, value in values.items() if value is not None
    }
