"""Who may administer whom, and lend which permission. The rule of lending stands in app/org/roles.py."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.identity.errors import BeyondLending, WorksElsewhere
from app.identity.models import Account
from app.identity.types import SYSTEM, Actor
from app.kernel.database import acting_in
from app.kernel.errors import NotFound
from app.kernel.ids import GLOBAL_TENANT
from app.org.models import Holder, PostRole, RolePermission
from app.org.queries import held_from, tenant_codes
from app.org.roles import OF_POSTS, OVER_ALL


class Standing(NamedTuple):
    """Where somebody holds posts, now or later, and which permissions these lend."""

    tenants: frozenset[str]
    permissions: frozenset[str]


def lendable(actor: Actor) -> frozenset[str]:
    """The permissions that the actor may lend to others."""
    if actor.may("role.manage"):
        return OF_POSTS
    return OF_POSTS - OVER_ALL if actor.may("org.manage") else frozenset()


def require_lendable(actor: Actor, permissions: Iterable[str]) -> None:
    """Raise BeyondLending where the actor may not lend all of `permissions`."""
    if beyond := set(permissions) - lendable(actor):
        raise BeyondLending(permission=min(beyond))


def standing(session: Session, account_id: UUID, at: datetime) -> Standing:
    """What somebody holds at `at` or later, in every jurisdiction."""
    statement = (
        select(Holder.tenant, RolePermission.permission)
        .outerjoin(PostRole, and_(PostRole.tenant == Holder.tenant, PostRole.post_id == Holder.post_id))
        .outerjoin(RolePermission, RolePermission.role == PostRole.role)
        .where(Holder.account_id == account_id, held_from(at))
        .distinct()
    )
    with acting_in(session, GLOBAL_TENANT, tenant_codes(session)):
        rows = session.execute(statement).all()
    return Standing(
        frozenset(row.tenant for row in rows), frozenset(row.permission for row in rows if row.permission is not None)
    )


def administered(session: Session, actor: Actor, account_id: UUID, now: datetime) -> Account:
    """An account that the actor may administer.

    It is of somebody who holds or held a post in the actor's jurisdiction, has none elsewhere, and has no permission
    that the actor could not lend: whoever sets a person's password can act as that person. Those who have
    `role.manage` administer everybody who has a post of theirs, wherever else these work.

    Raises Forbidden, NotFound, WorksElsewhere, BeyondLending.
    """
    actor.require("org.manage")
    account = session.scalar(select(Account).where(Account.tenant == GLOBAL_TENANT, Account.id == account_id))
    if account is not None and actor.kind == SYSTEM.kind:
        return account
    belongs = select(Holder.id).where(Holder.tenant == actor.tenant, Holder.account_id == account_id).limit(1)
    if account is None or session.scalar(belongs) is None:
        raise NotFound(kind="account", key=account_id)
    held = standing(session, account_id, now)
    if held.tenants - {actor.tenant} and not actor.may("role.manage"):
        raise WorksElsewhere()
    require_lendable(actor, held.permissions)
    return account
