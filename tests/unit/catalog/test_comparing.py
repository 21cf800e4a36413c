"""What is otherwise between two states of an item, in words and by element."""

from app.catalog import comparing
from tests.unit.catalog.small_item import APPLY, DIAGRAM, MANIFEST, changed, encoded, files

SAME = encoded(files())


def rows(path: str, old: str, new: str) -> list[tuple[str, str, str, str, str]]:
    """(how, where, part, before, after) of one replacement in one file."""
    after = changed(path, old, new)
    return [(how, where, part, b, a) for how, _file, where, _name, part, b, a in comparing.compared(SAME, after)]


def test_the_same_files_differ_in_nothing() -> None:
    assert comparing.compared(SAME, SAME) == []


def test_what_was_only_moved_about_is_no_difference() -> None:
    drawn = SAME[DIAGRAM].replace(b"</process>", b"</process><!-- another tool wrote this -->")
    assert comparing.compared(SAME, {**SAME, DIAGRAM: drawn}) == []


def test_a_property_of_a_step() -> None:
    assert rows(DIAGRAM, 'name="outcomes" value="grant deny"', 'name="outcomes" value="grant"') == [
        ("changed", "review", "outcomes", "grant deny", "grant")
    ]


def test_an_element_that_is_new_and_one_that_is_gone() -> None:
    extra = {**SAME, DIAGRAM: SAME[DIAGRAM].replace(b"</process>", b'<task id="more" name="M"/></process>', 1)}
    (added,) = comparing.compared(SAME, extra)
    (removed,) = comparing.compared(extra, SAME)
    assert (added[0], added[2], added[3]) == ("added", "more", "M")
    assert (removed[0], removed[2]) == ("removed", "more")
    assert comparing.compare(SAME, extra).marks == {"more": "added"}


def test_a_key_of_the_manifest_by_its_path() -> None:
    assert rows(MANIFEST, "days: 10,", "days: 9,") == [("changed", "limits.promised.days", "value", "10", "9")]
    assert rows(MANIFEST, "max_size_mb: 5", "max_size_mb: 6") == [
        ("changed", "materials[sketch].max_size_mb", "value", "5", "6")
    ]


def test_a_form_is_compared_field_by_field_and_may_come_or_go() -> None:
    without = {path: content for path, content in SAME.items() if path != APPLY}
    assert [row[:3] for row in comparing.compared(SAME, without)] == [["removed", APPLY, APPLY]]


def test_what_cannot_be_read_is_compared_as_text() -> None:
    (row,) = comparing.compared({MANIFEST: b"a: ["}, {MANIFEST: b"a: [1"})
    assert (row[0], row[4]) == ("changed", "text")
