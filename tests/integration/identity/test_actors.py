"""Who is it: posts, departments, permissions, tenants, in one statement."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from app.identity import operations
from app.identity.models import Account
from app.identity.queries import (
    actor_by_session,
    actor_by_token,
    actor_by_username,
    names_of,
    tenants_of,
)
from app.identity.recent import LIFE
from app.identity.types import Actor
from app.kernel.database import enter_tenant
from app.kernel.errors import NotFound
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.org.models import Department, Post, RolePermission
from app.org.operations import give_post, leave_post
from app.org.roles import APPLICANT, PUBLIC, ROLES

CITY, DISTRICT = "330300", "330301"


def come(session, username, now, tenant=None, **values) -> Actor:
    secret, _ = operations.log_in(session, username, "correct horse", now)
    actor = actor_by_session(session, secret, now, tenant, **values)
    assert actor is not None
    return actor


def permissions(*roles: str) -> frozenset[str]:
    return frozenset().union(*(ROLES[role].permissions for role in (*roles, PUBLIC)))


def test_a_reviewer(session, people, now):
    actor = come(session, "li.na", now)
    land = session.scalar(select(Department.id).where(Department.code == "land"))
    assert actor == Actor(
        account_id=people["li.na"],
        username="li.na",
        name="李娜",
        kind="staff",
        source="web",
        tenant=CITY,
        posts=frozenset({"land-reviewer"}),
        departments=frozenset({land}),
        permissions=permissions("reviewer"),
        scopes=None,
        language="zh_CN",
    )


def test_an_applicant_belongs_to_no_jurisdiction(session, people, now):
    actor = come(session, "zhao.min", now, CITY)
    assert (actor.kind, actor.tenant, actor.posts) == ("applicant", GLOBAL_TENANT, frozenset())
    assert actor.permissions == permissions(APPLICANT)


def test_an_applicant_gains_nothing_by_a_post(session, people, now):
    """What staff do comes with the kind of the account, not with a row that somebody slipped in."""
    enter_tenant(session, CITY)
    post = session.scalar(select(Post.id).where(Post.code == "land-reviewer"))
    give_post(session, CITY, people["zhao.min"], post, now)
    enter_tenant(session, GLOBAL_TENANT, [CITY, DISTRICT])
    assert come(session, "zhao.min", now).permissions == permissions(APPLICANT)


def test_staff_without_a_post_may_what_the_public_may(session, people, now):
    actor = come(session, "sun.li", now)
    assert (actor.tenant, actor.posts, actor.permissions) == (GLOBAL_TENANT, frozenset(), permissions())


@pytest.mark.parametrize(
    ("asked", "tenant", "roles"),
    [
        (None, DISTRICT, ["admin"]),
        (DISTRICT, DISTRICT, ["admin"]),
        (CITY, CITY, ["head", "decider"]),
        ("330399", DISTRICT, ["admin"]),
    ],
    ids=["where one has been longest", "here", "there", "not where one holds nothing"],
)
def test_who_holds_posts_in_two_jurisdictions_acts_in_one_at_a_time(session, people, now, asked, tenant, roles):
    actor = come(session, "wang.wei", now, asked)
    assert actor.tenant == tenant
    assert actor.permissions == permissions(*roles)
    assert tenants_of(session, people["wang.wei"], now) == [CITY, DISTRICT]


def test_a_jurisdiction_that_the_transaction_does_not_read_lends_nothing(session, people, now):
    enter_tenant(session, GLOBAL_TENANT, [CITY])
    assert come(session, "wang.wei", now, DISTRICT).tenant == CITY


def test_a_post_counts_while_it_is_held(session, people, now):
    day = timedelta(days=1)
    enter_tenant(session, CITY)
    post = session.scalar(select(Post.id).where(Post.code == "land-reviewer"))
    leave_post(session, CITY, people["li.na"], post, now + day)
    enter_tenant(session, GLOBAL_TENANT, [CITY, DISTRICT])
    assert come(session, "li.na", now - timedelta(seconds=1)).posts == frozenset()
    assert come(session, "li.na", now).posts == {"land-reviewer"}
    assert come(session, "li.na", now + day).posts == frozenset()


def test_in_a_demo_the_posts_count_by_the_moved_clock(session, people, now):
    day = timedelta(days=1)
    enter_tenant(session, CITY)
    post = session.scalar(select(Post.id).where(Post.code == "planning-head"))
    give_post(session, CITY, people["sun.li"], post, now + day)
    enter_tenant(session, GLOBAL_TENANT, [CITY, DISTRICT])
    assert come(session, "sun.li", now).posts == frozenset()
    assert come(session, "sun.li", now, office_now=now + day).posts == {"planning-head"}


def test_permissions_are_data(session, people, now):
    session.add(RolePermission(role="reviewer", permission="case.read-all"))
    session.flush()
    assert come(session, "li.na", now).may("case.read-all")


def test_an_actor_is_one_statement_and_then_none_for_two_seconds(session, people, now, connection):
    secret, _ = operations.log_in(session, "wang.wei", "correct horse", now)
    sent: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda _c, _k, statement, *_rest: sent.append(statement))
    moments = [now, now + LIFE / 2, now + LIFE, now + LIFE * 1.5]
    found = {actor_by_session(session, secret, moment) for moment in moments}
    assert len(found) == 1
    assert len(sent) == 2


def test_what_is_remembered_is_of_one_tenant(session, people, now):
    secret, _ = operations.log_in(session, "wang.wei", "correct horse", now)
    tenants = [actor_by_session(session, secret, now, tenant).tenant for tenant in (CITY, DISTRICT, CITY)]
    assert tenants == [CITY, DISTRICT, CITY]


def test_a_closed_account_is_known_for_two_seconds_at_most(session, people, now):
    """Closed by another process: this one has not heard of it."""
    secret, _ = operations.log_in(session, "li.na", "correct horse", now)
    assert actor_by_session(session, secret, now)
    session.execute(update(Account).where(Account.id == people["li.na"]).values(disabled_at=now))
    assert actor_by_session(session, secret, now + LIFE) is None


@pytest.mark.parametrize("secret", ["", "wrong", "x" * 5000, "\ud800", "a\0b", "gl_", "gl_wrong"])
def test_a_secret_that_is_none(session, people, now, secret):
    assert actor_by_session(session, secret, now) is None
    assert actor_by_token(session, secret, now) is None


def test_a_sessions_secret_is_no_token_and_the_other_way_round(session, people, now):
    secret, _ = operations.log_in(session, "li.na", "correct horse", now)
    actor = actor_by_session(session, secret, now)
    token = operations.issue_token(session, actor, "script", ["*"], now + timedelta(days=1), now)
    assert actor_by_token(session, secret, now + LIFE) is None
    assert actor_by_session(session, token, now) is None


def test_an_operator_names_somebody_at_the_command_line(session, people, now):
    actor = actor_by_username(session, "Wang.Wei", now, CITY)
    assert (actor.account_id, actor.tenant, actor.source) == (people["wang.wei"], CITY, "cli")


@pytest.mark.parametrize("username", ["nobody", "li.na", ""])
def test_who_is_not_there_or_closed_is_not_named(session, people, now, username):
    session.execute(update(Account).where(Account.username == "li.na").values(disabled_at=now))
    with pytest.raises(NotFound):
        actor_by_username(session, username, now)


def test_names_for_ids(session, people):
    asked = [people["li.na"], people["zhao.min"], new_id()]
    assert names_of(session, asked) == {people["li.na"]: "李娜", people["zhao.min"]: "赵敏"}
