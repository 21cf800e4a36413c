"""Coming back and going for good: the account of somebody who holds no post any more, anywhere."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Update, update
from sqlalchemy.orm import Session

from app.identity.acts import record_act
from app.identity.models import Account, ApiToken, LoginSession
from app.identity.recent import recent
from app.identity.types import Actor
from app.kernel.database import acting_in
from app.kernel.ids import GLOBAL_TENANT


def dismiss(session: Session, actor: Actor, account_id: UUID, now: datetime) -> bool:
    """Close the account of somebody who left the office, and end their sessions and tokens; whether it was open."""
    with acting_in(session, GLOBAL_TENANT):
        closed = session.scalar(
            _changing(account_id)
            .where(Account.kind == "staff", Account.disabled_at.is_(None))
            .values(disabled_at=now, version=Account.version + 1)
            .returning(Account.id)
        )
        if closed is not None:
            for table, end in ((LoginSession, LoginSession.ended_at), (ApiToken, ApiToken.revoked_at)):
                mine = table.tenant == GLOBAL_TENANT, table.account_id == account_id, end.is_(None)
                session.execute(update(table).where(*mine).values({end: now}))
            record_act(session, actor, GLOBAL_TENANT, account_id, now, "account:dismissed", {})
    recent.forget(account_id)
    return closed is not None


def readmit(session: Session, actor: Actor, account_id: UUID, now: datetime) -> None:
    """Open the account of somebody who had left and comes back. Sessions and tokens of then stay ended."""
    with acting_in(session, GLOBAL_TENANT):
        opened = session.scalar(
            _changing(account_id)
            .where(Account.disabled_at.is_not(None))
            .values(disabled_at=None, version=Account.version + 1)
            .returning(Account.id)
        )
        if opened is not None:
            record_act(session, actor, GLOBAL_TENANT, account_id, now, "account:readmitted", {})


def _changing(account_id: UUID) -> Update:
    return (
        update(Account)
        .where(Account.tenant == GLOBAL_TENANT, Account.id == account_id)
        .execution_options(synchronize_session=False)
    )
