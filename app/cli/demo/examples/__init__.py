"""How the forms of each item are filled in, for the demo and for the tests: realistic, complete, invented.

A file is named like its item and holds

    applications:   name → what the applicant fills in; the first is whole, each other says what is different in it
    steps:          step → outcome → {form: …, opinion: …}; every outcome of every step is there

A text may hold {day}, {day+30}, {day-7}: the date of the act, or so many days after or before it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

_FOLDER: Final = Path(__file__).parent
_DAY: Final = re.compile(r"\{day([+-][0-9]{1,4})?\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is entered with one outcome of a step."""

    form: Mapping[str, Any]
    opinion: str


@dataclass(frozen=True, slots=True)
class Example:
    """The examples of one item."""

    applications: Mapping[str, Mapping[str, Any]]
    steps: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def application(self, day: date, name: str | None = None) -> dict[str, Any]:
        """The applicant's form as filled in on `day`; the first one, or the one called `name`. Raises KeyError."""
        whole = next(iter(self.applications.values()))
        filled: dict[str, Any] = _dated({**whole, **(self.applications[name] if name else {})}, day)
        return filled

    def answer(self, element: str, outcome: str, day: date) -> Answer:
        """What is entered on `day` at a step with this outcome. Raises KeyError."""
        given = self.steps[element][outcome] or {}
        return Answer(_dated(given.get("form", {}), day), str(given.get("opinion", "")))


def codes() -> list[str]:
    """The items that have examples."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


@cache
def read(code: str) -> Example:
    """The examples of an item. Raises FileNotFoundError."""
    return Example(**yaml.safe_load((_FOLDER / f"{code}.yaml").read_text("utf-8")))


def _dated(given: Any, day: date) -> Any:
    """A copy of `given` in which the days have their dates."""
    if isinstance(given, Mapping):
        return {key: _dated(value, day) for key, value in given.items()}
    if isinstance(given, list):
        return [_dated(value, day) for value in given]
    if isinstance(given, str):
        return _DAY.sub(lambda found: (day + timedelta(days=int(found[1] or 0))).isoformat(), given)
    return given
