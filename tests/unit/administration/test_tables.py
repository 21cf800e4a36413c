"""Tables from which the office is built: headers in both languages, whatever the order, and what is wrong where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.administration.tables import COLUMNS, MOST_RECORDS, Kind, read, template
from app.kernel import sheets
from app.kernel.sheets import SheetRefused


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("write", [sheets.as_csv, sheets.as_workbook])
def test_a_template_reads_back(kind: Kind, write) -> None:
    table = read(kind, write(template(kind)))
    assert table.faults == ()
    (record,) = table.records
    assert record.row == 2
    assert record.values == {column.code: column.example for column in COLUMNS[kind] if column.example}


@pytest.mark.parametrize(
    "header",
    ["code,name_zh,name_en", "name_en,code,name_zh", "部门代码,中文名称,英文名称", "Code,Name ZH,英文名称 name_en"],
)
def test_headers_in_either_language_and_any_order(header: str) -> None:
    assert read(Kind.DEPARTMENTS, f"{header}\n".encode()).faults == ()


def test_faults_of_a_header_say_which_column() -> None:
    table = read(Kind.DEPARTMENTS, "code,code,colour,中文名称\nland,land,red,x\n".encode())
    assert [(fault.row, fault.column) for fault in table.faults] == [(1, "code"), (1, "colour"), (1, "name_en")]
    assert table.records == ()


def test_what_must_be_filled_in_is_told_by_row_as_the_spreadsheet_numbers_it() -> None:
    table = read(Kind.DEPARTMENTS, b"code,name_zh,name_en\n\nland,,Land\n,,\nplan,x\n")
    assert [(fault.row, fault.column) for fault in table.faults] == [(3, "name_zh"), (5, "name_en")]


def test_a_table_has_an_end() -> None:
    rows = "".join(f"d{number},x,x\n" for number in range(MOST_RECORDS + 1))
    with pytest.raises(SheetRefused):
        read(Kind.DEPARTMENTS, f"code,name_zh,name_en\n{rows}".encode())


@pytest.mark.parametrize("content", [b"\n", b"", b"\xff\xfea", b"PK\x03\x04"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(SheetRefused):
        read(Kind.PEOPLE, content)


@given(st.text(max_size=200))
def test_any_text_is_a_table_with_faults_or_refused(text: str) -> None:
    try:
        table = read(Kind.DEPARTMENTS, text.encode(errors="ignore"))
    except SheetRefused:
        return
    assert table.faults


CELL = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20).map(str.strip).filter(bool)


@given(st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=5))
def test_what_is_written_as_csv_reads_back_and_is_no_formula(rows: list[list[str]]) -> None:
    written = sheets.as_csv(rows)
    marked = [["" if cell == "'" else cell for cell in row] for row in rows]
    if any(cell.startswith("'") for row in marked for cell in row):
        return
    assert sheets.rows(written) == rows
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in written.decode("utf-8-sig").split(","))


def test_a_workbook_keeps_signs_digits_and_rare_characters() -> None:
    rows = [["=1+1", "110105194912310021", "林𬭎", "007", "+86 138"]]
    assert sheets.rows(sheets.as_workbook(rows)) == rows
