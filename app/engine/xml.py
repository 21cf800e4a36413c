"""XML from strangers: no entity, no network, no surprise in size, depth or encoding."""

import re

from lxml import etree

from app.engine.findings import Report

MAX_BYTES = 2_000_000
MAX_ELEMENTS = 40_000
MAX_DEPTH = 100

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NO_BOM = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_READABLE = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "windows-1252": "cp1252",
    "iso-8859-1": "latin-1",
}
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*?\?>")
_DECLARED = re.compile(rb"""<\?xml\b[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)


def parse(data: bytes, file: str, report: Report, *, keep: bool = False) -> etree._Element | None:
    """The root of the file, or None with an error in `report`. Raises nothing, whatever the bytes are.

    `keep`: with comments and instructions, to be written again.
    """
    if len(data) > MAX_BYTES:
        report.add("file-too-large", file=file, limit=MAX_BYTES)
        return None
    text = _decoded(data, file, report)
    if text is None:
        return None
    declaration = _DECLARATION.match(text)
    text = text[declaration.end() :] if declaration else text
    if text.startswith("<!DOCTYPE", _end_of_prolog(text)):
        report.add("doctype", file=file)
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=not keep,
        remove_pis=not keep,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.LxmlError, ValueError) as error:
        report.add("not-xml", file=file, reason=str(error)[:200])
        return None
    return root if _modest(root, file, report) else None


def _decoded(data: bytes, file: str, report: Report) -> str | None:
    for mark, name in _BOMS:
        if data.startswith(mark):
            encoding, data = name, data[len(mark) :]
            break
    else:
        encoding = next((name for mark, name in _NO_BOM if data.startswith(mark)), "")
    declared = ""
    if not encoding:
        match = _DECLARED.match(data.lstrip())
        declared = match.group(1).decode("ascii", "replace") if match else "utf-8"
        encoding = _READABLE.get(declared.strip().lower(), "")
    try:
        return data.decode(encoding or "undefined")
    except (UnicodeError, LookupError):
        report.add("encoding", file=file, encoding=declared or encoding)
        return None


def _end_of_prolog(text: str) -> int:
    match = _PROLOG.match(text)
    return match.end() if match else 0


def _modest(root: etree._Element, file: str, report: Report) -> bool:
    depth = count = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAX_DEPTH:
            report.add("too-deep-xml", file=file, limit=MAX_DEPTH)
            return False
        if count > MAX_ELEMENTS:
            report.add("too-many-elements", file=file, limit=MAX_ELEMENTS)
            return False
    return True
