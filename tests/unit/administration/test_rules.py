"""Names, codes and what is shown of personal data."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.administration import rules
from app.identity.rules import FOR_EVER, Span, covered_until
from app.org.roles import OF_POSTS, OVER_ALL, ROLES


@pytest.mark.parametrize(
    "name",
    ["林𬭎", "𠮷田", "迪丽热巴·迪力木拉提", "O’Brien", "\ue863", "﨑", "葛\U000e0100", "می\u200cخواهم", "Zoë", "𰻝"],
)
def test_rare_names_are_names(name: str) -> None:
    """GB 18030 four-byte characters, its private ones, variants, and the joiners within words of other scripts."""
    assert rules.name_faults(name) == []


@pytest.mark.parametrize("mark", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_marks_of_direction_are_no_part_of_a_name(mark: str) -> None:
    (said,) = rules.name_faults(f"王{mark}芳")
    assert "direction" in said
    assert unicodedata.bidirectional(mark)


@pytest.mark.parametrize(
    "name",
    ["", "  ", "王\0芳", "a\nb", "王\u200b芳", "\ufeff王", "王\u2028芳", "=1+1", "+1", "-x", "@x", " =x", "x" * 101],
)
def test_what_is_no_name(name: str) -> None:
    assert rules.name_faults(name)


@pytest.mark.parametrize(
    ("code", "fits"),
    [
        ("land", True), ("land-reviewer", True), ("a1-b2", True), ("x" * 63, True), ("x" * 64, False), ("", False),
        ("1a", False), ("Land", False), ("land-", False), ("a--b", False), ("土地", False), ("a b", False),
        ("applicant", False),
    ],
)  # fmt: skip
def test_codes(code: str, fits: bool) -> None:
    assert (rules.code_faults(code) == []) == fits


@pytest.mark.parametrize(
    ("code", "fits"),
    [
        ("330300", True),
        ("330302001", True),
        ("330302001001", True),
        ("33030", False),
        ("3303020", False),
        ("３３０３００", False),
    ],
)
def test_region_codes(code: str, fits: bool) -> None:
    """GB/T 2260, and nine or twelve digits below the county."""
    assert (rules.region_faults(code) == []) == fits


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("11010519491231002X", True), ("110105194912310021", False), ("11010519491231002x", True), ("E12345678", True),
        ("1101051949123100", True), ("身份证", False), ("1", False),
    ],
)  # fmt: skip
def test_numbers_of_papers(number: str, fits: bool) -> None:
    """GB 11643: the check character must fit."""
    assert (rules.id_number_faults(number) == []) == fits


@given(st.text(st.characters(exclude_characters="*"), max_size=30), st.integers(0, 9), st.integers(0, 9))
def test_masking_hides_at_least_a_third_and_keeps_the_length(value: str, head: int, tail: int) -> None:
    hidden = rules.masked(value, head, tail) or ""
    assert len(hidden) == len(value)
    assert hidden.count("*") >= len(value) / 3
    assert all(shown in (mark, "*") for shown, mark in zip(hidden, value, strict=True))


def test_what_is_shown_of_personal_data() -> None:
    assert rules.masked_phone("13800001234") == "138****1234"
    assert rules.masked_email("wang.fang@example.org") == "w********@example.org"
    assert rules.masked_id_number("110105194912310021") == "11**************21"
    assert rules.masked_phone(None) is None
    assert all(rules.is_masked(str(rules.masked(value, 3, 4))) for value in ("1", "12", "1380000"))


def test_the_rule_of_lending_names_permissions_that_exist() -> None:
    assert OVER_ALL <= OF_POSTS
    assert {"case.apply", "case.read-own", "case.withdraw"}.isdisjoint(OF_POSTS)
    assert ROLES["admin"].permissions.isdisjoint(OVER_ALL)


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    moments = st.datetimes(timezones=st.just(FOR_EVER.tzinfo))
    made = []
    for _ in range(draw(st.integers(0, 5))):
        first, second = sorted((draw(moments), draw(moments)))
        made.append(Span(first, draw(st.sampled_from([second, None]))))
    return made


@given(spans(), st.datetimes(timezones=st.just(FOR_EVER.tzinfo)))
def test_covered_until_is_the_first_gap(held: list[Span], start) -> None:
    def covers(moment) -> bool:
        return any(span.since <= moment and (span.until is None or moment < span.until) for span in held)

    end = covered_until(held, start)
    assert end >= start
    assert end == FOR_EVER or not covers(end)
    edges = [span.since for span in held] + [span.until for span in held if span.until]
    assert all(covers(moment) for moment in [start, *edges] if start <= moment < end)
