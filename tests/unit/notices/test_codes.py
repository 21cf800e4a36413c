"""Verification codes: drawn, typed by people, checked."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notices import codes

TENANTS = st.from_regex(r"[1-9][0-9]{5}", fullmatch=True)


@st.composite
def drawn(draw: st.DrawFn) -> str:
    return codes.draw(draw(TENANTS), lambda alphabet: draw(st.sampled_from(alphabet)))


@given(drawn())
def test_a_drawn_code_is_read_back_in_its_own_form(code: str) -> None:
    parsed = codes.parse(code)
    assert parsed == codes.VerificationCode(code[:6], code)
    assert codes.tenant_of(code) == code[:6]


@given(drawn(), st.data())
def test_one_wrong_character_is_found(code: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([index for index, mark in enumerate(code) if mark != "-"]))
    alphabet = "0123456789" if at < 6 else codes.ALPHABET
    other = data.draw(st.sampled_from([mark for mark in alphabet if mark != code[at]]))
    assert codes.parse(code[:at] + other + code[at + 1 :]) is None


def test_of_two_neighbours_swapped_ninety_nine_in_a_hundred_are_found() -> None:
    chance = Random(7)
    missed = 0
    for _ in range(5000):
        plain = codes.draw("440106", chance.choice).replace("-", "")
        at = chance.choice([at for at in range(6, len(plain) - 2) if plain[at] != plain[at + 1]])
        swapped = plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]
        missed += codes.parse(swapped) is not None
    assert missed < 50


@pytest.mark.parametrize(
    "typed",
    ["{0}", " {0} ", "{1}", "{2}", "{3}", "{4}"],
    ids=[
        "as printed",
        "with spaces around",
        "without hyphens",
        "in small letters",
        "in full width",
        "with long dashes",
    ],
)
def test_people_type_a_code_in_many_ways(typed: str) -> None:
    code = codes.draw("440106")
    wide = "".join(chr(ord(mark) + 0xFEE0) for mark in code)
    forms = [code, code.replace("-", ""), code.lower(), wide, code.replace("-", " — ")]
    assert codes.parse(typed.format(*forms)) == codes.VerificationCode("440106", code)


def test_letters_that_look_like_digits_are_taken_for_them() -> None:
    code = codes.draw("440106", lambda alphabet: alphabet[1])
    assert codes.parse(code.replace("1111", "Il1L")) == codes.VerificationCode("440106", code)


@pytest.mark.parametrize(
    "text",
    ["", "-", "440106", "hello", "440106-0000-0000-0000-0" * 10, "<script>", "😀" * 20, "44010٠-0000-0000-0000-0"],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert codes.parse(text) is None


def test_only_a_region_code_can_carry_one() -> None:
    with pytest.raises(ValueError, match="no region code"):
        codes.draw("*")


def test_codes_are_not_to_be_guessed() -> None:
    made = {codes.draw("440106") for _ in range(2000)}
    assert len(made) == 2000
    assert len(codes.ALPHABET) ** codes.LENGTH == 2**60
