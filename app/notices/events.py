"""What the office lets programs know (webhooks): the kinds of events, and what each carries.

An event carries ids, codes and instants: no name, no text that a person wrote. Who wants to know more asks the API, and
is told what they may see.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from app.kernel.ids import new_id
from app.kernel.marking import _

EVENTS: Final[Mapping[str, str]] = {
    "case.received": _("An application was handed in and has its supervision code."),
    "case.accepted": _("A case was accepted; its limits run."),
    "case.supplement-asked": _("The applicant was asked for what is missing."),
    "case.decided": _("A case was decided."),
    "case.concluded": _("A case was concluded."),
    "case.delivered": _("The result was delivered."),
    "case.refused": _("An application was not accepted."),
    "case.withdrawn": _("The applicant withdrew the application."),
    "case.lapsed": _("A case lapsed: the supplement never came."),
    "case.revoked": _("The decision of a case was revoked."),
    "case.message-sent": _("A case sent a message to whoever waits for it."),
    "light.raised": _("A yellow or a red light was raised."),
    "light.superseded": _("A light is no longer true: its limit moved."),
    "entry.opened": _("A red light opened a supervision entry."),
    "entry.closed": _("A supervision entry was closed."),
    "item.published": _("A version of an item was published."),
}
"""Every kind of event that a webhook may ask for, with a msgid that says when it happens."""

TEST: Final = "webhook.test"
"""The event that somebody sends to see whether an address works. It is not asked for."""


class Event(NamedTuple):
    """Something that happened. `data` is JSON with instants as datetimes; `id` names it wherever it is told."""

    id: UUID
    type: str
    data: Mapping[str, Any]

    @classmethod
    def new(cls, type: str, **data: Any) -> "Event":  # noqa: A002 — the word of the standard
        """An event that has just happened."""
        return cls(new_id(), type, {name: _plain(value) for name, value in data.items()})


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value
