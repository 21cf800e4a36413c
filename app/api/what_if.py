"""What if: concluded cases replayed on a version, draft or not, and what would have come of them."""

from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask_babel import force_locale, gettext
from marshmallow import fields, validate

from app import edge
from app.api.answers import answer
from app.api.description import Room
from app.api.etags import listed
from app.api.idempotency import once
from app.api.problems import language
from app.api.shapes import Body, Shape, instant, list_of, text
from app.catalog import acts
from app.studio import what_if
from app.studio.missed import why

room = Room("what-if", "Concluded cases replayed on a version of their item.")

_TIMES = "Office time that a new step takes: none, the median of the item's steps of its kind, or `days`."

_ERROR = "Why it ended before its last case: stopped (by somebody), too-slow, or what went wrong."


class WhatIfCountsShape(Shape):
    """Cases by their light."""

    green = fields.Integer()
    yellow = fields.Integer()
    red = fields.Integer()


class WhatIfPlaceShape(Shape):
    """Where lights were, and would have been."""

    element = fields.String(metadata={"description": "A step or leg, or case:promised, case:statutory."})
    before = fields.Nested(WhatIfCountsShape)
    after = fields.Nested(WhatIfCountsShape)


class WhatIfMissedShape(Shape):
    """Why cases could not be replayed."""

    code = fields.String(metadata={"example": "never-done"})
    element = fields.String(metadata={"example": "supplement"})
    text = fields.String(metadata={"example": "Nobody did “supplement” in these cases."})
    number = fields.Integer()


class WhatIfAssumedShape(Shape):
    """What is assumed of steps that are new."""

    times = fields.String(metadata={"description": _TIMES, "enum": list(what_if.TIMES)})
    days = fields.Integer()
    outcomes = fields.Dict(keys=fields.String(), values=fields.String())
    steps = fields.Dict(keys=fields.String(), values=fields.String())


class WhatIfShape(Shape):
    """What came of it, as far as it has come. No case is named."""

    id = fields.UUID()
    item = fields.String()
    version = fields.Integer()
    since = instant(null=True, description="Cases concluded since; null: all.")
    by = fields.String(metadata={"description": "Username.", "example": "designer"})
    started_at = instant()
    finished_at = instant(null=True)
    error = fields.String(allow_none=True, metadata={"description": _ERROR, "example": what_if.STOPPED})
    assumed = fields.Nested(WhatIfAssumedShape, metadata={"description": "What is assumed of steps that are new."})
    total = fields.Integer()
    done = fields.Integer()
    replayed = fields.Integer(metadata={"description": "Cases that could be replayed to the end."})
    before = fields.Nested(WhatIfCountsShape)
    after = fields.Nested(WhatIfCountsShape)
    worse = fields.Integer(metadata={"description": "Cases whose light would have been worse."})
    better = fields.Integer(metadata={"description": "Cases whose light would have been better."})
    places = fields.List(
        fields.Nested(WhatIfPlaceShape),
        metadata={"description": "Steps, legs and limits of the case where lights turn."},
    )
    missed = fields.List(
        fields.Nested(WhatIfMissedShape), metadata={"description": "Why the others could not be replayed."}
    )
    new_steps = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Steps that are new → cases that came to them, under what is assumed."},
    )


class WhatIfBody(Body):
    """Which version, and what is assumed of steps that are new."""

    version = fields.Integer(required=True, strict=True, validate=validate.Range(1))
    since = fields.AwareDateTime(load_default=None, allow_none=True)
    times = text(most=10, load_default="median", metadata={"description": _TIMES, "enum": list(what_if.TIMES)})
    days = fields.Integer(load_default=0, strict=True)
    outcomes = fields.Dict(
        keys=text(most=200), values=text(most=100), load_default=dict, metadata={"example": {"sign": "grant"}}
    )
    steps = fields.Dict(
        keys=text(most=200),
        values=text(most=200),
        load_default=dict,
        metadata={"description": "New element → the one that it was.", "example": {"sign": "decide"}},
    )


@room.route("/catalogue/<code>/what-if", methods=["POST"])
@edge.guarded(*acts.ANY)
@once
@room.arguments(WhatIfBody)
@room.response(202, WhatIfShape)
def ask(body: dict[str, Any], code: str) -> Response:
    """Have concluded cases of one's jurisdiction replayed; the answer says how far it is."""
    asked = what_if.ask(edge.session(), edge.actor(), code, body.pop("version"), edge.now(), **body)
    found = what_if.answer(edge.session(), edge.actor(), asked.id)
    return answer(_shown(found), 202, {"Location": url_for("what-if.told", what_if_id=asked.id)})


@room.route("/catalogue/<code>/what-if")
@edge.guarded(*acts.ANY)
@room.response(200, list_of(WhatIfShape))
def asked(code: str) -> Response:
    """What was asked about an item in one's jurisdiction, the latest first; twenty at most."""
    return listed({"data": list(map(_shown, what_if.answers(edge.session(), edge.actor(), code)))})


@room.route("/what-if/<uuid:what_if_id>")
@edge.guarded(*acts.ANY)
@room.response(200, WhatIfShape)
def told(what_if_id: UUID) -> Response:
    """What came of it: how many would have turned yellow or red, and where."""
    return listed(_shown(what_if.answer(edge.session(), edge.actor(), what_if_id)))


@room.route("/what-if/<uuid:what_if_id>/stop", methods=["POST"])
@edge.guarded(*acts.ANY)
@once
@room.response(200, WhatIfShape)
def stop(what_if_id: UUID) -> Response:
    """Have no more cases replayed; what was counted so far stays. One that has ended stays as it is."""
    what_if.stop(edge.session(), edge.actor(), what_if_id, edge.now())
    return answer(_shown(what_if.answer(edge.session(), edge.actor(), what_if_id)))


def _shown(found: what_if.Answer) -> dict[str, Any]:
    with force_locale(language()):
        missed = [
            {"code": code, "element": element, "text": gettext(why(code)) % {"element": element}, "number": number}
            for code, element, number in found.missed
        ]
    places = [
        {"element": place.key, "before": _counts(place.before), "after": _counts(place.after)} for place in found.places
    ]
    return WhatIfShape.of(
        found.asked,
        assumed={name: found.asked.assumed[name] for name in ("times", "days", "outcomes", "steps")},
        replayed=found.replayed,
        before=_counts(found.before),
        after=_counts(found.after),
        worse=found.worse,
        better=found.better,
        places=places,
        missed=missed,
        new_steps=found.new,
    )


def _counts(lights: Any) -> dict[str, int]:
    return {light: lights.get(light, 0) for light in ("green", "yellow", "red")}
