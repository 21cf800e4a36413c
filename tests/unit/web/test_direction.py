"""What a template shows, its marks of direction closed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from app.web.direction import closed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("invoice \u202egpj.exe", "invoice \u202egpj.exe\u202c"),
        ("\u2067a\u202eb", "\u2067a\u202eb\u202c\u2069"),
        ("\u2067a\u202eb\u2069c", "\u2067a\u202eb\u2069c"),
        ("\u202aa\u202c", "\u202aa\u202c"),
        ("\u202c\u2069a", "\u202c\u2069a"),
        ("\u200fعربي", "\u200fعربي"),
        ("林𬭎", "林𬭎"),
        (7, 7),
        (None, None),
    ],
)
def test_open_marks_are_closed_and_nothing_else_changes(text: object, shown: object) -> None:
    assert closed(text) == shown


def test_what_is_markup_stays_markup() -> None:
    assert closed(Markup("<b>\u202e</b>")) == Markup("<b>\u202e</b>\u202c")
    assert isinstance(closed(Markup("\u202e")), Markup)


@given(st.text(alphabet="a\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
def test_once_closed_it_is_closed(text: str) -> None:
    assert closed(closed(text)) == closed(text)
    assert closed(text).startswith(text)
