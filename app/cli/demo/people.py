"""The demo's jurisdictions, departments, posts and people. Everybody has the same password, which is printed."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import yaml

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
    """A post, its role, and how many people hold it in the city and in each district."""

    department: str
    code: str
    zh: str
    en: str
    role: str
    username: str
    in_city: int = 1
    in_district: int = 1
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
    Place("330303", "龙湾区", "Longwan", CITY, "longwan-"),
    Place("330304", "瓯海区", "Ouhai", CITY, "ouhai-"),
    Place("330305", "洞头区", "Dongtou", CITY, "dongtou-"),
)

DEPARTMENTS: Final = (
    ("service-hall", "政务服务中心", "Service Hall"),
    ("land", "自然资源局", "Bureau of Natural Resources"),
    ("planning", "规划局", "Bureau of Planning"),
    ("reform", "发展和改革局", "Bureau of Development and Reform"),
    ("market", "市场监督管理局", "Bureau of Market Supervision"),
    ("public-security", "公安局", "Bureau of Public Security"),
    ("emergency", "应急管理局", "Bureau of Emergency Management"),
    ("ecology", "生态环境局", "Bureau of Ecology and Environment"),
    ("housing", "住房和城乡建设局", "Bureau of Housing and Construction"),
    ("transport", "交通运输局", "Bureau of Transport"),
    ("health", "卫生健康委员会", "Health Commission"),
    ("education", "教育局", "Bureau of Education"),
    ("human-resources", "人力资源和社会保障局", "Bureau of Human Resources"),
    ("supervision", "效能监察室", "Office of Supervision"),
    ("data", "数据局", "Bureau of Data"),
)

_WITH_ITEMS: Final = (
    Chair("service-hall", "window-clerk", "综合窗口", "Window clerk", "clerk", "clerk", 4, 3),
    Chair("service-hall", "hall-head", "中心主任", "Head of the hall", "head", "hall-head", is_head=True),
    Chair("land", "land-reviewer", "用地审查", "Land reviewer", "reviewer", "land", 2, 2),
    Chair("land", "land-head", "自然资源局局长", "Head of Land", "head", "land-head", is_head=True),
    Chair("planning", "planning-reviewer", "选址审查", "Siting reviewer", "reviewer", "planning", 2),
    Chair("planning", "planning-head", "规划局局长", "Head of Planning", "head", "planning-head", is_head=True),
    Chair("reform", "reform-reviewer", "可研审查", "Feasibility reviewer", "reviewer", "reform", 2),
    Chair("reform", "reform-decider", "可研决定人", "Decider", "decider", "decider"),
    Chair("reform", "reform-head", "发改局局长", "Head of Reform", "head", "reform-head", is_head=True),
    Chair("market", "equipment-reviewer", "特种设备审查", "Equipment reviewer", "reviewer", "equipment", 2),
    Chair("market", "equipment-assessor", "鉴定评审", "Equipment assessor", "reviewer", "equipment-assessor"),
    Chair("market", "chemical-reviewer", "危化品审查", "Chemicals reviewer", "reviewer", "chemical"),
    Chair("market", "chemical-inspector", "检验检测", "Chemicals inspector", "reviewer", "chemical-inspector"),
    Chair("market", "laboratory-reviewer", "资质认定审查", "Laboratory reviewer", "reviewer", "laboratory"),
    Chair("market", "laboratory-assessor", "技术评审", "Laboratory assessor", "reviewer", "laboratory-assessor"),
    Chair("market", "product-reviewer", "产品许可审查", "Product reviewer", "reviewer", "product", 2),
    Chair("market", "market-inspector", "事后核查", "Market inspector", "reviewer", "inspector", 2),
    Chair("market", "food-reviewer", "食品经营审查", "Food reviewer", "reviewer", "food", 2, 2),
    Chair("market", "drug-reviewer", "药品经营审查", "Drug reviewer", "reviewer", "drug"),
    Chair("market", "device-reviewer", "医疗器械审查", "Device reviewer", "reviewer", "device"),
    Chair("market", "market-decider", "市场监管决定人", "Decider of Market Supervision", "decider", "market-decider"),
    Chair("market", "market-head", "市场监管局局长", "Head of Market Supervision", "head", "market-head", is_head=True),
    Chair("public-security", "household-allocator", "户政分派", "Household allocator", "reviewer", "allocator"),
    Chair("public-security", "household-investigator", "社区民警", "Community officer", "reviewer", "officer", 2, 3),
    Chair("public-security", "household-decider", "户籍审批", "Household decider", "decider", "household-decider"),
    Chair("public-security", "security-head", "公安局局长", "Head of Public Security", "head", "security-head",
          is_head=True),
    Chair("supervision", "supervisor", "监察员", "Supervisor", "supervisor", "supervisor", 2),
    Chair("data", "designer", "流程设计", "Process designer", "designer", "designer", 2, 0),
    Chair("data", "publisher", "事项发布", "Publisher of items", "publisher", "publisher", 2, 0),
    Chair("data", "platform", "平台管理", "Platform administrator", "platform", "platform", 1, 0),
    Chair("data", "admin", "管理员", "Administrator", "admin", "admin"),
    Chair("data", "operator", "运维", "Operator", "operator", "operator", 1, 0),
)  # fmt: skip

_WITHOUT: Final = ("emergency", "ecology", "housing", "transport", "health", "education", "human-resources")
"""Departments that take part in no item yet: each has a reviewer and a head all the same."""

CHAIRS: Final = (
    *_WITH_ITEMS,
    *(
        Chair(code, f"{code}-reviewer", "审批", "Reviewer", "reviewer", code)
        for code, _zh, _en in DEPARTMENTS
        if code in _WITHOUT
    ),
    *(
        Chair(code, f"{code}-head", f"{zh}负责人", f"Head of {en}", "head", f"{code}-head", is_head=True)
        for code, zh, en in DEPARTMENTS
        if code in _WITHOUT
    ),
)


@cache
def names() -> Mapping[str, Sequence[str]]:
    """What people and firms are called (names.yaml)."""
    found: Mapping[str, Sequence[str]] = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text("utf-8"))
    return found


def person(number: int) -> str:
    """A name for the person with this number; the same one every time."""
    surnames, given = names()["surnames"], names()["given"]
    return surnames[number * 7 % len(surnames)] + given[number * 11 % len(given)]


APPLICANTS: Final = (
    Member("applicant", "陈晓", None, None),
    Member("applicant2", "林𬭎", None, None),
    *(Member(f"applicant{number}", person(1000 + number), None, None) for number in range(3, 25)),
)


def username(place: Place, chair: Chair, seat: int) -> str:
    """Who sits in a seat of a post; the first seat has the plain name."""
    return f"{place.prefix}{chair.username}{seat + 1 if seat else ''}"


def seats(place: Place, chair: Chair) -> int:
    """How many people hold a post."""
    return chair.in_district if place.parent else chair.in_city


def members() -> Iterator[Member]:
    """Everybody, applicants first, then the city's people, then the districts'."""
    yield from APPLICANTS
    number = 0
    for place in PLACES:
        for chair in CHAIRS:
            for seat in range(seats(place, chair)):
                number += 1
                yield Member(username(place, chair, seat), person(number), place, chair)
