"""Scenarios: what may stand in the file, what fails by name, what of the diagram they pass."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from app.catalog import rules
from app.catalog.errors import ItemRefused
from app.studio import scenarios, telling
from tests.unit.catalog.small_item import MANIFEST, encoded, files

ROOT = Path(__file__).parents[3]
PLACE = MANIFEST.replace("item.yaml", "scenarios.yaml")
LAYOUT = json.loads((ROOT / "docs/schemas/scenarios-1.json").read_text("utf-8"))
RESULT = json.loads((ROOT / "docs/schemas/tested-1.json").read_text("utf-8"))


def with_scenarios(text: str) -> dict[str, bytes]:
    return encoded(files()) | {PLACE: text.encode()}


def told(*expected: str, outcomes: str = "", data: str = "") -> dict[str, Any]:
    """One scenario that expects this."""
    lines = ["scenarios:", "  - code: one", f"    outcomes: {{{outcomes}}}", f"    data: {{{data}}}", "    expect:"]
    return scenarios.tested(with_scenarios("\n".join([*lines, *(f"      {line}" for line in expected)])))


def found(text: str) -> list[tuple[str, str | None]]:
    return [
        (one.code, one.element)
        for one in rules.check(with_scenarios(text)).findings
        if one.severity == "error" and one.file == PLACE
    ]


def test_a_scenario_that_is_met_passes() -> None:
    tested = told("result: granted", "path: [accept, review]", "lights: {}")
    [one] = tested["scenarios"]
    assert (one["passed"], one["failures"], one["trace"]["result"]) == (True, [], "granted")
    report = telling.scenarios(with_scenarios(""), tested)
    jsonschema.validate({"format": scenarios.FORMAT, "items": [report], "findings": []}, RESULT)
    assert (report["item"], report["passed"]) == ("bench-permit", True)


@pytest.mark.parametrize(
    ("expected", "what", "got"),
    [
        ("result: denied", "result", "granted"),
        ("state: waiting", "state", "ended"),
        ("path: [review, accept]", "path", None),
        ("never: [review]", "never", "review"),
        ("lights: {review: [red]}", "lights", "-"),
        ("waiting: [review]", "state", "ended"),
    ],
)
def test_a_scenario_that_is_not_met_says_what_it_expects_and_what_it_got(
    expected: str, what: str, got: str | None
) -> None:
    tested = told(expected)
    failures = tested["scenarios"][0]["failures"]
    assert failures[0]["what"] == what
    assert got is None or failures[0]["got"] == got
    [finding] = [one for one in tested["findings"] if one["code"] == "scenario-failed"][:1]
    assert (finding["element"], finding["file"]) == ("one", PLACE)
    assert "“one” expects" in telling.finding(finding)["text"]


def test_an_act_may_bring_the_form_of_its_step() -> None:
    acts = '["1d", {act: "accept=accept", form: {ground: dry}}]'
    text = f"scenarios:\n  - code: one\n    acts: {acts}\n    expect: {{state: waiting}}\n"
    [one] = scenarios.tested(with_scenarios(text))["scenarios"]
    assert one["trace"]["variables"]["ground"] == "dry"
    jsonschema.validate(yaml.safe_load(text), LAYOUT)
    assert found(text.replace("accept=accept", "next")) == [("scenario-malformed", "scenarios[1].acts")]


def test_publication_is_held_to_them() -> None:
    scenarios.hold(encoded(files()))
    scenarios.hold(with_scenarios("scenarios:\n  - code: one\n    expect: {result: granted}\n"))
    with pytest.raises(ItemRefused) as refused:
        scenarios.hold(with_scenarios("scenarios:\n  - code: one\n    expect: {result: denied}\n"))
    assert [one.code for one in refused.value.findings] == ["scenario-failed"]


def test_what_no_scenario_passes_is_told_by_element_and_flow() -> None:
    tested = told("result: refused", outcomes="accept: refuse")
    missed = tested["coverage"]["missed"]
    assert "review" in missed
    assert "accept" not in missed
    drawn = tested["coverage"]["elements"].keys() | tested["coverage"]["flows"].keys()
    assert set(missed) < drawn
    both = scenarios.tested(
        with_scenarios("scenarios:\n  - {code: one}\n  - {code: two, outcomes: {accept: refuse}}\n")
    )
    assert set(both["coverage"]["missed"]) < set(missed)
    assert both["coverage"]["elements"]["accept"] == 2


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("scenarios: []", "scenarios"),
        ("other: 1", "scenarios"),
        ("scenarios: [3]", "scenarios[1]"),
        ("scenarios: [{code: Ä}]", "scenarios[1].code"),
        ("scenarios: [{code: a}, {code: a}]", "scenarios[2].code"),
        ("scenarios: [{code: a, colour: red}]", "scenarios[1]"),
        ("scenarios: [{code: a, name: x}]", "scenarios[1].name"),
        ("scenarios: [{code: a, at: monday}]", "scenarios[1].at"),
        ("scenarios: [{code: a, at: '2026-03-02T09:00:00'}]", "scenarios[1].at"),
        ("scenarios: [{code: a, outcomes: {accept: 3}}]", "scenarios[1].outcomes.accept"),
        ("scenarios: [{code: a, outcomes: {accept: {after: soon}}}]", "scenarios[1].outcomes.accept"),
        ("scenarios: [{code: a, expect: {result: fine}}]", "scenarios[1].expect.result"),
        ("scenarios: [{code: a, expect: {lights: {accept: [green]}}}]", "scenarios[1].expect.lights"),
        ("scenarios: [{code: a, expect: {path: accept}}]", "scenarios[1].expect.path"),
    ],
)
def test_what_may_not_stand_there_is_named(text: str, element: str) -> None:
    assert found(text) == [("scenario-malformed", element)]


def test_an_element_that_is_not_drawn_is_named() -> None:
    assert found("scenarios: [{code: a, outcomes: {acept: refuse}}]") == [("scenario-unknown-element", "acept")]


def test_hostile_yaml_is_refused() -> None:
    assert found("scenarios: &a [*a]") == [("yaml-alias", None)]
    assert found("{") == [("not-yaml", None)]


def test_decimals_are_numbers_here() -> None:
    tested = told("result: granted", data="area: 2.5")
    assert tested["scenarios"][0]["trace"]["variables"]["area"] == 2.5


@pytest.mark.parametrize("path", sorted(ROOT.glob("processes/*/scenarios.yaml")), ids=lambda path: path.parent.name)
def test_the_published_schema_takes_what_is_kept(path: Path) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text("utf-8").replace("at: ", "at: !!str ")), LAYOUT)
