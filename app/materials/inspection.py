"""Is a file what it says it is, and only that?

A kind is recognised by extension and by leading bytes, and both must agree: guessing libraries call `<script>…%PDF` a
PDF. A file that another program would read as something else is refused: another format's opening bytes near the
front, a ZIP directory at the end of what is no archive, bytes after the end of a picture, markup in the first kilobyte.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Final

from app.kernel.confine import Bounds, run
from app.materials import archives
from app.materials.archives import MEGABYTE
from app.materials.errors import ContentMismatch, FileEmpty, FileTooLarge, FormatNotAllowed, SecondContent
from app.materials.names import clean, extension

FRONT: Final = 1024
"""Readers look for a PDF's opening, and browsers for markup, in so many leading bytes."""
BOUNDS: Final = Bounds(seconds=10, megabytes=64)
"""A file is looked into piece by piece; the directory of the largest archive that is taken needs 10 MB."""
BACK: Final = 65_557
"""A ZIP's directory ends within so many bytes from the end (22 and the longest comment)."""

_MARKUP: Final = re.compile(rb"<(?:script|html|svg|!doctype|iframe|body|object|embed|\?php)\b", re.IGNORECASE)
_ZIP_END: Final = b"PK\x05\x06"


@dataclass(frozen=True, slots=True)
class Kind:
    """A format that we take: how it opens and how it closes (somewhere in the last kilobyte)."""

    name: str
    media_type: str
    openings: tuple[bytes, ...]
    closing: bytes = b""
    ends_there: bool = False
    inspect: Callable[[str, BinaryIO], None] | None = None


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_PDF: Final = Kind("PDF", "application/pdf", (b"%PDF-1.", b"%PDF-2."), b"%%EOF")
_JPEG: Final = Kind("JPEG", "image/jpeg", (b"\xff\xd8\xff",))
_TIFF: Final = Kind("TIFF", "image/tiff", (b"II*\x00", b"MM\x00*"))
_PACKED: Final = (b"PK\x03\x04",)

KINDS: Final = {
    "pdf": _PDF,
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": Kind("PNG", "image/png", (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",), b"IEND\xaeB`\x82", ends_there=True),
    "tif": _TIFF,
    "tiff": _TIFF,
    "ofd": Kind("OFD", "application/ofd", _PACKED, inspect=archives.inspect_ofd),
    "docx": Kind("DOCX", f"{_OFFICE}wordprocessingml.document", _PACKED, inspect=archives.inspect_docx),
    "xlsx": Kind("XLSX", f"{_OFFICE}spreadsheetml.sheet", _PACKED, inspect=archives.inspect_xlsx),
    "zip": Kind("ZIP", "application/zip", _PACKED, inspect=archives.inspect_zip),
}
"""All that can be taken, by extension. A requirement takes some of them (`formats` in item.yaml)."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be kept: under which name, as what, how long."""

    filename: str
    media_type: str
    size: int


def inspect(filename: str, stream: BinaryIO, *, formats: Iterable[str], max_bytes: int) -> Inspected:
    """Check a seekable stream from its beginning and leave it there. Raises a kind of FileRefused."""
    name = clean(filename)
    suffix = extension(name)
    allowed = [each for each in dict.fromkeys(formats) if each in KINDS]
    if suffix not in allowed and not (suffix in KINDS and any(KINDS[suffix] is KINDS[each] for each in allowed)):
        raise FormatNotAllowed(filename=name, allowed=", ".join(allowed))
    kind = KINDS[suffix]
    size = stream.seek(0, 2)
    if not size:
        raise FileEmpty(filename=name)
    if size > max_bytes:
        raise FileTooLarge(filename=name, limit=max_bytes // MEGABYTE)
    _recognise(name, kind, stream, size)
    if kind.inspect:
        kind.inspect(name, stream)
    stream.seek(0)
    return Inspected(name, kind.media_type, size)


def inspect_confined(filename: str, stream: BinaryIO, *, formats: Iterable[str], max_bytes: int) -> Inspected:
    """`inspect` in a watched child process: for what comes from outside. Raises a kind of FileRefused, Unworkable."""
    found = run(_inspected, filename, stream, list(formats), max_bytes, what=clean(filename), bounds=BOUNDS)
    stream.seek(0)
    return Inspected(**found)


def _inspected(filename: str, stream: BinaryIO, formats: list[str], max_bytes: int) -> dict[str, Any]:
    """The child's part."""
    return asdict(inspect(filename, stream, formats=formats, max_bytes=max_bytes))


def _recognise(name: str, kind: Kind, stream: BinaryIO, size: int) -> None:
    stream.seek(0)
    front = stream.read(FRONT)
    stream.seek(max(0, size - BACK))
    back = stream.read(BACK)
    if not front.startswith(kind.openings) or kind.closing not in back[-FRONT:]:
        raise ContentMismatch(filename=name, kind=kind.name)
    is_other_pdf = kind is not _PDF and b"%PDF-" in front
    is_other_zip = kind.inspect is None and _has_zip_directory(back)
    has_more = kind.ends_there and not back.endswith(kind.closing)
    if is_other_pdf or is_other_zip or has_more or _MARKUP.search(front):
        raise SecondContent(filename=name)


def _has_zip_directory(back: bytes) -> bool:
    """Whether a reader of ZIP files would find a directory: its closing record, and room for the comment it claims."""
    at = back.rfind(_ZIP_END)
    if at < 0 or len(back) - at < 22:
        return False
    return int.from_bytes(back[at + 20 : at + 22], "little") <= len(back) - at - 22
