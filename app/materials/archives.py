"""Archives, and the office formats that are archives: looked into without unpacking them.

Only the directory is read, and single small entries up to a bound. What an archive claims to unpack to is bounded in
number, in size and in proportion; overlapping entries are refused, so that the claim cannot be multiplied, and so are
two entries of one name, of which readers take different ones.
"""

import re
import struct
import zipfile
import zlib
from typing import BinaryIO, Final

from app.materials.errors import ActiveContent, ArchiveUnsafe, ContentMismatch, SecondContent

MEGABYTE: Final = 1024 * 1024
MOST_ENTRIES: Final = 5_000
MOST_UNPACKED: Final = 500 * MEGABYTE
MOST_EXPANDED: Final = 200
"""How many times its packed size an entry above a megabyte may have. Text packs to a tenth; bombs to a thousandth."""
LONGEST_DIRECTORY: Final = 2 * MEGABYTE
LONGEST_READ: Final = MEGABYTE

_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_SYMLINK: Final = 0o120000
_MACROS: Final = re.compile(r"vbaproject|vbadata|/activex/|/macrosheets/|/dialogsheets/", re.IGNORECASE)
_MACRO_TYPES: Final = re.compile(rb"macroenabled|vbaproject|<!doctype|&#", re.IGNORECASE)
"""Content types of what has macros, and ways of writing them so that a plain search would miss them."""

_PROGRAMS: Final = re.compile(
    r"\.(?:exe|dll|com|scr|pif|msi|msp|bat|cmd|ps1|psm1|vbs|vbe|js|jse|wsf|wsh|hta|cpl|jar|apk|app|sh|lnk|url|reg"
    r"|docm|dotm|xlsm|xlsb|xltm|xlam|pptm|potm|ppam|ppsm|sldm|iso|img|vhd|zip|rar|7z|gz|bz2|xz|tar|cab|html?|svg)$",
    re.IGNORECASE,
)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)


def inspect_docx(name: str, stream: BinaryIO) -> None:
    """A Word document without macros."""
    _inspect_office(name, stream, "DOCX", "word/document.xml")


def inspect_xlsx(name: str, stream: BinaryIO) -> None:
    """A workbook without macros."""
    _inspect_office(name, stream, "XLSX", "xl/workbook.xml")


def inspect_ofd(name: str, stream: BinaryIO) -> None:
    """A document of the national format OFD (GB/T 33190)."""
    if "OFD.xml" not in {entry.filename for entry in _entries(name, stream, "OFD")}:
        raise ContentMismatch(filename=name, kind="OFD")


def inspect_zip(name: str, stream: BinaryIO) -> None:
    """A plain archive: nothing in it that runs, no archive within."""
    for entry in _entries(name, stream, "ZIP"):
        if _PROGRAMS.search(entry.filename.rstrip(" .")):
            raise ActiveContent(filename=name, entry=entry.filename[-60:])


def _inspect_office(name: str, stream: BinaryIO, kind: str, body: str) -> None:
    entries = _entries(name, stream, kind)
    present = {entry.filename for entry in entries}
    if not {"[Content_Types].xml", body} <= present:
        raise ContentMismatch(filename=name, kind=kind)
    for path in present:
        if _MACROS.search(f"/{path}"):
            raise ActiveContent(filename=name, entry=path[-60:])
    types = _read(name, stream, "[Content_Types].xml")
    if _MACRO_TYPES.search(types.replace(b"\x00", b"")):
        raise ActiveContent(filename=name, entry="[Content_Types].xml")


def _entries(name: str, stream: BinaryIO, kind: str) -> list[zipfile.ZipInfo]:
    """The directory, checked. The archive must fill the file: nothing before, between or after that another reads."""
    _check_directory(name, stream, kind)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            directory_at = archive.start_dir
    except _BROKEN as broken:
        raise ContentMismatch(filename=name, kind=kind) from broken
    if not entries:
        raise ContentMismatch(filename=name, kind=kind)
    if min(entry.header_offset for entry in entries) != 0:
        raise SecondContent(filename=name)
    if not _is_bounded(entries, directory_at) or any(_is_unsafe(entry) for entry in entries):
        raise ArchiveUnsafe(filename=name, limit=MOST_UNPACKED // MEGABYTE)
    return entries


def _check_directory(name: str, stream: BinaryIO, kind: str) -> None:
    """Bound the directory itself before it is read into memory."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 22))
    end = stream.read(22)
    if end[:4] != b"PK\x05\x06":
        raise ContentMismatch(filename=name, kind=kind)
    count, length, offset, comment = struct.unpack("<HLLH", end[10:22])
    if offset + length + 22 != size or comment:
        raise SecondContent(filename=name)
    if count > MOST_ENTRIES or length > LONGEST_DIRECTORY:
        raise ArchiveUnsafe(filename=name, limit=MOST_UNPACKED // MEGABYTE)


def _is_bounded(entries: list[zipfile.ZipInfo], directory_at: int) -> bool:
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [entry.header_offset + entry.compress_size for entry in ordered]
    starts = [*(entry.header_offset for entry in ordered[1:]), directory_at]
    return (
        len({entry.filename.lower() for entry in entries}) == len(entries) <= MOST_ENTRIES
        and sum(entry.file_size for entry in entries) <= MOST_UNPACKED
        and all(end < start for end, start in zip(ends, starts, strict=True))
        and all(_expands_little(entry) for entry in entries)
    )


def _expands_little(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size <= MEGABYTE or entry.file_size <= MOST_EXPANDED * max(entry.compress_size, 1)


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    parts = re.split(r"[/\\]", entry.filename)
    return (
        bool(entry.flag_bits & _ENCRYPTED)
        or entry.compress_type not in _METHODS
        or ".." in parts
        or not parts[0]
        or ":" in entry.filename
        or (entry.external_attr >> 16) & 0o170000 == _SYMLINK
    )


def _read(name: str, stream: BinaryIO, path: str) -> bytes:
    """One entry, at most LONGEST_READ bytes of it."""
    try:
        with zipfile.ZipFile(stream) as archive, archive.open(path) as entry:
            content = entry.read(LONGEST_READ + 1)
    except _BROKEN as broken:
        raise ArchiveUnsafe(filename=name, limit=MOST_UNPACKED // MEGABYTE) from broken
    if len(content) > LONGEST_READ:
        raise ArchiveUnsafe(filename=name, limit=MOST_UNPACKED // MEGABYTE)
    return content
