"""Verbs of people: coming in and going out, passwords, tokens, accounts. Times are real, never a demo's.

Accounts belong to no jurisdiction: each verb states the reserved tenant “*” for what it writes, and leaves the
transaction in the tenant in which it was.
"""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import operations as audit
from app.identity import passwords
from app.identity.acts import record_act
from app.identity.administrators import keeping_administrators
from app.identity.errors import LoginNeeded, LoginRefused, WrongPassword
from app.identity.models import Account, ApiToken, LoginSession
from app.identity.policy import administered
from app.identity.recent import recent
from app.identity.rules import (
    LONGEST_TOKEN_LIFE,
    SESSION_LIFE,
    TOKEN_PREFIX,
    new_secret,
    password_faults,
    plain_username,
    secret_hash,
    username_faults,
)
from app.identity.types import ALL_SCOPES, SYSTEM, Actor, Kind, Source
from app.kernel.database import Database, acting_in
from app.kernel.errors import Invalid, NotFound
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.kernel.marking import _

STRANGERS = UUID(int=0)
"""The chain on which refused logins under unknown names are recorded."""


def log_in(
    session: Session, username: str, password: str, now: datetime, *, source: Source = "web"
) -> tuple[str, Account]:
    """Let somebody in for eight hours; returns the secret of the session and the account. Raises LoginRefused.

    It takes as long for a name that does not exist, or a closed account, as for a wrong password. The edge throttles
    (`throttle.py`), and records a refusal with `record_refused_login` after the roll-back.
    """
    account = _account_named(session, username)
    fits, better = passwords.fits(password, account.password_hash if account else passwords.NOBODY)
    if account is None or not fits or account.disabled_at is not None:
        raise LoginRefused(account.id if account else None)
    secret = new_secret()
    with _globally(session):
        if not _is_as_it_was(session, account):
            raise LoginRefused(account.id)
        if better:
            session.execute(_changed(account.id, password_hash=better))
        session.execute(
            insert(LoginSession).values(
                tenant=GLOBAL_TENANT,
                id=new_id(),
                account_id=account.id,
                secret_hash=secret_hash(secret),
                created_at=now,
                expires_at=now + SESSION_LIFE,
                last_used_at=now,
            )
        )
        tag, who = f"{source}:session:opened", account.username
        audit.record(session, GLOBAL_TENANT, account.id, at=now, actor_id=account.id, actor=who, tag=tag, data={})
    return secret, account


def record_refused_login(database: Database, refused: LoginRefused, now: datetime, *, source: Source = "web") -> None:
    """Record a refused login, on the account's chain or among the strangers; neither name nor password is kept."""
    audit.refuse(
        database,
        GLOBAL_TENANT,
        refused.account_id or STRANGERS,
        at=now,
        actor_id=None,
        actor="public",
        tag=f"{source}:login:refused",
        data={},
    )


def log_out(session: Session, actor: Actor, secret: str, now: datetime) -> None:
    """End the session that `secret` opens; nothing happens where it is over already."""
    _end_sessions(session, actor, now, LoginSession.secret_hash == secret_hash(secret))


def end_session(session: Session, actor: Actor, session_id: UUID, now: datetime) -> None:
    """End one of the actor's own sessions. Raises NotFound."""
    if not _end_sessions(session, actor, now, LoginSession.id == session_id):
        raise NotFound(kind="session", key=session_id)


def change_password(
    session: Session, actor: Actor, old: str, new: str, now: datetime, *, keep: str | None = None
) -> None:
    """Set one's own password and end all one's sessions but the one with the secret `keep`. Tokens stay.

    Raises WrongPassword, Invalid (fields), LoginNeeded.
    """
    account = _own_account(session, actor)
    if not passwords.fits(old, account.password_hash)[0]:
        raise WrongPassword()
    _check_password(new, account.username, "new")
    if account.must_change_password and new == old:
        raise Invalid({"new": [_("Choose another password than the one that you were given.")]})
    with _globally(session):
        session.execute(_changed(account.id, password_hash=passwords.hashed(new), must_change_password=False))
        _record_own(session, actor, now, "password:changed")
    kept = secret_hash(keep) if keep else None
    _end_sessions(session, actor, now, LoginSession.secret_hash.is_distinct_from(kept))


