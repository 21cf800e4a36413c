"""The people of the tests' offices: an account, somebody on a post of their own, an applicant."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.identity.models import Account
from app.identity.types import Actor
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.org import operations as org
from app.org.roles import APPLICANT, ROLES

OPENED = datetime(2026, 1, 5, 1, tzinfo=UTC)
"""When the tests' offices opened: their people hold their posts from then on."""


def open_account(session: Session, username: str, kind: str = "staff", name: str = "") -> Account:
    """An account without a password; to be written under the reserved tenant."""
    account = Account(
        tenant=GLOBAL_TENANT,
        id=new_id(),
        username=username,
        name=name or f"{username} 甲",
        kind=kind,
        password_hash="",
        created_at=OPENED,
    )
    session.add(account)
    return account


def seat(session: Session, tenant: str, department_id: UUID, code: str, account: Account, role: str) -> Actor:
    """Somebody on a new post that carries one role, in the session's tenant; whoever is a head heads the department."""
    post = org.add_post(
        session,
        tenant,
        department_id=department_id,
        code=code,
        name_zh=code,
        name_en=code,
        roles=[role],
        is_head=role == "head",
    )
    org.give_post(session, tenant, account.id, post.id, OPENED)
    return Actor(
        account_id=account.id,
        username=account.username,
        name=account.name,
        kind="staff",
        source="web",
        tenant=tenant,
        posts=frozenset({code}),
        departments=frozenset({department_id}),
        permissions=ROLES[role].permissions,
    )


def applying(account: Account) -> Actor:
    """An applicant who has logged in."""
    return Actor(
        account_id=account.id,
        username=account.username,
        name=account.name,
        kind="applicant",
        source="web",
        permissions=ROLES[APPLICANT].permissions,
    )
