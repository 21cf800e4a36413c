"""Opening and closing accounts, and who may."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from app.audit.queries import history
from app.identity import operations
from app.identity.errors import LoginRefused
from app.identity.queries import actor_by_session, actor_by_username
from app.identity.types import SYSTEM, Actor
from app.kernel.database import enter_tenant
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.ids import GLOBAL_TENANT, new_id

CITY, DISTRICT = "330300", "330301"
ZHOU = {"username": "Zhou.Jie", "name": " 周杰 ", "kind": "staff", "password": "battery staple"}


def actor(session, username, now, tenant) -> Actor:
    return actor_by_username(session, username, now, tenant)


def test_an_account_is_opened_by_who_orders_the_office(session, people, now):
    admin = actor(session, "wang.wei", now, DISTRICT)
    enter_tenant(session, DISTRICT)
    account = operations.open_account(session, admin, **ZHOU, now=now, phone="13800000000")
    assert session.scalar(text("SELECT current_setting('greenlight.tenant')")) == DISTRICT
    assert (account.tenant, account.username, account.name, account.language) == (
        GLOBAL_TENANT,
        "zhou.jie",
        "周杰",
        "zh_CN",
    )
    assert "battery" not in account.password_hash
    operations.log_in(session, "zhou.jie", "battery staple", now)
    [opened, _] = history(session, GLOBAL_TENANT, account.id)
    assert (opened.tag, opened.actor_id, opened.data) == ("cli:account:opened", people["wang.wei"], {"kind": "staff"})


def test_the_office_itself_opens_accounts(session, people, now):
    account = operations.open_account(session, SYSTEM, **ZHOU | {"kind": "applicant"}, now=now)
    [opened] = history(session, GLOBAL_TENANT, account.id)
    assert (opened.actor_id, opened.actor) == (None, "system")


@pytest.mark.parametrize("username", ["li.na", "zhao.min"])
def test_who_does_not_order_the_office_administers_nobody(session, people, now, username):
    somebody = actor(session, username, now, CITY)
    for verb in (
        lambda: operations.open_account(session, somebody, **ZHOU, now=now),
        lambda: operations.close_account(session, somebody, people["wang.wei"], now),
        lambda: operations.reopen_account(session, somebody, people["wang.wei"], now),
        lambda: operations.set_password(session, somebody, people["wang.wei"], "battery staple", now),
    ):
        with pytest.raises(Forbidden, match=r"org\.manage"):
            verb()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"username": "li.na"}, {"username"}),
        ({"username": "LI.NA"}, {"username"}),
        ({"username": "a b"}, {"username"}),
        ({"name": " "}, {"name"}),
        ({"kind": "system"}, {"kind"}),
        ({"kind": "public"}, {"kind"}),
        ({"password": "short"}, {"password"}),
        ({"password": "zhou.jie-2026"}, {"password"}),
        ({"username": "", "name": "", "password": ""}, {"username", "name", "password"}),
    ],
)
def test_what_no_account_is_opened_for(session, people, now, change, wrong):
    with pytest.raises(Invalid) as refused:
        operations.open_account(session, SYSTEM, **ZHOU | change, now=now)
    assert refused.value.fields.keys() == wrong


def test_a_closed_account_lets_nobody_in_until_it_is_opened_again(session, people, now):
    secret, _ = operations.log_in(session, "li.na", "correct horse", now)
    assert actor_by_session(session, secret, now)
    operations.close_account(session, SYSTEM, people["li.na"], now)
    assert actor_by_session(session, secret, now) is None
    with pytest.raises(LoginRefused) as refused:
        operations.log_in(session, "li.na", "correct horse", now)
    assert refused.value.account_id == people["li.na"]
    operations.reopen_account(session, SYSTEM, people["li.na"], now)
    assert actor_by_session(session, secret, now) is None, "the sessions of then stay ended"
    operations.log_in(session, "li.na", "correct horse", now)
    tags = [act.tag for act in history(session, GLOBAL_TENANT, people["li.na"])]
    assert tags == ["web:session:opened", "ticker:account:closed", "ticker:account:reopened", "web:session:opened"]


def test_a_password_set_by_another_ends_all_sessions(session, people, now):
    secret, _ = operations.log_in(session, "li.na", "correct horse", now)
    operations.set_password(session, SYSTEM, people["li.na"], "battery staple", now)
    assert actor_by_session(session, secret, now) is None
    operations.log_in(session, "li.na", "battery staple", now)
    with pytest.raises(Invalid):
        operations.set_password(session, SYSTEM, people["li.na"], "short", now)


@pytest.mark.parametrize("whom", ["li.na", "sun.li", "zhao.min", None])
def test_an_administrator_reaches_people_of_the_own_jurisdiction_only(session, people, now, whom):
    """Wang Wei administers the district; Li Na works in the city, Sun Li nowhere, Zhao Min is an applicant."""
    admin = actor(session, "wang.wei", now, DISTRICT)
    with pytest.raises(NotFound):
        operations.close_account(session, admin, people[whom] if whom else new_id(), now)


def test_an_administrator_closes_the_account_of_somebody_here(session, people, now):
    admin = actor(session, "wang.wei", now, DISTRICT)
    operations.close_account(session, replace(admin, tenant=CITY), people["li.na"], now)
    with pytest.raises(NotFound):
        actor(session, "li.na", now, CITY)
