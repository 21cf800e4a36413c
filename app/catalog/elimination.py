"""The elimination list (淘汰目录): whether an application asks for what is no longer licensed."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from app.catalog.fields import CHOICES, SEVERAL, TEXTS, Form
from app.catalog.occasions import Slip
from app.catalog.types import LIST_REASON, ON_LIST, Elimination, EliminationEntry, Manifest


def struck(found: Elimination, answers: Mapping[str, Any]) -> EliminationEntry | None:
    """The entry that the answers fall under: the first of the list. Width, case and outer spaces make no difference."""
    given = answers.get(found.field)
    asked = {_plain(value) for value in (given if isinstance(given, list) else [given]) if isinstance(value, str)}
    return next((entry for entry in found.entries if _plain(entry.value) in asked), None)


def check(manifest: Manifest, forms: Mapping[str, Form], files: Mapping[str, str]) -> Iterator[Slip]:
    """The list is about a field of the applicant's form, and no field is called like what the list sets."""
    if manifest.elimination is None:
        return
    if manifest.applicant_form in forms:
        yield from _entries(manifest.elimination, forms[manifest.applicant_form])
    for name, form in forms.items():
        for key in form.variables.keys() & {ON_LIST, LIST_REASON}:
            yield Slip("field-reserved", key, "", {"field": key}, files[name])


def _entries(found: Elimination, form: Form) -> Iterator[Slip]:
    """The list holds what its field can be answered with, once."""
    field = form.variables.get(found.field)
    if field is None or field.type not in TEXTS | CHOICES | SEVERAL:
        yield Slip("elimination-field-unknown", None, "elimination.field", {"field": found.field})
        return
    seen: set[str] = set()
    for number, entry in enumerate(found.entries, 1):
        path, value = f"elimination.entries[{number}].value", _plain(entry.value)
        if field.options and field.option(entry.value) is None:
            yield Slip("elimination-value-unknown", None, path, {"value": entry.value, "field": found.field})
        if value in seen:
            yield Slip("elimination-twice", None, path, {"value": entry.value})
        seen.add(value)


def _plain(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip().casefold()
