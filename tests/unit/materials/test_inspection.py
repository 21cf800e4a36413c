"""Files at the door: what they are, not what they are called."""

import io
import struct
import zipfile
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.materials import archives
from app.materials.errors import (
    ActiveContent,
    ArchiveUnsafe,
    ContentMismatch,
    FileEmpty,
    FileRefused,
    FileTooLarge,
    FormatNotAllowed,
    SecondContent,
)
from app.materials.inspection import KINDS, MEGABYTE, Inspected, inspect

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40) + b"\xff\xd9"
TIFF = b"II*\x00\x08\x00\x00\x00" + bytes(40)
TYPES = b'<Types xmlns="t"><Override PartName="/word/document.xml" ContentType="application/xml"/></Types>'


def packed(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
        archive.comment = comment
    return made.getvalue()


def docx(**more: bytes) -> bytes:
    return packed({"[Content_Types].xml": TYPES, "word/document.xml": b"<w/>", **more})


DOCX = docx()
XLSX = packed({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<w/>"})
OFD = packed({"OFD.xml": b"<ofd/>", "Doc_0/Document.xml": b"<d/>"})
ZIP = packed({"界址点.shp": b"x", "readme.txt": b"y"})
GENUINE = {
    "pdf": PDF,
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
    "tif": TIFF,
    "tiff": TIFF,
    "docx": DOCX,
    "xlsx": XLSX,
    "ofd": OFD,
    "zip": ZIP,
}


def look(name: str, content: bytes, formats: list[str] | None = None, max_bytes: int = MEGABYTE) -> Inspected:
    return inspect(name, io.BytesIO(content), formats=formats or list(KINDS), max_bytes=max_bytes)


def test_there_is_a_genuine_file_of_every_kind() -> None:
    assert GENUINE.keys() == KINDS.keys()


@pytest.mark.parametrize("suffix", KINDS)
def test_a_genuine_file_is_taken(suffix: str) -> None:
    content = GENUINE[suffix]
    stream = io.BytesIO(content)
    found = inspect(f"材料.{suffix.upper()}", stream, formats=[suffix], max_bytes=len(content))
    assert found == Inspected(f"材料.{suffix.upper()}", KINDS[suffix].media_type, len(content))
    assert stream.tell() == 0


@pytest.mark.parametrize("suffix", KINDS)
def test_a_file_of_one_kind_under_the_name_of_another_is_refused(suffix: str) -> None:
    for other, content in GENUINE.items():
        if KINDS[other] is not KINDS[suffix] and suffix != "zip":
            with pytest.raises((ContentMismatch, SecondContent)):
                look(f"a.{suffix}", content)


@pytest.mark.parametrize("suffix", ["exe", "html", "svg", "doc", "xls", "docm", "xlsm", "js", "pdf.exe", "7z"])
def test_kinds_that_are_not_taken_anywhere(suffix: str) -> None:
    with pytest.raises(FormatNotAllowed):
        look(f"a.{suffix}", PDF, formats=["pdf", suffix])


def test_a_requirement_takes_only_its_formats_and_jpeg_is_jpg() -> None:
    with pytest.raises(FormatNotAllowed) as refused:
        look("a.png", PNG, formats=["pdf", "jpg"])
    assert refused.value.text == "The file “a.png” is of a kind that is not taken here."
    assert refused.value.params["allowed"] == "pdf, jpg"
    assert look("a.jpeg", JPEG, formats=["jpg"]).media_type == "image/jpeg"


def test_sizes_are_bounded_at_both_ends() -> None:
    with pytest.raises(FileEmpty):
        look("a.pdf", b"")
    with pytest.raises(FileTooLarge) as refused:
        look("a.pdf", PDF + bytes(2 * MEGABYTE), max_bytes=2 * MEGABYTE)
    assert refused.value.text == "The file “a.pdf” is larger than 2 MB."
    assert look("a.pdf", PDF, max_bytes=len(PDF)).size == len(PDF)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<script>alert(1)</script>" + PDF),
        ("a.pdf", b"\n" + PDF),
        ("a.pdf", PDF.replace(b"%%EOF", b"")),
        ("a.pdf", PDF[:-7] + bytes(2000)),
        ("a.png", PNG[:-4]),
        ("a.docx", b"PK\x03\x04" + bytes(100)),
        ("a.docx", DOCX[:-30]),
        ("a.docx", packed({"word/document.xml": b"<w/>"})),
        ("a.docx", XLSX),
        ("a.ofd", ZIP),
        ("a.zip", b"PK\x05\x06" + bytes(18)),
    ],
    ids=[
        "script before PDF",
        "PDF not at the start",
        "PDF without end",
        "PDF with a long tail",
        "PNG cut short",
        "no archive",
        "archive cut short",
        "no types",
        "workbook as document",
        "no OFD",
        "empty archive",
    ],
)
def test_what_is_not_what_it_says_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(ContentMismatch):
        look(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF[:-6] + ZIP + b"%%EOF\n"),
        ("a.jpg", JPEG + ZIP),
        ("a.png", PNG[:40] + ZIP + PNG[-12:]),
        ("a.png", PNG + b"<?php system($_GET[0]);" + PNG[-12:]),
        ("a.jpg", JPEG[:20] + b"%PDF-1.7" + JPEG[20:]),
        ("a.tif", TIFF + b"<ScRiPt src=x>"),
        ("a.jpg", JPEG[:20] + b"<!DOCTYPE html>" + JPEG[20:]),
        ("a.docx", b"PK\x03\x04junk" + DOCX),
        ("a.zip", ZIP + ZIP),
        ("a.zip", packed({"a.txt": b"x"}) + b"PK\x05\x06" + bytes(18)),
    ],
    ids=[
        "PDF and ZIP",
        "JPEG and ZIP",
        "PNG and ZIP",
        "PNG and PHP",
        "JPEG and PDF",
        "TIFF and script",
        "JPEG and page",
        "junk and DOCX",
        "ZIP twice",
        "ZIP with a second end",
    ],
)
def test_two_files_in_one_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(SecondContent):
        look(name, content)