def issue_token(
    session: Session, actor: Actor, name: str, scopes: list[str], expires_at: datetime, now: datetime
) -> str:
    """Issue an API token for oneself; the secret is returned once and kept nowhere. It ends within a year.

    `scopes` are permissions that the actor has now, or “*”; what the token may do later is what the person may do
    then and its scopes name. Raises Forbidden, LoginNeeded, Invalid (fields).
    """
    actor.require("token.manage")
    _own_account(session, actor)
    faults: dict[str, list[str]] = {}
    if not name.strip():
        faults["name"] = [_("Give the token a name, so that you know later what uses it.")]
    if not scopes or not all(scope == ALL_SCOPES or actor.may(scope) for scope in scopes):
        faults["scopes"] = [_("Choose among the permissions that you have yourself.")]
    if not now < expires_at <= now + LONGEST_TOKEN_LIFE:
        faults["expires_at"] = [_("A token ends in the future, and within a year.")]
    if faults:
        raise Invalid(faults)
    secret = new_secret(TOKEN_PREFIX)
    token = {
        "tenant": GLOBAL_TENANT,
        "id": new_id(),
        "account_id": actor.account_id,
        "name": name.strip(),
        "secret_hash": secret_hash(secret),
        "scopes": sorted(set(scopes)),
        "created_at": now,
        "expires_at": expires_at,
    }
    with _globally(session):
        session.execute(insert(ApiToken).values(token))
        _record_own(
            session, actor, now, "token:issued", token=token["id"], scopes=token["scopes"], expires_at=expires_at
        )
    return secret


def revoke_token(session: Session, actor: Actor, token_id: UUID, now: datetime) -> None:
    """End one of one's own tokens; a token may end itself. Raises NotFound."""
    with _globally(session):
        revoked = session.scalar(
            update(ApiToken)
            .where(
                ApiToken.tenant == GLOBAL_TENANT,
                ApiToken.id == token_id,
                ApiToken.account_id == actor.account_id,
                ApiToken.revoked_at.is_(None),
            )
            .values(revoked_at=now)
            .returning(ApiToken.id)
        )
        if revoked is not None:
            _record_own(session, actor, now, "token:revoked", token=token_id)
    if revoked is None:
        raise NotFound(kind="token", key=token_id)
    recent.forget(actor.account_id)


def open_account(
    session: Session,
    actor: Actor,
    *,
    username: str,
    name: str,
    kind: Kind,
    password: str | None,
    now: datetime,
    phone: str | None = None,
    email: str | None = None,
    id_number: str | None = None,
    language: str = "zh_CN",
) -> Account:
    """Open an account. Without a password nobody comes in until one is set; an administrator's must be changed first.

    Raises Forbidden, Invalid (fields; a taken username).
    """
    actor.require("org.manage")
    username = plain_username(username)
    faults = {"username": username_faults(username)}
    faults["password"] = [] if password is None else password_faults(password, username)
    faults["name"] = [] if name.strip() else [_("A person has a name.")]
    if kind not in ("staff", "applicant"):
        faults["kind"] = [_("An account is of the kind “staff” or “applicant”.")]
    if any(faults.values()):
        raise Invalid({field: found for field, found in faults.items() if found})
    values = {
        "tenant": GLOBAL_TENANT,
        "id": new_id(),
        "username": username,
        "name": name.strip(),
        "kind": kind,
        "password_hash": passwords.NOBODY if password is None else passwords.hashed(password),
        "phone": phone,
        "email": email,
        "id_number": id_number,
        "language": language,
        "created_at": now,
        "must_change_password": password is not None and actor.kind != SYSTEM.kind,
    }
    with _globally(session):
        opened = insert(Account).values(values).on_conflict_do_nothing().returning(Account)
        account: Account | None = session.scalar(opened)
        if account is not None:
            record_act(session, actor, GLOBAL_TENANT, account.id, now, "account:opened", {"kind": kind})
    if account is None:
        raise Invalid({"username": [_("This username is taken.")]})
    return account


