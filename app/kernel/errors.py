"""Errors of the domain. They know no HTTP: the edges translate them (one table in app/api, one in app/web).

An error's message is an English msgid with named parameters, so that an edge can say it in the reader's language.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class Message(str):
    """An English msgid with its parameters: translate the msgid, then fill them in."""

    params: Mapping[str, Any]

    def __new__(cls, msgid: str, **params: Any) -> "Message":
        made = super().__new__(cls, msgid)
        made.params = params
        return made

    @property
    def text(self) -> str:
        """The message in English."""
        return str(self) % self.params


class DomainError(Exception):
    """Something the office's rules do not allow, or that cannot be done as things stand."""

    code: ClassVar[str] = "domain-error"
    message: ClassVar[str] = "This cannot be done."
    remedy: ClassVar[str] = ""

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.text)

    @property
    def text(self) -> str:
        """The message in English, parameters filled in."""
        return self.message % self.params if self.params else self.message


class NotFound(DomainError):
    """The thing does not exist, or the actor may not know that it does."""

    code = "not-found"
    message = "There is no %(kind)s “%(key)s”, or you may not see it."


class Forbidden(DomainError):
    """The actor lacks the permission."""

    code = "forbidden"
    message = "You are not allowed to do this: it needs the permission “%(permission)s”."
    remedy = "Ask your administrator for a post that carries this permission."


class Stale(DomainError):
    """Somebody changed the thing since the caller read it (optimistic lock)."""

    code = "stale"
    message = "Somebody else changed this in the meantime."
    remedy = "Load it again and look at what changed before you repeat the step."


class WrongState(DomainError):
    """The verb does not fit the state that the thing is in."""

    code = "wrong-state"
    message = "“%(verb)s” is not possible while the state is “%(state)s”."


class Invalid(DomainError):
    """Input that does not fit; `fields` maps a field's path to msgids, a Message where it has parameters."""

    code = "invalid"
    message = "Some of what was entered does not fit."
    remedy = "Correct the fields named below."

    def __init__(self, fields: dict[str, list[str]] | None = None, **params: Any) -> None:
        self.fields = fields or {}
        super().__init__(**params)
