"""API tokens: scopes that only narrow, and an end."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from app.audit.queries import history
from app.identity import operations
from app.identity.errors import LoginNeeded
from app.identity.models import Account, ApiToken
from app.identity.queries import actor_by_session, actor_by_token, tokens_of
from app.identity.recent import LIFE
from app.identity.rules import secret_hash
from app.identity.types import Actor
from app.kernel.database import enter_tenant
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.org.models import Post
from app.org.operations import leave_post

CITY, DISTRICT = "330300", "330301"
DAY = timedelta(days=1)


@pytest.fixture
def li_na(session, people, now) -> Actor:
    secret, _ = operations.log_in(session, "li.na", "correct horse", now)
    actor = actor_by_session(session, secret, now)
    assert actor is not None
    return actor


def test_a_token_brings_its_person_narrowed_to_its_scopes(session, li_na, now):
    secret = operations.issue_token(session, li_na, " script ", ["step.read", "step.claim"], now + DAY, now)
    assert secret.startswith("gl_")
    actor = actor_by_token(session, secret, now)
    assert actor == replace(li_na, source="api", scopes=frozenset({"step.read", "step.claim"}))
    assert actor.may("step.claim")
    assert not actor.may("step.complete")


def test_the_secret_is_kept_nowhere(session, li_na, now):
    secret = operations.issue_token(session, li_na, "script", ["*"], now + DAY, now)
    [row] = tokens_of(session, li_na)
    assert (row.name, row.scopes, row.secret_hash) == ("script", ["*"], secret_hash(secret))
    told = session.scalar(text("SELECT string_agg(t::text, '') FROM api_token t"))
    told += session.scalar(text("SELECT string_agg(t::text, '') FROM audit t"))
    assert secret.removeprefix("gl_") not in told


@pytest.mark.parametrize(("after", "known"), [(timedelta(0), True), (DAY - timedelta(seconds=1), True), (DAY, False)])
def test_a_token_has_an_end(session, li_na, now, after, known):
    secret = operations.issue_token(session, li_na, "script", ["*"], now + DAY, now)
    assert (actor_by_token(session, secret, now + after) is not None) is known


@pytest.mark.parametrize(
    ("name", "scopes", "ends_after", "wrong"),
    [
        ("", ["*"], DAY, {"name"}),
        (" ", ["*"], DAY, {"name"}),
        ("script", [], DAY, {"scopes"}),
        ("script", ["org.manage"], DAY, {"scopes"}),
        ("script", ["step.read", "no.such"], DAY, {"scopes"}),
        ("script", ["*"], timedelta(0), {"expires_at"}),
        ("script", ["*"], -DAY, {"expires_at"}),
        ("script", ["*"], timedelta(days=367), {"expires_at"}),
        ("", [], timedelta(days=367), {"name", "scopes", "expires_at"}),
    ],
)
def test_what_no_token_is_issued_for(session, li_na, now, name, scopes, ends_after, wrong):
    with pytest.raises(Invalid) as refused:
        operations.issue_token(session, li_na, name, scopes, now + ends_after, now)
    assert refused.value.fields.keys() == wrong
    assert tokens_of(session, li_na) == []


def test_a_token_issues_no_token(session, li_na, now):
    """Else one that ends tomorrow would live for ever."""
    secret = operations.issue_token(session, li_na, "script", ["*"], now + DAY, now)
    actor = actor_by_token(session, secret, now)
    with pytest.raises(LoginNeeded):
        operations.issue_token(session, actor, "longer", ["*"], now + 300 * DAY, now)


def test_who_may_manage_no_tokens_issues_none(session, people, now):
    secret, _ = operations.log_in(session, "sun.li", "correct horse", now)
    with pytest.raises(Forbidden):
        operations.issue_token(session, actor_by_session(session, secret, now), "script", ["item.read"], now + DAY, now)


def test_a_token_loses_what_its_person_loses(session, people, li_na, now):
    secret = operations.issue_token(session, li_na, "script", ["step.claim", "item.read"], now + DAY, now)
    enter_tenant(session, CITY)
    post = session.scalar(select(Post.id).where(Post.code == "land-reviewer"))
    leave_post(session, CITY, people["li.na"], post, now)
    enter_tenant(session, GLOBAL_TENANT, [CITY, DISTRICT])
    actor = actor_by_token(session, secret, now)
    assert not actor.may("step.claim")
    assert actor.may("item.read")


def test_a_revoked_token_is_over(session, people, li_na, now):
    secret = operations.issue_token(session, li_na, "script", ["*"], now + DAY, now)
    [row] = tokens_of(session, li_na)
    assert actor_by_token(session, secret, now)
    operations.revoke_token(session, li_na, row.id, now)
    assert actor_by_token(session, secret, now) is None
    acts = history(session, GLOBAL_TENANT, people["li.na"])
    assert [act.tag for act in acts] == ["web:session:opened", "web:token:issued", "web:token:revoked"]
    assert acts[1].data == {"token": str(row.id), "scopes": ["*"], "expires_at": (now + DAY).isoformat()}
    with pytest.raises(NotFound):
        operations.revoke_token(session, li_na, row.id, now)


def test_a_token_may_end_itself(session, li_na, now):
    secret = operations.issue_token(session, li_na, "script", ["step.read"], now + DAY, now)
    [row] = tokens_of(session, li_na)
    operations.revoke_token(session, actor_by_token(session, secret, now), row.id, now)
    assert actor_by_token(session, secret, now) is None


def test_nobody_revokes_or_lists_the_tokens_of_others(session, people, li_na, now):
    operations.issue_token(session, li_na, "script", ["*"], now + DAY, now)
    [row] = tokens_of(session, li_na)
    secret, _ = operations.log_in(session, "wang.wei", "correct horse", now)
    other = actor_by_session(session, secret, now)
    assert tokens_of(session, other) == []
    for token_id in (row.id, new_id()):
        with pytest.raises(NotFound):
            operations.revoke_token(session, other, token_id, now)


def test_the_token_of_a_closed_account_is_over(session, people, li_na, now):
    secret = operations.issue_token(session, li_na, "script", ["*"], now + DAY, now)
    session.execute(update(Account).where(Account.id == people["li.na"]).values(disabled_at=now))
    assert actor_by_token(session, secret, now + LIFE) is None


def test_tokens_are_issued_from_within_ones_own_jurisdiction(session, li_na, now):
    """The request's transaction stands in the tenant of the posts; the verb goes to the reserved one and back."""
    enter_tenant(session, CITY)
    secret = operations.issue_token(session, li_na, "script", ["*"], now + DAY, now)
    assert session.scalar(text("SELECT current_setting('greenlight.tenant')")) == CITY
    assert session.scalar(select(ApiToken.tenant)) == GLOBAL_TENANT
    assert actor_by_token(session, secret, now).tenant == CITY
    [row] = tokens_of(session, li_na)
    operations.revoke_token(session, li_na, row.id, now)
    with pytest.raises(NotFound):
        operations.revoke_token(session, li_na, row.id, now)
    assert session.scalar(text("SELECT current_setting('greenlight.tenant')")) == CITY
