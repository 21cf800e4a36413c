"""Which cases the demo has: drawn by lot from the courses (courses.yaml), the same lot for the same number of cases."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import yaml

from app.cli.demo import people

LONGEST: Final = 62
"""So many working days ago the first case was received: three months."""

CLAIM: Final = "claim"
"""In place of an outcome: the step is claimed, and lies there."""
WITHDRAW: Final = "withdraw"
"""In place of a step: the applicant takes the application back."""

_PACES: Final = (0.7, 0.8, 0.9, 1.0, 1.0, 1.0, 1.1, 1.2, 1.4, 2.2)
"""How fast a case goes its course; who is slow comes close to the limits, and past some of them."""
_CITY_SHARE: Final = 3
"""The city has so many times the cases of a district."""


class Act(NamedTuple):
    """On a working day after the case was received (0: the same), a step is completed with an outcome."""

    day: int
    element: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A case as it is to go. `applicant` is a username, or "" for who comes to a window; `name` is who applies.

    `example` names an application of the item's examples (None: the first), `changes` what is different in it. `window`
    is the jurisdiction whose window receives, where somebody comes to one.
    """

    number: int
    item: str
    tenant: str
    applicant: str
    name: str
    window: str
    days_ago: int
    example: str | None
    changes: Mapping[str, Any]
    acts: tuple[Act, ...]
    draft: bool


@cache
def courses() -> Mapping[str, Mapping[str, Any]]:
    """What courses.yaml says, by item."""
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(Path(__file__).with_name("courses.yaml").read_text("utf-8"))
    return found


def plans(cases: int) -> Iterator[Plan]:
    """So many cases. Every course of every item comes first once and is over, so that a small demo has all states."""
    once = [(item, course) for item, said in courses().items() for course in said["courses"]]
    for number in range(cases):
        lot = Random(number)  # noqa: S311 - a lot, not a secret
        over = number < len(once)
        if over:
            item, course = once[number]
        else:
            item = _drawn(lot, list(courses()), [said["share"] for said in courses().values()])
            course = _drawn(lot, courses()[item]["courses"], [each["share"] for each in courses()[item]["courses"]])
        yield _plan(number, item, course, lot, over=over)


def _plan(number: int, item: str, course: Mapping[str, Any], lot: Random, *, over: bool) -> Plan:
    said = courses()[item]
    acts = tuple(_acts(course, lot.choice(_PACES) if not course.get("exact") else 1.0))
    tenant = _drawn(lot, people.PLACES, [_CITY_SHARE, *[1] * (len(people.PLACES) - 1)]).code
    comes = lot.random() < said.get("windows", 0.2) and not course.get("draft")
    comes = comes and all(act.element != WITHDRAW for act in acts)  # an application is taken back online
    elsewhere = comes and said.get("anywhere") and lot.random() < 0.5
    return Plan(
        number=number,
        item=item,
        tenant=tenant,
        applicant="" if comes else lot.choice(people.APPLICANTS).username,
        name=_applicant(said["applicants"], number, lot),
        window=lot.choice(people.PLACES).code if elsewhere else tenant,
        days_ago=_days_ago(course, acts, lot, over=over),
        example=lot.choice(course.get("applications") or said.get("applications") or [None]),
        changes={field: lot.choice(names) for field, names in said.get("named", {}).items()},
        acts=acts,
        draft=bool(course.get("draft")),
    )


def _days_ago(course: Mapping[str, Any], acts: Sequence[Act], lot: Random, *, over: bool) -> int:
    """Spread over the months; what breaks off early is recent, or the board would be red all over."""
    gone = acts[-1].day if acts else 0
    if course.get("draft"):
        return lot.randint(0, 9)
    least = int(course.get("ago", 0))
    if over or course.get("recent"):
        return max(gone + lot.randint(1, 6), least)
    return lot.randint(least, LONGEST)


def _acts(course: Mapping[str, Any], pace: float) -> Iterator[Act]:
    for text in course.get("acts", ()):
        day, element, *outcome = text.split()
        yield Act(round(int(day) * pace), element, outcome[0] if outcome else "")


def _applicant(kind: str, number: int, lot: Random) -> str:
    return people.person(3000 + number) if kind == "citizens" else lot.choice(people.names()[kind])


def _drawn(lot: Random, among: Sequence[Any], shares: Sequence[int]) -> Any:
    return lot.choices(among, shares)[0]
