"""ZIP files: byte for byte out and in; what an archive may do to a program that trusts it is refused here."""

import stat
import struct
import warnings
import zlib
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.archive import MAX_ARCHIVE_BYTES, MAX_CONTENT_BYTES, MAX_ENTRIES, pack, unpack
from app.catalog.findings import Report
from tests.unit.catalog.small_item import MANIFEST, encoded, files


def made(*entries: tuple[ZipInfo | str, bytes]) -> bytes:
    """An archive with these entries, right or wrong."""
    buffer = BytesIO()
    with warnings.catch_warnings(), ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def read(content: bytes) -> tuple[dict[str, bytes], list[tuple[str, str | None]]]:
    """What is taken from an archive, and the findings with the file that they name."""
    report = Report()
    found = unpack(BytesIO(content), report)
    return found, [(finding.code, finding.file) for finding in report.findings]


def link(name: str) -> ZipInfo:
    """An entry that is a symbolic link."""
    entry = ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z一-龥.]{1,8}[a-z]){0,2}", fullmatch=True), st.binary(max_size=300))
)
def test_what_is_packed_is_unpacked_byte_for_byte(given_files: dict[str, bytes]) -> None:
    assert read(pack(given_files)) == (given_files, [])


def test_the_same_files_are_the_same_archive() -> None:
    item = encoded(files())
    assert pack(item) == pack(dict(reversed(item.items())))


def test_folders_and_leavings_of_programs_are_passed_over() -> None:
    content = made(("processes/", b""), ("__MACOSX/._x", b"1"), ("processes/.DS_Store", b"2"), (MANIFEST, b"code: x"))
    assert read(content) == ({MANIFEST: b"code: x"}, [])


@pytest.mark.parametrize(
    "name", ["../item.yaml", "processes/../../etc/passwd", "/etc/passwd", "C:/x", "a//b", "a\\..\\b", "./a"]
)
def test_a_name_that_leads_outside_is_refused(name: str) -> None:
    assert read(made((name, b"x"))) == ({}, [("archive-path", name)])


def test_a_link_is_refused() -> None:
    assert read(made((link("processes/a/item.yaml"), b"/etc/passwd"))) == (
        {},
        [("archive-link", "processes/a/item.yaml")],
    )


@pytest.mark.parametrize("second", [MANIFEST, MANIFEST.upper()])
def test_a_name_that_is_there_twice_is_refused(second: str) -> None:
    assert read(made((MANIFEST, b"1"), (second, b"2")))[1] == [("archive-twice", second)]


def test_a_bomb_is_refused_whatever_it_says_of_its_size() -> None:
    content = made(("processes/a/item.yaml", b"\0" * (MAX_CONTENT_BYTES + 1)))
    assert len(content) < 100_000
    assert read(content)[1] == [("archive-too-large", "processes/a/item.yaml")]
    size = struct.pack("<L", MAX_CONTENT_BYTES + 1)
    assert read(content.replace(size, struct.pack("<L", 10)))[0] == {}


def test_files_that_are_too_large_together_are_refused() -> None:
    piece = b"\0" * (MAX_CONTENT_BYTES // 2)
    found, findings = read(made(*((f"forms/a/{number}.json", piece) for number in range(3))))
    assert (found, findings) == ({}, [("archive-too-large", "forms/a/2.json")])


def test_an_archive_that_is_too_large_is_not_even_opened() -> None:
    assert read(b"PK" * MAX_ARCHIVE_BYTES) == ({}, [("archive-too-large", None)])


def test_an_archive_of_very_many_names_is_refused() -> None:
    content = made(*((f"forms/a/{number}.json", b"") for number in range(MAX_ENTRIES + 1)))
    assert read(content) == ({}, [("archive-too-many", None)])
    at = content.rindex(b"PK\5\6")
    few = content[: at + 8] + struct.pack("<HH", 1, 1) + content[at + 12 :]
    assert read(few)[1] == [("archive-too-many", None)]


def test_an_encrypted_or_oddly_packed_file_is_refused() -> None:
    locked = bytearray(made(("processes/a/item.yaml", b"x")))
    directory = locked.index(b"PK\1\2")
    locked[directory + 8] |= 1
    assert read(bytes(locked))[1] == [("archive-locked", "processes/a/item.yaml")]
    odd = ZipInfo("processes/a/item.yaml")
    odd.compress_type = ZIP_BZIP2
    assert read(made((odd, b"x")))[1] == [("archive-locked", "processes/a/item.yaml")]


@given(st.binary(max_size=400))
def test_anything_else_is_unreadable_and_nothing_more(content: bytes) -> None:
    assert read(content) == ({}, [("archive-unreadable", None)])


@given(st.integers(0, 2_000), st.integers(0, 255))
def test_a_damaged_archive_never_raises(at: int, value: int) -> None:
    content = bytearray(pack(encoded(files())))
    content[at % len(content)] = value
    found, findings = read(bytes(content))
    assert findings or found


def test_a_wrong_checksum_is_noticed() -> None:
    content = made((MANIFEST, b"code: x"))
    assert read(content.replace(struct.pack("<L", zlib.crc32(b"code: x")), b"\1\2\3\4"))[1] == [
        ("archive-unreadable", None)
    ]
