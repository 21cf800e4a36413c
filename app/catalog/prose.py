"""What a designer writes into a form for people to read: Markdown or HTML, of which only harmless parts are shown.

Whatever is beyond the harmless parts is a finding when the form is read (`refused`), and is left out where it is shown
all the same, so that a page never depends on a check that was made elsewhere.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import nh3
from markdown_it import MarkdownIt

_BLOCKS = (
    "p",
    "br",
    "hr",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "div",
)
_TABLES = ("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td")
_WORDS = ("a", "b", "strong", "i", "em", "u", "s", "del", "small", "sub", "sup", "mark", "code", "span")
TAGS = frozenset({*_BLOCKS, *_TABLES, *_WORDS})
ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
SCHEMES = frozenset({"https", "http", "mailto", "tel"})

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/\s]+={0,2}", re.ASCII)


def shown(kind: str, text: str) -> str:
    """The text of a component of this type (text: Markdown; html) as HTML that is safe on any page."""
    return nh3.clean(
        _as_html(kind, text),
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},  # what was typed is not left behind
    )


def refused(kind: str, text: str) -> list[str]:
    """The names of what would be left out of it: tags, attributes (a onclick), links of other kinds (a href)."""
    reader = _Reader()
    reader.feed(_as_html(kind, text))
    reader.close()
    return sorted(reader.refused)


def is_picture(source: str) -> bool:
    """Whether it is a picture that the form itself carries: nothing is fetched from elsewhere."""
    return _PICTURE.fullmatch(source) is not None


def _as_html(kind: str, text: str) -> str:
    if kind == "html":
        return text
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):  # h1 is the page's own
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.refused: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.refused.add(tag[:40])
            return
        self.refused.update(f"{tag} {name}"[:40] for name in _unfit(tag, attrs))


def _unfit(tag: str, attrs: list[tuple[str, str | None]]) -> Iterator[str]:
    for name, value in attrs:
        scheme = re.match(r"\s*([^/?#:]*):", value or "") if name == "href" else None
        if name not in ATTRIBUTES.get(tag, ()) or (scheme and scheme[1].lower() not in SCHEMES):
            yield name
