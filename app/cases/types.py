"""The words of the case."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.catalog.occasions import REVOKE_LICENCE

ISSUE_DECISION: Final = "issue-decision"
"""The operation of a service task: make the decision that was signed; the case goes on when it is there."""

OPERATIONS: Final = (ISSUE_DECISION, REVOKE_LICENCE)
"""What a service task in a diagram may ask for."""


class Status(StrEnum):
    """Where a case stands in its life. What an applicant has to supplement is an open excluded span, not a status."""

    DRAFT = "draft"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECIDED = "decided"
    CONCLUDED = "concluded"
    DELIVERED = "delivered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


ENDED = (Status.CONCLUDED, Status.DELIVERED, Status.REFUSED, Status.WITHDRAWN, Status.LAPSED)


class Channel(StrEnum):
    """How an application came in."""

    ONLINE = "online"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Application:
    """What an applicant asks for: who, for what (`title`: what the case is called in every list), with which data."""

    item: str
    tenant: str
    title: str
    applicant: str
    applicant_id: UUID | None
    channel: Channel
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Completed:
    """What completing a step led to."""

    case_id: UUID
    case_code: str
    step_id: UUID
    opened: tuple[UUID, ...]
    ended: bool
    at: datetime
