"""Files as somebody sends them: with their folders or without, or as one archive."""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

import pytest

from app.catalog import archive, intake
from app.catalog.contents import MAX_DIAGRAM_BYTES, MAX_FILES
from app.catalog.errors import ItemRefused
from tests.unit.catalog.small_item import APPLY, DIAGRAM, MANIFEST, encoded, files


def sent(parts: dict[str, bytes]) -> list[tuple[str, BinaryIO]]:
    """As a form brings them."""
    return [(name, BytesIO(content)) for name, content in parts.items()]


def test_files_with_their_folders_stay_where_they_are() -> None:
    assert intake.take(sent(encoded(files()))) == encoded(files())


def test_files_without_folders_are_put_where_they_belong() -> None:
    bare = {path.rpartition("/")[2]: content for path, content in encoded(files()).items()}
    assert intake.take(sent(bare)) == encoded(files())
    with_table = intake.take(sent({**bare, "widths.dmn": b"x"}))
    assert with_table == {**encoded(files()), "processes/bench-permit/widths.dmn": b"x"}
    assert intake.take(sent({"a.bpmn": b"x"})) == {"a.bpmn": b"x"}
    assert MANIFEST in intake.take(sent({"item.yaml": b'\xef\xbb\xbfcode: "bench-permit"'}))


def test_an_archive_is_unpacked_and_its_faults_are_findings() -> None:
    assert intake.take([("X.ZIP", BytesIO(archive.pack(encoded(files()))))]) == encoded(files())
    with pytest.raises(ItemRefused) as refused:
        intake.take([("x.zip", BytesIO(b"no archive"))])
    assert refused.value.findings[0].code == "archive-unreadable"


def test_a_name_that_is_there_twice_is_refused() -> None:
    twice = [*sent({MANIFEST: b"code: bench-permit", APPLY: b"1"}), *sent({APPLY: b"2"})]
    with pytest.raises(ItemRefused) as refused:
        intake.take(twice)
    assert (refused.value.findings[0].code, refused.value.findings[0].file) == ("archive-twice", APPLY)


def test_what_is_too_large_or_too_much_is_not_read_to_its_end() -> None:
    endless = (("forms/a/x.json", BytesIO(b"")) for _ in iter(int, 1))
    with pytest.raises(ItemRefused):
        intake.take(endless)
    assert len(intake.take([(DIAGRAM, BytesIO(b"x" * (2 * MAX_DIAGRAM_BYTES)))])[DIAGRAM]) == MAX_DIAGRAM_BYTES + 1

    def many() -> Iterator[tuple[str, BinaryIO]]:
        for number in range(10 * MAX_FILES):
            yield f"forms/a/{number}.json", BytesIO(b"{}")

    assert len(intake.take(many())) == MAX_FILES + 1
