"""Patterns of codes: what is made is read again, what was mistyped is not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.codes import BadCodePattern, parse

DAY = date(2026, 3, 2)
PATTERNS = (
    "{region}-{date}-{serial:7}-{check:97-10}",
    "{region}{year}{serial:9}{check:11-2}",
    "{region}.{year}{month}.{serial:8}.{check:11-10}",
    "ZJ{region}{year}{month}{day}{serial:6}{check:37-36}",
)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("{region}-{date}-{serial:7}-{check:97-10}", "330300-20260302-0000012-59"),
        ("ZJ{year}{serial:4}", "ZJ20260012"),
        ("{region}{serial:3}{check:11-2}", "3303000125"),
        ("{digits:3}-{letters:2}", "012-AA"),
    ],
)
def test_a_code_is_laid_out_as_its_pattern_says(pattern: str, code: str) -> None:
    made = parse(pattern).make("330300", DAY, 12)
    assert made == code
    assert parse(pattern).fits(code)


@pytest.mark.parametrize("pattern", PATTERNS)
@given(region=st.from_regex(r"[0-9]{6}", fullmatch=True), day=st.dates(), serial=st.integers(0, 10**12))
def test_what_is_made_is_read_again(pattern: str, region: str, day: date, serial: int) -> None:
    if day.year < 1000:
        return
    read = parse(pattern)
    assert read.region_of(read.make(region, day, serial)) == region


@pytest.mark.parametrize("pattern", PATTERNS)
@given(place=st.integers(0, 29), wrong=st.sampled_from("0123456789"))
def test_one_mistyped_digit_is_noticed(pattern: str, place: int, wrong: str) -> None:
    """ISO 7064: each of these systems finds every single error of substitution."""
    read = parse(pattern)
    code = read.make("330300", DAY, 4711)
    place %= len(code)
    if code[place].isdigit() and code[place] != wrong:
        assert not read.fits(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{region",
        "{region:6}",
        "{serial}",
        "{serial:0}",
        "{serial:21}",
        "{serial:٣}",
        "{check:97-10}{serial:3}",
        "{check:10-97}{serial:3}",
        "ZJ{serial:4}{check:11-2}",
        "{letters:2}{check:11-10}",
        "浙{serial:4}",
        "a{serial:4}",
        "{serial:4}/{year}",
        "{serial:20}{serial:20}",
        "{nothing}",
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused(pattern: str) -> None:
    with pytest.raises(BadCodePattern):
        parse(pattern)


def test_patterns_that_could_be_mistaken_for_each_other() -> None:
    plain = parse("{region}{serial:4}")
    assert plain.resembles(parse("{serial:4}{region}"))
    assert not plain.resembles(parse("{region}{serial:5}"))
    assert not plain.resembles(parse("{region}-{serial:3}"))
    assert plain.region_of("X303000012") is None
    assert parse("{digits:4}").region_of("0012") is None
