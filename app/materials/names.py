"""The name of a file as we keep it: what the person called it, without what could deceive or do harm.

Paths are cut off; control characters, marks of direction and other invisible characters are taken out (a name written
right to left can show “gpj.exe” as “exe.jpg”). Rare characters stay, those of the private use area included: people's
names are written with them.
"""

import re
import unicodedata
from typing import Final

from app.materials.errors import NameUnusable

LONGEST: Final = 120
LONGEST_EXTENSION: Final = 10
INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of Unicode that show nothing: controls, formats (direction among them), surrogates, separators."""

_PATH: Final = re.compile(r"[/\\:]")
_NOT_IN_NAMES: Final = re.compile(r'[<>"|?*]')
_SPACES: Final = re.compile(r"\s+")


def clean(name: str) -> str:
    """The name to keep, at most LONGEST characters, extension included. Raises NameUnusable."""
    visible = "".join(" " if mark == "\t" else mark for mark in name if mark == "\t" or _shows(mark))
    last = _PATH.split(unicodedata.normalize("NFC", visible))[-1]
    tidy = _SPACES.sub(" ", _NOT_IN_NAMES.sub("_", last)).strip(" .")
    stem, dot, suffix = tidy.rpartition(".")
    if not (dot and stem.strip(" .") and 0 < len(suffix) <= LONGEST_EXTENSION):
        raise NameUnusable()
    return f"{stem.strip()[: LONGEST - len(suffix) - 1]}.{suffix}"


def extension(name: str) -> str:
    """The extension in small letters, without the dot; full-width letters count as plain ones."""
    return unicodedata.normalize("NFKC", name.rpartition(".")[2]).lower()


def _shows(mark: str) -> bool:
    return unicodedata.category(mark) not in INVISIBLE
