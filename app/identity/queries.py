"""Who is it? The actor behind a session, a token or a name, each in one statement.

The transaction must read the tenants in question (`Database.transaction("*", reads=…)`): under row-level security a
post of another tenant is not seen, and its holder comes without it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from app.identity.models import Account, ApiToken, LoginSession
from app.identity.recent import recent
from app.identity.rules import plain_username, secret_hash
from app.identity.types import Actor, Source
from app.kernel.errors import NotFound
from app.kernel.ids import GLOBAL_TENANT
from app.org.models import Holder
from app.org.queries import held_at

_PERSON = """
SELECT account.id, account.username, account.name, account.kind, account.language,
       account.must_change_password, {key},
       held.tenant, held.posts, held.departments,
       ARRAY(SELECT DISTINCT permission FROM role_permission
             WHERE role = 'public' OR role = ANY (held.roles) OR (role = 'applicant' AND account.kind = 'applicant')
       ) AS permissions
FROM {source}
LEFT JOIN LATERAL (
  SELECT holder.tenant, array_agg(DISTINCT post.code) AS posts, array_agg(DISTINCT post.department_id) AS departments,
         array_agg(DISTINCT post_role.role) AS roles
  FROM holder
  JOIN post ON post.tenant = holder.tenant AND post.id = holder.post_id
  LEFT JOIN post_role ON post_role.tenant = post.tenant AND post_role.post_id = post.id
  WHERE holder.account_id = account.id AND holder.since <= %(at)s AND (holder.until IS NULL OR holder.until > %(at)s)
  GROUP BY holder.tenant
  ORDER BY holder.tenant IS DISTINCT FROM %(tenant)s,
           (SELECT min(ever.since) FROM holder AS ever
            WHERE ever.account_id = account.id AND ever.tenant = holder.tenant), holder.tenant
  LIMIT 1
) AS held ON account.kind = 'staff'
WHERE account.tenant = '*' AND account.disabled_at IS NULL AND {condition}
"""

_BY_SESSION: Final = _PERSON.format(
    key="login_session.id AS key_id, login_session.last_used_at, login_session.expires_at, NULL::text[] AS scopes",
    source="login_session JOIN account ON account.tenant = login_session.tenant AND account.id = account_id",
    condition="""login_session.tenant = '*' AND login_session.secret_hash = %(key)s
  AND login_session.expires_at > %(now)s AND login_session.ended_at IS NULL""",
)

_BY_TOKEN: Final = _PERSON.format(
    key="api_token.id AS key_id, api_token.last_used_at, api_token.expires_at, api_token.scopes",
    source="api_token JOIN account ON account.tenant = api_token.tenant AND account.id = account_id",
    condition="""api_token.tenant = '*' AND api_token.secret_hash = %(key)s
  AND api_token.expires_at > %(now)s AND api_token.revoked_at IS NULL""",
)

NOTED_EVERY: Final = timedelta(hours=1)
"""So often it is written down that a session or a token is used: not with each request."""

_USED: Final = {
    source: f"""
