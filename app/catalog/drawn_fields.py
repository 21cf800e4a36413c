"""The fields of a form that another modeler keeps in the diagram, as components of form-js."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from app.catalog.fields import CHOICES, INPUTS, SEVERAL
from app.engine import FormField

_KINDS: Final = {
    "long": "number",
    "int": "number",
    "integer": "number",
    "double": "number",
    "boolean": "checkbox",
    "enum": "select",
    "date": "datetime",
}
"""What the family of Camunda 7 calls the kinds of fields. Whatever is called otherwise is a text."""
_KEY: Final = re.compile(r"[A-Za-z]\w{0,62}", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?", re.ASCII)


def components(fields: Iterable[FormField], taken: set[str]) -> Iterator[dict[str, Any]]:
    """A component for each field whose name no other form has `taken`; one that is shown again is asked for once."""
    for field in fields:
        if _KEY.fullmatch(field.name) and field.name not in taken:
            taken.add(field.name)
            yield _component(field)


def _component(field: FormField) -> dict[str, Any]:
    kind = _KINDS.get(field.type, field.type if field.type in INPUTS else "textfield")
    if kind in CHOICES | SEVERAL and not field.values:
        kind = "textfield"
    made: dict[str, Any] = {"type": kind, "id": field.name, "key": field.name, "label": field.label}
    if kind in CHOICES | SEVERAL:
        made["values"] = [
            {"value": value, "label": label, "label_en": _english(label, value)} for value, label in field.values
        ]
    if kind == "datetime":
        made["subtype"] = "date"
    if (default := _default(kind, field)) is not None:
        made["defaultValue"] = default
    made["properties"] = {"label_en": _english(field.label, field.name)}
    made["layout"] = {"row": f"row_{field.name}", "columns": None}
    return made


def _english(label: str, otherwise: str) -> str:
    return label if label.isascii() else otherwise


def _default(kind: str, field: FormField) -> Any:
    """What the field begins with; None where that is nothing, or no value of its kind."""
    text = field.default.strip()
    if kind == "number" and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    if kind == "checkbox" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if kind in CHOICES and text in dict(field.values):
        return text
    if kind == "datetime" and re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return text if _is_day(text) else None
    is_text = kind in {"textfield", "textarea"} and 0 < len(text) <= 500 and "\n" not in text
    return text if is_text and not text.startswith(("${", "#{")) else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
