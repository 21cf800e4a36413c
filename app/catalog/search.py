"""Finding an item as a citizen looks for one: by words of what they want, by who they are, by the department."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from app.catalog.queries import Entry, current
from app.catalog.types import Manifest, Wording

AUDIENCES: Final = ("person", "organisation")

_NAME, _NEAR, _FAR = 0, 1, 2
"""How near what was found is: in the names or numbers, in what it is about, in what it asks for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `text`: each of its words must occur; `department`: its Chinese name."""

    text: str = ""
    audience: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The items, the nearest first, and how many there would be for each other choice."""

    entries: Sequence[Entry]
    audiences: Mapping[str, int]
    departments: Sequence[tuple[Wording, int]]
    whole: int


def find(session: Session, wanted: Wanted) -> Found:
    """The items of the catalogue that fit; within the same nearness those of one main item stand together."""
    everything = current(session)
    by_words = [(rank, entry) for entry in everything if (rank := _rank(entry.manifest, wanted.text)) is not None]
    fitting = sorted((pair for pair in by_words if _fits(pair[1].manifest, wanted)), key=_place)
    told = [entry.manifest for _rank, entry in by_words]
    anybody, anywhere = replace(wanted, audience=None), replace(wanted, department=None)
    for_whom = {
        audience: sum(1 for one in told if _fits(one, replace(anybody, audience=audience))) for audience in AUDIENCES
    }
    handled = Counter(name for one in told if _fits(one, anywhere) for name in set(one.departments))
    departments = sorted(_every_department(everything), key=lambda name: (-handled[name], name.zh))
    return Found(
        [entry for _rank, entry in fitting],
        for_whom,
        [(name, handled[name]) for name in departments],
        len(everything),
    )


def _every_department(everything: Iterable[Entry]) -> set[Wording]:
    return {name for entry in everything for name in entry.manifest.departments}


def _fits(said: Manifest, wanted: Wanted) -> bool:
    for_them = wanted.audience is None or not said.audience or wanted.audience in said.audience
    return for_them and (wanted.department is None or wanted.department in {name.zh for name in said.departments})


def _rank(said: Manifest, text: str) -> int | None:
    """How near an item is to the words; None where one of them is nowhere in it."""
    ranks = [_rank_of(said, word) for word in text.casefold().split()]
    return None if None in ranks else max((rank for rank in ranks if rank is not None), default=_NAME)


def _rank_of(said: Manifest, word: str) -> int | None:
    main = [said.main.name] if said.main else []
    names = [*_both(said.name, *main), said.code, said.number or ""]
    about = _both(said.summary, *said.departments, *(one.name for one in said.documents.values()))
    asked = _both(*(need.name for need in said.materials), *(basis.law for basis in said.basis), *said.conditions)
    for rank, texts in ((_NAME, names), (_NEAR, about), (_FAR, asked)):
        if any(word in text.casefold() for text in texts):
            return rank
    return None


def _both(*names: Wording) -> list[str]:
    return [text for name in names for text in (name.zh, name.en)]


def _place(pair: tuple[int, Entry]) -> tuple[int, str, str]:
    rank, entry = pair
    return rank, entry.manifest.main.code if entry.manifest.main else entry.code, entry.code
