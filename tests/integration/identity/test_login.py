"""Coming in and going out: login, sessions, passwords."""

from datetime import timedelta

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import func, select, update

from app.audit.queries import history
from app.audit.verification import verify
from app.identity import operations, passwords
from app.identity.errors import LoginNeeded, LoginRefused, WrongPassword
from app.identity.models import Account, LoginSession
from app.identity.queries import actor_by_session, sessions_of
from app.identity.rules import secret_hash
from app.identity.types import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.ids import GLOBAL_TENANT, new_id

EIGHT_HOURS = timedelta(hours=8)


def enter(session, username, now) -> tuple[str, Actor]:
    """Log in and be known."""
    secret, _ = operations.log_in(session, username, "correct horse", now)
    actor = actor_by_session(session, secret, now)
    assert actor is not None
    return secret, actor


def tags(session, chain) -> list[str]:
    return [act.tag for act in history(session, GLOBAL_TENANT, chain)]


@pytest.mark.parametrize("typed", ["li.na", "LI.NA ", "ｌｉ.na"])
def test_who_knows_the_password_comes_in(session, people, now, typed):
    secret, account = operations.log_in(session, typed, "correct horse", now)
    assert account.id == people["li.na"]
    actor = actor_by_session(session, secret, now)
    assert actor is not None
    assert actor.account_id == account.id
    assert tags(session, account.id) == ["web:session:opened"]


def test_only_the_hash_of_the_sessions_secret_is_kept(session, people, now):
    secret, _ = operations.log_in(session, "li.na", "correct horse", now)
    row = session.scalars(select(LoginSession)).one()
    assert row.secret_hash == secret_hash(secret)
    assert secret not in str(vars(row))


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("li.na", "wrong horse"),
        ("li.na", ""),
        ("nobody", "correct horse"),
        ("", ""),
        ("li.na\0", "correct horse"),
        ("%", "correct horse"),
        ("' OR true --", "correct horse"),
        ("closed", "correct horse"),
        ("closed", "wrong horse"),
        ("li.na", "\ud800"),
    ],
)
def test_everybody_else_is_told_the_same_and_waits_as_long(session, people, now, monkeypatch, username, password):
    """One check of a password each time, whatever was wrong: its cost is what a clock could tell apart."""
    session.execute(update(Account).where(Account.username == "sun.li").values(username="closed", disabled_at=now))
    fits, checked = passwords.fits, []

    def counted(given, against):
        checked.append(against)
        return fits(given, against)

    monkeypatch.setattr(passwords, "fits", counted)
    with pytest.raises(LoginRefused) as refused:
        operations.log_in(session, username, password, now)
    assert len(checked) == 1
    assert refused.value.text == LoginRefused(None).text
    assert refused.value.params == {}
    assert session.scalar(select(func.count()).select_from(LoginSession)) == 0


@pytest.mark.parametrize(
    ("after", "known"),
    [(timedelta(0), True), (EIGHT_HOURS - timedelta(seconds=1), True), (EIGHT_HOURS, False)],
)
def test_a_session_lasts_eight_hours(session, people, now, after, known):
    secret, _ = operations.log_in(session, "li.na", "correct horse", now)
    assert (actor_by_session(session, secret, now + after) is not None) is known


def test_a_session_ends_at_once_and_not_twice(session, people, now):
    secret, actor = enter(session, "li.na", now)
    operations.log_out(session, actor, secret, now)
    assert actor_by_session(session, secret, now) is None
    operations.log_out(session, actor, secret, now)
    assert tags(session, people["li.na"]) == ["web:session:opened", "web:session:ended"]


def test_one_ends_ones_own_sessions_only(session, people, now):
    secret, actor = enter(session, "li.na", now)
    other_secret, other = enter(session, "wang.wei", now + timedelta(minutes=1))
    [own] = sessions_of(session, actor, now)
    with pytest.raises(NotFound):
        operations.end_session(session, other, own.id, now)
    operations.log_out(session, other, secret, now)
    assert actor_by_session(session, secret, now) == actor
    operations.end_session(session, actor, own.id, now)
    assert actor_by_session(session, secret, now) is None
    assert actor_by_session(session, other_secret, now) is not None
    assert sessions_of(session, actor, now) == []


def test_sessions_that_are_over_are_not_listed(session, people, now):
    _, actor = enter(session, "li.na", now)
    assert len(sessions_of(session, actor, now)) == 1
    assert sessions_of(session, actor, now + EIGHT_HOURS) == []


def test_a_new_password_ends_all_sessions_but_the_present_one(session, people, now):
    secret, actor = enter(session, "li.na", now)
    elsewhere, _ = enter(session, "li.na", now)
    operations.change_password(session, actor, "correct horse", "battery staple", now, keep=secret)
    assert actor_by_session(session, secret, now) is not None
    assert actor_by_session(session, elsewhere, now) is None
    with pytest.raises(LoginRefused):
        operations.log_in(session, "li.na", "correct horse", now)
    operations.log_in(session, "li.na", "battery staple", now)
    assert "web:password:changed" in tags(session, people["li.na"])


def test_a_new_password_without_a_session_to_keep_ends_all(session, people, now):
    secret, actor = enter(session, "li.na", now)
    operations.change_password(session, actor, "correct horse", "battery staple", now)
    assert actor_by_session(session, secret, now) is None


def test_who_does_not_know_the_present_password_sets_none(session, people, now):
    _, actor = enter(session, "li.na", now)
    with pytest.raises(WrongPassword) as refused:
        operations.change_password(session, actor, "wrong horse", "battery staple", now)
    assert list(refused.value.fields) == ["old"]
    with pytest.raises(Invalid) as refused:
        operations.change_password(session, actor, "correct horse", "short", now)
    assert list(refused.value.fields) == ["new"]


def test_a_token_changes_no_password(session, people, now):
    _, actor = enter(session, "li.na", now)
    by_token = Actor(
        account_id=actor.account_id, username="li.na", name="", kind="staff", source="api", scopes=frozenset("*")
    )
    with pytest.raises(LoginNeeded):
        operations.change_password(session, by_token, "correct horse", "battery staple", now)


def test_a_hash_of_weaker_parameters_is_made_anew_at_login(session, people, now):
    weak = Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1).hash("correct horse")
    session.execute(update(Account).where(Account.username == "li.na").values(password_hash=weak))
    operations.log_in(session, "li.na", "correct horse", now)
    stored = session.scalar(select(Account.password_hash).where(Account.username == "li.na"))
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_refused_login_is_recorded_without_name_and_password(database, kept, now):
    account_id = new_id()
    with database.transaction(GLOBAL_TENANT) as session:
        session.add(
            Account(
                tenant=GLOBAL_TENANT,
                id=account_id,
                username="li.na",
                name="李娜",
                kind="staff",
                password_hash=kept,
                language="zh_CN",
                created_at=now,
            )
        )
    for username in ("li.na", "nobody"):
        with pytest.raises(LoginRefused) as refused, database.transaction(GLOBAL_TENANT) as session:
            operations.log_in(session, username, "wrong horse", now)
        operations.record_refused_login(database, refused.value, now)
    with database.transaction(GLOBAL_TENANT) as session:
        for chain in (account_id, operations.STRANGERS):
            [act] = history(session, GLOBAL_TENANT, chain)
            assert (act.tag, act.actor_id, act.data) == ("web:login:refused", None, {})
        assert list(verify(session, GLOBAL_TENANT)) == []
