"""What a kind of finding is made of."""

from dataclasses import dataclass

from app.engine.types import Severity


@dataclass(frozen=True)
class Rule:
    """A kind of finding."""

    severity: Severity
    message: str
    remedy: str


def error(message: str, remedy: str) -> Rule:
    return Rule("error", message, remedy)


def warning(message: str, remedy: str) -> Rule:
    return Rule("warning", message, remedy)
