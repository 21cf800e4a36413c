"""What a kind of finding is made of."""

from dataclasses import dataclass

from app.engine.types import Severity


def _(msgid: str) -> str:
    """Mark a text for translation; the edges translate it."""
    return msgid


@dataclass(frozen=True)
class Rule:
    """A kind of finding."""

    severity: Severity
    message: str
    remedy: str
