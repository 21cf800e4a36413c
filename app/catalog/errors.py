"""What can go wrong with an item."""

from typing import ClassVar

from app.engine import Finding
from app.kernel.errors import DomainError, Forbidden, NotFound, Stale, WrongState


class ItemRefused(DomainError):
    """An item's files have errors; `findings` says which, and holds the warnings too."""

    code: ClassVar[str] = "item-refused"
    message: ClassVar[str] = "The item does not pass its checks: %(first)s"
    remedy: ClassVar[str] = "Correct or answer what the findings name, then try again."

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(first=findings[0].text)


class NoSuchItem(NotFound):
    """No item has this code, or it has no such version."""

    code = "no-such-item"
    message = "There is no item “%(item)s” in version %(version)s."


class ItemWithdrawn(NoSuchItem):
    """Cases of it go on; nobody can begin another."""

    code = "item-withdrawn"
    message = "“%(item)s” was withdrawn from the catalogue: it cannot be applied for."
    remedy = "Cases that were handed in before go on. Ask the office what takes its place."


class MayNot(Forbidden):
    """The act belongs to others."""

    code = "item-act-forbidden"
    message = "You are not allowed to do this with items: it needs the permission “%(permission)s”."
    remedy = "Who may: %(who)s."


class SomebodyElse(Forbidden):
    """Where duties are separated, each act on a version is another person's."""

    code = "somebody-else"
    message = (
        "You have already acted on version %(version)s of “%(item)s”; duties are separated, so this is somebody else's."
    )
    remedy = "Who may: %(who)s."


class SubmitFirst(WrongState):
    """Where duties are separated, files become a draft before they are anything else."""

    code = "submit-first"
    message = "Duties are separated: these files have to be handed in as a draft, reviewed and confirmed before."
    remedy = "Hand them in as a draft. Who may review them then: %(who)s."


class NotReviewed(WrongState):
    """A draft comes first before somebody who reviews it."""

    code = "not-reviewed"
    message = "Version %(version)s of “%(item)s” has not been reviewed yet."
    remedy = "Who may review it: %(who)s."


class NotConfirmed(WrongState):
    """What was reviewed is confirmed before it is published."""

    code = "not-confirmed"
    message = "Version %(version)s of “%(item)s” has not been confirmed yet."
    remedy = "Who may confirm it: %(who)s."


class BeyondThat(WrongState):
    """The version has gone on to where this act no longer fits."""

    code = "version-gone-on"
    message = "Version %(version)s of “%(item)s” has gone on: this was done already, or is no longer needed."
    remedy = "Load it again and look at its history."


class NotPublished(WrongState):
    """Only what is in the catalogue can be withdrawn from it, and only what was withdrawn comes back."""

    code = "item-not-published"
    message = "“%(item)s” is not in the catalogue just now."
    remedy = "Look at its history; what was never published is published first."


class NotWithdrawn(WrongState):
    """It is in the catalogue, or never was."""

    code = "item-not-withdrawn"
    message = "“%(item)s” was not withdrawn."
    remedy = "Publish the version that new cases shall take."


class NotProven(WrongState):
    """What is not proven is published only when a second person answers for it."""

    code = "not-proven"
    message = "It is not proven that every case of “%(item)s” ends, and no second person has answered for it."
    remedy = (
        "Somebody who may confirm versions, neither its author nor whoever publishes it, waives the proof of the draft "
        "and says why."
    )


class NothingToWaive(WrongState):
    """The proof of the version came to an end."""

    code = "nothing-to-waive"
    message = "The proof of version %(version)s of “%(item)s” came to an end: there is nothing to waive."
    remedy = "Look at its findings; an error cannot be waived."


class OwnWork(Forbidden):
    """Who drew a version up does not answer for its proof."""

    code = "own-work"
    message = "You handed in version %(version)s of “%(item)s” yourself; a second person has to answer for it."
    remedy = "Ask somebody else who may confirm versions."


class ReasonNeeded(DomainError):
    """Whoever sends a draft back or withdraws an item says why."""

    code = "reason-needed"
    message = "Say why."
    remedy = "Write a reason: those who drew the item up, and those who look at its history, will read it."


class CodeInUse(DomainError):
    """A new item needs a code of its own."""

    code = "item-code-in-use"
    message = "There is an item “%(item)s” already."
    remedy = "Choose another code, or hand in a new version of that item."


class BadItemCode(DomainError):
    """The code names folders and addresses."""

    code = "bad-item-code"
    message = "“%(item)s” cannot be the code of an item."
    remedy = "Use small Latin letters, digits and single hyphens, beginning with a letter, 60 characters at most."


class UnreadableFolder(DomainError):
    """A folder that should hold an item's files does not, or holds more than an item has."""

    code = "unreadable-folder"
    message = "“%(folder)s” holds no item that can be read: %(reason)s"
    remedy = "Name the folder that holds processes/<item>/item.yaml and forms/<item>/."


class NoSuchBench(NotFound):
    """It was handed in or cleared, or never was."""

    code = "no-such-bench"
    message = "This working copy is not there: it was handed in or thrown away."
    remedy = "Look at the versions of the item; begin a working copy from the one you want."


class NotOnBench(DomainError):
    """A file that can be no part of an item, or one too many."""

    code = "not-on-bench"
    message = "“%(file)s” can be no file of an item: it is too large, too many, or lies in no folder of an item."
    remedy = "Name it processes/<item>/… or forms/<item>/…, and keep it below 2 MB."


class SavedMeanwhile(Stale):
    """Two work on one bench, and the other one was quicker."""

    code = "saved-meanwhile"
    message = "%(who)s saved this working copy in the meantime (stamp %(stamp)s)."
    remedy = "Load what they saved, compare it with yours, or keep yours as a copy."
