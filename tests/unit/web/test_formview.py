"""A form as a page shows it: what was typed, what is wrong, what is hidden."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from app.catalog import form_files, forms
from app.catalog.fields import Form
from app.catalog.findings import Report
from app.web import formview
from app.web.formview import Shown, changed_rows, hidden_ids, sections, shown, without_blank_rows

FORMS = sorted((Path(__file__).parents[3] / "forms").rglob("*.json"))

TODAY = date(2026, 4, 1)


def read(path: Path) -> Form:
    form = form_files.read(path.read_bytes(), path.stem, str(path), Report())
    assert form is not None
    return form


@pytest.fixture
def apply() -> Form:
    return read(next(path for path in FORMS if path.stem == "apply" and path.parent.name == "land-preliminary-review"))


def every(lines: formview.Lines) -> list[Shown]:
    found = []
    for line in lines:
        for one in line:
            found += [one, *every(one.lines)]
            for entry in one.entries:
                found += every(entry)
    return found


@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_field_of_every_form_is_shown_once(path: Path) -> None:
    form = read(path)
    drawn = every(shown(form, {}, {}))
    ids = [one.id for one in drawn]
    assert len(ids) == len(set(ids))
    assert {one.field.key for one in drawn if one.field.key} == {field.key for field in form.walk() if field.key}
    framed = [one for _bare, run in sections(shown(form, {}, {})) for line in run for one in line]
    assert framed == [one for line in shown(form, {}, {}) for one in line]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_hidden_is_what_the_check_passes_over(path: Path) -> None:
    """With nothing but defaults entered: a required field that is hidden is not asked for, any other is."""
    form = read(path)
    data = {found.key: found.default for found in form.walk() if found.key and found.default is not None}
    named = set(hidden_ids(shown(form, data, {})))
    drawn = every(shown(form, data, {}))
    hidden = named | {inner.id for one in drawn if one.id in named for inner in every(one.lines)}
    asked = {f"f-{path}" for path in forms.validate(form, data).errors}
    required = {one.id for one in drawn if one.field.rules.required and "." not in one.path}
    assert asked & hidden == set()
    assert required - hidden <= asked | {f"f-{key}" for key in data}


def test_what_was_typed_is_shown_as_it_was(apply: Form) -> None:
    lines = shown(apply, {"total_area": " 12x ", "funding_sources": ["local", "bond"], "commit_truth": "true"}, {})
    by_path = {one.path: one for one in every(lines)}
    assert by_path["total_area"].value == " 12x "
    assert by_path["funding_sources"].has("bond")
    assert not by_path["funding_sources"].has("loan")
    assert by_path["commit_truth"].value is True
    assert by_path["commit_no_start"].value is False


def test_defaults_are_for_a_form_on_which_nothing_was_typed(apply: Form) -> None:
    assert {one.path: one for one in every(shown(apply, {}, {}))}["delivery"].has("window")
    typed = {one.path: one for one in every(shown(apply, {"unit_name": "x"}, {}))}
    assert not typed["delivery"].has("window")


def test_rows_are_added_and_dropped(apply: Form) -> None:
    data = {"plots": [{"plot_name": "a"}, {"plot_name": "b"}], "unit_name": "x"}
    assert changed_rows(apply, data, "add:plots")["plots"] == [{"plot_name": "a"}, {"plot_name": "b"}, {}]
    assert changed_rows(apply, data, "drop:plots.0") == {"plots": [{"plot_name": "b"}], "unit_name": "x"}


@pytest.mark.parametrize("button", ["drop:plots.9", "drop:plots.x", "drop:plots", "add:nothing", "", "burn:plots.0"])
def test_a_button_that_does_not_exist_changes_nothing(apply: Form, button: str) -> None:
    data = {"plots": [{"plot_name": "a"}]}
    assert changed_rows(apply, data, button) == data


def test_blank_rows_are_left_out(apply: Form) -> None:
    data = {"plots": [{"plot_name": ""}, {"plot_name": "a"}, {}], "unit_name": "x"}
    assert without_blank_rows(apply, data) == {"plots": [{"plot_name": "a"}], "unit_name": "x"}


def test_hidden_fields_follow_numbers_as_typed(apply: Form) -> None:
    for typed, hidden in {"": True, "0": True, "5": False, "０": True, "many": True}.items():
        ids = hidden_ids(shown(apply, {"basic_farmland_area": typed}, {}))
        assert ("f-basic_farmland_reason" in ids) is hidden, typed


def test_what_is_said_as_one_types_is_what_is_said_when_it_is_sent(apply: Form) -> None:
    """A row in which nothing was typed keeps its place: the answer names the rows that the page shows."""
    data = {"delivery": "window", "plots": [{"plot_name": ""}, {"plot_name": "甲地块", "plot_area": "much"}]}
    office = Flask(__name__)
    Babel(office)
    with office.app_context():
        answer = formview.checked(apply, data, TODAY)
    assert "f-delivery_address" in answer["hidden"]
    assert set(answer["faults"]) == {f"f-{path}" for path in forms.validate(apply, data, today=TODAY).errors}
    assert "f-plots.1.plot_area" in answer["faults"]
    assert "f-delivery_address" not in answer["faults"]
