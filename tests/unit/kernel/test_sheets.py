"""Tables from elsewhere: both kinds of file, the encodings of this country, and what is no table."""

import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from app.kernel import sheets
from app.kernel.sheets import SheetRefused, rows

TABLE = [["日期", "是否上班", "名称"], ["2027-01-01", "false", "元旦"], ["2027-01-03", "true", "补班𬭎"]]


def workbook(*lines: list[object]) -> bytes:
    book, written = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(written)
    return written.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_every_encoding_that_offices_write(encoding: str, delimiter: str) -> None:
    text = "\r\n".join(delimiter.join(line) for line in TABLE) + "\r\n\r\n"
    assert rows(text.encode(encoding)) == TABLE


def test_a_workbook_gives_text() -> None:
    given_ = workbook(
        ["日期", "是否上班", "名称"],
        [date(2027, 1, 1), False, "元旦"],
        [None, None, None],
        [datetime(2027, 1, 3), True, " 补班𬭎 "],  # noqa: DTZ001 - what a cell of a workbook holds
        [20270101, 1.5, "=1+1"],
    )
    # a formula that no program has worked out yet has no value
    assert rows(given_) == [*TABLE, ["20270101", "1.5"]]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_what_a_spreadsheet_would_work_out_is_marked(sign: str) -> None:
    """Wide signs too, which spreadsheets take for narrow ones where Chinese is typed."""
    cell = f'{sign}HYPERLINK("http://example.invalid")'
    written = sheets.as_csv([[cell]])
    assert f"'{sign}" in written.decode("utf-8-sig")
    assert sheets.rows(written) == [[cell]]


def test_a_quoted_cell_may_hold_what_parts_cells_and_rows() -> None:
    assert rows(b'a,"b, c\nd"\n') == [["a", "b, c\nd"]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"PK\x03\x04 and nothing of an archive",
        b"%PDF-1.7\x00\x00",
        b"\xff\xfe\x00",
        b"x" * (sheets.LARGEST + 1),
        b"a\n" * (sheets.MOST_ROWS + 1),
        b"x" * (sheets.LONGEST_CELL + 1),
    ],
    ids=["empty", "blank", "broken workbook", "another kind", "half a sign", "large", "long", "cell"],
)
def test_what_is_no_table_is_refused_at_the_field(content: bytes) -> None:
    with pytest.raises(SheetRefused) as refused:
        rows(content)
    assert list(refused.value.fields) == ["file"]


def test_an_archive_that_unpacks_without_end_is_not_opened() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (65 * 1024 * 1024))
    assert len(packed.getvalue()) < sheets.LARGEST
    with pytest.raises(SheetRefused):
        rows(packed.getvalue())


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    try:
        found = rows(content)
    except SheetRefused:
        return
    assert all(isinstance(cell, str) for row in found for cell in row)
