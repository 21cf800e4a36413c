"""The words of administration."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody who joins. Without a password they come in when one has been set for them."""

    username: str
    name: str
    password: str | None = None
    phone: str | None = None
    email: str | None = None
    id_number: str | None = None
    language: str = "zh_CN"


@dataclass(frozen=True, slots=True)
class Held:
    """A post that somebody holds, held, or is to hold."""

    holder_id: UUID
    post_id: UUID
    post: str
    name_zh: str
    name_en: str
    department_id: UUID
    since: datetime
    until: datetime | None
    successor_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of a jurisdiction as they are listed: telephone, e-mail and number of the paper are masked."""

    id: UUID
    username: str
    name: str
    phone: str | None
    email: str | None
    id_number: str | None
    language: str
    disabled_at: datetime | None
    version: int
    posts: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post with its roles and who holds it now (account ids and names, by name)."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    department_id: UUID
    is_head: bool
    closed_at: datetime | None
    version: int
    roles: tuple[str, ...]
    holders: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role with its permissions. `fixed`: built in. `lendable`: the reader may put it on a post."""

    code: str
    name_zh: str
    name_en: str
    version: int
    permissions: tuple[str, ...]
    fixed: bool
    lendable: bool


@dataclass(frozen=True, slots=True)
class InHand:
    """A step that somebody has claimed, or a supervision entry they took up: what they would hand over."""

    kind: str
    id: UUID
    case_id: UUID
    case_code: str
    title: str
    post: str | None
    element: str | None
