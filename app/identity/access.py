"""How people come in, looked after by those who administer them: a lost password, sessions and tokens.

Whom one administers is `policy.administered`'s to say. `now` is the office's time, by which posts count; `real_now` the
machine's, by which sessions and tokens do. Each act is in the record of the person it is upon.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from app.identity import passwords
from app.identity.acts import record_act
from app.identity.errors import OwnAccount
from app.identity.models import Account, ApiToken, LoginSession
from app.identity.policy import administered
from app.identity.recent import recent
from app.identity.rules import new_password
from app.identity.types import Actor
from app.kernel.database import acting_in
from app.kernel.errors import NotFound
from app.kernel.ids import GLOBAL_TENANT


def reset_password(session: Session, actor: Actor, account_id: UUID, now: datetime, real_now: datetime) -> str:
    """Give somebody a password that they must change when they log in next, and end their sessions and tokens: who came
    in with a password of somebody else's choosing may not have been the person.

    It is returned once and kept nowhere. Raises Forbidden, NotFound, WorksElsewhere, BeyondLending, OwnAccount.
    """
    account = _other(session, actor, account_id, now)
    password = new_password()
    with acting_in(session, GLOBAL_TENANT):
        session.execute(
            update(Account)
            .where(Account.tenant == GLOBAL_TENANT, Account.id == account.id)
            .values(password_hash=passwords.hashed(password), must_change_password=True)
        )
        _end(session, LoginSession, LoginSession.ended_at, account_id, real_now)
        _end(session, ApiToken, ApiToken.revoked_at, account_id, real_now)
        _record(session, actor, account_id, real_now, "password:reset")
    recent.forget(account_id)
    return password


def sessions_of_person(
    session: Session, actor: Actor, account_id: UUID, now: datetime, real_now: datetime
) -> list[LoginSession]:
    """Where somebody is logged in, the latest first. Raises Forbidden, NotFound, WorksElsewhere, BeyondLending."""
    administered(session, actor, account_id, now)
    mine = _mine(LoginSession, account_id), LoginSession.ended_at.is_(None), LoginSession.expires_at > real_now
    return list(session.scalars(select(LoginSession).where(*mine).order_by(LoginSession.created_at.desc())))


def tokens_of_person(session: Session, actor: Actor, account_id: UUID, now: datetime) -> list[ApiToken]:
    """All tokens that somebody ever issued, the latest first.

    Raises Forbidden, NotFound, WorksElsewhere, BeyondLending.
    """
    administered(session, actor, account_id, now)
    mine = select(ApiToken).where(_mine(ApiToken, account_id))
    return list(session.scalars(mine.order_by(ApiToken.created_at.desc())))


def end_sessions(
    session: Session, actor: Actor, account_id: UUID, now: datetime, real_now: datetime, only: UUID | None = None
) -> list[UUID]:
    """Log somebody out, everywhere or of one session; returns the sessions that ended.

    Raises Forbidden, NotFound (also for one that is over), WorksElsewhere, BeyondLending.
    """
    administered(session, actor, account_id, now)
    with acting_in(session, GLOBAL_TENANT):
        which = () if only is None else (LoginSession.id == only,)
        ended = _end(session, LoginSession, LoginSession.ended_at, account_id, real_now, *which)
        if ended:
            _record(session, actor, account_id, real_now, "session:ended", sessions=ended)
    if only is not None and not ended:
        raise NotFound(kind="session", key=only)
    recent.forget(account_id)
    return ended


def revoke_token_of(
    session: Session, actor: Actor, account_id: UUID, token_id: UUID, now: datetime, real_now: datetime
) -> None:
    """End a token of somebody's.

    Raises Forbidden, NotFound (also for one that is over), WorksElsewhere, BeyondLending.
    """
    administered(session, actor, account_id, now)
    with acting_in(session, GLOBAL_TENANT):
        ended = _end(session, ApiToken, ApiToken.revoked_at, account_id, real_now, ApiToken.id == token_id)
        if ended:
            _record(session, actor, account_id, real_now, "token:revoked", token=token_id)
    if not ended:
        raise NotFound(kind="token", key=token_id)
    recent.forget(account_id)


def _other(session: Session, actor: Actor, account_id: UUID, now: datetime) -> Account:
    """Somebody whom the actor administers, and not the actor: one's own password is changed at one's own account."""
    account = administered(session, actor, account_id, now)
    if account.id == actor.account_id:
        raise OwnAccount()
    return account


def _mine(table: type[LoginSession] | type[ApiToken], account_id: UUID) -> Any:
    return (table.tenant == GLOBAL_TENANT) & (table.account_id == account_id)


def _end(
    session: Session, table: type[LoginSession] | type[ApiToken], end: Any, account_id: UUID, at: datetime, *which: Any
) -> list[UUID]:
    ending: Update = update(table).where(_mine(table, account_id), end.is_(None), *which).values({end: at})
    return list(session.scalars(ending.returning(table.id)))


def _record(session: Session, actor: Actor, account_id: UUID, at: datetime, act: str, **data: Any) -> None:
    record_act(session, actor, GLOBAL_TENANT, account_id, at, act, data)
