"""What happened in a play, as its trace tells it: only what is drawn."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.studio.clocks import Turn


def is_drawn(element: str) -> bool:
    """Whether an element stands in the diagram: what a rewrite adds has an id with a colon."""
    return ":" not in element


@dataclass
class Record:
    """Elements in the order in which they were completed; steps, lights and milestones with their instants."""

    elements: list[str] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    lights: list[dict[str, Any]] = field(default_factory=list)
    milestones: list[dict[str, Any]] = field(default_factory=list)
    way: list[str] = field(default_factory=list)
    """Everything that was completed, entered or fired, in order; what is not drawn too."""

    @property
    def busiest(self) -> str:
        """The element that was passed most often."""
        return next((element for element, _times in Counter(self.elements).most_common(1)), "")

    def note(self, element: str, what: str, at: datetime) -> None:
        """Something happened to an element."""
        if what != "cancelled":
            self.way.append(element)
        if is_drawn(element):
            self.steps.append({"element": element, "what": what, "at": at})

    def completed(self, elements: Iterable[str], at: datetime, thrown: Collection[str] = ()) -> None:
        """Elements were passed, in this order; some of them throw."""
        for element in elements:
            if is_drawn(element):
                self.elements.append(element)
            self.note(element, "completed", at)
            if element in thrown:
                self.note(element, "thrown", at)

    def milestone(self, element: str, milestone: str, at: datetime) -> None:
        """A milestone was passed."""
        self.milestones.append({"element": element, "milestone": milestone, "at": at})

    def turned(self, turns: Iterable[Turn]) -> None:
        """Lights turned."""
        self.lights += [turn.plain() for turn in turns]
