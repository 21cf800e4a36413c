"""What a supervisor's board shows: counts of lights, weeks, and time used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.catalog.types import Wording

Colour = Literal["green", "yellow", "red"]

COLOURS: tuple[Colour, ...] = ("red", "yellow", "green")
"""The worst first: so they are read."""


@dataclass(frozen=True, slots=True)
class Focus:
    """What of an office one looks at; by the codes of a department and of an item. None: all."""

    department: str | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class LightFilter:
    """What of the lights that are on is wanted. A department's lights are those of the steps of its posts."""

    colour: str | None = None
    level: str | None = None
    department: str | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Lights:
    """How many open steps of something show which light. `code` names it in addresses."""

    code: str
    name: Wording
    green: int = 0
    yellow: int = 0
    red: int = 0

    @property
    def all(self) -> int:
        """Open steps in all."""
        return self.green + self.yellow + self.red


@dataclass(frozen=True, slots=True)
class Board:
    """The lights of one office as they are now. `cases`: running cases by the light of their promised limit."""

    departments: Sequence[Lights]
    items: Sequence[Lights]
    cases: Mapping[str, int]
    open_entries: int
    taken_entries: int

    @property
    def steps(self) -> Mapping[str, int]:
        """Open steps by their light."""
        return {colour: sum(getattr(row, colour) for row in self.departments) for colour in COLOURS}


@dataclass(frozen=True, slots=True)
class District:
    """A jurisdiction below one's own, in figures. `entries`: supervision entries that are not closed."""

    lights: Lights
    entries: int

    @property
    def pair(self) -> tuple[str, int]:
        """Its code and its entries."""
        return self.lights.code, self.entries


@dataclass(frozen=True, slots=True)
class Week:
    """What happened in one week; `starts` is its Monday. `red`: red lights that were raised and stand."""

    starts: date
    received: int = 0
    concluded: int = 0
    red: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the latest concluded cases of an item took: medians in working days; `late` of `cases` were red."""

    code: str
    name: Wording
    cases: int
    late: int
    used: float
    promised: float


@dataclass(frozen=True, slots=True)
class Place:
    """One office that is looked at: a jurisdiction. `own`: one's own, whose cases one may open."""

    code: str
    name: Wording
    own: bool
