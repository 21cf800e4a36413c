"""What every request shares, on pages and in the API: one transaction, the actor, the time, the refusal's record.

`guarded(permission)` (or `public`) marks a view: it opens the request's transaction, finds the actor, checks the
permission, runs the view inside and commits at its end. An error rolls back; what was refused is then recorded in a
transaction of its own. A test walks all routes to see that each is marked.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import wraps
from secrets import token_hex
from typing import Any, NamedTuple, NoReturn, ParamSpec, TypeVar, cast
from uuid import UUID

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from psycopg.errors import DatetimeFieldOverflow, NumericValueOutOfRange
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from app.audit.operations import refuse
from app.identity import attempts
from app.identity.errors import PasswordMustChange
from app.identity.operations import STRANGERS
from app.identity.queries import actor_by_session, actor_by_token, seen_lately, tenants_of
from app.identity.types import Actor, Source
from app.kernel import confine
from app.kernel.database import enter_tenant
from app.kernel.errors import DomainError, Forbidden, Invalid
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from app.office import Office

P = ParamSpec("P")
R = TypeVar("R")

RETRY_AFTER = 60
"""Seconds to wait after too many attempts; wrong passwords count longer."""

SESSION_COOKIE = "greenlight"
TENANT_COOKIE = "tenant"
TENANT_HEADER = "Greenlight-Tenant"
"""Where a program acts for somebody who holds posts in several jurisdictions."""

TRACE_PARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
PUBLIC = Actor(account_id=None, username="public", name="", kind="public", source="web")


class _Credentials(NamedTuple):
    """What a request brings to say who asks; `tenant` is where they want to act."""

    secret: str
    tenant: str | None
    source: Source


class NotLoggedIn(DomainError):
    """The view needs a person and the request brings none."""

    code = "not-logged-in"
    message = "Please log in."
    remedy = "Log in, or send a valid token in the header “Authorization: Bearer …”."


class NoPostThere(Forbidden):
    """A program wants to act in a jurisdiction in which its person holds no post."""

    code = "no-post-there"
    message = "You hold no post in the jurisdiction “%(tenant)s”."
    remedy = "Name one of those that “tenants” of GET /api/v1/me lists, or leave the header Greenlight-Tenant out."


class BeyondRange(Invalid):
    """A number or a date that no column holds, such as a version of twenty digits."""

    code = "beyond-range"
    message = "A number or a date here is too large or too small."


def office() -> Office:
    """The office of the running application."""
    return cast(Office, current_app.extensions["greenlight"])


def session() -> Session:
    """The request's transaction. Only inside a view that is guarded or public."""
    return cast(Session, g.session)


def actor() -> Actor:
    """Who makes the request; `PUBLIC` where nobody is logged in."""
    return cast(Actor, g.actor)


def tenants_held() -> list[str]:
    """The jurisdictions in which the actor holds a post now: among them one chooses where to act."""
    who = actor()
    if who.kind != "staff" or who.account_id is None:
        return []
    enter_tenant(session(), who.tenant, office().tenants)
    found = tenants_of(session(), who.account_id, now())
    enter_tenant(session(), who.tenant)
    return found


def now() -> datetime:
    """The office's time, read once for each request."""
    if "now" not in g:
        g.now = office().now(session())
    return cast(datetime, g.now)


def about(case_id: UUID, tenant: str | None = None) -> None:
    """Say which case the request is about, so that a refusal is kept in its record; `tenant` where not one's own."""
    g.about = (tenant or actor().tenant, case_id)


def trace_id() -> str:
    """What ties an answer to the log: the caller's trace (W3C Trace Context), or one made for this request."""
    if "trace_id" not in g:
        given = TRACE_PARENT.fullmatch(request.headers.get("traceparent", ""))
        g.trace_id = given.group(1) if given else token_hex(16)
    return cast(str, g.trace_id)


def answer_errors(app: Flask, prefix: str, answer: Callable[[Exception], ResponseReturnValue]) -> None:
    """Let `answer` answer every error of the requests below `prefix`; where several fit, the longest prefix counts."""
    answers: dict[str, Callable[[Exception], ResponseReturnValue]] = app.extensions.setdefault("error-answers", {})
    answers[prefix] = answer

    def handle(error: Exception) -> ResponseReturnValue:
        fitting = [prefix for prefix in answers if request.path.startswith(prefix)]
        if not fitting:
            raise error
        return answers[max(fitting, key=len)](error)

    app.register_error_handler(Exception, handle)


