"""Building the office from a table: what a preview says happens, all of it or nothing."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from app.administration import importing, queries
from app.administration.errors import ImportRefused
from app.administration.importing import preview, take_over
from app.administration.queries import PeopleFilter
from app.administration.tables import Kind
from app.deadlines import seed
from app.identity.models import Account
from app.kernel import sheets
from app.kernel.errors import Forbidden, Stale
from app.org.models import Department, Holder, Post, Region
from tests.integration.administration.conftest import CITY, DISTRICT, NOW

ZONE = ZoneInfo("Asia/Shanghai")


def count(session, table) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def verbs(plan) -> list[str]:
    assert plan.faults == (), plan.faults
    return [row.verb for row in plan.rows]


def faults(plan) -> list[tuple[int, str | None]]:
    return [(fault.row, fault.column) for fault in plan.faults]


PEOPLE = """用户名,姓名,电话,岗位代码,任岗日期,离岗日期（含当日）
wang.fang,王芳,13800000000,reviewer,2026-03-10,2026/12/31
lin.hong,林𬭎,,decider,,
mei,梅,138****1234,reviewer,,
lan,lan 甲,,reviewer,,2026年4月1日
lan,lan 甲,,decider,,
"""


def test_people_from_a_table(world):
    admin = world.actor("admin-city")
    plan = take_over(world.session, admin, Kind.PEOPLE, PEOPLE.encode("gb18030"), NOW)
    assert verbs(plan) == ["add", "add", "change", "change", "change"]
    assert [dict(row.changes) for row in plan.rows[2:]] == [
        {"name": ("mei 甲", "梅")},
        {"until": (None, "2026年4月1日")},
        {"post": (None, "decider")},
    ]
    (wang,), _ = queries.people(world.session, admin, NOW, PeopleFilter(text="wang"), 5)
    (held,) = wang.posts
    assert held.since == datetime(2026, 3, 10, tzinfo=ZONE)
    assert held.until == datetime(2027, 1, 1, tzinfo=ZONE), "the last day is worked"
    assert world.session.scalar(select(Account.name).where(Account.username == "lin.hong")) == "林𬭎"
    assert world.session.scalar(select(Account.phone).where(Account.username == "mei")) == "13800001234"
    again = preview(world.session, admin, Kind.PEOPLE, PEOPLE.encode(), NOW)
    assert verbs(again) == ["leave"] * 5
    assert queries.history(world.session, admin)[-1].tag == "web:table:imported"


def test_an_end_is_moved_either_way(world):
    admin = world.actor("admin-city")

    def end(day):
        content = f"username,name,post,until\nlan,lan 甲,reviewer,{day}\n".encode()
        take_over(world.session, admin, Kind.PEOPLE, content, NOW)
        return max(held.until for held in queries.person(world.session, admin, world.ids["lan"]).posts)

    for day, until in (("2026-05-01", (2026, 5, 2)), ("2026-04-01", (2026, 4, 2)), ("2026-06-01", (2026, 6, 2))):
        assert end(day) == datetime(*until, tzinfo=ZONE)


def test_a_preview_does_nothing_and_says_what_will_be_done(world):
    admin = world.actor("admin-city")
    before = [count(world.session, table) for table in (Account, Holder)]
    planned = preview(world.session, admin, Kind.PEOPLE, PEOPLE.encode(), NOW)
    assert [count(world.session, table) for table in (Account, Holder)] == before
    done = take_over(world.session, admin, Kind.PEOPLE, PEOPLE.encode(), NOW, planned.digest)
    assert done == planned


def test_what_was_agreed_to_and_is_no_longer_so_is_refused(world):
    admin = world.actor("admin-city")
    planned = preview(world.session, admin, Kind.PEOPLE, PEOPLE.encode(), NOW)
    take_over(world.session, admin, Kind.PEOPLE, b"username,name,post\nmei,\xe6\xa2\x85,reviewer\n", NOW)
    with pytest.raises(Stale), world.session.begin_nested():
        take_over(world.session, admin, Kind.PEOPLE, PEOPLE.encode(), NOW, planned.digest)


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("new,新,,nowhere,,", (3, "post")),
        ("tao,陶,,reviewer,,", (3, "username")),
        ("new,新\u202e,,reviewer,,", (3, "name")),
        ("new,=1+1,,reviewer,,", (3, "name")),
        ("new,新,call me,reviewer,,", (3, "phone")),
        ("new,新,,reviewer,1.3.2026,", (3, "since")),
        ("new,新,,reviewer,2026-02-30,", (3, "since")),
        ("new,新,,reviewer,2026-05-01,2026-04-01", (3, "until")),
        ("lan,lan 甲,,reviewer,,2020-01-01", (3, "until")),
        ("new,新,,platform,,", (3, None)),
        ("root,根,,reviewer,,", (3, None)),
        ("ok,好,,reviewer,,", (3, "username")),
    ],
    ids=[
        "no such post", "somebody of elsewhere", "mark of direction", "formula", "phone", "date", "no such day",
        "backwards", "past", "beyond lending", "beyond administering", "twice",
    ],
)  # fmt: skip
def test_one_fault_and_nothing_is_taken_over(world, row, place):
    admin = world.actor("admin-city")
    content = f"用户名,姓名,电话,岗位代码,任岗日期,离岗日期\nok,好,,reviewer,,\n{row}\n".encode()
    content = content.replace("离岗日期".encode(), b"until")
    before = count(world.session, Account)
    assert faults(preview(world.session, admin, Kind.PEOPLE, content, NOW)) == [place]
    with pytest.raises(ImportRefused) as refused:
        take_over(world.session, admin, Kind.PEOPLE, content, NOW)
    assert list(refused.value.fields) == [f"{place[0]}.{place[1]}" if place[1] else str(place[0])]
    assert count(world.session, Account) == before


def test_all_faults_are_told_at_once(world):
    content = "username,name,post\na1,\u202ex,reviewer\na2,好,nowhere\n!,好,reviewer\n".encode()
    plan = preview(world.session, world.actor("admin-city"), Kind.PEOPLE, content, NOW)
    assert faults(plan) == [(2, "name"), (3, "post"), (4, "username")]


def test_departments_and_posts_from_workbooks(world):
    admin = world.actor("admin-city")
    table = sheets.as_workbook(
        [["部门代码", "中文名称", "英文名称"], ["land", "土地局", "Land"], ["health", "卫健委", "Health"]]
    )
    assert verbs(take_over(world.session, admin, Kind.DEPARTMENTS, table, NOW)) == ["change", "add"]
    rows = [
        ["code", "department", "name_zh", "name_en", "roles", "head"],
        ["reviewer", "health", "审查", "Reviewer", "reviewer、head", "是"],
        ["nurse", "health", "护士", "Nurse", "", "no"],
        ["decider", "land", "decider", "decider", "", ""],
    ]
    plan = take_over(world.session, admin, Kind.POSTS, sheets.as_workbook(rows), NOW)
    assert verbs(plan) == ["change", "add", "leave"]
    assert plan.rows[0].changes == {
        "department": ("land", "health"),
        "head": ("no", "yes"),
        "name_en": ("reviewer", "Reviewer"),
        "name_zh": ("reviewer", "审查"),
        "roles": ("reviewer", "head reviewer"),
    }
    row = queries.post(world.session, admin, world.post("reviewer"), NOW)
    assert (row.roles, row.is_head, row.name_zh) == (("head", "reviewer"), True, "审查")


def test_regions_and_their_administrators_from_a_table(world):
    root = world.actor("root")
    content = (
        f"code,name_zh,name_en,parent,calendar,administrator\n330381,瑞安市,Rui'an,330300,{seed.CODE},mei\n".encode()
    )
    assert verbs(take_over(world.session, root, Kind.REGIONS, content, NOW)) == ["add"]
    assert world.session.get_one(Region, "330381").is_tenant
    assert verbs(preview(world.session, root, Kind.REGIONS, content, NOW)) == ["leave"]
    moved = content.replace(b",330300,", b",330302,")
    assert faults(preview(world.session, root, Kind.REGIONS, moved, NOW)) == [(2, "parent")]


def test_a_table_is_taken_over_in_ones_own_jurisdiction_only(world):
    district = world.actor("admin-district", DISTRICT)
    content = b"code,name_zh,name_en\nland,x,y\nmine,m,m\n"
    take_over(world.session, district, Kind.DEPARTMENTS, content, NOW)
    world.actor("admin-city")
    names = world.session.scalars(select(Department.name_zh).where(Department.code == "land")).all()
    assert names == ["自然资源局"]
    assert world.session.scalar(select(Post.id).where(Post.code == "mine", Post.tenant == CITY)) is None


@pytest.mark.parametrize(("username", "kind"), [("mei", Kind.PEOPLE), ("admin-city", Kind.REGIONS)])
def test_who_may_not_is_told_so_before_anything_is_read(world, username, kind):
    with pytest.raises(Forbidden):
        importing.preview(world.session, world.actor(username), kind, b"", NOW)
