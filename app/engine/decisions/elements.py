"""The elements of a DMN file, whichever version of the standard it is written in."""

import re
from collections.abc import Iterator

from lxml import etree

_NAMESPACE = re.compile(r"\{https?://www\.omg\.org/spec/DMN/\d{8}/[\w./]*\}")


def local(element: etree._Element) -> str:
    """The local name of a DMN element; "" for an element of another namespace."""
    tag = str(element.tag)
    match = _NAMESPACE.match(tag)
    return tag[match.end() :] if match else ""


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The DMN elements of this name right below an element."""
    return (part for part in element if local(part) == name)


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first of them."""
    return next(children(element, name), None)


def text_of(element: etree._Element | None) -> str | None:
    """What is written in the `text` of an element; None for nothing."""
    text = child(element, "text") if element is not None else None
    return "".join(str(part) for part in text.itertext()).strip() or None if text is not None else None


def aim(element: etree._Element) -> str:
    """The id that a reference leads to, in this file or another."""
    return (element.get("href") or "").rpartition("#")[2].strip()
