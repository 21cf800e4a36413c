"""An item as one ZIP file. Out: the same bytes for the same files. In: nothing an archive can do harms the office."""

import stat
import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from io import BytesIO
from typing import Any, BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app.catalog.contents import MAX_FILES
from app.catalog.findings import Report
from app.engine import Finding
from app.kernel.confine import Bounds, run

MEDIA_TYPE: Final = "application/zip"
MAX_ARCHIVE_BYTES: Final = 8 * 1024 * 1024
MAX_CONTENT_BYTES: Final = 16 * 1024 * 1024
"""All files of an archive together, unpacked."""
MAX_ENTRIES: Final = 4 * MAX_FILES
"""Folders and what programs leave behind included."""
BOUNDS: Final = Bounds(megabytes=96, answer=2 * MAX_CONTENT_BYTES // (1024 * 1024))

_END: Final = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT: Final = 65_535
_LEAVINGS: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP file, in order of their paths; times are left out, so that nothing but the files counts."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as made:
        for path in sorted(files):
            entry = ZipInfo(path)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            made.writestr(entry, files[path])
    return buffer.getvalue()


def unpack(stream: BinaryIO, report: Report) -> dict[str, bytes]:
    """The files of a ZIP file, byte for byte; what it may not hold is noted in `report`. Nothing touches the disk.

    It is opened in a watched child. Raises Unworkable.
    """
    found = run(unpacked, stream, what="ZIP", bounds=BOUNDS)
    report.findings.extend(Finding(**finding) for finding in found["findings"])
    files: dict[str, bytes] = found["files"]
    return files


def unpacked(stream: BinaryIO) -> dict[str, Any]:
    """The child's part: files and findings as plain data.

    1. The archive itself and its directory are small enough to be read at all.
    2. Every name stays inside, stands for a plain file and is there once.
    3. Each file is read until it, or all of them, are larger than an item can be; what the archive says of its size
       is not believed.
    """
    report = Report()
    files = _unpacked(stream.read(MAX_ARCHIVE_BYTES + 1), report)
    return {"files": files, "findings": [asdict(finding) for finding in report.findings]}


def _unpacked(content: bytes, report: Report) -> dict[str, bytes]:
    if len(content) > MAX_ARCHIVE_BYTES:
        report.add("archive-too-large", limit=MAX_ARCHIVE_BYTES)
        return {}
    if _entries(content) > MAX_ENTRIES:
        report.add("archive-too-many", limit=MAX_ENTRIES)
        return {}
    try:
        with ZipFile(BytesIO(content)) as opened:
            return _read(opened, report)
    except (BadZipFile, zlib.error, struct.error, ValueError, EOFError, NotImplementedError, OSError):
        report.add("archive-unreadable")
        return {}


def _entries(content: bytes) -> int:
    """At most how many entries a reader will find: by the size of the directory, for its count need not be true."""
    at = len(content) - _END.size
    if at < 0 or content[at : at + 4] != b"PK\5\6" or content[-2:] != b"\0\0":
        at = content.rfind(b"PK\5\6", max(0, at - _LONGEST_COMMENT))
    if at < 0 or at + _END.size > len(content):
        return 0
    directory = _END.unpack_from(content, at)[5]
    return int(directory) // 47


def _read(opened: ZipFile, report: Report) -> dict[str, bytes]:
    if len(opened.infolist()) > MAX_ENTRIES:
        report.add("archive-too-many", limit=MAX_ENTRIES)
        return {}
    found: dict[str, bytes] = {}
    seen: set[str] = set()
    left = MAX_CONTENT_BYTES
    for entry in opened.infolist():
        name = entry.filename
        if name.startswith(_LEAVINGS[0]) or name.rpartition("/")[2] in _LEAVINGS:
            continue
        if fault := _fault(entry, seen):
            report.add(fault, name[:100], name[:200])
            continue
        seen.add(name.casefold())
        if entry.is_dir():
            continue
        with opened.open(entry) as file:
            content = file.read(left + 1)
        if len(content) > left:
            report.add("archive-too-large", name[:100], name[:200], limit=MAX_CONTENT_BYTES)
            return {}
        left -= len(content)
        found[name] = content
    return found


def _fault(entry: ZipInfo, seen: set[str]) -> str | None:
    parts = entry.filename.rstrip("/").split("/")
    if entry.orig_filename != entry.filename or "\\" in entry.filename or ":" in parts[0] or {"", ".", ".."} & {*parts}:
        return "archive-path"
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "archive-link"
    if entry.filename.casefold() in seen:
        return "archive-twice"
    if entry.flag_bits & 0x1 or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "archive-locked"
    return None
