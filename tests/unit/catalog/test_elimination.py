"""The elimination list: 列入淘汰目录的产品不予受理 (domain.md: “what is on the elimination list is not accepted”)."""

import pytest

from app.catalog import rules
from app.catalog.elimination import struck
from app.catalog.types import Elimination, EliminationEntry, Wording
from tests.unit.catalog.small_item import APPLY, DIAGRAM, MANIFEST, encoded, files

LIST = """
elimination:
  field: bench_kind
  source: 产业结构调整指导目录
  entries:
    - {value: asbestos, name: {zh: 石棉, en: Asbestos}, reason: {zh: 已列入淘汰目录。, en: It is on the list.}}
"""
KIND = """{"type": "select", "key": "bench_kind", "label": "材质", "properties": {"label_en": "Kind"}, "values": [
  {"label": "木", "value": "wood"}, {"label": "石棉", "value": "asbestos"}]},
  {"type": "filepicker","""
REFUSED_BY_LIST = """<sequenceFlow id="f3" sourceRef="ways" targetRef="refused">
      <conditionExpression>on_elimination_list and elimination_reason != None</conditionExpression>"""

FOUND = Elimination(
    field="product",
    source="目录",
    entries=(
        EliminationEntry("五氯酚", Wording("五氯酚", "PCP"), Wording("持久性有机污染物", "A lasting pollutant")),
        EliminationEntry("PCB", Wording("多氯联苯", "PCB"), Wording("禁止生产", "Not to be made")),
    ),
)


@pytest.mark.parametrize(
    ("answer", "entry"),
    [
        ("五氯酚", 0),
        (" 五氯酚 ", 0),
        ("pcb", 1),
        ("ＰＣＢ", 1),
        (["other", "PCB"], 1),
        (["PCB", "五氯酚"], 0),
        ("五氯", None),
        ("", None),
        (None, None),
        (7, None),
        ([], None),
    ],
)
def test_what_is_on_the_list_is_found_however_it_is_written(answer: object, entry: int | None) -> None:
    assert struck(FOUND, {"product": answer}) == (None if entry is None else FOUND.entries[entry])


def test_what_was_not_asked_is_not_on_the_list() -> None:
    assert struck(FOUND, {}) is None


def listed(**changes: tuple[str, str]) -> dict[str, bytes]:
    """The small item with a list about a new field."""
    texts = files()
    texts[MANIFEST] += LIST
    texts[APPLY] = texts[APPLY].replace('{"type": "filepicker",', KIND)
    for path, (old, new) in changes.items():
        place = {"manifest": MANIFEST, "diagram": DIAGRAM, "apply": APPLY}[path]
        assert old in texts[place], old
        texts[place] = texts[place].replace(old, new)
    return encoded(texts)


def errors(files: dict[str, bytes]) -> set[tuple[str, str | None]]:
    found = rules.check(files).findings
    return {(finding.code, finding.element) for finding in found if finding.severity == "error"}


def test_an_item_with_a_list_passes_and_its_conditions_may_read_what_it_sets() -> None:
    old = REFUSED_BY_LIST.replace("on_elimination_list and elimination_reason != None", 'accept.outcome == "refuse"')
    assert errors(listed()) == set()
    assert errors(listed(diagram=(old, REFUSED_BY_LIST))) == set()


def test_without_a_list_nothing_sets_those_names() -> None:
    old = 'accept.outcome == "refuse"'
    texts = files()
    texts[DIAGRAM] = texts[DIAGRAM].replace(old, "on_elimination_list")
    assert errors(encoded(texts)) == {("condition-unknown-name", "f3")}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"manifest": ("field: bench_kind", "field: depth")}, ("elimination-field-unknown", "elimination.field")),
        (
            {"manifest": ("value: asbestos", "value: lead")},
            ("elimination-value-unknown", "elimination.entries[1].value"),
        ),
        ({"manifest": ("  source: 产业结构调整指导目录\n", "")}, ("no-source", "elimination.entries")),
        ({"manifest": ("  entries:", "  reason: x\n  entries:")}, ("unknown-key", "elimination.reason")),
        ({"manifest": ("elimination:", "reception: there\nelimination:")}, ("not-one-of", "reception")),
        ({"apply": ('"key": "bench_kind"', '"key": "elimination_reason"')}, ("field-reserved", "elimination_reason")),
    ],
)
def test_each_slip_of_a_list_is_found(change: dict[str, tuple[str, str]], found: tuple[str, str]) -> None:
    assert found in errors(listed(**change))


def test_an_entry_that_stands_twice_is_found() -> None:
    entry = LIST.splitlines()[-1]
    twice = listed(manifest=(entry, f"{entry}\n{entry}"))
    assert errors(twice) == {("elimination-twice", "elimination.entries[2].value")}


def test_where_an_application_is_received_is_kept() -> None:
    checked = rules.check(listed(manifest=("elimination:", "reception: anywhere\nelimination:")))
    assert checked.contents.manifest is not None
    assert checked.contents.manifest.reception == "anywhere"
