"""Reading form-js files: what is read, and that nothing is dropped in silence."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import form_files
from app.catalog.fields import TYPES, Field, Form, rows
from app.catalog.findings import Report
from app.catalog.types import Wording

TEXT = {"type": "textfield", "key": "a", "label": "名称", "properties": {"label_en": "Name"}}


def read(*components: Any, **rest: Any) -> tuple[Form | None, list[tuple[str, str | None]]]:
    report = Report()
    data = {"type": "default", "id": "x", "components": list(components), **rest}
    form = form_files.read(json.dumps(data).encode(), "x", "forms/i/x.json", report)
    return form, [(finding.code, finding.element) for finding in report.findings]


def field(component: dict[str, Any]) -> Field:
    form, findings = read(component)
    assert findings == []
    assert form is not None
    return form.fields[0]


def test_a_field_with_everything() -> None:
    found = field(
        {
            "type": "number",
            "id": "f1",
            "key": "area",
            "label": "面积",
            "description": "按红线图",
            "appearance": {"suffixAdorner": "平方米"},
            "decimalDigits": 2,
            "defaultValue": 1,
            "validate": {"required": True, "min": 0.5, "max": "100"},
            "layout": {"row": "r", "columns": 8},
            "properties": {
                "label_en": "Area",
                "description_en": "From the map",
                "suffix_en": "m²",
                "personal": "account",
            },
        }
    )
    assert found.label == Wording("面积", "Area")
    assert found.description.en == "From the map"
    assert found.unit == Wording("平方米", "m²")
    assert (found.rules.required, found.rules.digits, found.default, found.columns) == (True, 2, 1, 8)
    assert (found.rules.minimum, found.rules.maximum) == (Decimal("0.5"), Decimal(100))
    assert found.personal == "account"
    assert found.is_input


def test_groups_lists_and_their_variables() -> None:
    part = {**TEXT, "key": "b"}
    form, findings = read(
        {"type": "group", "label": "组", "properties": {"label_en": "Group"}, "components": [TEXT]},
        {"type": "group", "path": "g", "label": "组", "properties": {"label_en": "Group"}, "components": [TEXT, part]},
        {
            "type": "dynamiclist",
            "path": "l",
            "label": "表",
            "properties": {"label_en": "List", "min_rows": "1", "max_rows": "3"},
            "components": [TEXT],
        },
        {"type": "button", "key": "send"},
        {"type": "separator"},
        {"type": "filepicker", "key": "site-map", "label": "图", "properties": {"label_en": "Map"}},
    )
    assert findings == []
    assert form is not None
    assert list(form.variables) == ["a", "g", "l"]
    assert [slot.key for slot in form.file_slots] == ["site-map"]
    assert [found.type for found in form.fields] == ["group", "group", "dynamiclist", "separator", "filepicker"]
    assert (form.fields[2].rules.least_rows, form.fields[2].rules.most_rows) == (1, 3)


def test_fields_stand_side_by_side_in_their_row() -> None:
    form, _findings = read(
        *(
            {**TEXT, "key": key, "layout": {"row": row, "columns": 8}}
            for key, row in (("a", "1"), ("b", "1"), ("c", "2"))
        ),
        {**TEXT, "key": "d"},
    )
    assert form is not None
    assert [[found.key for found in line] for line in rows(form.fields)] == [["a", "b"], ["c"], ["d"]]


PICTURE = "data:image/png;base64,iVBORw0KGgo="
SELECT = {"type": "select", "key": "a", "label": "选", "properties": {"label_en": "Choose"}}
ONE = {"label": "一", "value": "1", "label_en": "One"}


@pytest.mark.parametrize(
    ("component", "finding"),
    [
        ({"type": "page", "id": "p"}, ("component-unknown", "p")),
        ({"type": "image", "id": "i"}, ("image-elsewhere", "i")),
        ({"type": "image", "id": "i", "source": "https://example.org/i.png"}, ("image-elsewhere", "i")),
        ({"type": "image", "id": "i", "source": "data:image/svg+xml;base64,PHN2Zz4="}, ("image-elsewhere", "i")),
        ({"type": "image", "id": "i", "source": PICTURE, "alt": "图"}, ("english-missing", "i")),
        ({"type": "iframe", "id": "f", "url": "https://example.org"}, ("iframe-refused", "f")),
        ({"type": "button", "id": "b", "action": "reset"}, ("button-reset", "b")),
        ({"type": "html", "id": "h", "content": "<script>x</script>"}, ("text-unsafe", "h")),
        ({"type": "html", "id": "h", "content": "<p onclick='x'>y</p>"}, ("text-unsafe", "h")),
        ({"type": "html", "id": "h", "content": "<p style='x'>y</p>"}, ("text-unsafe", "h")),
        ({"type": "html", "id": "h", "content": "<a href=' jAvascript:x'>y</a>"}, ("text-unsafe", "h")),
        ({"type": "text", "id": "t", "text": "![y](https://example.org/i.png)"}, ("text-unsafe", "t")),
        ({"type": "text", "id": "t", "text": "<iframe src='x'></iframe>"}, ("text-unsafe", "t")),
        ({"type": "expression", "key": "e", "expression": "=1 +"}, ("expression-bad", "e")),
        ({"type": "expression", "key": "e"}, ("expression-bad", "e")),
        ({"type": "expression", "key": "e", "expression": "=a * 2"}, ("expression-reads-nothing", "e")),
        ({"type": "expression", "expression": "=1"}, ("key-missing", "expression")),
        ({"type": "table", "id": "t", "dataSource": "=a", "columns": []}, ("table-source", "t")),
        ({"type": "table", "id": "t", "columnsExpression": "=a"}, ("options-computed", "t")),
        ({"type": "documentPreview", "id": "d", "endpointKey": "=elsewhere"}, ("preview-elsewhere", "d")),
        ({**TEXT, "type": "filepicker", "multiple": True}, ("file-rule", "a")),
        ({**TEXT, "type": "filepicker", "accept": ".pdf"}, ("file-rule", "a")),
        ({**TEXT, "type": "filepicker", "validate": {"required": True}}, ("file-rule", "a")),
        ({**TEXT, "type": "number", "increment": "some"}, ("rule-bad", "a")),
        ({**TEXT, "type": "number", "increment": 0}, ("rule-bad", "a")),
        ({**TEXT, "appearance": {"prefixAdorner": "¥"}}, ("english-missing", "a")),
        ({"type": ["textfield"]}, ("component-unknown", "['textfield']")),
        ("textfield", ("component-unknown", "?")),
        ({**TEXT, "key": ""}, ("key-missing", "textfield")),
        ({**TEXT, "key": None}, ("key-missing", "textfield")),
        ({**TEXT, "key": "a.b"}, ("key-bad", "a.b")),
        ({**TEXT, "key": "名称"}, ("key-bad", "名称")),
        ({**TEXT, "key": "class"}, ("key-bad", "class")),
        ({**TEXT, "key": "_a"}, ("key-bad", "_a")),
        ({**TEXT, "label": ""}, ("label-missing", "a")),
        ({**TEXT, "label": "=name"}, ("rule-computed", "a")),
        ({**TEXT, "label": 7}, ("component-unreadable", "a")),
        ({**TEXT, "properties": []}, ("component-unreadable", "a")),
        ({**TEXT, "properties": {}}, ("english-missing", "a")),
        ({**TEXT, "description": "说明"}, ("english-missing", "a")),
        ({**TEXT, "validate": {"required": "=b"}}, ("rule-computed", "a")),
        ({**TEXT, "validate": {"maxLength": "=b"}}, ("rule-computed", "a")),
        ({**TEXT, "validate": {"maxLength": -1}}, ("rule-bad", "a")),
        ({**TEXT, "validate": {"pattern": "(?=x)"}}, ("pattern-bad", "a")),
        ({**TEXT, "validate": {"pattern": "("}}, ("pattern-bad", "a")),
        ({**TEXT, "validate": {"pattern": "x" * 501}}, ("rule-bad", "a")),
        ({**TEXT, "validate": {"validationType": "iban"}}, ("rule-bad", "a")),
        ({**TEXT, "properties": {"label_en": "N", "check": "iban"}}, ("property-bad", "a")),
        ({**TEXT, "properties": {"label_en": "N", "personal": "secret"}}, ("property-bad", "a")),
        ({**TEXT, "readonly": "=b"}, ("rule-computed", "a")),
        ({**TEXT, "defaultValue": 7}, ("rule-bad", "a")),
        ({**TEXT, "conditional": {"hide": "=b +"}}, ("condition-bad", "a")),
        ({**TEXT, "conditional": {"hide": "=b = 1"}}, ("condition-reads-nothing", "a")),
        ({**TEXT, "conditional": {"hide": "=a = 1"}}, ("condition-reads-nothing", "a")),
        ({**TEXT, "type": "number", "validate": {"min": "soon"}}, ("rule-bad", "a")),
        ({**TEXT, "type": "number", "validate": {"max": "NaN"}}, ("rule-bad", "a")),
        ({**TEXT, "type": "number", "properties": {"label_en": "N", "at_most": "b"}}, ("at-most-unknown", "a")),
        ({**SELECT, "values": []}, ("options-missing", "a")),
        ({**SELECT, "values": "x"}, ("component-unreadable", "a")),
        ({**SELECT, "values": [ONE, ONE]}, ("options-bad", "a")),
        ({**SELECT, "values": [{**ONE, "value": 1}]}, ("options-bad", "a")),
        ({**SELECT, "values": [{**ONE, "label_en": ""}]}, ("english-missing", "a")),
        ({**SELECT, "valuesKey": "b"}, ("options-computed", "a")),
        ({**SELECT, "valuesExpression": "=b"}, ("options-computed", "a")),
        ({**TEXT, "type": "datetime", "subtype": "month"}, ("rule-bad", "a")),
        ({"type": "text", "id": "t", "text": "{{a}}"}, ("rule-computed", "t")),
        ({"type": "group", "id": "g", "components": {}}, ("component-unreadable", "g")),
        ({"type": "dynamiclist", "id": "l", "components": []}, ("key-missing", "l")),
        (
            {"type": "dynamiclist", "path": "l", "components": [], "properties": {"min_rows": "some"}},
            ("property-bad", "l"),
        ),
    ],
)
def test_what_cannot_be_shown_or_checked_is_a_finding(component: Any, finding: tuple[str, str]) -> None:
    assert finding in read(component)[1]


def test_a_condition_reads_what_stands_above_it_outside_its_list_too() -> None:
    hidden = {**TEXT, "key": "c", "conditional": {"hide": '=a = "x" or b = "y"'}}
    inner = {"type": "dynamiclist", "path": "l", "components": [{**TEXT, "key": "b"}, hidden]}
    assert read(TEXT, inner)[1] == []
    assert read(inner, TEXT)[1] == [("condition-reads-nothing", "c")]


def test_keys_are_unique_in_their_level() -> None:
    group = {"type": "group", "components": [TEXT]}
    assert ("key-twice", "a") in read(TEXT, group)[1]
    assert read(TEXT, {**group, "path": "g"})[1] == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-json"),
        (b"{", "not-json"),
        (b"[" * 5000, "not-json"),
        (b"[]", "not-a-form"),
        (b'{"type": "default"}', "not-a-form"),
        (b'{"type": "other", "components": []}', "not-a-form"),
        (b'{"type": "default", "components": []}', "form-id"),
        (b'{"type": "default", "id": "y", "components": []}', "form-id"),
    ],
)
def test_what_is_no_form(content: bytes, code: str) -> None:
    report = Report()
    form_files.read(content, "x", "x.json", report)
    assert [finding.code for finding in report.findings] == [code]


def test_too_many_fields_and_too_deep_groups_are_said_once() -> None:
    many = [{**TEXT, "key": f"a{number}"} for number in range(600)]
    assert read(*many)[1] == [("form-too-large", None)]
    deep: dict[str, Any] = {"type": "group", "components": []}
    for _level in range(200):
        deep = {"type": "group", "components": [deep]}
    assert read(deep)[1] == [("form-too-deep", None)]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_KEYS = [
    "key",
    "path",
    "label",
    "values",
    "validate",
    "properties",
    "conditional",
    "components",
    "layout",
    "appearance",
]
_KEYS += ["defaultValue", "readonly", "text", "content", "columns", "subtype", "decimalDigits", "description", "id"]


@given(st.sampled_from(sorted(TYPES)), st.dictionaries(st.sampled_from(_KEYS), _JSON))
def test_any_component_is_read_or_found(kind: str, given: dict[str, Any]) -> None:
    form, findings = read({**given, "type": kind})
    assert form is not None
    assert form.fields or findings


LIST = {"type": "dynamiclist", "path": "l", "label": "表", "properties": {"label_en": "List"}, "components": [TEXT]}
TABLE = {"type": "table", "id": "t", "dataSource": "=l", "columns": [{"key": "a", "label": "名称", "label_en": "Name"}]}


def test_a_table_shows_fields_of_a_list_above() -> None:
    form, findings = read(LIST, TABLE)
    assert findings == []
    assert form is not None
    assert (form.fields[1].source, [found.key for found in form.fields[1].shows]) == ("l", ["a"])
    assert ("table-source", "t") in read(TABLE, LIST)[1]
    assert ("table-column", "t") in read(LIST, {**TABLE, "columns": [{"key": "b", "label": "乙", "label_en": "B"}]})[1]


def test_a_list_whose_rows_are_counted_out_neither_grows_nor_shrinks() -> None:
    found = field({**LIST, "allowAddRemove": False, "defaultRepetitions": 3})
    assert (found.grows, found.rules.first_rows, found.rules.most_rows) == (False, 3, 3)
    assert field({**LIST, "allowAddRemove": True, "defaultRepetitions": 2}).rules.most_rows == 100


def test_a_date_bears_the_label_that_form_js_gives_it() -> None:
    """form-js gives a datetime names for its parts, and no label of its own."""
    given = {"type": "datetime", "key": "d", "subtype": "date", "dateLabel": "日期", "properties": {"label_en": "Date"}}
    assert field(given).label == Wording("日期", "Date")


def test_what_only_shows() -> None:
    assert field({"type": "spacer", "height": 30}).height == 30
    found = field({"type": "image", "source": PICTURE, "alt": "图", "properties": {"alt_en": "Map"}})
    assert (found.source, found.label.en) == (PICTURE, "Map")
    found = field(
        {"type": "documentPreview", "label": "图", "dataSource": "=site-map", "properties": {"label_en": "Map"}}
    )
    assert found.source == "site-map"
    form, findings = read({"type": "button", "label": "提交"}, TEXT)
    assert (findings, form and [one.type for one in form.fields]) == ([], ["textfield"])
