"""Versions on their way to publication: which act comes next, and whose it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.catalog import acts, life, settings
from app.catalog.people import who_may
from app.catalog.queries import ItemLine
from app.identity.types import Actor

_NEXT: Final = {"draft": acts.REVIEW, "reviewed": acts.CONFIRM, "confirmed": acts.PUBLISH}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One version. `act`: the permission that its next act asks for; `mine`: whether the reader may do it now; `who`:
    the names of those who may otherwise."""

    line: ItemLine
    version: int
    state: str
    note: str
    act: str
    mine: bool
    who: str


def waiting(session: Session, lines: Iterable[ItemLine], actor: Actor, now: datetime) -> list[Waiting]:
    """The versions of these items that wait for an act, those that wait for the reader first."""
    separated = settings.separated(session)
    found = []
    for line in lines:
        for version in line.versions:
            if version.state not in _NEXT:
                continue
            act = _NEXT[version.state] if separated else acts.PUBLISH
            hands = life.hands(session, line.code, version.version) if separated else set()
            mine = actor.may(act) and actor.username not in hands
            who = "" if mine else who_may(session, actor.tenant, act, now, hands)
            found.append(Waiting(line, version.version, version.state, version.note, act, mine, who))
    return sorted(found, key=lambda one: not one.mine)
