"""The kinds of schema: what comes in (a body, a query) is checked; what goes out is described."""

from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, fields, validate


class Body(Schema):
    """A JSON body. What it does not know it refuses."""

    class Meta:
        unknown = RAISE


class Query(Schema):
    """The arguments in an address. What it does not know it refuses: a mistyped filter is never silently off."""

    class Meta:
        unknown = RAISE


class Shape(Schema):
    """A part of an answer. All its fields are always there; those that may be null say so."""

    class Meta:
        unknown = RAISE

    @classmethod
    def of(cls, thing: Any, **more: Any) -> dict[str, Any]:
        """What this shape shows of `thing`: its attributes of the same names, except for what `more` gives."""
        return {name: more[name] if name in more else getattr(thing, name) for name in cls._declared_fields}

    def on_bind_field(self, _name: str, field_obj: fields.Field[Any]) -> None:
        """Everything that an answer has is always there."""
        field_obj.required = True


class Names(Shape):
    """A name in both languages."""

    zh = fields.String()
    en = fields.String()


def instant(*, null: bool = False, **metadata: Any) -> fields.AwareDateTime:
    """An instant, UTC."""
    return fields.AwareDateTime(allow_none=null, metadata=metadata)


def text(*, most: int = 2000, least: int = 1, **options: Any) -> fields.String:
    """Text that a person wrote; its length is bounded."""
    return fields.String(validate=validate.Length(least, most), **options)


@cache
def page_of(row: type[Shape]) -> type[Shape]:
    """The shape of one page of a list of `row`."""
    name = f"{row.__name__}Page"
    return type(
        name,
        (Shape,),
        {
            "__doc__": f"A page of a list of {row.__name__}.",
            "data": fields.List(fields.Nested(row)),
            "next": fields.String(allow_none=True, metadata={"description": "Address of the next page."}),
        },
    )


@cache
def list_of(row: type[Shape]) -> type[Shape]:
    """The shape of a list that is short enough to come whole."""
    return type(
        f"{row.__name__}List",
        (Shape,),
        {"__doc__": f"All of {row.__name__} there is.", "data": fields.List(fields.Nested(row))},
    )
