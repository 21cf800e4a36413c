"""What can go wrong with an item."""

from typing import ClassVar

from app.engine import Finding
from app.kernel.errors import DomainError, NotFound


class ItemRefused(DomainError):
    """An item's files have errors; `findings` says which, and holds the warnings too."""

    code: ClassVar[str] = "item-refused"
    message: ClassVar[str] = "The item cannot be published: %(first)s"
    remedy: ClassVar[str] = "Correct what the findings name, then publish again."

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(first=findings[0].text)


class NoSuchItem(NotFound):
    """No item has this code, or it has no such version."""

    code = "no-such-item"
    message = "There is no item “%(item)s” in version %(version)s."


class UnreadableFolder(DomainError):
    """A folder that should hold an item's files does not, or holds more than an item has."""

    code = "unreadable-folder"
    message = "“%(folder)s” holds no item that can be read: %(reason)s"
    remedy = "Name the folder that holds processes/<item>/item.yaml and forms/<item>/."
