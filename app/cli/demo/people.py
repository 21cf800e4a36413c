"""The demo's jurisdictions, departments, posts and people. Everybody has the same password, which is printed."""

from collections.abc import Iterator
from typing import Final, NamedTuple

PASSWORD: Final = "greenlight"  # noqa: S105 - it is printed for whoever tries the demo

CITY: Final = "330300"


class Place(NamedTuple):
    """A jurisdiction (GB/T 2260); `prefix` begins the usernames of its people."""

    code: str
    zh: str
    en: str
    parent: str | None
    prefix: str


class Chair(NamedTuple):
    """A post, its role, and in the city and the districts the person who holds it ("" for none)."""

    department: str
    code: str
    zh: str
    en: str
    role: str
    username: str
    names: tuple[str, str, str]
    is_head: bool = False


class Member(NamedTuple):
    """Somebody who can log in."""

    username: str
    name: str
    place: Place | None
    chair: Chair | None


PLACES: Final = (
    Place(CITY, "温州市", "Wenzhou", None, ""),
    Place("330302", "鹿城区", "Lucheng", CITY, "lucheng-"),
    Place("330304", "瓯海区", "Ouhai", CITY, "ouhai-"),
)

DEPARTMENTS: Final = (
    ("service-hall", "政务服务中心", "Service Hall"),
    ("land", "自然资源局", "Bureau of Natural Resources"),
    ("planning", "规划局", "Bureau of Planning"),
    ("reform", "发展和改革局", "Bureau of Development and Reform"),
    ("supervision", "效能监察室", "Office of Supervision"),
    ("data", "数据局", "Bureau of Data"),
)

CHAIRS: Final = (
    Chair("service-hall", "window-clerk", "综合窗口", "Window clerk", "clerk", "clerk", ("王芳", "叶倩", "潘悦")),
    Chair("service-hall", "hall-head", "中心主任", "Head of the hall", "head", "hall-head", ("陈建国", "", ""), True),
    Chair("land", "land-reviewer", "用地审查", "Land reviewer", "reviewer", "land", ("李强", "金磊", "周涛")),
    Chair("land", "land-head", "自然资源局局长", "Head of Land", "head", "land-head", ("徐国平", "", ""), True),
    Chair("planning", "planning-reviewer", "选址审查", "Siting reviewer", "reviewer", "planning",
          ("赵敏", "林晨", "胡杨")),
    Chair("planning", "planning-head", "规划局局长", "Head of Planning", "head", "planning-head",
          ("吴海燕", "", ""), True),
    Chair("reform", "reform-reviewer", "可研审查", "Feasibility reviewer", "reviewer", "reform",
          ("孙伟", "黄静", "郑凯")),
    Chair("reform", "reform-decider", "决定人", "Decider", "decider", "decider", ("周正明", "夏云", "谢恒")),
    Chair("reform", "reform-head", "发改局局长", "Head of Reform", "head", "reform-head", ("刘志远", "", ""), True),
    Chair("supervision", "supervisor", "监察员", "Supervisor", "supervisor", "supervisor", ("郑严", "方毅", "陆真")),
    Chair("data", "designer", "流程设计", "Process designer", "designer", "designer", ("林工", "", "")),
    Chair("data", "admin", "管理员", "Administrator", "admin", "admin", ("何管", "", "")),
    Chair("data", "operator", "运维", "Operator", "operator", "operator", ("马维", "", "")),
)  # fmt: skip

APPLICANTS: Final = (Member("applicant", "陈晓", None, None), Member("applicant2", "林𬭎", None, None))


def members() -> Iterator[Member]:
    """Everybody, applicants first, then the city's people, then the districts'."""
    yield from APPLICANTS
    for number, place in enumerate(PLACES):
        for chair in CHAIRS:
            if name := chair.names[number]:
                yield Member(place.prefix + chair.username, name, place, chair)
