"""People of two jurisdictions. Passwords are hashed once: argon2 is slow on purpose."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.identity import passwords
from app.identity.models import Account
from app.identity.recent import recent
from app.kernel.database import enter_tenant
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.org.operations import add_department, add_post, ensure_roles, give_post

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CITY, DISTRICT = "330300", "330301"


@pytest.fixture(autouse=True)
def _nobody_is_remembered() -> Iterator[None]:
    recent.forget()
    yield
    recent.forget()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def kept() -> str:
    """The hash of the password “correct horse”."""
    return passwords.hashed("correct horse")


@pytest.fixture
def people(session: Session, kept: str) -> dict[str, UUID]:
    """Li Na reviews in the city; Wang Wei heads there and runs the district; Zhao Min applies; Sun Li has no post.

    The session ends in the reserved tenant and reads both jurisdictions, as an edge does before it knows who comes.
    """
    ids = {}
    enter_tenant(session, GLOBAL_TENANT)
    ensure_roles(session)
    for username, name, kind in (
        ("li.na", "李娜", "staff"),
        ("wang.wei", "王伟", "staff"),
        ("sun.li", "孙丽", "staff"),
        ("zhao.min", "赵敏", "applicant"),
    ):
        account = Account(
            tenant=GLOBAL_TENANT,
            id=new_id(),
            username=username,
            name=name,
            kind=kind,
            password_hash=kept,
            language="zh_CN",
            created_at=NOW,
        )
        session.add(account)
        ids[username] = account.id
    session.flush()
    for tenant, department, code, roles, holder in (
        (CITY, "land", "land-reviewer", ["reviewer"], "li.na"),
        (CITY, "planning", "planning-head", ["head", "decider"], "wang.wei"),
        (DISTRICT, "office", "office-admin", ["admin"], "wang.wei"),
    ):
        enter_tenant(session, tenant)
        made = add_department(session, tenant, code=department, name_zh=department, name_en=department)
        post = add_post(session, tenant, department_id=made.id, code=code, name_zh=code, name_en=code, roles=roles)
        give_post(session, tenant, ids[holder], post.id, NOW if tenant == CITY else NOW.replace(hour=8))
    enter_tenant(session, GLOBAL_TENANT, [CITY, DISTRICT])
    return ids
