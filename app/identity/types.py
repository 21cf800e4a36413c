"""Who acts: the Actor that every verb is given."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.kernel.errors import Forbidden
from app.kernel.ids import GLOBAL_TENANT
from app.org.roles import PERMISSIONS

Kind = Literal["staff", "applicant", "system", "public"]
Source = Literal["web", "api", "cli", "ticker"]

ALL_SCOPES = "*"
"""The scope of a token that may do whatever its person may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who acts, in one jurisdiction at a time.

    `tenant` is the jurisdiction of the posts; an applicant belongs to none and has “*”. `posts` are the codes of the
    posts held now in `tenant`. `scopes` narrow what an API token may do; None: no token, nothing is narrowed.
    `must_change_password`: whoever logged in has a password that somebody else has set.
    """

    account_id: UUID | None
    username: str
    name: str
    kind: Kind
    source: Source
    tenant: str = GLOBAL_TENANT
    posts: frozenset[str] = frozenset()
    departments: frozenset[UUID] = frozenset()
    permissions: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    language: str = "zh_CN"
    must_change_password: bool = False

    def may(self, permission: str) -> bool:
        """Whether the actor has the permission and, where it came with a token, the token lends it."""
        if permission not in self.permissions:
            return False
        return self.scopes is None or permission in self.scopes or ALL_SCOPES in self.scopes

    def require(self, permission: str) -> None:
        """Raise Forbidden unless the actor may."""
        if not self.may(permission):
            raise Forbidden(permission=permission)


SYSTEM = Actor(
    account_id=None,
    username="system",
    name="system",
    kind="system",
    source="ticker",
    permissions=frozenset(PERMISSIONS),
)
"""The office itself: the ticker and what it does on its own."""
