"""Building the office from tables: a template, a preview, and taking a table over."""

from typing import Any

from flask import Response
from flask_babel import force_locale, gettext
from flask_smorest.fields import Upload
from marshmallow import fields, validate

from app import edge
from app.administration import exporting, importing, tables
from app.administration.importing import Plan
from app.administration.tables import Kind
from app.api.answers import answer, file
from app.api.description import FORM, Room
from app.api.idempotency import once
from app.api.shapes import Body, Names, Query, Shape
from app.kernel import sheets
from app.kernel.errors import Message, NotFound

room = Room("tables", "Building the office from CSV and XLSX tables.", takes=FORM)

_CSV, _XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TableBody(Body):
    """The table: CSV (UTF-8 or GB 18030; comma, semicolon or tab) or XLSX, at most 5 MB and 5,000 rows."""

    file = Upload(required=True)


class AgreedQuery(Query):
    """What was agreed to."""

    plan = fields.String(
        load_default=None,
        validate=validate.Length(1, 64),
        metadata={"description": "The digest of the preview: refused (412) if the table would now do something else."},
    )


class TemplateQuery(Query):
    """In which format."""

    format = fields.String(load_default="csv", validate=validate.OneOf(["csv", "xlsx"]))


class CellFaultShape(Shape):
    """What is wrong at a place of the table."""

    row = fields.Integer(metadata={"description": "As the spreadsheet numbers it, from 1."})
    column = fields.String(allow_none=True, metadata={"description": "Null: the row as a whole."})
    text = fields.Nested(Names)


class ChangeShape(Shape):
    """One column's value before and after, personal data masked."""

    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)


class PlannedShape(Shape):
    """What a row does."""

    row = fields.Integer()
    key = fields.String()
    verb = fields.String(metadata={"enum": ["add", "change", "leave"]})
    changes = fields.Dict(keys=fields.String(), values=fields.Nested(ChangeShape))


class PlanShape(Shape):
    """What the table does. With faults it does nothing."""

    digest = fields.String()
    added = fields.Integer()
    changed = fields.Integer()
    left = fields.Integer()
    rows = fields.List(fields.Nested(PlannedShape))
    faults = fields.List(fields.Nested(CellFaultShape))


@room.route("/office/tables/<kind>/template")
@edge.guarded("org.manage", "region.manage")
@room.arguments(TemplateQuery, location="query")
@room.response(200, {"type": "string", "format": "binary"}, content_type=_CSV)
@room.alt_response(200, schema={"type": "string", "format": "binary"}, content_type=_XLSX)
def template(wanted: dict[str, Any], kind: str) -> Response:
    """A table to fill in (`kind`: regions, departments, posts, people), with an example."""
    return _file(tables.template(_kind(kind)), kind, wanted["format"])


@room.route("/office/tables/<kind>")
@edge.guarded("org.manage", "region.manage")
@room.arguments(TemplateQuery, location="query")
@room.response(200, {"type": "string", "format": "binary"}, content_type=_CSV)
@room.alt_response(200, schema={"type": "string", "format": "binary"}, content_type=_XLSX)
def table(wanted: dict[str, Any], kind: str) -> Response:
    """What is there now, as a table that can be changed and taken over again. Personal data is masked: a masked value
    that is read back changes nothing."""
    return _file(exporting.table(edge.session(), edge.actor(), _kind(kind), edge.now()), kind, wanted["format"])


@room.route("/office/tables/<kind>/preview", methods=["POST"])
@edge.guarded("org.manage", "region.manage")
@room.arguments(TableBody, location="files")
@room.response(200, PlanShape)
def preview(body: dict[str, Any], kind: str) -> Response:
    """What a table would add, change and leave, and what is wrong with it. Nothing is done."""
    found = importing.preview(edge.session(), edge.actor(), _kind(kind), body["file"].read(), edge.now())
    return answer(_plan(found))


@room.route("/office/tables/<kind>", methods=["POST"])
@edge.guarded("org.manage", "region.manage")
@once
@room.arguments(AgreedQuery, location="query")
@room.arguments(TableBody, location="files")
@room.response(200, PlanShape)
def take_over(wanted: dict[str, Any], body: dict[str, Any], kind: str) -> Response:
    """Do what a table says: all of it, or nothing."""
    content = body["file"].read()
    done = importing.take_over(edge.session(), edge.actor(), _kind(kind), content, edge.now(), wanted["plan"])
    return answer(_plan(done))


def _file(rows: list[list[str]], kind: str, wanted: str) -> Response:
    if wanted == "xlsx":
        return file(sheets.as_workbook(rows), _XLSX, f"{kind}.xlsx")
    return file(sheets.as_csv(rows), _CSV, f"{kind}.csv")


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise NotFound(kind="table", key=name) from None


def _plan(found: Plan) -> dict[str, Any]:
    return {
        "digest": found.digest,
        "added": found.count("add"),
        "changed": found.count("change"),
        "left": found.count("leave"),
        "rows": [
            {
                "row": row.row,
                "key": row.key,
                "verb": row.verb,
                "changes": {
                    column: {"before": before, "after": after} for column, (before, after) in row.changes.items()
                },
            }
            for row in found.rows
        ],
        "faults": [{"row": one.row, "column": one.column, "text": _in_both(one.said)} for one in found.faults],
    }


def _in_both(said: Message) -> dict[str, str]:
    words = {}
    for key, locale in (("zh", "zh_CN"), ("en", "en")):
        with force_locale(locale):
            msgid = str(gettext(str(said)))
            words[key] = msgid % said.params if said.params else msgid
    return words
