"""argon2, and that the absence of an account costs as much as its presence."""

from pwdlib.hashers.argon2 import Argon2Hasher

from app.identity import passwords


def parameters(kept: str) -> list[str]:
    """Algorithm, version, memory, passes and lanes, and the lengths of salt and hash: what decides the time taken."""
    *head, salt, digest = kept.split("$")
    return [*head, str(len(salt)), str(len(digest))]


def test_a_password_fits_its_hash_only():
    kept = passwords.hashed("correct horse")
    assert kept.startswith("$argon2id$")
    assert passwords.fits("correct horse", kept) == (True, None)
    assert passwords.fits("correct horsf", kept) == (False, None)
    assert passwords.hashed("correct horse") != kept


def test_full_width_signs_are_the_same_password():
    assert passwords.fits("ｐａｓｓ　ｗｏｒｄ１", passwords.hashed("pass word1"))[0]


def test_a_half_character_is_a_wrong_password_not_an_error():
    assert passwords.fits("\ud800", passwords.NOBODY) == (False, None)


def test_nobody_costs_what_somebody_costs():
    assert parameters(passwords.NOBODY) == parameters(passwords.hashed("correct horse"))


def test_a_weaker_hash_is_made_anew():
    weak = Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1).hash("correct horse")
    fits, better = passwords.fits("correct horse", weak)
    assert fits
    assert better is not None
    assert parameters(better) == parameters(passwords.NOBODY)
