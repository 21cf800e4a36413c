"""Every item has examples for the demo and the tests: applications and answers that its forms take as they are."""

from datetime import date

import pytest

from app import engine
from app.catalog import folder, forms, rules
from app.cli.demo import examples
from tests.processes.conftest import CODES, ROOT

DAY = date(2026, 3, 2)


def test_every_item_has_examples_and_every_example_an_item() -> None:
    assert examples.codes() == CODES


@pytest.fixture
def checked(code: str) -> rules.Checked:
    return rules.check(folder.read(ROOT, code))


def test_applications_are_complete_and_kept_as_they_are(code: str, checked: rules.Checked) -> None:
    manifest, example = checked.contents.manifest, examples.read(code)
    assert manifest is not None
    form = checked.contents.forms[manifest.applicant_form]
    for name in example.applications:
        data = example.application(DAY, name)
        clean, errors = forms.validate(form, data, today=DAY)
        assert errors == {}, name
        assert data.keys() <= form.variables.keys(), name
        assert {manifest.title_field, manifest.applicant_field} <= clean.keys()


def test_every_outcome_of_every_step_has_an_answer(code: str, checked: rules.Checked) -> None:
    manifest, example = checked.contents.manifest, examples.read(code)
    assert manifest is not None
    steps = {name: set(spec.outcomes) for name, spec in manifest.steps.items()}
    assert {name: set(given) for name, given in example.steps.items()} == steps


def test_answers_fit_their_forms_and_negative_ones_have_reasons(code: str, checked: rules.Checked) -> None:
    manifest, example = checked.contents.manifest, examples.read(code)
    assert manifest is not None
    elements = engine.load(checked.contents.diagrams).elements
    for name, spec in manifest.steps.items():
        form = checked.contents.forms[elements[name].form or ""]
        for outcome, offered in spec.outcomes.items():
            answer = example.answer(name, outcome, DAY)
            errors = forms.validate(form, answer.form, complete=offered.requires_form, today=DAY).errors
            assert errors == {}, (name, outcome)
            assert answer.form.keys() <= form.variables.keys(), (name, outcome)
            assert answer.opinion or not offered.requires_opinion, (name, outcome)


def test_days_are_counted_from_the_day_of_the_act() -> None:
    example = examples.Example({"one": {"text": "{day}", "rows": [{"until": "{day+30}", "since": "{day-2}"}]}}, {})
    assert example.application(DAY) == {"text": "2026-03-02", "rows": [{"until": "2026-04-01", "since": "2026-02-28"}]}
