"""What a designer writes into a form for people to read: only harmless parts of it reach a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import prose


def test_markdown_is_shown_as_paragraphs_lists_and_links() -> None:
    found = prose.shown(
        "text", "# 说明\n\n**请**阅读[办法](https://example.org/a)：\n\n- 一\n- 二\n\n| 甲 |\n|---|\n| 1 |"
    )
    assert "<h2>说明</h2>" in found
    assert "<strong>请</strong>" in found
    assert "<li>一</li>" in found
    assert "<td>1</td>" in found
    assert 'rel="noopener noreferrer"' in found
    assert 'target="_blank"' in found


@pytest.mark.parametrize(
    ("kind", "text", "parts"),
    [
        ("html", "<p>a <b>b</b><br><a href='/guide'>c</a></p>", []),
        ("html", "<p>a<script>b</script></p>", ["script"]),
        ("html", "<P OnClick=x>a</P>", ["p onclick"]),
        ("html", "<img src=x onerror=y>", ["img"]),
        ("html", "<a href='javascript:x'>a</a>", ["a href"]),
        ("html", "<a href='data:text/html,x'>a</a>", ["a href"]),
        ("html", "<h1>a</h1>", ["h1"]),
        ("html", "<p class=a id=b style=c>d</p>", ["p class", "p id", "p style"]),
        ("text", "# a\n\n###### b", []),
        ("text", "[a](javascript:b)", []),  # not a link in Markdown
        ("text", "![a](https://example.org/b.png)", ["img"]),
        ("text", "a < b & c", []),
    ],
)
def test_what_is_beyond_it_is_named_and_never_shown(kind: str, text: str, parts: list[str]) -> None:
    assert prose.refused(kind, text) == parts
    found = prose.shown(kind, text)
    assert not any(
        sign in found for sign in ("<script", 'href="j', "onclick", "onerror", "<img", "<h1", "style", "class", "data:")
    )


@given(st.sampled_from(["text", "html"]), st.text(alphabet="<>/ab ='\"[]()!#-*&;:sricptonlejv\n", max_size=120))
def test_nothing_that_acts_is_ever_shown(kind: str, text: str) -> None:
    shown = prose.shown(kind, text)
    prose.refused(kind, text)
    assert prose.refused("html", shown.replace(' target="_blank"', "").replace(' rel="noopener noreferrer"', "")) == []


def test_a_picture_is_in_the_form_itself() -> None:
    assert prose.is_picture("data:image/png;base64,iVBORw0KGgo=")
    for source in ("https://example.org/a.png", "data:image/svg+xml;base64,AA==", "data:text/html;base64,AA==", ""):
        assert not prose.is_picture(source)
