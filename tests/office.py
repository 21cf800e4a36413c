"""A small office for tests: one jurisdiction, three departments with a window, their people, the land item."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.cases.services import OPERATIONS
from app.catalog import folder
from app.catalog.operations import publish
from app.deadlines import seed
from app.identity.types import SYSTEM, Actor
from app.kernel.database import enter_tenant
from app.kernel.ids import GLOBAL_TENANT
from app.org import operations as org
from tests.people import OPENED, applying, open_account, seat

TENANT = "330300"
LAND = "land-preliminary-review"
MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)
"""Monday 2 March 2026, ten in the morning in Shanghai: no holiday for five weeks after it but Qingming."""

DEPARTMENTS = {
    "service-hall": ("政务服务中心", "Service Hall"),
    "land": ("自然资源局", "Bureau of Natural Resources"),
    "planning": ("规划局", "Bureau of Planning"),
    "reform": ("发展和改革局", "Bureau of Development and Reform"),
    "supervision": ("效能监察室", "Office of Supervision"),
}
POSTS = {
    "window-clerk": ("service-hall", "clerk"),
    "land-reviewer": ("land", "reviewer"),
    "land-head": ("land", "head"),
    "planning-reviewer": ("planning", "reviewer"),
    "reform-reviewer": ("reform", "reviewer"),
    "reform-decider": ("reform", "decider"),
    "supervisor": ("supervision", "supervisor"),
    "operator": ("supervision", "operator"),
}

APPLICATION: dict[str, Any] = {
    "unit_name": "温州市轨道交通建设有限公司",
    "credit_code": "91350100M000100Y43",
    "legal_representative": "林𬭎",
    "unit_address": "温州市鹿城区府西路 1 号",
    "contact_name": "陈晓",
    "contact_phone": "13800000000",
    "delivery": "window",
    "project_name": "温州市域铁路 S3 线一期工程",
    "project_code": "2603-330300-04-01-123456",
    "construction_type": "new",
    "project_type": "transport",
    "industry": "civil",
    "proposal_basis": "proposal",
    "proposal_number": "温发改审〔2026〕1号",
    "necessity": "完善市域交通网络。",
    "construction_scale": "正线 37 千米，车站 9 座。",
    "planned_start": "2026-10-01",
    "construction_months": 48,
    "site_location": "瓯海区至瑞安市",
    "total_area": 120000,
    "existing_construction_area": 70000,
    "farmland_area": 50000,
    "cultivated_area": 10000,
    "basic_farmland_area": 0,
    "land_supply": "allocation",
    "plots": [
        {"plot_name": "S3-01", "plot_use": "construction", "plot_area": 70000, "plot_owner": "state"},
        {"plot_name": "S3-02", "plot_use": "cultivated", "plot_area": 50000, "plot_owner": "collective"},
    ],
    "total_investment": 1500000,
    "own_capital": 600000,
    "funding_sources": ["local"],
    "annual_energy": 900,
    "annual_power": 100,
    "energy_review": "exempt",
    "commit_truth": True,
    "commit_no_start": True,
}

ANSWERS: dict[str, dict[str, Any]] = {
    "accept": {"accept_materials": "complete"},
    "supplement": {"supplement_reply": "已逐项补正。", "supplement_truth": True},
    "review_land": {
        "review_land_plan": "conforms",
        "review_land_quota": "arranged",
        "review_land_standard": "within",
        "review_land_farmland": 50000,
        "review_land_cultivated": 10000,
        "review_land_basic_farmland": 0,
        "review_land_balance": "secured",
        "review_land_compensation": "budgeted",
    },
    "review_planning": {
        "review_planning_plan": "conforms",
        "review_planning_boundary": "inside",
        "review_planning_constraints": ["none"],
        "review_planning_area": 120000,
        "review_planning_traffic": "fits",
    },
    "review_reform": {
        "review_reform_necessity": "yes",
        "review_reform_policy": "encouraged",
        "review_reform_scale": "reasonable",
        "review_reform_scale_text": "正线 37 千米，车站 9 座。",
        "review_reform_investment": 1500000,
        "review_reform_funding": "secured",
        "review_reform_tender": "open",
        "review_reform_energy": "exempt",
        "review_reform_risk": "low",
    },
    "decide": {
        "decide_opinions": "all-approve",
        "decide_area": 120000,
        "decide_investment": 1500000,
        "decide_hearing": "none",
    },
    "deliver": {"deliver_method": "window", "deliver_recipient": "陈晓", "deliver_date": "2026-03-06"},
}
"""Answers that fit the form of each step, by element; the supplements share one form."""


@dataclass(frozen=True)
class Office:
    """The people of the small office."""

    clerk: Actor
    land: Actor
    land_head: Actor
    planning: Actor
    reform: Actor
    decider: Actor
    supervisor: Actor
    operator: Actor
    applicant: Actor
    stranger: Actor


def build(session: Session, tenant: str = TENANT) -> Office:
    """Open the office in the session's transaction."""
    enter_tenant(session, GLOBAL_TENANT)
    seed.seed(session, OPENED)
    org.ensure_roles(session)
    org.add_region(
        session, code=tenant, name_zh="温州市", name_en="Wenzhou", parent=None, is_tenant=True, calendar=seed.CODE
    )
    people = {code: open_account(session, code, "staff") for code in POSTS}
    applicants = {name: open_account(session, name, "applicant") for name in ("applicant", "stranger")}
    session.flush()
    publish(session, folder.read(Path(__file__).parents[1], LAND), SYSTEM, OPENED, "first", OPERATIONS)
    enter_tenant(session, tenant)
    departments = {
        code: org.add_department(session, tenant, code=code, name_zh=zh, name_en=en)
        for code, (zh, en) in DEPARTMENTS.items()
    }
    staff = {}
    for code, (department, role) in POSTS.items():
        home = departments[department]
        staff[code] = seat(session, tenant, home.id, code, people[code], role)
    return Office(
        clerk=staff["window-clerk"],
        land=staff["land-reviewer"],
        land_head=staff["land-head"],
        planning=staff["planning-reviewer"],
        reform=staff["reform-reviewer"],
        decider=staff["reform-decider"],
        supervisor=staff["supervisor"],
        operator=staff["operator"],
        applicant=applying(applicants["applicant"]),
        stranger=applying(applicants["stranger"]),
    )