def guarded(*permissions: str, given_password: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A view for those who have one of `permissions`; which of them lets the actor do what is the verb's to say.

    Whoever logged in with a password that somebody else has set may do nothing but where `given_password`: change it.
    """

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        return _inside(view, permissions, given_password)

    return mark


def public(view: Callable[P, R]) -> Callable[P, R]:
    """A view for everybody; who is logged in is known all the same."""
    return _inside(view, ())


def throttled(what: str, when: Callable[[], bool] = lambda: True) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let an address do what is counted under `what` (identity.attempts) only so often. Stands above `public`: counting
    takes a connection of its own, and who holds one must not wait for a second."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            if when() and not attempts.one_more(office().database, what, address()):
                too_many(what)
            return view(*args, **kwargs)

        return run

    return mark


def too_many(what: str) -> NoReturn:
    """Refuse for a while, and record it once a minute for each address. Raises TooManyRequests."""
    if attempts.is_news(office().database, what, address()):
        _record_stranger("too-many-requests")
    raise TooManyRequests(retry_after=RETRY_AFTER)


def address() -> str:
    """Where the request comes from, as far as the proxies before us are believed (TRUSTED_PROXIES)."""
    return request.remote_addr or ""


def plain(view: Callable[P, R]) -> Callable[P, R]:
    """A view for everybody that reads nothing of the office (a file, the API's description): no transaction."""
    view.permissions = ()  # type: ignore[attr-defined]
    return view


def _inside(view: Callable[P, R], permissions: tuple[str, ...], given_password: bool = False) -> Callable[P, R]:
    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            given = _credentials()
            known = given and seen_lately(given.secret, given.source, real_now(), given.tenant)
            with _transaction(known, permissions) as opened:
                g.session = opened
                g.actor = known or _identify(opened, given)
                confine.asked_by(g.actor.account_id)
                _check_place(g.actor)
                if permissions:
                    _let_in(g.actor, permissions, given_password)
                if known is None and g.actor.kind == "staff":
                    enter_tenant(opened, g.actor.tenant, _readable(g.actor, permissions))
                return view(*args, **kwargs)
        except DomainError as error:
            _record_refusal(error)
            raise
        except DataError as error:
            if isinstance(error.orig, NumericValueOutOfRange | DatetimeFieldOverflow):
                raise BeyondRange() from None
            raise

    run.permissions = permissions  # type: ignore[attr-defined]
    return run


def _let_in(who: Actor, permissions: tuple[str, ...], given_password: bool) -> None:
    if who.account_id is None:
        raise NotLoggedIn()
    if who.must_change_password and not given_password:
        raise PasswordMustChange()
    if not any(who.may(permission) for permission in permissions):
        who.require(permissions[0])


def _credentials() -> _Credentials | None:
    """The token or the cookie that came with the request."""
    header, place = request.headers.get("Authorization", ""), request.headers.get(TENANT_HEADER)
    if header:
        scheme, _, secret = header.partition(" ")
        return _Credentials(secret.strip() if scheme.lower() == "bearer" else "", place, "api")
    secret = request.cookies.get(SESSION_COOKIE, "")
    return _Credentials(secret, place or request.cookies.get(TENANT_COOKIE), "web") if secret else None


def _transaction(known: Actor | None, permissions: tuple[str, ...]) -> AbstractContextManager[Session]:
    """The request's transaction: of whoever was seen a moment ago, or one that may find out who it is."""
    _ = office().is_demo, office().tenants  # learnt before: no one who holds a connection waits for a second
    if known is not None:
        return office().database.transaction(known.tenant, _readable(known, permissions))
    return office().database.transaction(GLOBAL_TENANT, office().tenants)


def _identify(opened: Session, given: _Credentials | None) -> Actor:
    """The person behind the token or the cookie. A token that is given and not valid is refused, not ignored."""
    if given is None:
        return PUBLIC
    if given.source == "web":
        return actor_by_session(opened, given.secret, real_now(), given.tenant) or PUBLIC
    found = actor_by_token(opened, given.secret, real_now(), given.tenant)
    if found is None:
        raise NotLoggedIn()
    return found


def _check_place(who: Actor) -> None:
    """A program that names a jurisdiction acts there or not at all; on pages one is led to where one holds a post."""
    wanted = request.headers.get(TENANT_HEADER)
    if wanted and who.account_id is not None and who.tenant != wanted:
        raise NoPostThere(tenant=wanted)


def _readable(who: Actor, permissions: tuple[str, ...]) -> tuple[str, ...]:
    """Which tenants the request may read: staff their own, an applicant and the public all (policies narrow that).
    What is open to everybody says the same to staff: a document of another jurisdiction is genuine for them too."""
    return () if who.kind == "staff" and permissions else office().tenants


def _record_refusal(error: DomainError) -> None:
    """Keep what was refused to a known person, in the record of the case or else of the person.

    A token that is nobody's is recorded among the strangers, but not without end: raises TooManyRequests.
    """
    who: Actor | None = g.get("actor")
    if who is None:
        if not attempts.one_more(office().database, attempts.STRANGE_TOKENS, address()):
            too_many(attempts.STRANGE_TOKENS)
        _record_stranger(error.code)
        return
    if who.account_id is None:
        return
    tenant, chain = g.get("about") or (GLOBAL_TENANT, who.account_id)
    refuse(
        office().database,
        tenant,
        chain,
        at=real_now(),
        actor_id=who.account_id,
        actor=who.username,
        tag=f"{who.source}:{request.endpoint or 'unknown'}:refused",
        data=_facts(error.code),
    )


def _record_stranger(code: str) -> None:
    """Keep what was refused before it was known who asks. No address: it is personal data."""
    source = "api" if request.path.startswith("/api/") else "web"
    refuse(
        office().database,
        GLOBAL_TENANT,
        STRANGERS,
        at=real_now(),
        actor_id=None,
        actor=PUBLIC.username,
        tag=f"{source}:{request.endpoint or 'unknown'}:refused",
        data=_facts(code),
    )


def _facts(code: str) -> dict[str, Any]:
    return {"error": code, "method": request.method, "path": request.path}
