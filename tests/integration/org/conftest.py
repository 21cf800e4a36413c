"""A small office to work on."""

from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.deadlines.models import Calendar
from app.org.models import Department, Post
from app.org.operations import add_department, add_post, add_region, ensure_roles


class SmallOffice(NamedTuple):
    land: Department
    planning: Department
    posts: dict[str, UUID]


@pytest.fixture
def office(session: Session, tenant: str) -> SmallOffice:
    """A city with a department of land (a reviewer, a head) and one of planning (a reviewer, no head)."""
    session.add(Calendar(code="cn", name_zh="全国", name_en="China", timezone="Asia/Shanghai", hours=[]))
    session.flush()
    ensure_roles(session)
    add_region(session, code="330000", name_zh="浙江", name_en="Zhejiang", parent=None, is_tenant=False, calendar="cn")
    add_region(session, code=tenant, name_zh="温州", name_en="Wenzhou", parent="330000", is_tenant=True, calendar="cn")
    land = add_department(session, tenant, code="land", name_zh="自然资源", name_en="Land")
    planning = add_department(session, tenant, code="planning", name_zh="规划", name_en="Planning")
    posts = [
        _post(session, tenant, land, "land-reviewer", "reviewer"),
        _post(session, tenant, land, "land-head", "head", "decider", is_head=True),
        _post(session, tenant, planning, "planning-reviewer", "reviewer"),
    ]
    return SmallOffice(land, planning, {post.code: post.id for post in posts})


def _post(session: Session, tenant: str, department: Department, code: str, *roles: str, is_head: bool = False) -> Post:
    return add_post(
        session,
        tenant,
        department_id=department.id,
        code=code,
        name_zh=code,
        name_en=code,
        roles=roles,
        is_head=is_head,
    )
