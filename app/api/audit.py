"""The record: whether anything in it was changed, is missing or out of order."""

from flask import Response
from marshmallow import fields

from app import edge
from app.api.description import Room
from app.api.etags import listed
from app.api.shapes import Shape
from app.audit.verification import verify

room = Room("record", "The office's record: chained, sealed, and checked here.")

MOST_FAULTS = 1000


class FaultShape(Shape):
    """One thing that is wrong: at `seq` of a chain or, where there is no chain, in the seal of that number."""

    chain = fields.UUID(allow_none=True)
    seq = fields.Integer()
    wrong = fields.String()


class VerdictShape(Shape):
    """What checking the whole record of one's jurisdiction found; at most a thousand faults are listed."""

    intact = fields.Boolean()
    faults = fields.List(fields.Nested(FaultShape))


@room.route("/record/verdict")
@edge.guarded("audit.verify")
@room.response(200, VerdictShape)
def verdict() -> Response:
    """Check the whole record. It takes a while where there is much of it."""
    found = verify(edge.session(), edge.actor().tenant)
    faults = [FaultShape.of(fault) for fault, _ in zip(found, range(MOST_FAULTS), strict=False)]
    return listed({"intact": not faults, "faults": faults})
