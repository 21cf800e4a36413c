"""What the administration of the office looks like in the API."""

from typing import Any, get_args

from marshmallow import fields, validate

from app.administration.people import LANGUAGES
from app.administration.queries import Presence
from app.administration.types import PostRow, RoleRow
from app.api.pagination import PageQuery
from app.api.shapes import Body, Query, Shape, instant, text

CODE = {"description": "Small letters, digits, hyphens.", "example": "land-reviewer"}


class RegionRow(Shape):
    """An administrative division. One with `is_tenant` runs an office of its own."""

    code = fields.String(metadata={"example": "330302"})
    name_zh = fields.String(metadata={"example": "鹿城区"})
    name_en = fields.String(metadata={"example": "Lucheng"})
    parent = fields.String(allow_none=True)
    is_tenant = fields.Boolean()
    calendar = fields.String()
    version = fields.Integer()


class DepartmentRow(Shape):
    """A department. A closed one keeps its code."""

    id = fields.UUID()
    code = fields.String(metadata={"example": "land"})
    name_zh = fields.String(metadata={"example": "自然资源局"})
    name_en = fields.String(metadata={"example": "Bureau of Natural Resources"})
    closed_at = instant(null=True)
    version = fields.Integer()


class NamedHolder(Shape):
    """Somebody who holds a post."""

    id = fields.UUID()
    name = fields.String()


class SeatShape(Shape):
    """A post with its roles and those who hold it now."""

    id = fields.UUID()
    department_id = fields.UUID()
    code = fields.String(metadata=CODE)
    name_zh = fields.String()
    name_en = fields.String()
    is_head = fields.Boolean(metadata={"description": "It heads its department: lights are told to it."})
    closed_at = instant(null=True)
    roles = fields.List(fields.String())
    holders = fields.List(fields.Nested(NamedHolder))
    version = fields.Integer()