def test_an_archive_with_a_comment_is_refused() -> None:
    with pytest.raises(FileRefused):
        look("a.zip", packed({"a.txt": b"x"}, comment=b"%PDF-1.7 %%EOF"))


@pytest.mark.parametrize(
    "content",
    [
        docx(**{"word/vbaProject.bin": b"x"}),
        docx(**{"word/VBAPROJECT.BIN": b"x"}),
        docx(**{"word/activeX/activeX1.xml": b"x"}),
        packed({"[Content_Types].xml": TYPES.replace(b"/xml", b"/macroEnabled"), "word/document.xml": b""}),
        packed({"[Content_Types].xml": "<T a='macroEnabled'/>".encode("utf-16"), "word/document.xml": b""}),
        packed({"[Content_Types].xml": b"<T a='macro&#69;nabled'/>", "word/document.xml": b""}),
        packed({"[Content_Types].xml": b"<!DOCTYPE T [<!ENTITY e 'E'>]><T/>", "word/document.xml": b""}),
    ],
    ids=["macros", "macros in capitals", "controls", "type with macros", "in UTF-16", "as a reference", "as an entity"],
)
def test_documents_with_macros_are_refused(content: bytes) -> None:
    with pytest.raises(ActiveContent):
        look("a.docx", content)


def test_a_workbook_with_macro_sheets_is_refused() -> None:
    sheets = {"[Content_Types].xml": TYPES, "xl/workbook.xml": b"", "xl/macrosheets/sheet1.xml": b""}
    with pytest.raises(ActiveContent):
        look("a.xlsx", packed(sheets))


@pytest.mark.parametrize("entry", ["setup.exe", "a/b.JS", "run.bat.", "inner.zip", "m.docm", "page.html", "x.lnk "])
def test_archives_with_programs_or_archives_are_refused(entry: str) -> None:
    with pytest.raises(ActiveContent):
        look("a.zip", packed({"ok.txt": b"", entry: b""}))


