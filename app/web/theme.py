"""Light or dark: as the reader's device has it, unless they choose. Needs no script, and nothing flashes: the page says
for which screens the colours of the night count (templates/base.html)."""

from collections.abc import Mapping

from flask import Flask, request

from app.kernel.marking import _
from app.web.choice import Choice

AUTO = "auto"
THEMES: Mapping[str, tuple[str, str]] = {
    AUTO: (_("As on this device"), "circle-half"),
    "light": (_("Light"), "sun"),
    "dark": (_("Dark"), "moon-stars"),
}
"""What each is called, and its icon."""
NIGHT: Mapping[str, str] = {AUTO: "screen and (prefers-color-scheme: dark)", "light": "", "dark": "screen"}
"""For which media the colours of the night count; paper stays white."""

CHOICE = Choice("theme", THEMES)


def register(app: Flask) -> None:
    """Remember the theme that a reader asks for, and offer it to templates."""
    app.after_request(CHOICE.remember)
    app.jinja_env.globals.update(themed=CHOICE.address, themes=THEMES)


def theme() -> str:
    """The theme of this page. The wall is dark unless somebody says otherwise."""
    return CHOICE.made() or ("dark" if "wall" in request.args else AUTO)
