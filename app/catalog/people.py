"""Who may do what to the catalogue, by name: a refusal says whom to ask."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.identity.models import Account
from app.kernel.ids import GLOBAL_TENANT
from app.org.models import Holder, Post, PostRole, RolePermission
from app.org.queries import held_at

MOST = 5
NOBODY = "—"


def who_may(session: Session, tenant: str, permission: str, now: datetime, but: Collection[str] = ()) -> str:
    """The names of people of a jurisdiction who have a permission now, without those whose usernames are in `but`."""
    rows = session.execute(
        select(Account.username, Account.name)
        .join(Holder, Holder.account_id == Account.id)
        .join(Post, and_(Post.tenant == Holder.tenant, Post.id == Holder.post_id))
        .join(PostRole, and_(PostRole.tenant == Post.tenant, PostRole.post_id == Post.id))
        .join(RolePermission, RolePermission.role == PostRole.role)
        .where(Account.tenant == GLOBAL_TENANT, Account.disabled_at.is_(None), Account.username.not_in(but))
        .where(Holder.tenant == tenant, held_at(now), RolePermission.permission == permission)
        .distinct()
        .order_by(Account.username)
        .limit(MOST)
    )
    return "、".join(f"{row.name} ({row.username})" for row in rows) or NOBODY
