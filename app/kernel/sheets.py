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

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles.numbers import FORMAT_TEXT

from app.kernel import confine
from app.kernel.errors import Invalid, Message
from app.kernel.marking import _

LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a file."""
_LARGEST_UNPACKED: Final = 64 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 2_000
_PACKED: Final = b"PK\x03\x04"
_DELIMITERS: Final = (",", "\t", ";")
_MOST_EXACT: Final = 10**15
"""A cell of numbers keeps fifteen digits: the rest of a citizen number is gone, and not to be guessed."""
_LOST: Final = "\0"
BOUNDS: Final = confine.Bounds(seconds=10, megabytes=256)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Wide signs count too: where Chinese is typed, spreadsheets take them for narrow ones."""


class SheetRefused(Invalid):
    """A file that is no table, or one that is larger than any list of an office. The field is `file`."""

    code = "sheet-refused"

    def __init__(self, reason: str) -> None:
        super().__init__({"file": [reason]})


def rows(content: bytes) -> list[list[str]]:
    """The rows of a table, as `numbered` reads them. Raises SheetRefused, Unworkable."""
    return [row for _number, row in numbered(content)]


def numbered(content: bytes) -> list[tuple[int, list[str]]]:
    """The rows of the first sheet of an XLSX file, or of a CSV file, each with its number in the sheet (from 1). Rows
    in which nothing stands are left out, and so are empty cells at the end of a row.

    A workbook is opened in a child that is watched. Raises SheetRefused, Unworkable.
    """
    if not content.strip():
        raise SheetRefused(_("Choose a file: it must not be empty."))
    if len(content) > LARGEST:
        raise SheetRefused(Message(_("The file is too large: at most %(limit)d MB."), limit=LARGEST // 1024 // 1024))
    packed = content.startswith(_PACKED)
    found = confine.run(cells_of_workbook, content, what="XLSX", bounds=BOUNDS) if packed else _of_text(content)
    kept = [(number, _bounded(row)) for number, row in enumerate(islice(found, MOST_ROWS + 1), 1)]
    if len(kept) > MOST_ROWS:
        raise SheetRefused(Message(_("The table is too long: at most %(most)d rows."), most=MOST_ROWS))
    for number, row in kept:
        if _LOST in row:
            said = _("Row %(row)d: a number of more than 15 digits has lost its last ones. Write it as text.")
            raise SheetRefused(Message(said, row=number))
    return [(number, row) for number, row in kept if row]


def cells_of_workbook(content: bytes) -> list[list[str]]:
    """The cells of the first sheet of a workbook, as text. Raises SheetRefused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _LARGEST_UNPACKED:
                raise SheetRefused(_("This file is far larger than it looks and is not opened."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size need not be so
        found = islice(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), MOST_ROWS + 1)
        return [[_text(value) for value in row] for row in found]
    except SheetRefused:
        raise
    except Exception:  # whatever a damaged workbook makes its reader raise, there are dozens of kinds
        raise SheetRefused(_("This file cannot be read as an Excel workbook (.xlsx).")) from None


def _of_text(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    if "\0" in text:
        raise SheetRefused(_("This file is neither CSV nor an Excel workbook (.xlsx)."))
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
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
        case int() | float() if abs(value) >= _MOST_EXACT:
            return _LOST
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _bounded(row: Iterable[str]) -> list[str]:
    cells = [_unmarked(cell.strip()) for cell in islice(row, MOST_COLUMNS)]
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise SheetRefused(Message(_("A cell is too long: at most %(most)d characters."), most=LONGEST_CELL))
    while cells and not cells[-1]:
        cells.pop()
    return cells


def as_csv(table: Iterable[Iterable[str]]) -> bytes:
    """A table as CSV that every spreadsheet opens: UTF-8 with its mark. No cell is taken for a formula."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([_marked(cell) for cell in row] for row in table)
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def as_workbook(table: Iterable[Iterable[str]]) -> bytes:
    """A table as XLSX, all of it text: no number loses digits, no cell is taken for a formula."""
    book, written = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in table:
        sheet.append([_text_cell(sheet, cell) for cell in row])
    book.save(written)
    return written.getvalue()


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type, cell.number_format = "s", FORMAT_TEXT
    return cell


def _marked(cell: str) -> str:
    """An apostrophe before what a spreadsheet would work out."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _unmarked(cell: str) -> str:
    """Without the apostrophe of `_marked`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
