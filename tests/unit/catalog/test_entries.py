"""One answer each: what is kept, what is refused."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import entries
from app.catalog.fields import INPUTS, Field, Option, Rules
from app.catalog.types import Wording

OPTIONS = tuple(Option(value, Wording(value, value)) for value in ("a", "b", "c"))


def field(kind: str, **rules: Any) -> Field:
    return Field(id="f", type=kind, key="f", options=OPTIONS, subtype=rules.pop("subtype", ""), rules=Rules(**rules))


@pytest.mark.parametrize(
    ("asked", "given", "kept"),
    [
        (field("textfield"), "  规划局  ", "规划局"),
        (field("textfield"), "", None),
        (field("textfield"), "   ", None),
        (field("textfield"), None, None),
        (field("textarea"), "一\r\n二", "一\n二"),
        (field("textfield", max_length=3), "一二三", "一二三"),
        (field("textfield", pattern="^[0-9]{4}$"), "1234", "1234"),
        (field("textfield", format="phone"), "０１０－６５９１ ００１１", "010-6591 0011"),
        (field("textfield", format="phone"), "+86 138 0000 0000", "+86 138 0000 0000"),
        (field("textfield", format="email"), "a.b@例子.cn", "a.b@例子.cn"),
        (field("textfield", format="credit-code"), "91110000600037341l".upper(), "91110000600037341L"),
        (field("textfield", format="citizen-number"), "360426199101010071", "360426199101010071"),
        (field("textfield", format="citizen-number"), "330302195903160039", "330302195903160039"),
        (field("textfield", format="citizen-number"), "33030219921108001x", "33030219921108001X"),
        (field("number"), "1200", 1200),
        (field("number"), "１２００", 1200),
        (field("number"), "12.50", 12.5),
        (field("number"), 12.0, 12),
        (field("number"), 0, 0),
        (field("number"), "-3", -3),
        (field("number"), "", None),
        (field("number"), 2**53 - 1, 2**53 - 1),
        (field("number", digits=2), "0.10", 0.1),
        (field("number", digits=0), "5.0", 5),
        (field("number", step=Decimal("0.5")), "1.5", 1.5),
        (field("number", minimum=Decimal(1), step=Decimal(2)), 5, 5),
        (field("number", minimum=Decimal("-1e60"), step=Decimal("1e-9")), 7, 7),
        (field("number", as_text=True), "0.10", "0.10"),
        (field("number", minimum=Decimal(1), maximum=Decimal(2)), 2, 2),
        (field("checkbox"), True, True),
        (field("checkbox"), "on", True),
        (field("checkbox"), None, False),
        (field("checkbox"), "", False),
        (field("radio"), "a", "a"),
        (field("select"), "", None),
        (field("checklist"), ["c", "a", "a"], ["a", "c"]),
        (field("taglist"), "b", ["b"]),
        (field("checklist"), None, []),
        (field("datetime", subtype="date"), "2028-02-29", "2028-02-29"),
        (field("datetime", subtype="time"), "14:30:00", "14:30"),
        (field("datetime", subtype="datetime"), "2026-03-31T14:30", "2026-03-31T14:30"),
        (field("datetime", subtype="datetime"), "2026-03-31T14:30+08:00", "2026-03-31T14:30+08:00"),
    ],
)
def test_what_is_kept(asked: Field, given: Any, kept: Any) -> None:
    entry = entries.read(asked, given)
    assert entry.fault is None
    assert entry.value == kept
    assert type(entry.value) is type(kept)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (field("textfield"), 12),
        (field("textfield"), ["a"]),
        (field("textfield"), {"a": 1}),
        (field("textfield"), "two\nlines"),
        (field("textarea"), "nul\x00"),
        (field("textfield"), "an invoice \u202egpj.exe"),
        (field("textarea"), "turned \u2067round"),
        (field("textarea"), "half \ud800 a character"),
        (field("textfield"), "x" * 501),
        (field("textfield"), "x" * 50_000_000),
        (field("textarea"), "x" * 10_001),
        (field("textfield", max_length=3), "一二三四"),
        (field("textfield", min_length=3), "一二"),
        (field("textfield", pattern="^[0-9]{4}$"), "12345"),
        (field("textfield", format="phone"), "call me"),
        (field("textfield", format="phone"), "12"),
        (field("textfield", format="email"), "a@b"),
        (field("textfield", format="email"), "a b@c.cn"),
        (field("textfield", format="credit-code"), "91110000600037341X"),
        (field("textfield", format="citizen-number"), "360426199101010072"),
        (field("textfield", format="citizen-number"), "330302195902300036"),
        (field("textfield", format="citizen-number"), "36042619910101007"),
        (field("number"), "12a"),
        (field("number"), "1e9"),
        (field("number"), "NaN"),
        (field("number"), float("nan")),
        (field("number"), float("inf")),
        (field("number"), 1e300),
        (field("number"), 10**400),
        (field("number"), "9" * 5000),
        (field("number"), 2**53),
        (field("number"), True),
        (field("number"), [1]),
        (field("number"), "1,200"),
        (field("number", digits=0), "1.5"),
        (field("number", step=Decimal("0.5")), "0.7"),
        (field("number", minimum=Decimal(1), step=Decimal(2)), 4),
        (field("number", digits=2), "0.125"),
        (field("number", minimum=Decimal(1)), 0),
        (field("number", maximum=Decimal("0.3")), "0.30001"),
        (field("checkbox"), "maybe"),
        (field("checkbox"), 1),
        (field("checkbox"), []),
        (field("radio"), "d"),
        (field("radio"), ["a"]),
        (field("select"), 1),
        (field("checklist"), ["a", "d"]),
        (field("checklist"), ["a"] * 10_000),
        (field("checklist"), [["a"]]),
        (field("checklist"), {"a": True}),
        (field("datetime", subtype="date"), "2026-02-29"),
        (field("datetime", subtype="date"), "31.3.2026"),
        (field("datetime", subtype="date"), "20260331"),
        (field("datetime", subtype="date"), 20260331),
        (field("datetime", subtype="time"), "25:00"),
        (field("datetime", subtype="datetime"), "2026-03-31"),
    ],
)
def test_what_is_refused(asked: Field, given: Any) -> None:
    entry = entries.read(asked, given)
    assert entry.value is None
    assert entry.fault is not None
    assert entry.fault.text
    assert "%(" not in entry.fault.text


def test_a_message_keeps_its_msgid_and_its_parameters() -> None:
    fault = entries.read(field("textfield", max_length=3), "一二三四").fault
    assert fault == "At most %(most)s characters are possible."
    assert fault is not None
    assert fault.params == {"most": 3}
    assert fault.text == "At most 3 characters are possible."


def test_a_pattern_cannot_stall_the_server() -> None:
    assert entries.read(field("textfield", pattern="(a+)+$", max_length=100_000), "a" * 90_000 + "b").fault is not None


_ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["a", "on", "12", "2026-03-31"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(INPUTS)), st.sampled_from(["date", "time", "datetime"]), _ANYTHING)
def test_anything_is_kept_or_refused_and_what_is_kept_is_kept_again(kind: str, subtype: str, given: Any) -> None:
    asked = field(kind, subtype=subtype)
    entry = entries.read(asked, given)
    if entry.fault is None:
        assert entries.read(asked, entry.value) == entry
