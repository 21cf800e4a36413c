"""File names: what could deceive is gone, what people are called stays."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.materials.errors import NameUnusable
from app.materials.names import INVISIBLE, LONGEST, clean, extension


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("红线图.pdf", "红线图.pdf"),
        (r"C:\Users\张三\桌面\红线图.pdf", "红线图.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("/var/www/a.pdf", "a.pdf"),
        ("a.pdf:stream.exe", "stream.exe"),
        ("报告\u202efdp.exe", "报告fdp.exe"),
        ("报\u200b告\ufeff\u2066.pdf", "报告.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("a\t b   c.pdf", "a b c.pdf"),
        ('<a>"b|c?*.pdf', "_a__b_c__.pdf"),
        ("  .hidden.pdf. ", "hidden.pdf"),
        ("cafe\u0301.pdf", "caf\u00e9.pdf"),
        ("𠮷\U0002ccf5\ue000龘㐂.pdf", "𠮷\U0002ccf5\ue000龘㐂.pdf"),
        ("葛\U000e0100.pdf", "葛\U000e0100.pdf"),
        ("说明：第一版（终稿）.pdf", "说明：第一版（终稿）.pdf"),
        ("x" * 500 + ".pdf", "x" * (LONGEST - 4) + ".pdf"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert clean(given) == kept


@pytest.mark.parametrize("name", ["", ".", "..", "a", ".pdf", "a.", "/", "\u202e.pdf", "dir/", "a." + "x" * 11, " . "])
def test_a_name_without_stem_or_extension_is_refused(name: str) -> None:
    with pytest.raises(NameUnusable):
        clean(name)


@given(st.text(max_size=300), st.sampled_from(["pdf", "jpg", "PDF", "docx"]))
def test_whatever_is_kept_is_one_visible_short_name(stem: str, suffix: str) -> None:
    try:
        kept = clean(f"{stem}.{suffix}")
    except NameUnusable:
        return
    assert len(kept) <= LONGEST
    assert not set(kept) & set('/\\:<>"|?*\n')
    assert not {unicodedata.category(mark) for mark in kept} & INVISIBLE
    assert clean(kept) == kept
    assert extension(kept) == suffix.lower()


def test_full_width_letters_are_the_same_extension() -> None:
    assert extension("红线图.ＰＤＦ") == "pdf"
