"""The files that the demo's applicants hand in: a page that says what it stands for."""

from functools import cache
from importlib.resources import files

import typst

_PAGE = """#set page(paper: "a5")
#set text(font: "Noto Sans CJK SC", size: 16pt)
#align(center + horizon)[#{name}\\ 样张 · Specimen]
"""


@cache
def specimen(name: str) -> bytes:
    """A PDF of one page for the material `name`."""
    quoted = '"' + name.replace("\\", "").replace('"', "") + '"'
    page = _PAGE.replace("{name}", quoted).encode()
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(files("noto_cjk_sans_otc"))]
    )
    return typst.compile(page, font_paths=fonts, format="pdf")
