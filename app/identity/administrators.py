"""Nobody takes away the last administrator, of a jurisdiction or of the platform: whatever changes who may administer
does so inside `keeping_administrators`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.identity.errors import LastAdministrator, LastPlatformAdministrator
from app.identity.models import Account
from app.identity.rules import Span, covered_until
from app.kernel.database import acting_in
from app.kernel.ids import GLOBAL_TENANT
from app.org.models import Holder, PostRole, RolePermission
from app.org.queries import held_from, tenant_codes

PLATFORM: Final = "role.manage"
"""Whoever has it is an administrator of the platform."""

JURISDICTION: Final = "org.manage"
"""Whoever has it is an administrator of the jurisdiction of their post."""

_LOCK = "greenlight administrators"


@contextmanager
def keeping_administrators(session: Session, now: datetime) -> Iterator[None]:
    """Do something that may take an administrator away. Raises LastAdministrator, LastPlatformAdministrator.

    1. One at a time in the whole office, so that two administrators cannot remove each other.
    2. Until when is everything administered without a gap, from now on?
    3. What is to be done is done.
    4. Nothing may now end earlier than it did. (A term that had an end may still end.)
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_LOCK, 0))))
    before = _covered(session, now)
    yield
    session.flush()
    after = _covered(session, now)
    for tenant, until in before.items():
        if after.get(tenant, now) < until:
            raise LastPlatformAdministrator() if tenant == GLOBAL_TENANT else LastAdministrator(tenant=tenant)


def _covered(session: Session, now: datetime) -> Mapping[str, datetime]:
    """Until when each jurisdiction, and the platform (“*”), has an administrator without a gap."""
    spans: dict[str, list[Span]] = defaultdict(list)
    statement = (
        select(Holder.tenant, RolePermission.permission, Holder.since, Holder.until)
        .join(PostRole, and_(PostRole.tenant == Holder.tenant, PostRole.post_id == Holder.post_id))
        .join(RolePermission, RolePermission.role == PostRole.role)
        .join(Account, and_(Account.tenant == GLOBAL_TENANT, Account.id == Holder.account_id))
        .where(
            RolePermission.permission.in_([PLATFORM, JURISDICTION]),
            held_from(now),
            Account.disabled_at.is_(None),
        )
    )
    with acting_in(session, GLOBAL_TENANT, tenant_codes(session)):
        for row in session.execute(statement):
            spans[GLOBAL_TENANT if row.permission == PLATFORM else row.tenant].append(Span(row.since, row.until))
    return {tenant: covered_until(held, now) for tenant, held in spans.items()}
