"""Colours are named once, by day and by night; each pair that meets on a page can be read (WCAG 2.2, 1.4.3, 1.4.11)."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "frontend" / "src"
NAMED = re.compile(r"--([a-z-]+): (#[0-9a-f]{3,6});")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(|light-dark\(")
TEXT, SIGN = 4.5, 3.0

GROUNDS = ("paper", "card", "sunk", "hover", "well")
PAIRS = [
    *(("ink", ground, TEXT) for ground in (*GROUNDS, "chip", "pine-wash")),
    *(("ink-soft", ground, TEXT) for ground in GROUNDS),
    *(("ink-faint", ground, TEXT) for ground in ("paper", "card", "hover", "sunk")),
    *(("pine", ground, TEXT) for ground in (*GROUNDS, "pine-wash")),
    *(
        (light + "-ink", ground, TEXT)
        for light in ("green", "yellow", "red", "still")
        for ground in ("card", "paper", light + "-wash")
    ),
    *(("on-pine", ground, TEXT) for ground in ("pine", "pine-deep", "pine-night")),
    ("on-red", "red-ink", TEXT),
    ("on-yellow", "yellow", TEXT),
    ("on-green", "green", SIGN),
    ("on-red", "red", SIGN),
    ("on-still", "still", TEXT),
    *((ink, ground, TEXT) for ink in ("on-night", "night-soft") for ground in ("night", "hero")),
    *(("edge", ground, SIGN) for ground in ("card", "paper", "hover")),
    *(("focus", ground, SIGN) for ground in GROUNDS),
    *((light, "card", SIGN) for light in ("green", "red", "still", "yellow-edge")),
    ("pine-night", "pine-line", TEXT),
]


def read(*names: str) -> dict[str, str]:
    """The colours of the files, the later counts."""
    return {key: value for name in names for key, value in NAMED.findall((SOURCES / name).read_text("utf-8"))}


DAY = read("design/tokens.css")
NIGHT = read("design/tokens.css", "dark.css")


def luminance(colour: str) -> float:
    """WCAG's relative luminance of #rgb or #rrggbb."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_what_meets_can_be_read(colours: Mapping[str, str], ink: str, ground: str, least: float) -> None:
    assert contrast(colours[ink], colours[ground]) >= least


def test_night_renames_nothing() -> None:
    assert set(read("dark.css")) <= set(DAY)


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.css")), ids=lambda path: path.name)
def test_no_other_file_names_a_colour(path: Path) -> None:
    if path.name not in ("tokens.css", "dark.css"):
        assert COLOUR.findall(path.read_text("utf-8")) == []
