"""Reading item.yaml: strict, bounded, and each fault named by its path."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import manifest
from app.catalog.findings import RULES, Report
from app.catalog.types import Limit, Manifest, Outcome, Wording
from tests.unit.catalog.small_item import MANIFEST, files


def read(text: str | bytes) -> tuple[Manifest | None, list[tuple[str, str | None]]]:
    report = Report()
    made, _data = manifest.read(text if isinstance(text, bytes) else text.encode(), MANIFEST, report)
    return made, [(finding.code, finding.element) for finding in report.findings]


def changed(old: str, new: str) -> list[tuple[str, str | None]]:
    text = files()[MANIFEST]
    assert old in text
    return read(text.replace(old, new))[1]


def test_the_values_of_a_manifest() -> None:
    made, findings = read(files()[MANIFEST])
    assert findings == []
    assert made is not None
    assert made.limits.statutory == Limit(20, source="行政许可法第四十二条")
    assert made.limits.promised == Limit(10, illustrative=True, yellow="-P2D")
    assert made.limits.promised.duration == "P10D"
    assert made.counting == "working"
    assert made.steps["accept"].outcomes["refuse"] == Outcome(
        "refuse", Wording("不予受理", "Refuse"), "danger", requires_opinion=True, requires_form=False
    )
    assert made.documents["grant"].valid == "P1Y"
    assert made.documents["grant"].name == {"zh": "许可证", "en": "Permit"}


def test_opinion_required_holds_for_every_outcome_of_the_step() -> None:
    made, _findings = read(files()[MANIFEST])
    assert made is not None
    assert [outcome.requires_opinion for outcome in made.steps["review"].outcomes.values()] == [True, True]
    assert [outcome.requires_opinion for outcome in made.steps["accept"].outcomes.values()] == [False, True]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("kind: promised", "kind: promised\ncolour: red", ("unknown-key", "colour")),
        ("calendar: cn\n", "", ("missing-key", "calendar")),
        ("calendar: cn", "calendar:", ("empty", "calendar")),
        ("calendar: cn", "calendar: null", ("missing-key", "calendar")),
        ("calendar: cn", "calendar: [cn]", ("not-a-text", "calendar")),
        ("calendar: cn", "calendar: 7", ("not-a-text", "calendar")),
        ("calendar: cn", "calendar: CN", ("not-a-code", "calendar")),
        ("kind: promised", "kind: soon", ("not-one-of", "kind")),
        ("days: 20,", "days: 0,", ("not-a-number", "limits.statutory.days")),
        ("days: 20,", "days: 1.5,", ("not-a-number", "limits.statutory.days")),
        ("days: 20,", "days: true,", ("not-a-number", "limits.statutory.days")),
        ("days: 20,", "days: twenty,", ("not-a-number", "limits.statutory.days")),
        ("days: 10, illustrative: true", "days: 10", ("no-source", "limits.promised.days")),
        ("days: 10, illustrative: true", "days: 10, illustrative: false", ("no-source", "limits.promised.days")),
        (
            "days: 10, illustrative: true",
            "days: 10, illustrative: yes",
            ("not-yes-or-no", "limits.promised.illustrative"),
        ),
        (
            "days: 10, illustrative: true",
            "days: 10, illustrative: 1",
            ("not-yes-or-no", "limits.promised.illustrative"),
        ),
        ("yellow: -P2D", "yellow: soon", ("not-a-threshold", "limits.promised.yellow")),
        ("valid: P1Y", "valid: a year", ("not-a-duration", "documents.grant.valid")),
        ("valid: P1Y", "valid: P", ("not-a-duration", "documents.grant.valid")),
        ("grade: C", "grade: E", ("not-one-of", "materials[1].grade")),
        ("formats: [pdf]", "formats: [pdf, exe]", ("not-one-of", "materials[1].formats[2]")),
        ("formats: [pdf]", "formats: []", ("empty", "materials[1].formats")),
        ("formats: [pdf]", "formats: pdf", ("not-a-list", "materials[1].formats")),
        ("max_size_mb: 5", "max_size_mb: 5000", ("not-a-number", "materials[1].max_size_mb")),
        ("{zh: 审查, en: Review}", "{zh: 审查}", ("missing-key", "steps.review.name.en")),
        ("grant: {zh: 同意, en: Grant}", "grant: {zh: 同意}", ("missing-key", "steps.review.outcomes.grant.name.en")),
        ("grant: {zh: 同意, en: Grant}", "grant: 同意", ("not-a-mapping", "steps.review.outcomes.grant")),
        ("style: primary", "style: loud", ("not-one-of", "steps.accept.outcomes.accept.style")),
        ("opinion: required", "opinion: maybe", ("not-one-of", "steps.review.opinion")),
        ("summary: {zh: 在公园设置长椅。", f"summary: {{zh: {'长' * 2001}", ("too-long", "summary.zh")),
        ("summary: {zh: 在公园设置长椅。", 'summary: {zh: "a\\u0007b"', ("unprintable", "summary.zh")),
        ("summary: {zh: 在公园设置长椅。", 'summary: {zh: "\\ud800"', ("unprintable", "summary.zh")),
        ("  review:\n", "  re view:\n", ("not-a-code", "steps.re view.key")),
        ("kind: promised", "kind: promised\nkind: instant", ("twice", "kind")),
        ("kind: promised", "kind: &k promised", ("yaml-alias", None)),
        ("kind: promised", "kind: *k", ("yaml-alias", None)),
        ("kind: promised", "kind: !!python/name:os.system", ("yaml-tag", None)),
        ("kind: promised", "kind: [[[[[[[[[[[[[[]]]]]]]]]]]]]]", ("yaml-too-deep", None)),
        ("kind: promised", "kind: {", ("not-yaml", None)),
    ],
)
def test_each_fault_has_its_path(old: str, new: str, finding: tuple[str, str | None]) -> None:
    assert finding in changed(old, new)


@pytest.mark.parametrize("text", ["no", "off", "12:30", "2026-01-01", "1e3", "0x10", "007", "yes"])
def test_only_true_and_false_numbers_and_null_are_more_than_texts(text: str) -> None:
    """YAML 1.1 reads no as false and 12:30 as 750."""
    made, findings = read(files()[MANIFEST].replace("article: 第四十二条", f"article: {text}"))
    assert findings == []
    assert made is not None
    assert made.basis[0].article == text


@pytest.mark.parametrize("given", [b"", b"3", b"- 1", b"\xff\xfe\x00", b"? [1]\n: 2", b"--- 1\n--- 2", b"{a" * 500])
def test_what_is_no_manifest_is_a_finding(given: bytes) -> None:
    made, findings = read(given)
    assert made is None
    assert findings


def test_a_file_that_begins_with_a_byte_order_mark_is_read() -> None:
    assert read(b"\xef\xbb\xbf" + files()[MANIFEST].encode())[1] == []


def test_a_bomb_of_aliases_is_not_unfolded() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    assert read("\n".join(lines)) == (None, [("yaml-alias", None)])


@given(st.binary(max_size=200))
def test_bytes_never_raise(content: bytes) -> None:
    made, findings = read(content)
    assert made is None
    assert findings


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def paths(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [at, *(path for key, value in inner for path in paths(value, (*at, key)))]


def replaced(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = data.copy()
    copy[path[0]] = replaced(data[path[0]], path[1:], value)
    return copy


_DATA = yaml.load(files()[MANIFEST], manifest._Loader)


@given(st.sampled_from(paths(_DATA)), _JSON)
def test_any_value_anywhere_is_read_or_found(path: tuple[Any, ...], value: Any) -> None:
    text = yaml.safe_dump(replaced(_DATA, path, value), allow_unicode=True)
    made, findings = read(text.replace("!!float ", "").encode("utf-8", "replace"))
    assert (made is None) == bool(findings)
    assert {code for code, _element in findings} <= RULES.keys()
