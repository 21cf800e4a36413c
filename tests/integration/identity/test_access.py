"""A lost password, sessions and tokens, looked after by an administrator of the person's own jurisdiction."""

from dataclasses import replace
from datetime import time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.audit.queries import history
from app.deadlines.operations import define_calendar
from app.identity import access, operations, passwords
from app.identity.errors import BeyondLending, LoginRefused, OwnAccount, WorksElsewhere
from app.identity.models import Account
from app.identity.queries import (
    NOTED_EVERY,
    actor_by_session,
    actor_by_token,
    actor_by_username,
    sessions_of,
    tokens_of,
)
from app.identity.recent import recent
from app.identity.types import Actor
from app.kernel.database import enter_tenant
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.ids import GLOBAL_TENANT
from app.org.operations import add_post, add_region, give_post
from app.org.queries import departments
from tests.integration.identity.conftest import CITY, DISTRICT, NOW


def acting(session: Session, actor: Actor) -> Actor:
    """As a request of staff has it."""
    enter_tenant(session, actor.tenant)
    return actor


@pytest.fixture
def admin(session: Session, people: dict[str, UUID]) -> Actor:
    """Sun Li administers the city, where Li Na works; Wang Wei works in the district too."""
    define_calendar(session, "cn", name_zh="", name_en="", timezone="Asia/Shanghai", hours=[(time(9), time(17))])
    for code in (CITY, DISTRICT):
        add_region(session, code=code, name_zh=code, name_en=code, parent=None, is_tenant=True, calendar="cn")
    enter_tenant(session, CITY)
    [home, *_] = departments(session, CITY)
    post = add_post(
        session, CITY, department_id=home.id, code="admin", name_zh="管理员", name_en="Administrator", roles=["admin"]
    )
    give_post(session, CITY, people["sun.li"], post.id, NOW)
    enter_tenant(session, GLOBAL_TENANT, [CITY, DISTRICT])
    return acting(session, actor_by_username(session, "sun.li", NOW))


def browser(session: Session, username: str, password: str = "correct horse") -> tuple[str, Actor | None]:
    """Log in; the secret, and who that is."""
    enter_tenant(session, GLOBAL_TENANT, [CITY, DISTRICT])
    secret, _ = operations.log_in(session, username, password, NOW)
    return secret, actor_by_session(session, secret, NOW)


def test_a_password_that_was_reset_lets_one_in_to_choose_another(
    session: Session, admin: Actor, people: dict[str, UUID]
) -> None:
    secret, _ = browser(session, "li.na")
    given = access.reset_password(session, acting(session, admin), people["li.na"], NOW, NOW)
    enter_tenant(session, GLOBAL_TENANT, [CITY, DISTRICT])
    assert actor_by_session(session, secret, NOW) is None
    with pytest.raises(LoginRefused):
        browser(session, "li.na")
    _, actor = browser(session, "li.na", given)
    assert actor is not None
    assert actor.must_change_password
    with pytest.raises(Invalid) as refused:
        operations.change_password(session, actor, given, given, NOW)
    assert list(refused.value.fields) == ["new"]
    operations.change_password(session, actor, given, "a sentence of my own", NOW)
    _, actor = browser(session, "li.na", "a sentence of my own")
    assert actor is not None
    assert not actor.must_change_password
    tags = [(act.actor, act.tag) for act in history(session, GLOBAL_TENANT, people["li.na"])]
    assert ("sun.li", "cli:password:reset") in tags
    assert given not in str(tags)


def test_two_passwords_are_never_the_same_and_easy_to_read_out(
    session: Session, admin: Actor, people: dict[str, UUID]
) -> None:
    given = {access.reset_password(session, acting(session, admin), people["li.na"], NOW, NOW) for _ in range(2)}
    assert len(given) == 2
    assert all(len(one) == 14 and not set(one) & set("0O1lI") for one in given)


def test_sessions_are_seen_without_secrets_and_ended(session: Session, admin: Actor, people: dict[str, UUID]) -> None:
    secrets = [browser(session, "li.na")[0] for _ in range(3)]
    actor = acting(session, admin)
    found = access.sessions_of_person(session, actor, people["li.na"], NOW, NOW)
    assert len(found) == 3
    assert access.end_sessions(session, actor, people["li.na"], NOW, NOW, only=found[0].id) == [found[0].id]
    with pytest.raises(NotFound):
        access.end_sessions(session, actor, people["li.na"], NOW, NOW, only=found[0].id)
    assert len(access.end_sessions(session, actor, people["li.na"], NOW, NOW)) == 2
    assert access.end_sessions(session, actor, people["li.na"], NOW, NOW) == []
    assert access.sessions_of_person(session, actor, people["li.na"], NOW, NOW) == []
    enter_tenant(session, GLOBAL_TENANT, [CITY, DISTRICT])
    assert {actor_by_session(session, secret, NOW) for secret in secrets} == {None}


