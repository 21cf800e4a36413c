"""An item as somebody sends it: one ZIP file, or its files one by one, with or without the folders they lie in."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import BinaryIO, Final

from app.catalog import archive
from app.catalog.contents import MAX_DIAGRAM_BYTES, MAX_FILES
from app.catalog.errors import ItemRefused
from app.catalog.findings import Report

_CODE: Final = re.compile(rb"^(?:\xef\xbb\xbf)?code:[ \t]*[\"']?([a-z0-9-]{1,60})", re.MULTILINE)
_HOMES: Final = {".yaml": "processes", ".bpmn": "processes", ".dmn": "processes", ".json": "forms"}


def take(sent: Iterable[tuple[str, BinaryIO]]) -> dict[str, bytes]:
    """The files that were sent, by path. What is larger than any file of an item is not read to its end.

    A file that comes without its folders is put where it belongs, by its kind and the code in item.yaml. Raises
    ItemRefused for an archive that cannot be taken, and for a name that is there twice.
    """
    report = Report()
    parts = [part for _number, part in zip(range(MAX_FILES + 1), sent, strict=False)]
    if len(parts) == 1 and parts[0][0].lower().endswith(".zip"):
        found = archive.unpack(parts[0][1], report)
    else:
        found = _placed([(name, stream.read(MAX_DIAGRAM_BYTES + 1)) for name, stream in parts], report)
    if report.refused:
        raise ItemRefused(report.result())
    return found


def _placed(parts: list[tuple[str, bytes]], report: Report) -> dict[str, bytes]:
    codes = [code[1].decode() for name, content in parts if name == "item.yaml" and (code := _CODE.search(content))]
    found: dict[str, bytes] = {}
    for name, content in parts:
        home = _HOMES.get(PurePosixPath(name).suffix)
        path = f"{home}/{codes[0]}/{name}" if codes and home and "/" not in name else name
        if path in found:
            report.add("archive-twice", path[:100], path[:200])
        found[path] = content
    return found
