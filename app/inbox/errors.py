"""What can stand in the way of a verb of the inbox."""

from app.kernel.errors import DomainError


class AlreadyClaimed(DomainError):
    """Somebody else of the post claimed the step first."""

    code = "already-claimed"
    message = "Somebody else has claimed this step."
    remedy = "Take another step from the queue, or ask your colleague to release it."


class NotYours(DomainError):
    """Only the person who claimed a step may release or complete it."""

    code = "not-yours"
    message = "This step is claimed by somebody else."
    remedy = "Ask your colleague to release it."


class NotClaimed(DomainError):
    """A step is claimed before it is worked on, so that two people never do the same work."""

    code = "not-claimed"
    message = "Nobody has claimed this step yet."
    remedy = "Claim it first."


class StepClosed(DomainError):
    """The step is done or was cancelled."""

    code = "step-closed"
    message = "This step is closed: it was completed, or the case moved on."
    remedy = "Look at the case's history to see what happened."
