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
    "big5": "big5",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "iso-8859-15": "iso-8859-15",
}
"""What a file may declare, and how it is read. What is said to be ISO 8859-1 is Windows-1252, as browsers take it."""
_ODD_NAMESPACE = "WAR_NS_URI"
"""What libxml2 calls a namespace that is no URI. It is a name like any other."""
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
    try:
        root = _tree(text.encode(), keep=keep)
    except (etree.LxmlError, ValueError) as error:
        report.add("not-xml", file=file, reason=str(error)[:200])
        return None
    return root if _modest(root, file, report) else None


def _tree(data: bytes, *, keep: bool) -> etree._Element:
    """The root. Raises LxmlError, ValueError for what is not well formed, but for odd names of namespaces."""
    strict = _parser(keep=keep, recover=False)
    try:
        return etree.fromstring(data, strict)
    except etree.XMLSyntaxError:
        if any(entry.type_name != _ODD_NAMESPACE for entry in strict.error_log):
            raise
    lenient = _parser(keep=keep, recover=True)
    root = etree.fromstring(data, lenient)
    if root is None or any(entry.type_name != _ODD_NAMESPACE for entry in lenient.error_log):
        raise ValueError(str(lenient.error_log.last_error))
    return root


def _parser(*, keep: bool, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=not keep,
        remove_pis=not keep,
        encoding="utf-8",
        recover=recover,
    )


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
