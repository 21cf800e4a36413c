"""The supervision code, and what milestones and ends lead to."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules import longest_extension, status_at_end, supervision_code, tenant_of
from app.cases.types import Status

regions = st.from_regex(r"[1-9][0-9]{5}", fullmatch=True)


@given(regions, st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 10**9))
def test_a_code_names_its_tenant(region: str, day: date, serial: int) -> None:
    assert tenant_of(supervision_code(region, day, serial)) == region


@given(regions, st.integers(0, 10**7 - 1), st.data())
def test_one_wrong_digit_is_found(region: str, serial: int, data: st.DataObject) -> None:
    """ISO 7064, MOD 97-10 finds every single wrong digit and every swap of two neighbours."""
    code = supervision_code(region, date(2026, 3, 2), serial)
    place = data.draw(st.sampled_from([at for at, character in enumerate(code) if character.isdigit()]))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != code[place]]))
    assert tenant_of(code[:place] + wrong + code[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "330300", "330300-20260302-0000001", "330300-20260302-0000001-00", "x" * 500])
def test_what_is_no_code_names_no_tenant(text: str) -> None:
    assert tenant_of(text) is None


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
