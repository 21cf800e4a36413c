"""Which step of a new version takes the place of which of the old one: suggestions, and what a person said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.catalog.types import ServiceItem, Wording
from app.engine import Element
from app.kernel.errors import Invalid, Message
from app.kernel.marking import _

STOPS: Final = frozenset(
    {"userTask", "manualTask", "task", "serviceTask", "subProcess", "callActivity", "intermediateCatchEvent"}
)
"""Where a case can stand."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place of the old version where cases can stand. `by`: why `new` is suggested; None where nothing is.

    `open`: how many of the cases stand there now.
    """

    old: str
    name: Wording
    new: str | None
    by: Literal["id", "name"] | None
    choices: tuple[tuple[str, Wording], ...]
    """What could take its place: elements of the same kind."""


def suggestions(old: ServiceItem, new: ServiceItem) -> Sequence[Suggestion]:
    """For each place of the old version, in the order drawn: the same id, or else the same name, of the same kind."""
    return [_suggestion(old, new, element) for element in old.definition.elements.values() if element.type in STOPS]


def _suggestion(old: ServiceItem, new: ServiceItem, element: Element) -> Suggestion:
    choices = [found for found in new.definition.elements.values() if found.type == element.type]
    name = old.step_name(element.id)
    same = next((found.id for found in choices if found.id == element.id), None)
    alike = [found.id for found in choices if new.step_name(found.id) == name]
    by: Literal["id", "name"] | None = "id" if same else "name" if len(alike) == 1 else None
    named = tuple((found.id, new.step_name(found.id)) for found in choices)
    return Suggestion(element.id, name, same or (alike[0] if len(alike) == 1 else None), by, named)


def checked(old: ServiceItem, new: ServiceItem, steps: Mapping[str, str]) -> dict[str, str]:
    """What a person said, without what goes without saying. Raises Invalid for an element that a version lacks."""
    faults: dict[str, list[str]] = {}
    for was, now in steps.items():
        if was not in old.definition.elements:
            faults[was] = [
                Message(_("Version %(version)s has no element “%(element)s”."), version=old.version, element=was)
            ]
        elif now not in new.definition.elements:
            faults[was] = [
                Message(_("Version %(version)s has no element “%(element)s”."), version=new.version, element=now)
            ]
    if faults:
        raise Invalid(faults)
    return {was: now for was, now in steps.items() if was != now}
