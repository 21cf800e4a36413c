"""What an actor may do, with and without a token."""

from dataclasses import FrozenInstanceError
from uuid import UUID

import pytest

from app.identity.types import SYSTEM, Actor
from app.kernel.errors import Forbidden
from app.org.roles import PERMISSIONS


def reviewer(scopes: frozenset[str] | None = None) -> Actor:
    return Actor(
        account_id=UUID(int=1),
        username="li.na",
        name="李娜",
        kind="staff",
        source="web",
        permissions=frozenset({"step.claim", "step.read"}),
        scopes=scopes,
    )


@pytest.mark.parametrize(
    ("scopes", "permission", "may"),
    [
        (None, "step.claim", True),
        (None, "item.publish", False),
        (frozenset(), "step.claim", False),
        (frozenset({"step.read"}), "step.read", True),
        (frozenset({"step.read"}), "step.claim", False),
        (frozenset({"*"}), "step.claim", True),
        (frozenset({"*"}), "item.publish", False),
        (frozenset({"item.publish"}), "item.publish", False),
    ],
)
def test_a_token_narrows_and_never_widens(scopes, permission, may):
    actor = reviewer(scopes)
    assert actor.may(permission) is may
    if may:
        actor.require(permission)
    else:
        with pytest.raises(Forbidden) as refused:
            actor.require(permission)
        assert permission in refused.value.text


def test_an_actor_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        reviewer().permissions = frozenset({"org.manage"})


def test_the_office_itself_may_everything_and_is_nobody():
    assert all(SYSTEM.may(permission) for permission in PERMISSIONS)
    assert SYSTEM.account_id is None
