"""Notices: what the office told one, in one's own language."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response
from flask_babel import force_locale, gettext
from marshmallow import fields, validate
from sqlalchemy import select

from app import edge
from app.api.answers import answer
from app.api.description import Room
from app.api.pagination import PageQuery, paged, place
from app.api.problems import language
from app.api.shapes import Body, Shape, instant, page_of
from app.kernel.database import enter_tenant
from app.notices import operations, queries
from app.notices.models import Notice
from app.notices.queries import addressed_to
from app.notices.templates import put_into_words

room = Room("notices", "What the office told one.")

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


class NoticeShape(Shape):
    """Something that one was told about a case."""

    id = fields.UUID()
    tenant = fields.String()
    case_id = fields.UUID(allow_none=True, metadata={"description": "Null: it is about the office itself."})
    template = fields.String(metadata={"description": "What kind of notice it is."})
    title = fields.String(metadata={"description": "In the reader's language."})
    body = fields.String()
    created_at = instant()
    read_at = instant(null=True)


class ReadBody(Body):
    """The notices that one has read."""

    ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 200))


class ReadShape(Shape):
    """How many of them were new."""

    marked = fields.Integer()


@room.route("/notices")
@edge.guarded("step.read", "case.read-all")
@room.arguments(PageQuery, location="query")
@room.response(200, page_of(NoticeShape))
def notices(wanted: dict[str, Any]) -> Response:
    """My notices and those to my posts, the latest first."""
    before = place(wanted["cursor"])
    limit = wanted["limit"]
    found = queries.notices_of(
        edge.session(), edge.actor(), before=UUID(before[0]) if before else None, limit=limit + 1
    )
    with force_locale(language()):
        rows = [said(notice) for notice in found[:limit]]
    return paged(rows, (found[limit - 1].id,) if len(found) > limit else None)


@room.route("/notices/read", methods=["POST"])
@edge.guarded("step.read", "case.read-all")
@room.arguments(ReadBody)
@room.response(200, ReadShape)
def mark_read(body: dict[str, Any]) -> Response:
    """Mark notices as read; one to a post is then read for all who hold it."""
    session, actor = edge.session(), edge.actor()
    wanted = select(Notice.tenant).where(Notice.id.in_(body["ids"]), addressed_to(actor)).distinct()
    marked = 0
    for tenant in session.scalars(wanted).all():  # an applicant's come from the jurisdictions of their cases
        if tenant != actor.tenant:
            enter_tenant(session, tenant, edge.office().tenants)
        marked += operations.mark_read(session, tenant, actor, body["ids"], edge.now())
    return answer({"marked": marked})


def said(notice: Notice) -> dict[str, Any]:
    """A notice in the words of the running locale."""
    title, body = put_into_words(
        notice.template,
        notice.params,
        chinese=language() == "zh_CN",
        translate=gettext,
        say_instant=_moment,
    )
    return NoticeShape.of(notice, title=title, body=body)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
