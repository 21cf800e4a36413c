"""What item.yaml may hold, key by key. An unknown key is a finding, never ignored.

Every message of these fields is the code of a finding (findings.RULES), with “|” before what it allows.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from marshmallow import Schema, ValidationError, fields, missing, post_load, pre_load, validate

from app.catalog import types

CODE = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
NUMBER = r"[A-Za-z0-9][A-Za-z0-9.-]*"
NAME = r"[A-Za-z_][A-Za-z0-9_.-]*"
FORMATS = ("pdf", "ofd", "jpg", "png", "docx", "xlsx", "zip")
_THRESHOLD = r"-?P([1-9][0-9]{0,3}[DW])|[1-9][0-9]?%|-?PT[1-9][0-9]{0,3}H"
_DURATION = r"P(?=.)([0-9]{1,3}Y)?([0-9]{1,3}M)?([0-9]{1,4}W)?([0-9]{1,4}D)?"
_PRINTABLE = r"[^\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]*"
_MISSING: dict[str, Any] = {"required": "missing-key", "null": "missing-key", "validator_failed": "not-one-of"}


def _matches(pattern: str, fault: str) -> validate.Regexp:
    return validate.Regexp(re.compile(f"(?:{pattern})\\Z", re.ASCII), error=fault)


class Text(fields.String):
    """A text that is neither empty nor endless."""

    default_error_messages: dict[str, Any] = {
        **_MISSING,
        "invalid": "not-a-text",
        "invalid_utf8": "not-a-text",
    }

    def __init__(self, *checks: validate.Validator, longest: int = 2_000, **options: Any) -> None:
        size = [validate.Length(min=1, error="empty"), validate.Length(max=longest, error=f"too-long|{longest}")]
        super().__init__(validate=[*size, _matches(_PRINTABLE, "unprintable"), *checks], **options)


class Number(fields.Integer):
    """A whole number within bounds."""

    default_error_messages: dict[str, Any] = {
        **_MISSING,
        "invalid": "not-a-number|",
        "too_large": "not-a-number|",
    }

    def __init__(self, least: int, most: int, **options: Any) -> None:
        bounds = validate.Range(least, most, error=f"not-a-number|{least}–{most}")
        super().__init__(validate=bounds, **options)

    def _validated(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class YesNo(fields.Boolean):
    """True or false, and nothing that merely looks like it."""

    default_error_messages: dict[str, Any] = {**_MISSING, "invalid": "not-yes-or-no"}

    def deserialize(self, value: Any, *place: Any, **options: Any) -> Any:
        """Only a boolean passes; marshmallow would take 1 and “yes”."""
        if value is not missing and value is not None and not isinstance(value, bool):
            raise self.make_error("invalid")
        return super().deserialize(value, *place, **options)


class Listed(fields.List[Any]):
    """A list with an end."""

    default_error_messages: dict[str, Any] = {**_MISSING, "invalid": "not-a-list"}

    def __init__(self, inner: fields.Field[Any], *, least: int = 0, most: int = 100, **options: Any) -> None:
        size = [validate.Length(min=least, error="empty"), validate.Length(max=most, error=f"too-long|{most}")]
        super().__init__(inner, validate=size, **options)


class Part(fields.Nested):
    """A mapping with keys of its own."""

    default_error_messages: dict[str, Any] = {**_MISSING, "type": "not-a-mapping"}


class Named(fields.Dict):
    """A mapping from codes to parts."""

    default_error_messages: dict[str, Any] = {**_MISSING, "invalid": "not-a-mapping"}

    def __init__(self, values: fields.Field[Any], *, key: str = CODE, **options: Any) -> None:
        size = validate.Length(max=200, error="too-long|200")
        super().__init__(Text(_matches(key, "not-a-code"), longest=100), values, validate=size, **options)


class Shape(Schema):
    """A mapping that becomes the dataclass `result`."""

    error_messages: dict[str, Any] = {"unknown": "unknown-key", "type": "not-a-mapping"}
    result: ClassVar[type]

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Any:
        """The dataclass, lists become tuples."""
        return self.result(**{key: tuple(value) if isinstance(value, list) else value for key, value in data.items()})


class WordingShape(Shape):
    """zh, en."""

    result = types.Wording
    zh = Text(required=True)
    en = Text(required=True)


class _Worded(Shape):
    """A mapping that carries zh and en beside its own keys; they become its `name`."""

    @pre_load
    def gather(self, data: Any, **_options: Any) -> Any:
        """Move zh and en into `name`."""
        if not isinstance(data, dict):
            return data
        rest = {key: value for key, value in data.items() if key not in ("zh", "en")}
        return {**rest, "name": {key: data[key] for key in ("zh", "en") if key in data}}

    name = Part(WordingShape, required=True)


class BasisShape(Shape):
    """A law, its articles, what they say."""

    result = types.Basis
    law = Part(WordingShape, required=True)
    article = Text(required=True)
    text = Part(WordingShape, required=True)


class MainShape(Shape):
    """The main item: its code, and its name, the same for all of its sub-items."""

    result = types.MainItem
    code = Text(_matches(NUMBER, "not-an-item-number"), required=True, longest=60)
    name = Part(WordingShape, required=True)


class LimitShape(Shape):
    """Days, with the figure's source."""

    result = types.Limit
    days = Number(1, 3650, required=True)
    source = Text()
    illustrative = YesNo()
    yellow = Text(_matches(_THRESHOLD, "not-a-threshold"))

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> types.Limit:
        """A figure without a source is refused."""
        if not data.get("source") and not data.get("illustrative"):
            raise ValidationError("no-source", "days")
        return types.Limit(**data)