def test_tokens_are_seen_and_ended(session: Session, admin: Actor, people: dict[str, UUID]) -> None:
    _, li_na = browser(session, "li.na")
    assert li_na is not None
    secret = operations.issue_token(session, li_na, "cron", ["*"], NOW + timedelta(days=1), NOW)
    actor = acting(session, admin)
    [token] = access.tokens_of_person(session, actor, people["li.na"], NOW)
    access.revoke_token_of(session, actor, people["li.na"], token.id, NOW, NOW)
    with pytest.raises(NotFound):
        access.revoke_token_of(session, actor, people["li.na"], token.id, NOW, NOW)
    enter_tenant(session, GLOBAL_TENANT, [CITY, DISTRICT])
    assert actor_by_token(session, secret, NOW) is None


def test_nobody_touches_whom_they_do_not_administer(session: Session, admin: Actor, people: dict[str, UUID]) -> None:
    acts = (
        lambda actor, who: access.reset_password(session, actor, who, NOW, NOW),
        lambda actor, who: access.sessions_of_person(session, actor, who, NOW, NOW),
        lambda actor, who: access.tokens_of_person(session, actor, who, NOW),
        lambda actor, who: access.end_sessions(session, actor, who, NOW, NOW),
        lambda actor, who: access.revoke_token_of(session, actor, who, who, NOW, NOW),
    )
    nobody = replace(admin, permissions=frozenset({"case.read"}))
    for act in acts:
        with pytest.raises(Forbidden):
            act(nobody, people["li.na"])
        with pytest.raises(NotFound):
            act(admin, people["zhao.min"])
        with pytest.raises(WorksElsewhere):  # whoever sets a password can act as that person, there too
            act(admin, people["wang.wei"])


def test_whoever_is_mightier_is_not_reset(session: Session, admin: Actor, people: dict[str, UUID]) -> None:
    [home, *_] = departments(session, CITY)
    post = add_post(
        session, CITY, department_id=home.id, code="platform", name_zh="平", name_en="p", roles=["platform"]
    )
    give_post(session, CITY, people["li.na"], post.id, NOW)
    with pytest.raises(BeyondLending):
        access.reset_password(session, admin, people["li.na"], NOW, NOW)


def test_ones_own_password_is_changed_at_ones_own_account(
    session: Session, admin: Actor, people: dict[str, UUID]
) -> None:
    with pytest.raises(OwnAccount):
        access.reset_password(session, admin, people["sun.li"], NOW, NOW)


def test_when_a_session_was_used_is_known_to_the_hour(session: Session, people: dict[str, UUID]) -> None:
    secret, actor = browser(session, "li.na")
    assert actor is not None
    token = operations.issue_token(session, actor, "cron", ["*"], NOW + timedelta(days=9), NOW)
    for after in (timedelta(minutes=5), NOTED_EVERY - timedelta(seconds=1), NOTED_EVERY, NOTED_EVERY * 1.5):
        recent.forget()
        assert actor_by_session(session, secret, NOW + after)
        assert actor_by_token(session, token, NOW + after)
    session.expire_all()
    assert [one.last_used_at for one in sessions_of(session, actor, NOW)] == [NOW + NOTED_EVERY]
    assert [one.last_used_at for one in tokens_of(session, actor)] == [NOW + NOTED_EVERY * 1.5]
    account = session.get_one(Account, (GLOBAL_TENANT, people["li.na"]))
    assert account.must_change_password is False


def test_a_reset_ends_tokens_too(session: Session, admin: Actor, people: dict[str, UUID]) -> None:
    """Whoever came in with a password that was given, and is not the person, could have issued one to stay."""
    _, li_na = browser(session, "li.na")
    assert li_na is not None
    token = operations.issue_token(session, li_na, "stays", ["*"], NOW + timedelta(days=9), NOW)
    access.reset_password(session, acting(session, admin), people["li.na"], NOW, NOW)
    enter_tenant(session, GLOBAL_TENANT, [CITY, DISTRICT])
    assert actor_by_token(session, token, NOW) is None


def test_a_login_under_way_does_not_outlive_the_password(
    session: Session, people: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To check a password takes a tenth of a second, in which the password may be changed and all sessions ended."""
    fits = passwords.fits

    def meanwhile(password: str, kept: str) -> tuple[bool, str | None]:
        changed = update(Account).where(Account.id == people["li.na"]).values(password_hash=passwords.NOBODY)
        session.execute(changed.execution_options(synchronize_session=False))
        return fits(password, kept)

    monkeypatch.setattr(passwords, "fits", meanwhile)
    with pytest.raises(LoginRefused):
        operations.log_in(session, "li.na", "correct horse", NOW)
