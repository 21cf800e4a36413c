"""Building the office from a table: preview, then all of it or nothing.

1. The file is read into records by column (tables.py); a table with faults of shape goes no further.
2. Each record is done by the very verbs that the pages use, inside a savepoint: what they refuse becomes a fault of its
   row and column, and the next record is tried.
3. A preview, and a table with any fault, undoes everything that was done. So what a preview shows is what will happen.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal

import orjson
from sqlalchemy.orm import Session

from app.administration import records, tables
from app.administration.errors import ImportRefused
from app.administration.record import of_all, of_office
from app.administration.records import FaultyCells, Outcome
from app.administration.tables import Fault, Kind, Record
from app.identity.types import Actor
from app.kernel.errors import DomainError, Invalid, Message, Stale
from app.kernel.marking import _

Verb = Literal["add", "change", "leave"]

_DOERS: Final[Mapping[Kind, Callable[[Session, Actor, Mapping[str, str], datetime], Outcome]]] = {
    Kind.REGIONS: records.region,
    Kind.DEPARTMENTS: records.department,
    Kind.POSTS: records.post,
    Kind.PEOPLE: records.person,
}
_KEYS: Final[Mapping[Kind, tuple[str, ...]]] = dict.fromkeys(Kind, ("code",)) | {Kind.PEOPLE: ("username", "post")}

_COLUMN_OF: Final = {"at": "until"}
"""What a verb calls otherwise than the table."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a record does: adds, changes (column → before and after, personal data masked) or leaves as it is."""

    row: int
    key: str
    verb: Verb
    changes: Mapping[str, tuple[str | None, str | None]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table does. With faults it does nothing."""

    kind: Kind
    rows: tuple[Planned, ...]
    faults: tuple[Fault, ...]

    def count(self, verb: Verb) -> int:
        """How many records do this."""
        return sum(row.verb == verb for row in self.rows)

    @property
    def digest(self) -> str:
        """Two plans with one digest do the same."""
        facts = [(row.row, row.key, row.verb, sorted(row.changes.items())) for row in self.rows]
        return sha256(orjson.dumps([self.kind, facts])).hexdigest()[:32]


class _Undone(Exception):
    """Leaves the savepoint, and with it everything that was done."""


def preview(session: Session, actor: Actor, kind: Kind, content: bytes, now: datetime) -> Plan:
    """What the table would do, and what is wrong with it. Raises Forbidden, SheetRefused, Unworkable."""
    return _plan(session, actor, kind, content, now, keep=False)


def take_over(
    session: Session, actor: Actor, kind: Kind, content: bytes, now: datetime, expected: str | None = None
) -> Plan:
    """Do what the table says, all of it. `expected`: the digest of the plan that was agreed to.

    Raises Forbidden, SheetRefused, Unworkable, ImportRefused (faults), Stale where it would now do something else.
    """
    plan = _plan(session, actor, kind, content, now, keep=True)
    if plan.faults:
        raise ImportRefused(
            {f"{fault.row}.{fault.column or ''}".rstrip("."): [fault.said] for fault in plan.faults[:100]}
        )
    if expected is not None and plan.digest != expected:
        raise Stale()
    verbs: tuple[Verb, ...] = ("add", "change", "leave")
    write = of_all if kind == Kind.REGIONS else of_office
    facts = {verb: plan.count(verb) for verb in verbs}
    write(session, actor, now, "table:imported", kind=kind, sha256=sha256(content).hexdigest(), **facts)
    return plan


def _plan(session: Session, actor: Actor, kind: Kind, content: bytes, now: datetime, *, keep: bool) -> Plan:
    actor.require("region.manage" if kind == Kind.REGIONS else "org.manage")
    table = tables.read(kind, content)
    faults = [*table.faults, *_twice(kind, table.records)]
    rows: list[Planned] = []
    try:
        with session.begin_nested():
            for record in () if faults else table.records:
                done = _try(session, actor, kind, record, now)
                if isinstance(done, Planned):
                    rows.append(done)
                else:
                    faults += done
            if faults or not keep:
                raise _Undone
    except _Undone:
        session.expire_all()
    return Plan(kind, tuple(rows), tuple(faults))


def _try(session: Session, actor: Actor, kind: Kind, record: Record, now: datetime) -> Planned | list[Fault]:
    try:
        with session.begin_nested():
            outcome = _DOERS[kind](session, actor, record.values, now)
    except FaultyCells as found:
        return [Fault(record.row, column, said) for column, said in found.cells.items()]
    except Invalid as refused:
        return [
            Fault(record.row, _COLUMN_OF.get(column, column), said if isinstance(said, Message) else Message(said))
            for column, messages in refused.fields.items()
            for said in messages
        ]
    except DomainError as refused:
        return [Fault(record.row, None, Message(refused.message, **refused.params))]
    changes = outcome.changes
    verb: Verb = "add" if outcome.added else "change" if changes else "leave"
    return Planned(record.row, _key(kind, record), verb, changes)


def _twice(kind: Kind, found: tuple[Record, ...]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for record in found:
        first = seen.setdefault(_key(kind, record).casefold(), record.row)
        if first != record.row:
            said = Message(_("This stands in row %(row)d already."), row=first)
            yield Fault(record.row, _KEYS[kind][0], said)


def _key(kind: Kind, record: Record) -> str:
    return " · ".join(record.values.get(column, "") for column in _KEYS[kind])
