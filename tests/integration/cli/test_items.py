"""`flask items …`: an item from its first file to its withdrawal, by command alone."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from app.catalog import folder
from tests.demo import ran, run
from tests.office import LAND
from tests.unit.catalog.small_item import MANIFEST, encoded, files
from tests.unproven import unproven

__all__ = ["unproven"]

ROOT = Path(__file__).parents[3]


def told(app, *words: str):
    """What a command says as JSON."""
    return json.loads(ran(app, *words, "--json"))


def put(root: Path, made: dict[str, bytes]) -> None:
    """Files on the disk."""
    for path, content in made.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


@pytest.fixture(scope="module")
def begun(demo, tmp_path_factory) -> Path:
    """A folder with a new item."""
    root = tmp_path_factory.mktemp("items")
    ran(demo, "items", "new", "swing-permit", "--zh", "秋千许可", "--en", "Permit for a swing", "--root", str(root))
    return root


def test_what_new_writes_passes_the_check(demo, begun: Path) -> None:
    for what in (str(begun), str(begun / "processes/swing-permit"), str(begun / "processes/swing-permit/item.yaml")):
        assert json.loads(ran(demo, "items", "check", what, "--format", "json"))["findings"] == []
    assert told(demo, "items", "check", "swing-permit", "--root", str(begun)) == []
    again = run(demo, "items", "new", "swing-permit", "--root", str(begun))
    assert (again.exit_code, "there already" in again.stderr) == (1, True)


def test_an_item_lives_from_draft_to_withdrawal_and_back(demo, begun: Path, tmp_path: Path) -> None:
    home, by = str(begun / "processes/swing-permit"), ("--as", "designer")
    assert told(demo, "items", "submit", home, *by, "--note", "first")["state"] == "draft"
    assert "swing-permit" not in {item["item"] for item in told(demo, "items", "list")}
    assert told(demo, "items", "review", "swing-permit", "1", *by)["state"] == "reviewed"
    assert told(demo, "items", "return", "swing-permit", "1", *by, "--reason", "typo")["state"] == "draft"
    for verb, state in (("review", "reviewed"), ("confirm", "confirmed")):
        assert told(demo, "items", verb, "swing-permit", "1", *by)["state"] == state
    assert told(demo, "items", "publish", "swing-permit", "--version", "1", *by)["state"] == "published"
    assert "swing-permit" in {item["item"] for item in told(demo, "items", "list")}
    archive = tmp_path / "x.zip"
    ran(demo, "items", "export", "swing-permit", "-o", str(archive))
    with ZipFile(archive) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == folder.read(begun, "swing-permit")
    assert told(demo, "items", "import", str(archive), *by)["version"] == 1
    ran(demo, "items", "withdraw", "swing-permit", *by, "--reason", "repealed")
    [line] = [line for line in told(demo, "items", "list", "--all") if line["item"] == "swing-permit"]
    assert (line["state"], line["current"], line["withdrawn"]) == ("published", False, True)
    ran(demo, "items", "restore", "swing-permit", *by)
    acts = [line["act"] for line in told(demo, "items", "history", "swing-permit")]
    assert acts[::-1] == [
        "drafted",
        "reviewed",
        "returned",
        "reviewed",
        "confirmed",
        "published",
        "withdrawn",
        "restored",
    ]
    ran(demo, "items", "withdraw", "swing-permit", *by, "--reason", "end of the test")


def test_a_second_person_answers_for_what_is_not_proven(demo, tmp_path: Path, unproven: None) -> None:
    ran(demo, "items", "new", "mast-permit", "--root", str(tmp_path))
    ran(demo, "items", "submit", "mast-permit", "--root", str(tmp_path), "--as", "designer")
    publish = ("items", "publish", "mast-permit", "--version", "1", "--as", "designer")
    assert run(demo, *publish).exit_code == 1
    own = run(demo, "items", "waive", "mast-permit", "1", "--reason", "I am sure", "--as", "designer")
    assert (own.exit_code, "a second person" in own.stderr) == (1, True)
    reason = ("--reason", "walked through by hand", "--as", "publisher")
    assert told(demo, "items", "waive", "mast-permit", "1", *reason)["state"] == "draft"
    assert told(demo, *publish)["state"] == "published"
    done = [(line["act"], line["by"]) for line in told(demo, "items", "history", "mast-permit")]
    assert ("waived", "publisher") in done
    ran(demo, "items", "withdraw", "mast-permit", "--as", "designer", "--reason", "end of the test")


def test_a_copy_is_an_item_of_its_own(demo, begun: Path, tmp_path: Path) -> None:
    ran(demo, "items", "copy", "swing-permit", "slide-permit", "--zh", "滑梯许可", "--root", str(begun))
    assert "滑梯许可" in (begun / "processes/slide-permit/item.yaml").read_text()
    assert told(demo, "items", "check", "slide-permit", "--root", str(begun)) == []
    ran(demo, "items", "copy", LAND, "other-land", "--version", "1", "--root", str(tmp_path))
    assert {one["severity"] for one in told(demo, "items", "check", str(tmp_path))} <= {"rewritten"}


def test_findings_name_file_element_and_remedy(demo, tmp_path: Path) -> None:
    broken = encoded(files()) | {MANIFEST: files()[MANIFEST].replace("days: 10,", "days: 21,").encode()}
    put(tmp_path, broken)
    result = run(demo, "items", "check", str(tmp_path), "--format", "json")
    assert result.exit_code == 1
    [finding] = json.loads(result.stdout)["findings"]
    assert (finding["code"], finding["file"], finding["element"]) == (
        "promise-too-long",
        MANIFEST,
        "limits.promised.days",
    )
    assert finding["remedy"] == "Promise no more than the statutory limit."
    refused = run(demo, "items", "submit", str(tmp_path), "--as", "designer")
    assert refused.exit_code == 1
    assert "promise-too-long" in refused.stdout


def test_items_that_are_checked_together_are_held_against_each_other(demo, tmp_path: Path) -> None:
    put(tmp_path, encoded(files()))
    twin = {
        path.replace("bench", "swing"): content.replace(b"bench-permit", b"swing-permit")
        for path, content in encoded(files()).items()
    }
    put(tmp_path, twin)
    result = run(demo, "items", "check", str(tmp_path), "--format", "json")
    assert {finding["code"] for finding in json.loads(result.stdout)["findings"]} == {"number-taken"}


def test_a_diagram_by_itself_and_a_hostile_archive_are_checked(demo, tmp_path: Path) -> None:
    diagram = tmp_path / "alone.bpmn"
    diagram.write_bytes(b"<definitions/>")
    result = run(demo, "items", "check", str(diagram), "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["findings"][0]["file"] == "alone.bpmn"
    bad = tmp_path / "bad.zip"
    with ZipFile(bad, "w") as made:
        made.writestr("../../etc/cron.d/x", "boo")
    result = run(demo, "items", "check", str(bad), "--format", "json")
    assert [finding["code"] for finding in json.loads(result.stdout)["findings"]] == ["archive-path"]
    assert run(demo, "items", "import", str(bad), "--as", "designer").exit_code == 1


def test_a_designer_may_look_at_the_settings_and_not_change_them(demo) -> None:
    book = told(demo, "items", "settings", "--as", "designer")
    assert (book["case_pattern"], book["separation"]) == ("{region}-{date}-{serial:7}-{check:97-10}", False)
    refused = run(demo, "items", "settings", "--separation", "on", "--as", "designer")
    assert refused.exit_code == 1
    assert "setting.manage" in refused.stderr
