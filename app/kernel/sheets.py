"""Tables that people bring from elsewhere: XLSX, or CSV in the encodings that offices here write.

A table is rows of text, each cell stripped; a date reads YYYY-MM-DD. Nothing is executed or evaluated: of a formula one
gets the value that was stored with it.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from openpyxl import load_workbook

from app.kernel.errors import Invalid, Message

LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a file."""
_LARGEST_UNPACKED: Final = 64 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 2_000
_PACKED: Final = b"PK\x03\x04"
_DELIMITERS: Final = (",", "\t", ";")


def _(msgid: str) -> str:
    """Mark a text for translation; the edges translate it."""
    return msgid


class SheetRefused(Invalid):
    """A file that is no table, or one that is larger than any list of an office. The field is `file`."""

    code = "sheet-refused"

    def __init__(self, reason: str) -> None:
        super().__init__({"file": [reason]})


def rows(content: bytes) -> list[list[str]]:
    """The rows of the first sheet of an XLSX file, or of a CSV file; rows in which nothing stands are left out, and
    so are empty cells at the end of a row.

    Raises SheetRefused.
    """
    if not content.strip():
        raise SheetRefused(_("Choose a file: it must not be empty."))
    if len(content) > LARGEST:
        raise SheetRefused(Message(_("The file is too large: at most %(limit)d MB."), limit=LARGEST // 1024 // 1024))
    found = _of_workbook(content) if content.startswith(_PACKED) else _of_text(content)
    kept = [row for row in islice(found, MOST_ROWS + 1) if row]
    if len(kept) > MOST_ROWS:
        raise SheetRefused(Message(_("The table is too long: at most %(most)d rows."), most=MOST_ROWS))
    return kept


def _of_workbook(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _LARGEST_UNPACKED:
                raise SheetRefused(_("This file is far larger than it looks and is not opened."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size need not be so
        found = list(islice(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), MOST_ROWS + 1))
    except SheetRefused:
        raise
    except Exception:  # whatever a damaged workbook makes its reader raise, there are dozens of kinds
        raise SheetRefused(_("This file cannot be read as an Excel workbook (.xlsx).")) from None
    return (_bounded(map(_text, row)) for row in found)


def _of_text(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    if "\0" in text:
        raise SheetRefused(_("This file is neither CSV nor an Excel workbook (.xlsx)."))
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        yield from map(_bounded, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise SheetRefused(_("This file is neither CSV nor an Excel workbook (.xlsx).")) from None


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else GB 18030, which Excel writes on a Chinese Windows."""
    has_mark = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if has_mark else ["utf-8-sig", "gb18030"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetRefused(_("The characters of this file cannot be read: save it as UTF-8 or GB 18030."))


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _bounded(row: Iterable[str]) -> list[str]:
    cells = [cell.strip() for cell in islice(row, MOST_COLUMNS)]
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise SheetRefused(Message(_("A cell is too long: at most %(most)d characters."), most=LONGEST_CELL))
    while cells and not cells[-1]:
        cells.pop()
    return cells
