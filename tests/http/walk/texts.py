"""What stands on a page in another language than the page's.

A Chinese page may not say a word that only English texts of the catalogue of translations say; an English page may
hold no Han but where `lang` says so. What people typed (names, projects, opinions, names of files) is taken out first.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from sqlalchemy import JSON, String, Text, select
from sqlalchemy.orm import Session

from app.schema import metadata

CATALOGUE = Path(__file__).parents[3] / "app" / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
HAN = re.compile(r"[\u3400-\u9fff]")
CODE = re.compile(r"[a-z_.-]+\Z")
"""A word that the house keeps, not one that somebody typed: whoever shows it must say it in the reader's language."""
NAMED = re.compile(r"https?://\S+|\{\w+\}|[\w-]+(?:[./_][\w-]+)+|\b[A-Z]{2,}\b|\b[0-9a-f]{12,}\b")
"""What bears a name for programs: an address, a permission, an event, a file or its format or its hash, what a pattern
holds."""
PARAMETERS = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
SAID = (
    "title",
    "aria-label",
    "placeholder",
    "alt",
    "aria-description",
    "aria-roledescription",
    "aria-valuetext",
    "label",
)
SILENT = ("script", "style", "template", "code", "kbd", "samp", "pre", "textarea")
"""Elements whose text is no language, or what somebody typed."""
OURS = ("item_version", "item_file", "calendar_", "role", "setting", "audit")
"""Tables whose texts are the house's own: they come in both languages."""


@cache
def in_chinese(msgid: str) -> str:
    """How the catalogue of translations says something in Chinese; it must be there."""
    with CATALOGUE.open("rb") as file:
        message = read_po(file, locale="zh").get(msgid)
    assert message is not None, f"nobody says “{msgid}”"
    return str(message.string)


@cache
def foreign_words() -> frozenset[str]:
    """Words of English texts that no Chinese text says."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file, locale="zh") if message.id]
    english = " ".join(
        PARAMETERS.sub(" ", message.id if isinstance(message.id, str) else " ".join(message.id)) for message in messages
    )
    chinese = " ".join(
        PARAMETERS.sub(" ", message.string if isinstance(message.string, str) else " ".join(message.string))
        for message in messages
    )
    said = {word.lower() for word in WORD.findall(chinese)}
    return frozenset(word.lower() for word in WORD.findall(english) if len(word) > 2) - said


def typed(session: Session, *answers: Any) -> list[str]:
    """What people typed, longest first: `answers`, and everything of the tables that are not the house's own."""
    found = set(leaves(list(answers)))
    for table in metadata().sorted_tables:
        if table.name.startswith(OURS):
            continue
        for column in table.columns:
            if isinstance(column.type, String | Text | JSON) and not column.name.endswith(("_zh", "_en")):
                texts = {text for value in session.scalars(select(column)) for text in leaves(value)}
                found |= (
                    texts
                    if column.name in ("username", "name", "note")
                    else {text for text in texts if not CODE.match(text)}
                )
    return sorted((text for text in found if len(text) > 1), key=len, reverse=True)


def leaves(value: Any) -> Iterator[str]:
    """The texts in a value."""
    if isinstance(value, str):
        yield from (" ".join(line.split()) for line in value.splitlines())
    elif isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)


def untranslated(tree: Any, data: re.Pattern[str]) -> list[str]:
    """The texts of a page that are in the wrong language."""
    chinese = (tree.get("lang") or "").startswith("zh")
    found = []
    for text, language in said(tree):
        if language.startswith("zh") is not chinese:
            continue
        left = data.sub(" ", NAMED.sub(" ", " ".join(text.split())))
        if chinese and (words := sorted({word.lower() for word in WORD.findall(left)} & foreign_words())):
            found.append(f"“{text.strip()[:120]}” says {', '.join(words[:5])}")
        elif not chinese and HAN.search(left):
            found.append(f"“{' '.join(text.split())[:120]}”")
    return list(dict.fromkeys(found))


def said(tree: Any) -> Iterator[tuple[str, str]]:
    """Every text that somebody sees or hears, with its language."""
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        language = (element.xpath("ancestor-or-self::*[@lang][1]/@lang") or [""])[-1]
        if not any(ancestor.tag in SILENT for ancestor in (element, *element.iterancestors())):
            texts = [element.text, *(child.tail for child in element)]
            yield from ((text, language) for text in texts if text and text.strip())
        yield from ((element.get(name), language) for name in SAID if element.get(name))


def masked(texts: Iterable[str]) -> re.Pattern[str]:
    """Finds what people typed; a plain word only where it stands alone."""
    parts = [
        rf"(?<![A-Za-z]){re.escape(text)}(?![A-Za-z])" if text[0].isascii() and text[0].isalpha() else re.escape(text)
        for text in texts
    ]
    return re.compile("|".join(parts) or r"(?!)")