def set_password(session: Session, actor: Actor, account_id: UUID, password: str, now: datetime) -> None:
    """Give somebody a new password and end all their sessions. Raises Forbidden, NotFound, Invalid (fields)."""
    account = administered(session, actor, account_id, now)
    _check_password(password, account.username, "password")
    with _globally(session):
        session.execute(_changed(account_id, password_hash=passwords.hashed(password), must_change_password=False))
        record_act(session, actor, GLOBAL_TENANT, account_id, now, "password:set", {})
        session.execute(_ended(account_id, now))
    recent.forget(account_id)


def close_account(session: Session, actor: Actor, account_id: UUID, now: datetime) -> None:
    """Shut somebody out: no login, and no session or token works any more. Raises Forbidden, NotFound."""
    _set_closed(session, actor, account_id, now, closed=True)


def reopen_account(session: Session, actor: Actor, account_id: UUID, now: datetime) -> None:
    """Let somebody in again whose account was closed. Raises Forbidden, NotFound."""
    _set_closed(session, actor, account_id, now, closed=False)


def _set_closed(session: Session, actor: Actor, account_id: UUID, now: datetime, *, closed: bool) -> None:
    administered(session, actor, account_id, now)
    with keeping_administrators(session, now), _globally(session):
        session.execute(_changed(account_id, disabled_at=now if closed else None))
        what = "account:closed" if closed else "account:reopened"
        record_act(session, actor, GLOBAL_TENANT, account_id, now, what, {})
        session.execute(_ended(account_id, now))
    recent.forget(account_id)


def _account_named(session: Session, username: str) -> Account | None:
    username = plain_username(username)
    if username_faults(username):
        return None
    return session.scalar(select(Account).where(Account.tenant == GLOBAL_TENANT, Account.username == username))


def _is_as_it_was(session: Session, account: Account) -> bool:
    """Whether password and account are still those that were checked; who would change them now waits for the login."""
    mine = Account.tenant == GLOBAL_TENANT, Account.id == account.id
    same = Account.password_hash == account.password_hash, Account.disabled_at.is_(None)
    return session.scalar(select(Account.id).where(*mine, *same).with_for_update(key_share=True)) is not None


def _own_account(session: Session, actor: Actor) -> Account:
    if actor.scopes is not None or actor.account_id is None:
        raise LoginNeeded(permission=ALL_SCOPES)
    return session.get_one(Account, (GLOBAL_TENANT, actor.account_id))


def _check_password(password: str, username: str, field: str) -> None:
    if faults := password_faults(password, username):
        raise Invalid({field: faults})


def _changed(account_id: UUID, **values: Any) -> Any:
    return update(Account).where(Account.tenant == GLOBAL_TENANT, Account.id == account_id).values(**values)


def _ended(account_id: UUID | None, now: datetime) -> Any:
    return (
        update(LoginSession)
        .where(
            LoginSession.tenant == GLOBAL_TENANT, LoginSession.account_id == account_id, LoginSession.ended_at.is_(None)
        )
        .values(ended_at=now)
    )


def _end_sessions(session: Session, actor: Actor, now: datetime, which: Any) -> list[UUID]:
    with _globally(session):
        ended = list(session.scalars(_ended(actor.account_id, now).where(which).returning(LoginSession.id)))
        if ended:
            _record_own(session, actor, now, "session:ended", sessions=ended)
    recent.forget(actor.account_id)
    return ended


def _record_own(session: Session, actor: Actor, now: datetime, what: str, **data: Any) -> None:
    """Record an act of somebody upon their own account."""
    if actor.account_id is not None:
        record_act(session, actor, GLOBAL_TENANT, actor.account_id, now, what, data)


def _globally(session: Session) -> AbstractContextManager[None]:
    """Write under the reserved tenant, then go back."""
    return acting_in(session, GLOBAL_TENANT)
