"""The office: its jurisdictions, and the departments and posts of one's own."""

from flask import Response
from marshmallow import fields

from app import edge
from app.api.description import Room
from app.api.etags import listed
from app.api.shapes import Shape, list_of
from app.org import queries

room = Room("office", "Jurisdictions, departments, posts.")


class RegionShape(Shape):
    """A jurisdiction that takes applications. Its code is that of GB/T 2260."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    parent = fields.String(allow_none=True)


class DepartmentShape(Shape):
    """A department of a jurisdiction."""

    id = fields.UUID()
    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()


class PostShape(Shape):
    """A post of a department; the lanes of diagrams are bound to its code."""

    id = fields.UUID()
    department_id = fields.UUID()
    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    is_head = fields.Boolean()


@room.route("/regions")
@edge.public
@room.response(200, list_of(RegionShape))
def regions() -> Response:
    """Where can one apply?"""
    return listed({"data": list(map(RegionShape.of, queries.tenants(edge.session())))})


@room.route("/departments")
@edge.guarded("step.read", "case.read-all", "org.manage")
@room.response(200, list_of(DepartmentShape))
def departments() -> Response:
    """The departments of one's own jurisdiction."""
    found = queries.departments(edge.session(), edge.actor().tenant)
    return listed({"data": list(map(DepartmentShape.of, found))})


@room.route("/posts")
@edge.guarded("step.read", "case.read-all", "org.manage")
@room.response(200, list_of(PostShape))
def posts() -> Response:
    """The posts of one's own jurisdiction."""
    return listed({"data": list(map(PostShape.of, queries.posts(edge.session(), edge.actor().tenant)))})