UPDATE {table} SET last_used_at = %(now)s
WHERE tenant = '*' AND id = (SELECT id FROM {table} WHERE tenant = '*' AND id = %(id)s FOR UPDATE SKIP LOCKED)
"""  # noqa: S608
    for source, table in (("web", "login_session"), ("api", "api_token"))
}
"""Of many requests at once one writes, and none waits. Where the transaction may not write “*”, nothing is written."""

_BY_USERNAME: Final = _PERSON.format(
    key="NULL::text[] AS scopes", source="account", condition="account.username = %(key)s"
)


def seen_lately(secret: str, source: Source, real_now: datetime, tenant: str | None = None) -> Actor | None:
    """Whoever showed this secret, of a session (web) or a token (api), within the last two seconds. No database."""
    key = secret_hash(secret)
    found = recent.get((key, tenant), real_now) if key else None
    return found if found and found.source == source else None  # a session's secret is no token


def actor_by_session(
    session: Session, secret: str, real_now: datetime, tenant: str | None = None, *, office_now: datetime | None = None
) -> Actor | None:
    """The person whose browser holds `secret`, acting in `tenant`; None for a session that is over or never was.

    Who holds no post in `tenant` (or names none) acts where they held their first one: look at `actor.tenant`.
    `office_now` says at which instant the posts count; it differs from `real_now` in a demo whose clock was moved.
    """
    return _actor(session, _BY_SESSION, "web", secret, real_now, tenant, office_now)


def actor_by_token(
    session: Session, secret: str, real_now: datetime, tenant: str | None = None, *, office_now: datetime | None = None
) -> Actor | None:
    """The person whose API token `secret` is, narrowed to its scopes; otherwise as `actor_by_session`."""
    return _actor(session, _BY_TOKEN, "api", secret, real_now, tenant, office_now)


def actor_by_username(session: Session, username: str, now: datetime, tenant: str | None = None) -> Actor:
    """The person whom an operator names at the command line. Raises NotFound (also for a closed account)."""
    row = _row(session, _BY_USERNAME, {"key": plain_username(username), "at": now, "tenant": tenant})
    if row is None:
        raise NotFound(kind="account", key=username)
    return _as_actor(row, "cli")


def tenants_of(session: Session, account_id: UUID, at: datetime) -> list[str]:
    """The jurisdictions in which somebody holds a post: among them one chooses where to act."""
    held = select(Holder.tenant).where(Holder.account_id == account_id, held_at(at))
    return list(session.scalars(held.distinct().order_by(Holder.tenant)))


def applicant_account(session: Session, named: str) -> UUID:
    """The account of an applicant who stands at a window: by username or number of identity, exactly.

    Raises NotFound, also where two accounts have the number.
    """
    exactly = or_(Account.username == plain_username(named), Account.id_number == named.strip())
    found = session.scalars(
        select(Account.id)
        .where(Account.tenant == GLOBAL_TENANT, Account.kind == "applicant", Account.disabled_at.is_(None), exactly)
        .limit(2)
    ).all()
    if len(found) != 1:
        raise NotFound(kind="account", key=named)
    return found[0]


def names_of(session: Session, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of people, for pages and lists. An id that is no account is left out."""
    rows = session.execute(
        select(Account.id, Account.name).where(Account.tenant == GLOBAL_TENANT, Account.id.in_(account_ids))
    )
    return {row.id: row.name for row in rows}


def sessions_of(session: Session, actor: Actor, real_now: datetime) -> list[LoginSession]:
    """Where the actor is logged in, the latest first."""
    return list(
        session.scalars(
            select(LoginSession)
            .where(
                LoginSession.tenant == GLOBAL_TENANT,
                LoginSession.account_id == actor.account_id,
                LoginSession.ended_at.is_(None),
                LoginSession.expires_at > real_now,
            )
            .order_by(LoginSession.created_at.desc())
        )
    )


def tokens_of(session: Session, actor: Actor) -> list[ApiToken]:
    """All tokens that the actor ever issued, the latest first."""
    return list(
        session.scalars(
            select(ApiToken)
            .where(ApiToken.tenant == GLOBAL_TENANT, ApiToken.account_id == actor.account_id)
            .order_by(ApiToken.created_at.desc())
        )
    )


def _actor(
    session: Session,
    statement: str,
    source: Source,
    secret: str,
    real_now: datetime,
    tenant: str | None,
    office_now: datetime | None,
) -> Actor | None:
    key = secret_hash(secret)
    if key is None:
        return None
    if found := seen_lately(secret, source, real_now, tenant):
        return found
    row = _row(session, statement, {"key": key, "now": real_now, "at": office_now or real_now, "tenant": tenant})
    if row is None:
        return None
    actor = _as_actor(row, source)
    recent.put((key, tenant), actor, real_now, row.expires_at)
    if row.last_used_at is None or row.last_used_at <= real_now - NOTED_EVERY:
        session.connection().exec_driver_sql(_USED[source], {"id": row.key_id, "now": real_now})
    return actor


def _row(session: Session, statement: str, values: dict[str, Any]) -> Row[Any] | None:
    return session.connection().exec_driver_sql(statement, values).one_or_none()


def _as_actor(row: Row[Any], source: Source) -> Actor:
    return Actor(
        account_id=row.id,
        username=row.username,
        name=row.name,
        kind=row.kind,
        source=source,
        tenant=row.tenant or GLOBAL_TENANT,
        posts=frozenset(row.posts or ()),
        departments=frozenset(row.departments or ()),
        permissions=frozenset(row.permissions),
        scopes=None if row.scopes is None else frozenset(row.scopes),
        language=row.language,
        must_change_password=row.must_change_password and source == "web",
    )
