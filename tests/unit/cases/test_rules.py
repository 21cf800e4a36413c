"""What milestones and ends lead to."""

import pytest

from app.cases.rules import longest_extension, status_at_end
from app.cases.types import Status


@pytest.mark.parametrize(
    ("present", "result", "after"),
    [
        (Status.RECEIVED, "refused", Status.REFUSED),
        (Status.ACCEPTED, "lapsed", Status.LAPSED),
        (Status.DELIVERED, "granted", Status.DELIVERED),
        (Status.DECIDED, "denied", Status.CONCLUDED),
        (Status.RECEIVED, None, Status.CONCLUDED),
    ],
)
def test_the_status_at_the_end(present: Status, result: str | None, after: Status) -> None:
    assert status_at_end(present, result) == after


@pytest.mark.parametrize(("departments", "days"), [(0, 10), (1, 10), (2, 15), (3, 15)])
def test_art_42_extensions(departments: int, days: int) -> None:
    """“… 可以延长十日 … 可以延长十五日”: ten days, fifteen where departments decide jointly."""
    assert longest_extension(departments) == days
