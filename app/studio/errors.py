"""What can stand in the way of the studio's verbs."""

from app.kernel.errors import DomainError


class NothingToMove(DomainError):
    """No running case of the version is among those that were asked for."""

    code = "nothing-to-move"
    message = "No running case of version %(version)s of “%(item)s” is among those that were asked for."
    remedy = "Look at which versions the running cases are on."


class SameVersion(DomainError):
    """Cases are to move to the version that they are on."""

    code = "same-version"
    message = "The cases are on version %(version)s already."


class NotPublishedYet(DomainError):
    """Cases are to move to a version that is still a draft."""

    code = "not-published-yet"
    message = "Version %(version)s of “%(item)s” was never published: cases can be moved only to one that was."
    remedy = "Let it be reviewed, confirmed and published first; until then the preview shows what would happen."


class StillMoving(DomainError):
    """The batch is not done, or another one of the item is under way."""

    code = "still-moving"
    message = "Cases of “%(item)s” are being moved just now."
    remedy = "Wait until they are done."


class TooManyCases(DomainError):
    """More cases than one batch or question takes."""

    code = "too-many-cases"
    message = "%(number)s cases are more than can be taken at once, which is %(most)s."
    remedy = "Name the cases, or do it in several parts."


class NothingToReplay(DomainError):
    """No case of the item is over."""

    code = "nothing-to-replay"
    message = "No case of “%(item)s” that is over is among those that were asked for."
    remedy = "Ask for an earlier day, or wait until cases are concluded."
