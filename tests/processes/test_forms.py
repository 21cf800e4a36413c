"""Every form of forms/: it is read without a finding, asks for what it needs, and keeps a right answer as it is."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import form_files, forms
from app.catalog.fields import TEXTS, Field, Form, rows
from app.catalog.findings import Report

FORMATS = {
    "credit-code": "91110000600037341L",
    "citizen-number": "360426199101010071",
    "phone": "010-65910011",
    "email": "window@example.cn",
}
PATTERNS = {"project_code": "2406-330100-04-01-123456", "cas_number": "1310-73-2"}


@pytest.fixture
def form(root: Path, form_path: str) -> Form:
    report = Report()
    found = form_files.read((root / form_path).read_bytes(), Path(form_path).stem, form_path, report)
    assert report.findings == []
    assert found is not None
    return found


def sample(field: Field) -> Any:
    """A right answer."""
    if field.type == "group":
        return {part.key: sample(part) for part in forms_inputs(field.children) if part.key}
    if field.type == "dynamiclist":
        row = {part.key: sample(part) for part in forms_inputs(field.children) if part.key}
        return [row] * max(field.rules.least_rows, 1)
    if field.options:
        return field.options[-1].value if field.type in {"radio", "select"} else [field.options[-1].value]
    if field.type == "number":
        return int(max(field.rules.minimum or Decimal(0), Decimal(1)))
    if field.type == "checkbox":
        return True
    if field.type == "datetime":
        return {"date": "2026-05-01", "time": "09:30", "datetime": "2026-05-01T09:30"}[field.subtype]
    return (
        FORMATS.get(field.rules.format or "") or PATTERNS.get(field.key or "") or "一" * (field.rules.min_length or 1)
    )


def forms_inputs(fields: tuple[Field, ...]) -> list[Field]:
    return [part for field in fields for part in ((field,) if field.key else forms_inputs(field.children))]


def complete(form: Form) -> dict[str, Any]:
    return {field.key: sample(field) for field in forms_inputs(form.fields) if field.key}


def test_it_has_no_findings_and_something_to_fill_in(form: Form) -> None:
    assert form.variables


def test_a_right_answer_is_kept_and_kept_again(form: Form) -> None:
    clean, errors = forms.validate(form, complete(form))
    assert errors == {}
    assert forms.validate(form, clean) == (clean, {})


def test_nothing_is_not_enough_but_is_a_draft(form: Form) -> None:
    """Only what must be filled in is asked for, and nothing that is hidden while nothing is chosen."""
    errors = forms.validate(form, {}).errors
    needed = {field.key for field in form.walk() if field.rules.required or field.rules.least_rows}
    assert errors.keys() <= needed
    assert bool(errors) == bool(needed)
    assert forms.validate(form, {}, complete=False).errors == {}


def test_what_must_be_filled_in_is_missed_one_by_one(form: Form) -> None:
    answers = complete(form)
    shown = forms.validate(form, answers).clean
    for field in forms_inputs(form.fields):
        if field.rules.required and field.key in shown:
            assert field.key in forms.validate(form, {**answers, field.key: None}).errors


def test_a_posted_form_is_read_as_the_same_answers(form: Form) -> None:
    clean = forms.validate(form, complete(form)).clean
    assert forms.validate(form, forms.posted(form, pairs(clean, ""))).clean == clean


def pairs(data: Any, at: str) -> list[tuple[str, str]]:
    if isinstance(data, dict):
        return [pair for key, value in data.items() for pair in pairs(value, f"{at}.{key}" if at else key)]
    if isinstance(data, list) and data and isinstance(data[0], dict):
        return [pair for number, row in enumerate(data) for pair in pairs(row, f"{at}.{number}")]
    if isinstance(data, list):
        return [(at, str(entry)) for entry in data]
    return [(at, "on" if data is True else str(data))] if data is not False else []


def test_rows_are_no_wider_than_the_page(form: Form) -> None:
    for level in [form.fields, *(field.children for field in form.walk() if field.children)]:
        for line in rows(level):
            assert sum(field.columns for field in line) <= 16


def test_every_text_has_an_end(form: Form) -> None:
    for field in form.walk():
        assert field.type not in TEXTS or field.rules.max_length


def test_personal_data_is_marked(form: Form) -> None:
    for field in form.walk():
        if field.rules.format in {"phone", "email", "citizen-number"}:
            assert field.personal


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@given(data=st.data())
def test_hostile_answers_never_raise(root: Path, form_path: str, data: st.DataObject) -> None:
    form = form_files.read((root / form_path).read_bytes(), Path(form_path).stem, form_path, Report())
    assert form is not None
    broken = data.draw(st.dictionaries(st.sampled_from([*form.variables, "other"]), _ANYTHING))
    clean, errors = forms.validate(form, {**complete(form), **broken})
    assert clean.keys() <= form.variables.keys()
    assert all(
        message.text for messages in errors.values() for message in messages if isinstance(message, forms.Message)
    )