class LimitsShape(Shape):
    """By law, and as promised."""

    result = types.Limits
    statutory = Part(LimitShape, required=True)
    promised = Part(LimitShape, required=True)


class RequirementShape(Shape):
    """A material."""

    result = types.Requirement
    code = Text(_matches(CODE, "not-a-code"), required=True, longest=60)
    name = Part(WordingShape, required=True)
    required = YesNo(required=True)
    key = YesNo(required=True)
    grade = Text(validate.OneOf("ABCD", error="not-one-of|A, B, C, D"), required=True)
    formats = Listed(
        Text(validate.OneOf(FORMATS, error=f"not-one-of|{', '.join(FORMATS)}")),
        least=1,
        most=len(FORMATS),
        required=True,
    )
    max_size_mb = Number(1, 100, required=True)
    copies = Number(0, 20, required=True)
    sample = Text()
    note = Part(WordingShape)


class FeesShape(Shape):
    """Whether there is a fee, and by which rule."""

    result = types.Fees
    charged = YesNo(required=True)
    source = Text(required=True)
    text = Part(WordingShape)


class SectionShape(Shape):
    """A section of the guide."""

    result = types.Section
    title = Part(WordingShape, required=True)
    text = Part(WordingShape, required=True)


class LegShape(Shape):
    """A leg."""

    result = types.LegSpec
    name = Part(WordingShape, required=True)
    limit = Part(LimitShape)


