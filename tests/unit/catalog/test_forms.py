"""Checking a whole form on the server."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import form_files, forms
from app.catalog.fields import Form, wording
from app.catalog.findings import Report
from app.catalog.types import Wording


def component(kind: str, key: str, **more: Any) -> dict[str, Any]:
    properties = {"label_en": key, **more.pop("properties", {})}
    return {"type": kind, "key": key, "label": key, "properties": properties, **more}


def made(*components: dict[str, Any]) -> Form:
    report = Report()
    data = {"type": "default", "id": "x", "components": list(components)}
    form = form_files.read(json.dumps(data).encode(), "x", "x.json", report)
    assert report.findings == []
    assert form is not None
    return form


REQUIRED = {"required": True}
WAYS = [{"label": way, "value": way, "label_en": way} for way in ("window", "post")]
PLOT = {
    "type": "dynamiclist",
    "path": "plots",
    "properties": {"min_rows": "1", "max_rows": "3"},
    "components": [component("textfield", "plot", validate=REQUIRED), component("number", "size", decimalDigits=0)],
}
FORM = made(
    component("textfield", "name", validate=REQUIRED),
    component("radio", "way", values=WAYS, validate=REQUIRED),
    component("textfield", "address", validate=REQUIRED, conditional={"hide": '=way != "post"'}),
    {
        "type": "group",
        "conditional": {"hide": '=way = "post"'},
        "components": [component("textfield", "desk", validate=REQUIRED)],
    },
    component("textfield", "deeper", validate=REQUIRED, conditional={"hide": "=desk = null"}),
    component("number", "total"),
    component("number", "part", properties={"at_most": "total"}),
    component("checkbox", "sure", validate=REQUIRED),
    component("checklist", "kinds", values=WAYS, validate=REQUIRED),
    component("datetime", "start", subtype="date", disallowPassedDates=True),
    component("textfield", "code", readonly=True, defaultValue="A-1"),
    PLOT,
)
RIGHT = {
    "name": "长椅",
    "way": "post",
    "address": "人民路1号",
    "total": 5,
    "part": 5,
    "sure": True,
    "kinds": ["post"],
    "start": "2026-05-01",
    "code": "A-1",
    "plots": [{"plot": "一", "size": 3}],
}


def errors(data: Any, **options: Any) -> dict[str, list[str]]:
    found = forms.validate(FORM, data, **options).errors
    assert all(isinstance(message, forms.Message) for messages in found.values() for message in messages)
    return {path: [message.text for message in messages if isinstance(message, forms.Message)]
            for path, messages in found.items()}  # fmt: skip


def test_right_answers_are_kept_as_they_are() -> None:
    assert forms.validate(FORM, RIGHT) == (RIGHT, {})


def test_what_is_missing_is_named_by_its_path() -> None:
    assert errors({"plots": [{"size": "3"}]}) == {
        "name": ["This must be filled in."],
        "way": ["This must be filled in."],
        "desk": ["This must be filled in."],
        "deeper": ["This must be filled in."],
        "sure": ["This must be confirmed."],
        "kinds": ["Choose at least one."],
        "plots.0.plot": ["This must be filled in."],
    }


def test_a_draft_may_have_gaps_but_what_is_given_must_fit() -> None:
    assert errors({"name": "", "plots": []}, complete=False) == {}
    assert list(errors({"total": "many"}, complete=False)) == ["total"]


def test_zero_is_an_answer() -> None:
    form = made(component("number", "n", validate=REQUIRED))
    assert forms.validate(form, {"n": 0}) == ({"n": 0}, {})


def test_hidden_fields_have_no_answer_and_ask_for_none() -> None:
    window = {**RIGHT, "way": "window", "address": "secret", "desk": "3", "deeper": "x"}
    clean, found = forms.validate(FORM, window)
    assert found == {}
    assert "address" not in clean
    assert clean["desk"] == "3"


def test_what_a_hidden_group_holds_counts_as_unanswered() -> None:
    """“deeper” is hidden where “desk” is null, and desk is hidden with its group: what was sent for it is not seen."""
    clean, found = forms.validate(FORM, {**RIGHT, "desk": "3", "deeper": "x"})
    assert found == {}
    assert {"desk", "deeper"}.isdisjoint(clean)


def test_unknown_keys_are_dropped() -> None:
    assert forms.validate(FORM, {**RIGHT, "status": "granted", "__class__": 1, "f1": {}}).clean == RIGHT


def test_what_is_fixed_cannot_be_changed() -> None:
    assert forms.validate(FORM, {**RIGHT, "code": "B-2"}).clean["code"] == "A-1"


def test_a_part_is_not_larger_than_the_whole() -> None:
    assert errors({**RIGHT, "part": 6}) == {"part": ["This is more than 5, of which it is a part."]}
    assert errors({**RIGHT, "part": 6, "total": None}) == {}


def test_a_date_that_has_passed_is_refused_on_the_offices_day() -> None:
    assert errors(RIGHT, today=date(2026, 5, 1)) == {}
    assert errors(RIGHT, today=date(2026, 5, 2)) == {"start": ["This date has passed."]}
    assert errors(RIGHT) == {}


@pytest.mark.parametrize(
    ("plots", "found"),
    [
        ([], {"plots": ["At least 1 rows are needed."]}),
        ([{"plot": "", "size": ""}], {"plots": ["At least 1 rows are needed."]}),
        ([{"plot": "a"}] * 4, {"plots": ["At most 3 rows are possible."]}),
        ([{"plot": "a"}] * 1001, {"plots": ["A list is expected here."]}),
        ("a", {"plots": ["A list is expected here."]}),
        ({"0": {"plot": "a"}}, {"plots": ["A list is expected here."]}),
        ([{"plot": "a"}, "b"], {"plots": ["A list is expected here."]}),
        ([{}, {"plot": "a", "size": "x"}], {"plots.1.size": ["A number is expected here, such as 1200 or 3.5."]}),
    ],
)
def test_rows(plots: Any, found: dict[str, list[str]]) -> None:
    assert errors({**RIGHT, "plots": plots}) == found


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_what_is_no_mapping_is_refused(data: Any) -> None:
    assert errors(data) == {"": ["Named answers are expected here."]}


def test_depth_is_the_forms() -> None:
    deep: Any = "x"
    for _level in range(100_000):
        deep = {"name": deep}
    assert errors({**RIGHT, "name": deep}) == {"name": ["A text is expected here."]}


def test_what_a_browser_posts_becomes_data() -> None:
    pairs = [("name", "长椅"), ("way", "post"), ("address", "人民路1号"), ("total", "5"), ("part", "5"), ("sure", "on")]
    pairs += [("kinds", "post"), ("start", "2026-05-01"), ("csrf_token", "x"), ("plots.12.size", "4")]
    pairs += [("plots.7.plot", "一"), ("plots.7.size", "3"), ("plots.x.plot", "y"), ("plots.12.plot", "二")]
    data = forms.posted(FORM, pairs)
    assert data["plots"] == [{"plot": "一", "size": "3"}, {"plot": "二", "size": "4"}]
    assert forms.validate(FORM, data) == (
        {**RIGHT, "plots": [{"plot": "一", "size": 3}, {"plot": "二", "size": 4}]},
        {},
    )


def test_several_boxes_of_one_name_are_a_list() -> None:
    assert forms.posted(FORM, [("kinds", "window"), ("kinds", "post"), ("name", "a"), ("name", "b")]) == {
        "kinds": ["window", "post"],
        "name": "b",
        "plots": [],
    }


def test_answers_in_words() -> None:
    fields = FORM.variables
    assert wording(fields["kinds"], ["window", "post"]) == Wording("window、post", "window, post")
    assert wording(fields["sure"], True) == Wording("是", "Yes")
    assert wording(fields["total"], 1234567) == Wording("1,234,567", "1,234,567")
    assert wording(fields["name"], None) == Wording("", "")


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["post", "window", "2026-05-01"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["plot", "size"]), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(RIGHT)), _ANYTHING))
def test_whatever_comes_only_known_names_stay_and_right_answers_are_stable(data: dict[str, Any]) -> None:
    clean, found = forms.validate(FORM, {**RIGHT, **data})
    assert clean.keys() <= FORM.variables.keys()
    if not found:
        assert forms.validate(FORM, clean) == (clean, {})


WORTH = made(
    component("number", "price"),
    {
        "type": "dynamiclist",
        "path": "lines",
        "components": [
            component("number", "amount"),
            {"type": "expression", "key": "worth", "expression": "=amount * price"},
        ],
    },
    {"type": "expression", "key": "total", "expression": "=sum(lines.worth)"},
    component("textfield", "note", validate=REQUIRED, conditional={"hide": "=total < 100 or total = null"}),
)


def test_what_is_computed_is_the_servers_to_say() -> None:
    """Whatever a browser sends for it is dropped; it may be computed from what was computed, and conditions read it."""
    data = {"price": 10, "total": 7, "lines": [{"amount": "4", "worth": 1}, {"worth": 5}, {"amount": 7}]}
    answers = forms.validate(WORTH, data)
    assert answers.clean == {
        "price": 10,
        "lines": [{"amount": 4, "worth": 40}, {"amount": 7, "worth": 70}],
        "total": 110,
    }
    assert answers.errors == {"note": ["This must be filled in."]}
    assert forms.validate(WORTH, {"price": 1, "lines": [{"amount": 4}]}).errors == {}
    assert forms.validate(WORTH, {"lines": [{"amount": 4}]}).clean == {"lines": [{"amount": 4}]}
