"""Usernames, passwords, secrets."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules import (
    TOKEN_PREFIX,
    new_secret,
    password_faults,
    plain_username,
    secret_hash,
    username_faults,
)


@pytest.mark.parametrize("typed", ["li.na", "LI.NA", " Li.Na ", "ｌｉ．ｎａ"])
def test_one_person_has_one_username(typed):
    assert plain_username(typed) == "li.na"


@given(st.text())
def test_the_one_spelling_stays_itself_or_is_refused(typed):
    plain = plain_username(typed)
    assert username_faults(plain) or plain_username(plain) == plain


@pytest.mark.parametrize("username", ["li.na", "王伟", "13800000000", "li@example.cn", "a1"])
def test_usernames_that_do(username):
    assert username_faults(username) == []


@pytest.mark.parametrize("username", ["", "a", ".hidden", "a b", "a\0b", "a\nb", "\ud800\ud800", "x" * 65, "a/b", "*"])
def test_usernames_that_do_not(username):
    assert username_faults(username) != []


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        ("correct horse", 0),
        ("绿灯绿灯一路绿灯行", 0),
        ("greenlight", 0),
        ("short", 1),
        ("", 2),
        ("aaaaaaaaaaaa", 1),
        ("abcabcabcabc", 1),
        ("my Li.Na is it", 1),
        ("ok" + "long" * 64, 1),
    ],
)
def test_passwords(password, faults):
    assert len(password_faults(password, "li.na")) == faults


def test_secrets_are_all_different_and_recognised():
    made = {new_secret(TOKEN_PREFIX) for _ in range(100)}
    assert len(made) == 100
    assert all(secret.startswith("gl_") and len(secret) == 46 for secret in made)


def test_only_the_hash_of_a_secret_is_kept():
    assert secret_hash("gl_x") == sha256(b"gl_x").digest()


@pytest.mark.parametrize("secret", ["", "x" * 101])
def test_what_cannot_be_a_secret_has_no_hash(secret):
    assert secret_hash(secret) is None


@given(st.text(st.characters(), max_size=100))
def test_nothing_that_is_sent_as_a_secret_raises(secret):
    assert (secret_hash(secret) is None) == (secret == "")
