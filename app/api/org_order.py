"""Administering the order of the office: regions, departments, posts, roles, and the record of what was done."""

from typing import Any
from uuid import UUID

from flask import Response

from app import edge
from app.administration import departments as unit
from app.administration import posts as seats
from app.administration import queries, regions
from app.administration import roles as duty
from app.administration.people import give_post, staff_named
from app.api.answers import nothing
from app.api.description import Room
from app.api.etags import if_match, listed, versioned
from app.api.idempotency import once
from app.api.org_shapes import (
    ClosedQuery,
    DepartmentBody,
    DepartmentRow,
    HolderBody,
    NamesBody,
    PostBody,
    PostChangeBody,
    RecordedShape,
    RegionBody,
    RegionRow,
    RoleBody,
    RoleChangeBody,
    RoleShape,
    SeatShape,
    TenantBody,
    role,
    seat,
)
from app.api.shapes import list_of
from app.kernel.errors import NotFound
from app.org import queries as offices

room = Room("order", "Administering the order of the office: regions, departments, posts, roles.")

Given = dict[str, Any]


@room.route("/office/regions")
@edge.guarded("region.manage", "org.manage")
@room.response(200, list_of(RegionRow))
def region_list() -> Response:
    """All regions, those without an office of their own included."""
    return listed({"data": list(map(RegionRow.of, queries.regions(edge.session())))})


@room.route("/office/regions/<code>")
@edge.guarded("region.manage", "org.manage")
@room.response(200, RegionRow)
def one_region(code: str) -> Response:
    """One region."""
    return versioned(RegionRow.of(offices.region(edge.session(), code)))


@room.route("/office/regions", methods=["POST"])
@edge.guarded("region.manage")
@once
@room.arguments(RegionBody)
@room.response(201, RegionRow)
def add_region(body: Given) -> Response:
    """Add a region."""
    return versioned(RegionRow.of(regions.add_region(*_who(), **body, now=edge.now())), 201)


@room.route("/office/regions/<code>", methods=["PATCH"])
@edge.guarded("region.manage")
@if_match(required=True)
@room.arguments(NamesBody)
@room.response(200, RegionRow)
def rename_region(body: Given, code: str, version: int | None) -> Response:
    """Rename a region."""
    changed = regions.rename_region(*_who(), code, **body, now=edge.now(), version=version)
    return versioned(RegionRow.of(changed))


@room.route("/office/regions/<code>/tenant", methods=["POST"])
@edge.guarded("region.manage")
@once
@if_match(required=False)
@room.arguments(TenantBody)
@room.response(200, RegionRow)
def make_tenant(body: Given, code: str, version: int | None) -> Response:
    """Let a region run an office of its own. Every process knows of it within five seconds."""
    made = regions.make_tenant(*_who(), code, **body, now=edge.now(), version=version)
    return versioned(RegionRow.of(made))


@room.route("/office/departments")
@edge.guarded("org.manage")
@room.arguments(ClosedQuery, location="query")
@room.response(200, list_of(DepartmentRow))
def department_list(wanted: Given) -> Response:
    """The departments of one's own jurisdiction."""
    found = offices.departments(edge.session(), edge.actor().tenant, closed=wanted["closed"])
    return listed({"data": list(map(DepartmentRow.of, found))})


@room.route("/office/departments", methods=["POST"])
@edge.guarded("org.manage")
@once
@room.arguments(DepartmentBody)
@room.response(201, DepartmentRow)
def add_department(body: Given) -> Response:
    """Add a department."""
    return versioned(DepartmentRow.of(unit.add_department(*_who(), **body, now=edge.now())), 201)


@room.route("/office/departments/<uuid:department_id>")
@edge.guarded("org.manage")
@room.response(200, DepartmentRow)
def one_department(department_id: UUID) -> Response:
    """One department."""
    return versioned(DepartmentRow.of(offices.department(edge.session(), edge.actor().tenant, department_id)))


@room.route("/office/departments/<uuid:department_id>", methods=["PATCH"])
@edge.guarded("org.manage")
@if_match(required=True)
@room.arguments(NamesBody)
@room.response(200, DepartmentRow)
def rename_department(body: Given, department_id: UUID, version: int | None) -> Response:
    """Rename a department."""
    changed = unit.rename_department(*_who(), department_id, **body, now=edge.now(), version=version)
    return versioned(DepartmentRow.of(changed))


@room.route("/office/departments/<uuid:department_id>/close", methods=["POST"])
@edge.guarded("org.manage")
@if_match(required=True)
@room.response(200, DepartmentRow)
def close_department(department_id: UUID, version: int | None) -> Response:
    """Close a department whose posts are closed; otherwise the answer says what is in the way."""
    closed = unit.close_department(*_who(), department_id, now=edge.now(), version=version)
    return versioned(DepartmentRow.of(closed))


@room.route("/office/departments/<uuid:department_id>/reopen", methods=["POST"])
@edge.guarded("org.manage")
@if_match(required=True)
@room.response(200, DepartmentRow)
def reopen_department(department_id: UUID, version: int | None) -> Response:
    """Open a closed department again."""
    opened = unit.reopen_department(*_who(), department_id, now=edge.now(), version=version)
    return versioned(DepartmentRow.of(opened))


