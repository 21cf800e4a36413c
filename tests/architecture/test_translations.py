"""Whoever reads Chinese reads all of it: every text of pages and messages is translated, with the same parameters."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "app" / "translations"
PARAMETERS = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What `make translations` would collect now."""
    target = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "-F", "pyproject.toml"]
    subprocess.run([*command, "-k", "lazy_gettext", "-o", target, "."], cwd=ROOT, check=True, capture_output=True)
    with target.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with (TRANSLATIONS / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="zh")


def texts(message: Message) -> tuple[str, ...]:
    """All forms of a message's translation."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def test_something_is_collected(collected: Catalog) -> None:
    """From Python, from error classes and from pages."""
    assert len(collected) > 500
    assert "Somebody else changed this in the meantime." in collected
    assert "Log in" in collected


def test_every_text_is_translated(collected: Catalog, chinese: Catalog) -> None:
    missing = [
        message.id
        for message in collected
        if message.id and ((found := chinese.get(message.id)) is None or not all(texts(found)) or found.fuzzy)
    ]
    assert missing == [], "run `make translations`, then fill in the empty ones"


def test_nothing_is_translated_that_nobody_says(collected: Catalog, chinese: Catalog) -> None:
    assert [message.id for message in chinese if message.id and message.id not in collected] == []


def test_parameters_are_kept(chinese: Catalog) -> None:
    def parameters(text: str) -> list[str]:
        return sorted(PARAMETERS.findall(text))

    wrong = [
        message.id
        for message in chinese
        if message.id
        for text in texts(message)
        if text and parameters(text) != parameters(message.id if isinstance(message.id, str) else message.id[-1])
    ]
    assert wrong == []