class RoleShape(Shape):
    """A role. `fixed`: built in. `lendable`: one may put it on a post oneself."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    permissions = fields.List(fields.String())
    fixed = fields.Boolean()
    lendable = fields.Boolean()
    version = fields.Integer()


class TenureShape(Shape):
    """A post that somebody holds, held, or is to hold."""

    post_id = fields.UUID()
    post = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    department_id = fields.UUID()
    since = instant()
    until = instant(null=True)
    successor_id = fields.UUID(
        allow_none=True, metadata={"description": "Who takes over what they have in hand at the end."}
    )


class PersonShape(Shape):
    """A person of the jurisdiction. Telephone, address and number are masked."""

    id = fields.UUID()
    username = fields.String()
    name = fields.String()
    phone = fields.String(allow_none=True, metadata={"example": "138****0000"})
    email = fields.String(allow_none=True, metadata={"example": "w****@example.org"})
    id_number = fields.String(allow_none=True)
    language = fields.String()
    disabled_at = instant(null=True, description="Since when they cannot log in.")
    posts = fields.List(fields.Nested(TenureShape))
    version = fields.Integer()


class ParticularsShape(Shape):
    """What is kept of a person, nothing masked."""

    id = fields.UUID()
    username = fields.String()
    name = fields.String()
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    id_number = fields.String(allow_none=True)
    language = fields.String()
    version = fields.Integer()


class InHandShape(Shape):
    """A step that somebody claimed, or a supervision entry they took up."""

    kind = fields.String(metadata={"enum": ["step", "entry"]})
    id = fields.UUID()
    case_id = fields.UUID()
    case_code = fields.String()
    title = fields.String()
    post = fields.String(allow_none=True)
    element = fields.String(allow_none=True)


class RecordedShape(Shape):
    """One act upon the office."""

    seq = fields.Integer()
    at = instant()
    actor = fields.String()
    tag = fields.String(metadata={"description": "source:subject:action"})
    data = fields.Dict()


class RegionBody(Body):
    """A region to add."""

    code = text(most=12, required=True, metadata={"example": "330302"})
    name_zh = text(most=100, required=True)
    name_en = text(most=100, required=True)
    parent = text(most=12, load_default=None, allow_none=True, metadata={"example": "330300"})
    calendar = text(most=63, required=True, metadata={"description": "Code of the working calendar."})


class NamesBody(Body):
    """New names; what is missing stays."""

    name_zh = text(most=100)
    name_en = text(most=100)


class TenantBody(Body):
    """Who administers the new jurisdiction."""

    administrator = text(most=100, required=True, metadata={"description": "The username of somebody of the staff."})


class DepartmentBody(Body):
    """A department to add."""

    code = text(most=63, required=True, metadata={"example": "land"})
    name_zh = text(most=100, required=True)
    name_en = text(most=100, required=True)


class PostBody(Body):
    """A post to add."""

    department_id = fields.UUID(required=True)
    code = text(most=63, required=True, metadata=CODE)
    name_zh = text(most=100, required=True)
    name_en = text(most=100, required=True)
    roles = fields.List(text(most=63), load_default=list, validate=validate.Length(max=50))
    is_head = fields.Boolean(load_default=False)


class PostChangeBody(NamesBody):
    """What changes about a post; what is missing stays."""

    department_id = fields.UUID()
    roles = fields.List(text(most=63), validate=validate.Length(max=50))
    is_head = fields.Boolean()


class RoleBody(Body):
    """A role to add."""

    code = text(most=63, required=True, metadata={"example": "archivist"})
    name_zh = text(most=100, required=True)
    name_en = text(most=100, required=True)
    permissions = fields.List(text(most=100), required=True, validate=validate.Length(1, 100))


class RoleChangeBody(NamesBody):
    """What changes about a role; what is missing stays."""

    permissions = fields.List(text(most=100), validate=validate.Length(1, 100))


class JoinBody(Body):
    """Somebody who joins, and their first post. Without a password they come in once one has been set; one given
    here does nothing but choose another."""

    username = text(most=64, required=True, metadata={"example": "wang.fang"})
    name = text(most=100, required=True, metadata={"example": "王芳"})
    password = text(most=256, load_default=None, allow_none=True)
    phone = text(most=30, least=0, load_default=None, allow_none=True)
    email = text(most=254, least=0, load_default=None, allow_none=True)
    id_number = text(most=30, least=0, load_default=None, allow_none=True)
    language = fields.String(load_default="zh_CN", validate=validate.OneOf(LANGUAGES))
    post_id = fields.UUID(required=True)
    since = fields.AwareDateTime(load_default=None, allow_none=True, metadata={"description": "Null: from now on."})
    until = fields.AwareDateTime(load_default=None, allow_none=True)


class ParticularsBody(Body):
    """What changes about a person; what is missing stays, an empty text takes it away."""

    name = text(most=100)
    phone = text(most=30, least=0)
    email = text(most=254, least=0)
    id_number = text(most=30, least=0)
    language = fields.String(validate=validate.OneOf(LANGUAGES))


class HolderBody(Body):
    """Who gets the post; the username may be that of somebody of another jurisdiction."""

    username = text(most=64, required=True)
    since = fields.AwareDateTime(load_default=None, allow_none=True, metadata={"description": "Null: from now on."})
    until = fields.AwareDateTime(load_default=None, allow_none=True)


class LeaveBody(Body):
    """From which post, when, and who takes over what the person has in hand."""

    post_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "Null: all posts of this jurisdiction."}
    )
    at = fields.AwareDateTime(load_default=None, allow_none=True, metadata={"description": "Null: now."})
    successor_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "Null: it goes back to the queue."}
    )


class MoveBody(Body):
    """From which post to which, when, and who takes over what the person has in hand."""

    from_post_id = fields.UUID(required=True)
    to_post_id = fields.UUID(required=True)
    at = fields.AwareDateTime(load_default=None, allow_none=True, metadata={"description": "Null: now."})
    successor_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "Null: it goes back to the queue."}
    )


class ClosedQuery(Query):
    """Whether closed ones are wanted too."""

    closed = fields.Boolean(load_default=False)


class PeopleQuery(PageQuery):
    """Which people are wanted."""

    text = fields.String(
        load_default=None,
        validate=validate.Length(1, 100),
        metadata={"description": "Part of the name or the username."},
    )
    post_id = fields.UUID(load_default=None)
    department_id = fields.UUID(load_default=None)
    presence = fields.String(load_default="here", validate=validate.OneOf(get_args(Presence)))


def seat(row: PostRow) -> dict[str, Any]:
    """A post as the API shows it."""
    return SeatShape.of(
        row, roles=list(row.roles), holders=[NamedHolder.of(None, id=key, name=name) for key, name in row.holders]
    )


def role(row: RoleRow) -> dict[str, Any]:
    """A role as the API shows it."""
    return RoleShape.of(row, permissions=list(row.permissions))


def person(row: Any) -> dict[str, Any]:
    """A person as the API lists them."""
    return PersonShape.of(row, posts=list(map(TenureShape.of, row.posts)))
