"""Administering the people of the office: who joins, moves, leaves, and what is kept of them."""

from typing import Any
from uuid import UUID

from flask import Response

from app import edge
from app.administration import people, queries
from app.administration.queries import PeopleFilter
from app.administration.types import NewPerson
from app.api.answers import nothing
from app.api.description import Room
from app.api.etags import if_match, listed, versioned
from app.api.idempotency import once
from app.api.org_shapes import (
    InHandShape,
    JoinBody,
    LeaveBody,
    MoveBody,
    ParticularsBody,
    ParticularsShape,
    PeopleQuery,
    PersonShape,
    person,
)
from app.api.pagination import paged, place
from app.api.shapes import list_of, page_of

room = Room("staff", "Administering people: who joins, moves and leaves; what they held is handed over.")

Given = dict[str, Any]


@room.route("/office/people")
@edge.guarded("org.manage")
@room.arguments(PeopleQuery, location="query")
@room.response(200, page_of(PersonShape))
def people_list(wanted: Given) -> Response:
    """The people of one's own jurisdiction by username, personal data masked."""
    after = place(wanted["cursor"])
    asked = PeopleFilter(
        text=wanted["text"],
        post_id=wanted["post_id"],
        department_id=wanted["department_id"],
        presence=wanted["presence"],
    )
    rows, following = queries.people(*_who(), edge.now(), asked, wanted["limit"], after[0] if after else None)
    return paged(map(person, rows), [following] if following else None)


@room.route("/office/people", methods=["POST"])
@edge.guarded("org.manage")
@once
@room.arguments(JoinBody)
@room.response(201, PersonShape)
def join(body: Given) -> Response:
    """Let somebody join: an account, and a first post from a day on."""
    post_id, since, until = body.pop("post_id"), body.pop("since"), body.pop("until")
    joined = people.join(*_who(), NewPerson(**body), post_id, since=since, until=until, now=edge.now())
    return _person(joined.id, 201)


@room.route("/office/people/<uuid:person_id>")
@edge.guarded("org.manage")
@room.response(200, PersonShape)
def one_person(person_id: UUID) -> Response:
    """One person, personal data masked."""
    return _person(person_id)


@room.route("/office/people/<uuid:person_id>/particulars")
@edge.guarded("org.manage")
@room.response(200, ParticularsShape)
def particulars(person_id: UUID) -> Response:
    """What is kept of a person, nothing masked, for who changes it. That it was read is recorded."""
    return versioned(ParticularsShape.of(people.read_person(*_who(), person_id, edge.now())))


@room.route("/office/people/<uuid:person_id>", methods=["PATCH"])
@edge.guarded("org.manage")
@if_match(required=True)
@room.arguments(ParticularsBody)
@room.response(200, PersonShape)
def edit(body: Given, person_id: UUID, version: int | None) -> Response:
    """Change what is kept of a person who works in this jurisdiction only."""
    people.edit_person(*_who(), person_id, body, now=edge.now(), version=version)
    return _person(person_id)


@room.route("/office/people/<uuid:person_id>/in-hand")
@edge.guarded("org.manage")
@room.response(200, list_of(InHandShape))
def in_hand(person_id: UUID) -> Response:
    """The steps and supervision entries that the person would hand over."""
    return listed({"data": list(map(InHandShape.of, queries.in_hand(*_who(), person_id)))})


@room.route("/office/people/<uuid:person_id>/move", methods=["POST"])
@edge.guarded("org.manage")
@once
@room.arguments(MoveBody)
@room.response(200, PersonShape)
def move(body: Given, person_id: UUID) -> Response:
    """From one post to another, now or on a day to come; what the person has in hand is handed over then."""
    ends = {"at": body["at"], "successor_id": body["successor_id"]}
    people.move(*_who(), person_id, body["from_post_id"], body["to_post_id"], **ends, now=edge.now())
    return _person(person_id)


@room.route("/office/people/<uuid:person_id>/leave", methods=["POST"])
@edge.guarded("org.manage")
@once
@room.arguments(LeaveBody)
@room.response(204)
def leave(body: Given, person_id: UUID) -> Response:
    """Leave a post, or all of them, now or on a day to come; what the person has in hand is handed over then. Who holds
    no post anywhere any more can no longer log in."""
    ends = {"at": body["at"], "successor_id": body["successor_id"], "now": edge.now()}
    if body["post_id"] is None:
        people.leave_office(*_who(), person_id, **ends)
    else:
        people.leave_post(*_who(), person_id, body["post_id"], **ends)
    return nothing()


def _who() -> tuple[Any, Any]:
    return edge.session(), edge.actor()


def _person(person_id: UUID, status: int = 200) -> Response:
    return versioned(person(queries.person(*_who(), person_id)), status)
