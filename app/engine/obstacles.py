"""Why the tokens of a case cannot go over to another version of its diagram, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.kernel.errors import DomainError
from app.kernel.marking import _

MESSAGES: Final[Mapping[str, str]] = {
    "step-gone": _("“%(element)s”, where the case stands, is not in the new version. Say which step takes its place."),
    "type-differs": _("“%(element)s” is something else in the new version: %(was)s before, %(now)s now."),
    "repeats-differently": _("“%(element)s” is done several times in one of the versions, but not so in the other."),
    "scope-differs": _("“%(element)s” lies in another subprocess of the new version."),
    "operation-differs": _("The operation of “%(element)s”, which is at work, is another one in the new version."),
    "leg-differs": _("“%(element)s” is a department's part of the approval in one of the versions only."),
    "excluded-differs": _("“%(element)s” stops the clocks in one of the versions only, or for another reason."),
    "timer-differs": _("The event “%(element)s” waits for something else in the new version."),
    "choice-differs": _("Of the events at “%(element)s” one will happen; the new version has other ones there."),
    "way-gone": _("A branch that waits at the join “%(element)s” came by a way that the new version does not have."),
    "join-never-fills": _(
        "The join “%(element)s” would wait for ever: nothing of this case is under way to it from “%(missing)s”."
    ),
    "stands-nowhere": _("No case of the new version can stand like this one, at once at: %(elements)s."),
    "too-many-ways": _("The new version has too many ways to find out whether the case could go on."),
    "value-missing": _("The new version reads “%(name)s” at “%(element)s”; this case never got it."),
    "cannot-start": _("The case could not be taken up in the new version: %(reason)s"),
    "elsewhere": _("The case is not on version %(version)s any more."),
    "case-closed": _("The case is over: its status is “%(status)s”."),
    "moved-on": _("The case has gone on since it was moved, so that its earlier state cannot come back."),
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason. `element`: where, as the old version calls it, or None for the case as a whole."""

    code: str
    element: str | None
    params: Mapping[str, Any]

    @property
    def message(self) -> str:
        """The msgid, with the parameters' names."""
        return MESSAGES[self.code]

    @property
    def text(self) -> str:
        """The reason in English."""
        return self.message % self.params


def obstacle(code: str, element: str | None = None, **params: Any) -> Obstacle:
    """A reason; `element` is a parameter of every text."""
    return Obstacle(code, element, {"element": element or "", **params})


class NotMovable(DomainError):
    """The case cannot go over to the other version; `obstacles` says why."""

    code = "not-movable"
    message = "The case cannot be moved to this version: %(first)s"
    remedy = "Say which step takes the place of one that is gone, or let the case end in its version."

    def __init__(self, obstacles: tuple[Obstacle, ...]) -> None:
        self.obstacles = obstacles
        super().__init__(first=obstacles[0].text if obstacles else "")
