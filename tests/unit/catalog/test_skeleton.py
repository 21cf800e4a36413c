"""A new item passes the check as it is; a copy bears nothing of the old code and keeps everything else."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog import folder, rules, skeleton
from app.catalog.errors import BadItemCode
from app.catalog.types import MainItem, Manifest, Wording
from tests.unit.catalog.small_item import MANIFEST, encoded, files

ROOT = Path(__file__).parents[3]
NAMES = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=40)


def manifest(made: dict[str, bytes]) -> Manifest:
    """What item.yaml of files without an error says."""
    checked = rules.check(made)
    assert not checked.refused, checked.findings
    assert checked.contents.manifest is not None
    return checked.contents.manifest


def test_a_new_item_has_no_findings_and_bears_its_own_code() -> None:
    made = skeleton.new("swing-permit", Wording("秋千许可", "Permit for a swing"), "parks-reviewer")
    assert rules.check(made, {"issue-decision"}).findings == ()
    said = manifest(made)
    assert (said.code, said.name) == ("swing-permit", Wording("秋千许可", "Permit for a swing"))
    assert said.main == MainItem("swing-permit", said.name)
    assert said.lanes == {"申请人": "applicant", "综合窗口": "window-clerk", "审批部门": "parks-reviewer"}
    for path, content in made.items():
        assert path.split("/")[1] == "swing-permit"
        for old in ("new-item", "new_item", "新事项"):
            assert old.encode() not in content.replace("新事项骨架".encode(), b""), path
    assert "秋千许可".encode() in made["processes/swing-permit/diagram.bpmn"]


@settings(max_examples=25)  # each checks a whole item
@given(NAMES, NAMES)
def test_any_name_is_written_as_it_is(zh: str, en: str) -> None:
    made = skeleton.new("swing-permit", Wording(zh, en))
    report = rules.check({path: content for path, content in made.items() if not path.endswith(".bpmn")})
    assert report.contents.manifest is not None
    assert report.contents.manifest.name == Wording(zh, en)


@pytest.mark.parametrize("code", folder.items(ROOT))
def test_a_copy_of_every_item_has_nothing_of_the_old_code(code: str) -> None:
    original = folder.read(ROOT, code)
    made = skeleton.copy(original, code, "another-permit", Wording("另一许可", "Another permit"))
    said, before = manifest(made), rules.check(original).contents.manifest
    assert before is not None
    assert (said.code, said.name.zh, said.number, said.main) == ("another-permit", "另一许可", None, before.main)
    diagram = next(content for path, content in made.items() if path.endswith(".bpmn"))
    assert f'"{code}"'.encode() not in diagram
    assert f'"{code.replace("-", "_")}"'.encode() not in diagram
    assert (said.steps, said.materials, said.basis) == (before.steps, before.materials, before.basis)


def test_comments_and_layout_of_item_yaml_stay() -> None:
    given_files = encoded(files())
    text = "\ufeff# 说明\n" + files()[MANIFEST].lstrip().replace(
        "code: bench-permit", 'code: "bench-permit" # its code'
    )
    given_files[MANIFEST] = text.encode()
    made = skeleton.copy(given_files, "bench-permit", "swing-permit")["processes/swing-permit/item.yaml"].decode()
    assert made == text.replace('"bench-permit" # its', "swing-permit # its").replace('number: "000117011001"\n', "")


def test_names_in_blocks_are_written_anew() -> None:
    given_files = encoded(files())
    block = "name:\n  zh: >-\n    长椅\n    设置许可\n  en: |\n    Permit for\n    a bench\nsummary:"
    text = files()[MANIFEST].replace("name: {zh: 长椅设置许可, en: Permit for a bench}\nsummary:", block)
    given_files[MANIFEST] = text.encode()
    made = skeleton.copy(given_files, "bench-permit", "swing-permit", Wording("秋千", "A swing: mine"))
    said = rules.check(made).contents.manifest
    assert said is not None
    assert said.name == Wording("秋千", "A swing: mine")
    assert said.summary.zh == "在公园设置长椅。"


@pytest.mark.parametrize("code", ["", "A", "a--b", "../x", "a/b", "事项", "a" * 61, "1a", "a\n"])
def test_a_code_that_names_no_folder_is_refused(code: str) -> None:
    with pytest.raises(BadItemCode):
        skeleton.new(code)
    with pytest.raises(BadItemCode):
        skeleton.new("a", post=code)
