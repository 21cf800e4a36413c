"""What happened in the demo's cases (stories.yaml), and what was filled in."""

from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

LAND: Final = "land-preliminary-review"

CLAIM: Final = "claim"
"""In place of an outcome: the step is claimed, and lies there."""
WITHDRAW: Final = "withdraw"
"""In place of a step: the applicant takes the application back."""


class Act(NamedTuple):
    """On a working day after the case was received (0: the same), a step is completed with an outcome."""

    day: int
    element: str
    outcome: str


class Story(NamedTuple):
    """A case: what is to be built and where, who asked for it, how many working days ago, and what was done.

    Areas are in square metres, the investment in units of 10,000 yuan.
    """

    project: str
    kind: str
    place: str
    area: int
    farmland: int
    investment: int
    tenant: str
    applicant: str
    days_ago: int
    acts: tuple[Act, ...]
    draft: bool = False


def _story(given: dict[str, Any]) -> Story:
    acts = ([*text.split(), ""][:3] for text in given["acts"])
    return Story(**{**given, "acts": tuple(Act(int(day), element, outcome) for day, element, outcome in acts)})


STORIES: Final = tuple(map(_story, yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))))

UNITS: Final[dict[str, dict[str, str]]] = {
    "applicant": {
        "unit_name": "温州市轨道交通建设有限公司",
        "credit_code": "91350100M000100Y43",
        "legal_representative": "林𬭎",
        "unit_address": "温州市鹿城区府西路 1 号",
        "contact_name": "陈晓",
        "contact_phone": "13800000000",
    },
    "applicant2": {
        "unit_name": "温州市公共工程建设中心",
        "credit_code": "91350100M000100Y43",
        "legal_representative": "陈晓",
        "unit_address": "温州市龙湾区永宁西路 2 号",
        "contact_name": "林𬭎",
        "contact_phone": "13900000000",
    },
}

_INDUSTRY = {"education": "education", "health": "health", "ecology": "environment", "energy": "power"}


def application(story: Story, number: int, start: str) -> dict[str, Any]:
    """The form as the applicant filled it in; `start` is the day on which building is to begin."""
    built = story.area - story.farmland
    plots = [{"plot_name": f"{number:02d}-1", "plot_use": "construction", "plot_area": built, "plot_owner": "state"}]
    if story.farmland:
        plots.append(
            {
                "plot_name": f"{number:02d}-2",
                "plot_use": "cultivated",
                "plot_area": story.farmland,
                "plot_owner": "collective",
            }
        )
    return {
        **UNITS[story.applicant],
        "delivery": "window",
        "project_name": story.project,
        "project_code": f"2601-{story.tenant}-04-01-{100000 + number}",
        "construction_type": "new",
        "project_type": story.kind,
        "industry": _INDUSTRY.get(story.kind, "construction"),
        "proposal_basis": "proposal",
        "proposal_number": f"温发改审〔2026〕{number + 1}号",
        "necessity": f"{story.project}列入年度重点建设计划，建成后可完善城市功能、改善民生。",
        "construction_scale": f"用地 {story.area} 平方米，总投资 {story.investment} 万元。",
        "planned_start": start,
        "construction_months": 30,
        "site_location": story.place,
        "total_area": story.area,
        "existing_construction_area": built,
        "farmland_area": story.farmland,
        "cultivated_area": story.farmland // 4,
        "basic_farmland_area": 0,
        "land_supply": "allocation",
        "plots": plots,
        "total_investment": story.investment,
        "own_capital": story.investment // 2,
        "funding_sources": ["local"],
        "annual_energy": 900,
        "annual_power": 100,
        "energy_review": "exempt",
        "commit_truth": True,
        "commit_no_start": True,
    }


def answers(story: Story, element: str, outcome: str, day: str) -> dict[str, Any]:
    """The form of a step as it was filled in on `day`."""
    if element.startswith("supplement"):
        return {"supplement_reply": "已按告知逐项补齐。", "supplement_truth": True}
    forms: dict[str, dict[str, Any]] = {
        "accept": {"accept_materials": "complete" if outcome == "accept" else "incomplete"},
        "review_land": {
            "review_land_plan": "conforms" if outcome != "reject" else "no",
            "review_land_quota": "arranged",
            "review_land_standard": "within",
            "review_land_farmland": story.farmland,
            "review_land_cultivated": story.farmland // 4,
            "review_land_basic_farmland": 0,
            "review_land_balance": "secured",
            "review_land_compensation": "budgeted" if story.farmland else "not-needed",
        },
        "review_planning": {
            "review_planning_plan": "conforms",
            "review_planning_boundary": "inside",
            "review_planning_constraints": ["none"],
            "review_planning_area": story.area,
            "review_planning_traffic": "fits",
        },
        "review_reform": {
            "review_reform_necessity": "yes",
            "review_reform_policy": "encouraged",
            "review_reform_scale": "reasonable",
            "review_reform_scale_text": f"用地 {story.area} 平方米。",
            "review_reform_investment": story.investment,
            "review_reform_funding": "secured",
            "review_reform_tender": "open",
            "review_reform_energy": "exempt",
            "review_reform_risk": "low",
        },
        "decide": {
            "decide_opinions": "all-approve" if outcome == "grant" else "some-reject",
            "decide_area": story.area,
            "decide_investment": story.investment,
            "decide_hearing": "none",
        },
        "deliver": {
            "deliver_method": "window",
            "deliver_recipient": UNITS[story.applicant]["contact_name"],
            "deliver_date": day,
        },
    }
    return forms[element]


def opinion(element: str, outcome: str) -> str:
    """What was written with an outcome."""
    said = {
        ("accept", "supplement"): "红线图与勘测定界坐标不一致，资金来源证明未盖章。请一次补齐：①红线图 ②资金来源证明。",
        ("accept", "refuse"): "项目未取得项目建议书批复，也未列入经批准的规划、计划，不符合受理条件。",
        ("review_land", "approve"): "符合国土空间规划和用地标准，占补平衡已落实，同意通过用地预审。",
        ("review_land", "reject"): "拟占用耕地未落实占补平衡，不符合国土空间规划，不同意。",
        ("review_land", "supplement"): "耕地占补平衡方案缺少补充耕地验收文件，请补齐。",
        ("review_planning", "approve"): "选址符合国土空间规划和详细规划，与交通、市政设施衔接，同意。",
        ("review_reform", "approve"): "建设必要，规模合理，投资估算完整，资金落实，同意批复可行性研究报告。",
        ("decide", "grant"): "三部门意见一致，准予许可。",
        ("decide", "deny"): "用地预审未通过：占用耕地未落实占补平衡，不符合国土空间规划，决定不予许可。",
    }
    return said.get((element, outcome), "")