@room.route("/office/posts")
@edge.guarded("org.manage")
@room.arguments(ClosedQuery, location="query")
@room.response(200, list_of(SeatShape))
def post_list(wanted: Given) -> Response:
    """The posts of one's own jurisdiction, with their roles and holders."""
    found = queries.posts(*_who(), edge.now(), closed=wanted["closed"])
    return listed({"data": list(map(seat, found))})


@room.route("/office/posts", methods=["POST"])
@edge.guarded("org.manage")
@once
@room.arguments(PostBody)
@room.response(201, SeatShape)
def add_post(body: Given) -> Response:
    """Add a post. One cannot add one that lends what reaches over all jurisdictions."""
    return _seat(seats.add_post(*_who(), **body, now=edge.now()).id, 201)


@room.route("/office/posts/<uuid:post_id>")
@edge.guarded("org.manage")
@room.response(200, SeatShape)
def one_post(post_id: UUID) -> Response:
    """One post."""
    return _seat(post_id)


@room.route("/office/posts/<uuid:post_id>", methods=["PATCH"])
@edge.guarded("org.manage")
@if_match(required=True)
@room.arguments(PostChangeBody)
@room.response(200, SeatShape)
def change_post(body: Given, post_id: UUID, version: int | None) -> Response:
    """Rename a post, move it to another department, let it carry other roles."""
    seats.change_post(*_who(), post_id, **body, now=edge.now(), version=version)
    return _seat(post_id)


@room.route("/office/posts/<uuid:post_id>/close", methods=["POST"])
@edge.guarded("org.manage")
@if_match(required=True)
@room.response(200, SeatShape)
def close_post(post_id: UUID, version: int | None) -> Response:
    """Close a post that nobody holds and at which no step waits; otherwise the answer says what is in the way."""
    seats.close_post(*_who(), post_id, now=edge.now(), version=version)
    return _seat(post_id)


@room.route("/office/posts/<uuid:post_id>/reopen", methods=["POST"])
@edge.guarded("org.manage")
@if_match(required=True)
@room.response(200, SeatShape)
def reopen_post(post_id: UUID, version: int | None) -> Response:
    """Open a closed post again."""
    seats.reopen_post(*_who(), post_id, now=edge.now(), version=version)
    return _seat(post_id)


@room.route("/office/posts/<uuid:post_id>/holders", methods=["POST"])
@edge.guarded("org.manage")
@once
@room.arguments(HolderBody)
@room.response(201, SeatShape)
def give(body: Given, post_id: UUID) -> Response:
    """Give the post to somebody of the staff, besides what they hold here or elsewhere."""
    account = staff_named(edge.session(), body["username"])
    if account is None:
        raise NotFound(kind="person", key=body["username"])
    give_post(*_who(), account.id, post_id, since=body["since"], until=body["until"], now=edge.now())
    return _seat(post_id, 201)


@room.route("/office/roles")
@edge.guarded("org.manage", "role.manage")
@room.response(200, list_of(RoleShape))
def role_list() -> Response:
    """The roles that a post may carry."""
    return listed({"data": list(map(role, queries.roles(*_who())))})


@room.route("/office/roles", methods=["POST"])
@edge.guarded("role.manage")
@once
@room.arguments(RoleBody)
@room.response(201, RoleShape)
def add_role(body: Given) -> Response:
    """Add a role."""
    return _role(duty.add_role(*_who(), **body, now=edge.now()).code, 201)


@room.route("/office/roles/<code>")
@edge.guarded("org.manage", "role.manage")
@room.response(200, RoleShape)
def one_role(code: str) -> Response:
    """One role."""
    return _role(code)


@room.route("/office/roles/<code>", methods=["PATCH"])
@edge.guarded("role.manage")
@if_match(required=True)
@room.arguments(RoleChangeBody)
@room.response(200, RoleShape)
def change_role(body: Given, code: str, version: int | None) -> Response:
    """Rename an own role, or let it carry other permissions. Built-in ones are fixed."""
    duty.change_role(*_who(), code, **body, now=edge.now(), version=version)
    return _role(code)


@room.route("/office/roles/<code>", methods=["DELETE"])
@edge.guarded("role.manage")
@if_match(required=True)
@room.response(204)
def remove_role(code: str, version: int | None) -> Response:
    """Remove an own role that no post carries."""
    duty.remove_role(*_who(), code, now=edge.now(), version=version)
    return nothing()


@room.route("/office/record")
@edge.guarded("audit.read")
@room.response(200, list_of(RecordedShape))
def record() -> Response:
    """What was done to departments, posts and their holders, oldest first."""
    return listed({"data": list(map(RecordedShape.of, queries.history(*_who())))})


def _who() -> tuple[Any, Any]:
    return edge.session(), edge.actor()


def _seat(post_id: UUID, status: int = 200) -> Response:
    return versioned(seat(queries.post(*_who(), post_id, edge.now())), status)


def _role(code: str, status: int = 200) -> Response:
    found = next((row for row in queries.roles(*_who()) if row.code == code), None)
    if found is None:
        raise NotFound(kind="role", key=code)
    return versioned(role(found), status)
