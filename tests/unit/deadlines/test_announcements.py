"""What a year's announcement says, from the lines of a notice and from sheets."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deadlines import seed
from app.deadlines.announcements import Line, changes, check_year, lines_of, of_lines, of_sheet
from app.deadlines.types import Day
from app.kernel.errors import Invalid

NOTICE_OF_2026 = [
    Line("元旦", "2026-01-01", "2026-01-03", "1月4日"),
    Line("春节", "2026-02-15", "2026-02-23", "2月14日、2月28日"),
    Line("清明节", "4月4日", "4月6日"),
    Line("劳动节", "2026/5/1", "2026/5/5", "2026-05-09"),
    Line("端午节", "6月19日", "6月21日", ""),
    Line("中秋节", "2026年9月25日", "2026年9月27日"),
    Line("国庆节", "10月1日", "10月7日", "9月20日（周日）, 10月10日".replace("（周日）", "")),
    Line("", "", "", ""),
    Line("还没有定", "", "", ""),
]
"""国办发明电〔2025〕7号."""


def faults(lines: list[Line], year: int = 2027) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        of_lines(year, lines)
    return refused.value.fields


def test_the_notice_of_a_year_as_it_is_written_gives_the_days_that_are_known() -> None:
    assert of_lines(2026, NOTICE_OF_2026) == dict(sorted(seed.announced(2026).items()))


@pytest.mark.parametrize("year", [*range(2010, 2027)])
def test_the_lines_of_known_years_make_the_same_days_again(year: int) -> None:
    days = seed.announced(year)
    assert of_lines(year, lines_of(days)) == dict(sorted(days.items()))


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (Line("元旦", "1月32日", ""), "first"),
        (Line("元旦", "2027-01-01", "soon"), "last"),
        (Line("元旦", "2027-01-03", "2027-01-01"), "last"),
        (Line("元旦", "2027-01-01", "2027-03-01"), "last"),
        (Line("元旦", "2026-12-31", "2027-01-03"), "first"),
        (Line("元旦", "2027-01-01", "2027-01-03", "2027-01-04"), "worked"),  # a Monday is worked anyway
        (Line("元旦", "2027-01-01", "2027-01-03", "2028-01-01"), "worked"),
        (Line("元旦", "2027-01-01", "2027-01-03", "周日"), "worked"),
        (Line("", "2027-01-01", ""), "name"),
        (Line("长" * 61, "2027-01-01", ""), "name"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(line: Line, field: str) -> None:
    assert list(faults([Line(), line])) == [f"lines.1.{field}"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert set(faults([Line("a", "x"), Line("", "2027-01-01", "", "x")])) == {
        "lines.0.first",
        "lines.1.name",
        "lines.1.worked",
    }


def test_a_sheet_of_days_with_headings_in_either_language() -> None:
    expected = {date(2027, 1, 1): Day(False, "New Year's Day"), date(2027, 1, 3): Day(True, "New Year's Day")}
    for head in (["date", "is_working", "name"], ["日期", "是否上班", "名称"], ["2027-01-02", "false", "周六"]):
        assert of_sheet(2027, [head, ["2027-01-01", "false", "元旦"], ["1月3日", "上班", "元旦"]]) == expected


def test_a_sheet_of_the_whole_year_keeps_the_days_that_differ() -> None:
    whole = [
        [date.fromordinal(n).isoformat(), "是"]
        for n in range(date(2027, 1, 1).toordinal(), date(2028, 1, 1).toordinal())
    ]
    assert len(whole) == 365
    assert {day.weekday() > 4 and kept.is_working for day, kept in of_sheet(2027, whole).items()} == {True}


def test_each_wrong_row_of_a_sheet_is_named() -> None:
    rows = [
        ["日期"],
        ["x", "是"],
        ["2026-01-01", "否"],
        ["2027-01-01", "否"],
        ["2027-01-01", "否"],
        ["2027-01-04", "?"],
    ]
    with pytest.raises(Invalid) as refused:
        of_sheet(2027, rows)
    said = [message % message.params for message in refused.value.fields["file"]]
    assert [text.partition(":")[0] for text in said] == ["Row 2", "Row 3", "Row 5", "Row 6"]


@pytest.mark.parametrize("rows", [[], [["日期", "是否上班"]]])
def test_a_sheet_without_days_is_refused(rows: list[list[str]]) -> None:
    with pytest.raises(Invalid):
        of_sheet(2027, rows)


@given(st.lists(st.lists(st.text(max_size=12), max_size=4), max_size=5))
def test_any_sheet_is_read_or_refused(rows: list[list[str]]) -> None:
    try:
        days = of_sheet(2027, [row for row in rows if row])
    except Invalid:
        return
    assert all(kept.is_working is (day.weekday() > 4) for day, kept in days.items())


def test_what_changes_between_two_loads() -> None:
    before = {date(2027, 1, 1): Day(False, "a"), date(2027, 1, 4): Day(False, "a"), date(2027, 1, 9): Day(True, "a")}
    after = {date(2027, 1, 1): Day(False, "b"), date(2027, 1, 10): Day(True, "a"), date(2027, 1, 9): Day(True, "a")}
    found = {
        change.day.day: (change.was_worked, change.worked, change.is_name_only) for change in changes(before, after)
    }
    assert found == {1: (False, False, True), 4: (False, True, False), 10: (False, True, False)}
    assert changes(after, after) == []


@pytest.mark.parametrize("year", [1999, 2101, 0, -5])
def test_a_year_is_one_of_this_century(year: int) -> None:
    check_year(2027)
    with pytest.raises(Invalid):
        check_year(year)
