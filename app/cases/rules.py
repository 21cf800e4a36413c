"""Pure rules of the case: the status that a milestone leads to, how long a decision may be put off."""

from app.cases.types import Status

_MILESTONES = {
    "received": Status.RECEIVED,
    "accepted": Status.ACCEPTED,
    "decided": Status.DECIDED,
    "concluded": Status.CONCLUDED,
    "delivered": Status.DELIVERED,
}
_RESULTS = {"refused": Status.REFUSED, "withdrawn": Status.WITHDRAWN, "lapsed": Status.LAPSED}


def status_at(milestone: str) -> Status:
    """The status of a case that has passed `milestone`."""
    return _MILESTONES[milestone]


def status_at_end(present: Status, result: str | None) -> Status:
    """The status of a case whose diagram has ended: what the end event says, or else at least concluded."""
    if result in _RESULTS:
        return _RESULTS[result]
    return present if present in (Status.CONCLUDED, Status.DELIVERED) else Status.CONCLUDED


def longest_extension(departments: int) -> int:
    """How many working days a decision may be put off in all (Art. 42): 10, or 15 where departments decide jointly."""
    return 15 if departments > 1 else 10
