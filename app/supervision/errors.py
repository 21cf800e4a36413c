"""What can stand in the way of a supervisor."""

from app.kernel.errors import DomainError


class EntryState(DomainError):
    """The verb does not fit the state of the entry."""

    code = "entry-state"
    message = "“%(verb)s” is not possible: this entry is %(state)s."
    remedy = "Load it again: somebody may have taken it up or closed it."


class StepNotOpen(DomainError):
    """Only a step that still waits can be urged."""

    code = "step-not-open"
    message = "This step no longer waits for anybody, so it cannot be urged."


class NothingAsked(DomainError):
    """An explanation answers a supervisor's question."""

    code = "nothing-asked"
    message = "No explanation has been asked for."
