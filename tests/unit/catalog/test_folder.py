"""An item's files from the disk."""

from pathlib import Path

import pytest

from app.catalog import folder
from app.catalog.contents import MAX_DIAGRAM_BYTES, MAX_FILES
from app.catalog.errors import UnreadableFolder
from tests.unit.catalog.small_item import encoded, files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, content in encoded(files()).items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return tmp_path


def test_what_was_written_is_read(root: Path) -> None:
    assert folder.items(root) == ["bench-permit"]
    assert folder.read(root, "bench-permit") == encoded(files())


def test_decisions_beside_the_diagram_are_read(root: Path) -> None:
    (root / "processes" / "bench-permit" / "widths.dmn").write_text("<definitions/>")
    assert folder.read(root, "bench-permit")["processes/bench-permit/widths.dmn"] == b"<definitions/>"


def test_leavings_of_editors_and_links_are_passed_over(root: Path) -> None:
    forms = root / "forms" / "bench-permit"
    for name in (".apply.json.swp", ".hidden.json", "apply.json~", "notes.txt"):
        (forms / name).write_text("x")
    (forms / "folder.json").mkdir()
    (forms / "link.json").symlink_to("/etc/passwd")
    assert folder.read(root, "bench-permit") == encoded(files())


def test_a_folder_without_an_item_is_refused(root: Path) -> None:
    with pytest.raises(UnreadableFolder, match=r"item\.yaml is missing"):
        folder.read(root, "chair-permit")
    with pytest.raises(UnreadableFolder):
        folder.read(root / "nowhere", "bench-permit")


def test_too_large_and_too_many_files_are_refused(root: Path) -> None:
    forms = root / "forms" / "bench-permit"
    (forms / "large.json").write_bytes(b"x" * (MAX_DIAGRAM_BYTES + 1))
    with pytest.raises(UnreadableFolder, match="too large"):
        folder.read(root, "bench-permit")
    (forms / "large.json").unlink()
    for number in range(MAX_FILES):
        (forms / f"f{number}.json").write_text("{}")
    with pytest.raises(UnreadableFolder, match="more than"):
        folder.read(root, "bench-permit")
