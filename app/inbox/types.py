"""The words of the inbox."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

APPLICANT_POST = "applicant"
"""The reserved post code in diagrams and item.yaml: the step is for the case's applicant."""


class StepState(StrEnum):
    """Open: it waits for somebody of its post. Claimed: one person works on it."""

    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    CANCELLED = "cancelled"


LIVE = (StepState.OPEN, StepState.CLAIMED)


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step that the engine opened, with what the queue shows of its case."""

    id: UUID
    case_id: UUID
    element: str
    kind: str
    post: str | None
    leg_id: UUID | None
    scopes: str
    opened_at: datetime
    due_at: datetime | None
    item: str
    case_code: str
    title: str
    applicant: str
    applicant_id: UUID | None