@pytest.mark.parametrize("entry", ["../a.txt", "a/../../b.txt", "/etc/passwd.txt", "..\\a.txt", "C:/a.txt", "\\a.txt"])
def test_archives_that_write_outside_are_refused(entry: str) -> None:
    with pytest.raises(ArchiveUnsafe):
        look("a.zip", packed({entry: b""}))


def test_an_archive_with_a_link_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ArchiveUnsafe):
        look("a.zip", made.getvalue())


def patched(content: bytes, at: int, value: bytes) -> bytes:
    """The same archive with another value in the directory's first entry."""
    start = content.index(b"PK\x01\x02") + at
    return content[:start] + value + content[start + len(value) :]


ONE = packed({"a.txt": b"x" * 100})


@pytest.mark.parametrize(
    "content",
    [
        packed({"zeros.txt": bytes(4 * MEGABYTE)}),
        patched(ONE, 24, struct.pack("<L", 2**31)),
        patched(ONE, 8, struct.pack("<H", 1)),
        patched(ONE, 10, struct.pack("<H", 99)),
        packed({f"{n}.txt": b"" for n in range(archives.MOST_ENTRIES + 1)}),
    ],
    ids=["bomb", "claims gigabytes", "encrypted", "unknown method", "too many entries"],
)
def test_archives_that_would_not_unpack_safely_are_refused(content: bytes) -> None:
    with pytest.raises(ArchiveUnsafe):
        look("a.zip", content, max_bytes=10 * MEGABYTE)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_two_entries_of_one_name_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("[content_types].xml", TYPES)
        archive.writestr("word/document.xml", b"")
    with pytest.raises(ArchiveUnsafe):
        look("a.docx", made.getvalue())


def test_overlapping_entries_are_refused() -> None:
    """One packed body, named by many entries: a bomb that grows with the square of its size."""
    body = zlib.compress(bytes(1000), 9)[2:-4]
    local = struct.pack("<4sHHHHHLLLHH", b"PK\x03\x04", 20, 0, 8, 0, 0, zlib.crc32(bytes(1000)), len(body), 1000, 1, 0)
    directory = b"".join(
        struct.pack(
            "<4sHHHHHHLLLHHHHHLL",
            *(b"PK\x01\x02", 20, 20, 0, 8, 0, 0, zlib.crc32(bytes(1000)), len(body), 1000, 5, 0, 0, 0, 0, 0, 0),
        )
        + b"%d.txt" % n
        for n in range(3)
    )
    front = local + b"0" + body
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 3, 3, len(directory), len(front), 0)
    with pytest.raises(ArchiveUnsafe):
        look("a.zip", front + directory + end)


def test_a_small_entry_is_never_unpacked_beyond_its_bound() -> None:
    big = packed({"[Content_Types].xml": bytes(archives.LONGEST_READ + 1), "word/document.xml": b""})
    with pytest.raises(ArchiveUnsafe):
        look("a.docx", big, max_bytes=10 * MEGABYTE)


def test_an_entry_that_unpacks_to_more_than_it_claims_is_refused() -> None:
    lying = packed({"[Content_Types].xml": bytes(2 * MEGABYTE), "word/document.xml": b""})
    claimed = patched(lying, 24, struct.pack("<L", 10))
    with pytest.raises(ArchiveUnsafe):
        look("a.docx", claimed, max_bytes=10 * MEGABYTE)


@pytest.mark.parametrize("suffix", KINDS)
@given(st.data())
def test_no_damaged_file_ends_in_anything_but_a_refusal(suffix: str, data: st.DataObject) -> None:
    content = bytearray(GENUINE[suffix])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    for attempt in (bytes(content), bytes(content[:cut]), data.draw(st.binary(max_size=200))):
        with suppress(FileRefused):
            look(f"a.{suffix}", attempt)


REFUSALS = FileRefused.__subclasses__()


@pytest.mark.parametrize("refusal", REFUSALS)
def test_every_refusal_has_its_code_and_tells_what_to_do(refusal: type[FileRefused]) -> None:
    assert [each.code for each in REFUSALS].count(refusal.code) == 1
    assert refusal.remedy
