"""Tables from which the office is built: which columns each kind has, and the rows of a file by column.

A header names a column by its code, by its Chinese name, or by both. Columns may stand in any order; those that are
not required may be missing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from app.kernel import sheets
from app.kernel.errors import Message
from app.kernel.marking import _
from app.kernel.sheets import SheetRefused

MOST_RECORDS: Final = 5_000
"""Rows of one import: it is one transaction, which nobody should have to wait for longer than half a minute."""


class Kind(StrEnum):
    """What a table lists."""

    REGIONS = "regions"
    DEPARTMENTS = "departments"
    POSTS = "posts"
    PEOPLE = "people"


class Column(NamedTuple):
    """A column: its code, its Chinese name, and an example for the template."""

    code: str
    zh: str
    example: str
    required: bool = False


_CODE_AND_NAMES = (
    Column("name_zh", "中文名称", "自然资源局", True),
    Column("name_en", "英文名称", "Bureau of Natural Resources", True),
)

COLUMNS: Final[Mapping[Kind, tuple[Column, ...]]] = {
    Kind.REGIONS: (
        Column("code", "区划代码", "330302", True),
        Column("name_zh", "中文名称", "鹿城区", True),
        Column("name_en", "英文名称", "Lucheng", True),
        Column("parent", "上级区划", "330300"),
        Column("calendar", "日历", "cn"),
        Column("administrator", "管理员用户名", ""),
    ),
    Kind.DEPARTMENTS: (Column("code", "部门代码", "land", True), *_CODE_AND_NAMES),
    Kind.POSTS: (
        Column("code", "岗位代码", "land-reviewer", True),
        Column("department", "部门代码", "land", True),
        Column("name_zh", "中文名称", "用地审查", True),
        Column("name_en", "英文名称", "Land reviewer", True),
        Column("roles", "角色", "reviewer"),
        Column("head", "部门负责人", "no"),
    ),
    Kind.PEOPLE: (
        Column("username", "用户名", "wang.fang", True),
        Column("name", "姓名", "王芳", True),
        Column("phone", "电话", "13800000000"),
        Column("email", "电子邮箱", "wang.fang@example.org"),
        Column("id_number", "证件号码", ""),
        Column("post", "岗位代码", "land-reviewer", True),
        Column("since", "任岗日期", "2026-01-01"),
        Column("until", "离岗日期（含当日）", ""),
    ),
}
"""The columns of each kind. `administrator`: the region becomes a jurisdiction, which this person administers. A person
has a row for each post; `until` is the last day at it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a place of a table; `column` None: with the row as a whole. `said` is a msgid."""

    row: int
    column: str | None
    said: Message


@dataclass(frozen=True, slots=True)
class Record:
    """A row by column; what is empty is not there."""

    row: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The records of a file, or what is wrong with its shape."""

    records: tuple[Record, ...] = ()
    faults: tuple[Fault, ...] = field(default=())


def read(kind: Kind, content: bytes) -> Table:
    """The table in a CSV or XLSX file. Raises SheetRefused, Unworkable for what is no table at all."""
    (number, header), *rows = sheets.numbered(content) or [(1, [])]
    if len(rows) > MOST_RECORDS:
        raise SheetRefused(Message(_("The table is too long: at most %(most)d rows."), most=MOST_RECORDS))
    places, faults = _places(kind, number, header)
    if faults:
        return Table(faults=tuple(faults))
    records = tuple(
        Record(row, {code: cells[at] for code, at in places.items() if at < len(cells) and cells[at]})
        for row, cells in rows
    )
    return Table(records, tuple(_missing(kind, records)))


def template(kind: Kind) -> list[list[str]]:
    """A table to fill in: its header in both languages, and one example."""
    columns = COLUMNS[kind]
    return [[f"{column.zh} {column.code}" for column in columns], [column.example for column in columns]]


def _places(kind: Kind, row: int, header: Sequence[str]) -> tuple[dict[str, int], list[Fault]]:
    """Where each column stands, and what is wrong with the header."""
    known = {name: column.code for column in COLUMNS[kind] for name in _names(column)}
    places: dict[str, int] = {}
    faults: list[Fault] = []
    for at, cell in enumerate(header):
        code = known.get(_plain(cell))
        if code is None and cell:
            faults.append(Fault(row, cell[:40], Message(_("There is no such column in a table of this kind."))))
        elif code in places:
            faults.append(Fault(row, cell[:40], Message(_("This column stands there twice."))))
        elif code is not None:
            places[code] = at
    missing = [column.code for column in COLUMNS[kind] if column.required and column.code not in places]
    return places, faults + [Fault(row, code, Message(_("This column is missing."))) for code in missing]


def _missing(kind: Kind, records: Sequence[Record]) -> Iterator[Fault]:
    for record in records:
        for column in COLUMNS[kind]:
            if column.required and column.code not in record.values:
                yield Fault(record.row, column.code, Message(_("This must be filled in.")))


def _names(column: Column) -> tuple[str, ...]:
    return tuple(map(_plain, (column.code, column.zh, column.zh + column.code, column.code + column.zh)))


def _plain(header: str) -> str:
    """A header without what people vary: space, brackets, case, underscores."""
    return re.sub(r"[\s_\-/()（）]+", "", header).casefold()