class OutcomeShape(_Worded):
    """An outcome; its code is added by its step."""

    style = Text(validate.OneOf(("default", "primary", "danger"), error="not-one-of|default, primary, danger"))
    requires_opinion = YesNo()
    requires_form = YesNo()

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Still without its code."""
        return data


class StepShape(Shape):
    """A step. `opinion: required` asks for one at every outcome."""

    name = Part(WordingShape, required=True)
    outcomes = Named(Part(OutcomeShape), required=True)
    checklist = Listed(Part(WordingShape))
    opinion = Text(validate.OneOf(("required", "optional"), error="not-one-of|required, optional"))
    limit = Part(LimitShape)
    materials = Listed(Text())

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> types.StepSpec:
        """The step with its outcomes, each knowing its code."""
        always = data.pop("opinion", "optional") == "required"
        outcomes = {
            code: types.Outcome(
                code=code, **{**given, "requires_opinion": always or given.get("requires_opinion", False)}
            )
            for code, given in data.pop("outcomes").items()
        }
        lists = {name: tuple(data.get(name, ())) for name in ("checklist", "materials")}
        return types.StepSpec(outcomes=outcomes, **{**data, **lists})


class DocumentShape(_Worded):
    """A document and how long it holds."""

    result = types.DocumentSpec
    valid = Text(_matches(_DURATION, "not-a-duration"))


class EliminationEntryShape(Shape):
    """One entry of the elimination list."""

    result = types.EliminationEntry
    value = Text(required=True, longest=500)
    name = Part(WordingShape, required=True)
    reason = Part(WordingShape, required=True)


class EliminationShape(Shape):
    """The elimination list, with its source."""

    result = types.Elimination
    field = Text(_matches(NAME, "not-a-code"), required=True, longest=100)
    source = Text()
    illustrative = YesNo()
    entries = Listed(Part(EliminationEntryShape), least=1, most=1000, required=True)

    @post_load
    def make(self, data: dict[str, Any], **options: Any) -> Any:
        """A list without a source is refused."""
        if not data.get("source") and not data.get("illustrative"):
            raise ValidationError("no-source", "entries")
        return super().make(data, **options)


class ManifestShape(Shape):
    """item.yaml."""

    result = types.Manifest
    code = Text(_matches(CODE, "not-a-code"), required=True, longest=60)
    number = Text(_matches(NUMBER, "not-an-item-number"), longest=60)
    main = Part(MainShape)
    name = Part(WordingShape, required=True)
    summary = Part(WordingShape, required=True)
    kind = Text(
        validate.OneOf(("instant", "promised", "referred-up"), error="not-one-of|instant, promised, referred-up"),
        required=True,
    )
    audience = Listed(
        Text(validate.OneOf(("person", "organisation"), error="not-one-of|person, organisation")), least=1, most=2
    )
    level = Listed(Part(WordingShape), least=1, required=True)
    departments = Listed(Part(WordingShape), least=1, required=True)
    basis = Listed(Part(BasisShape), least=1, required=True)
    calendar = Text(_matches(CODE, "not-a-code"), required=True, longest=60)
    counting = Text(validate.OneOf(("working", "civil"), error="not-one-of|working, civil"))
    limits = Part(LimitsShape, required=True)
    conditions = Listed(Part(WordingShape))
    materials = Listed(Part(RequirementShape))
    fees = Part(FeesShape, required=True)
    guide = Listed(Part(SectionShape))
    lanes = Named(Text(_matches(CODE, "not-a-code"), longest=60), key=r"[^\x00-\x1f]{1,100}")
    legs = Named(Part(LegShape))
    applicant_form = Text(_matches(CODE, "not-a-code"), required=True, longest=60)
    title_field = Text(_matches(NAME, "not-a-code"), required=True, longest=100)
    applicant_field = Text(_matches(NAME, "not-a-code"), required=True, longest=100)
    steps = Named(Part(StepShape), key=NAME, required=True)
    milestones = Named(Part(WordingShape))
    results = Named(Part(WordingShape))
    drawn = Named(Text(longest=500), key=r"[^\x00-\x1f]{1,100}")
    documents = Named(Part(DocumentShape))
    is_licence = YesNo()
    reception = Text(validate.OneOf(("here", "anywhere"), error="not-one-of|here, anywhere"))
    elimination = Part(EliminationShape)


def load(data: Any) -> tuple[types.Manifest | None, list[tuple[str, str, str]]]:
    """The manifest in `data`, or what is wrong with it: (path, code of the finding, what is allowed)."""
    try:
        return cast(types.Manifest, ManifestShape().load(data)), []
    except ValidationError as refused:
        return None, list(_flat(refused.messages, ""))


def _flat(messages: Any, path: str) -> list[tuple[str, str, str]]:
    if isinstance(messages, Mapping):
        return [found for key, inner in messages.items() for found in _flat(inner, _joined(path, key))]
    found = []
    for message in messages if isinstance(messages, list) else [messages]:
        code, _, allowed = str(message).partition("|")
        found.append((path, code, allowed))
    return found


def _joined(path: str, key: Any) -> str:
    if key == "_schema" or key == "value":
        return path
    if isinstance(key, int):
        return f"{path}[{key + 1}]"
    return f"{path}.{key}" if path else str(key)
