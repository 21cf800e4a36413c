"""The beginning of an item: files that pass the check as they are and can be applied for, and the copy of an item.

What is in the folder beside is itself an item, `new-item`; a new one is a copy of it under its own code and names.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

import yaml
from yaml.reader import Reader

from app.catalog.errors import BadItemCode
from app.catalog.schema import CODE
from app.catalog.types import Wording
from app.kernel.errors import Invalid

FOLDER: Final = Path(__file__).with_name("new-item")
WINDOW: Final = "window-clerk"
"""The post that every office has; a new item is bound to it until its author names another."""

_CODE: Final = "new-item"
_NAME: Final = Wording("新事项", "New item")
_LONGEST: Final = 60

_Key = tuple[str, ...]


def new(code: str, name: Wording = _NAME, post: str = WINDOW) -> dict[str, bytes]:
    """The files of a new item, by path. `post` reviews and decides. Raises BadItemCode, Invalid."""
    check_code(post)
    made = copy({_place(path): path.read_bytes() for path in sorted(FOLDER.iterdir())}, _CODE, code, name)
    manifest = f"processes/{code}/item.yaml"
    own = {("main", "code"): code, ("main", "name", "zh"): name.zh, ("main", "name", "en"): name.en}
    made[manifest] = _edited(made[manifest], {**own, ("lanes", "审批部门"): post})
    return made


def copy(files: Mapping[str, bytes], code: str, to: str, name: Wording | None = None) -> dict[str, bytes]:
    """The files of an item under another code, so that nothing in them still bears the old one: folders, item.yaml,
    ids of the diagram; under another name too where one is given. Its main item is the same; it has no number until it
    is given one of its own. The files are those of an item that was read without errors. Raises BadItemCode, Invalid.
    """
    check_code(to)
    if name and Reader.NON_PRINTABLE.search(name.zh + name.en):
        raise Invalid({"name": ["There are characters here that cannot be kept."]})
    made = {}
    old = _name(files[f"processes/{code}/item.yaml"])
    for path, content in files.items():
        root, _, file = path.split("/", 2)
        written = content
        if file == "item.yaml":
            changes: dict[_Key, str | None] = {("code",): to, ("number",): None}
            if name:
                changes |= {("name", "zh"): name.zh, ("name", "en"): name.en}
            written = _edited(content, changes)
        elif file.endswith((".bpmn", ".dmn")):
            written = _drawn(content, code, to)
            if name:
                written = written.replace(f"name={quoteattr(old)}".encode(), f"name={quoteattr(name.zh)}".encode())
        made[f"{root}/{to}/{file}"] = written
    return made


def check_code(code: str) -> None:
    """Raise BadItemCode unless `code` can name folders and addresses."""
    if len(code) > _LONGEST or not re.fullmatch(CODE, code, re.ASCII):
        raise BadItemCode(item=code[:_LONGEST])


def _place(path: Path) -> str:
    return f"{'forms' if path.suffix == '.json' else 'processes'}/{_CODE}/{path.name}"


def _drawn(content: bytes, code: str, to: str) -> bytes:
    """Ids that are the code, with hyphens or underscores, and the namespace that ends in it."""
    for old, new in ((code, to), (code.replace("-", "_"), to.replace("-", "_"))):
        content = re.sub(rb"(?<=[\"':])%s(?=[\"'])" % re.escape(old.encode()), new.encode(), content)
    return content


def _name(manifest: bytes) -> str:
    found = dict(_places(yaml.compose(manifest.decode("utf-8-sig"), yaml.SafeLoader), ()))
    node = found[("name", "zh")][1]
    return str(node.value)


def _edited(content: bytes, changes: Mapping[_Key, str | None]) -> bytes:
    """item.yaml with some of its values written anew, the key taken out where the value is None; all else, comments
    included, stays byte for byte."""
    text = content.decode("utf-8-sig")
    places = dict(_places(yaml.compose(text, yaml.SafeLoader), ()))
    edits = []
    for key, value in changes.items():
        if key not in places:
            continue
        name, node = places[key]
        start, end = (node.start_mark.index, node.end_mark.index)
        if value is None:
            edits.append((name.start_mark.index, text.find("\n", end) + 1 or len(text), ""))
        else:
            block = "\n" if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">") else ""
            edits.append((start, end, _scalar(value) + block))
    for start, end, written in sorted(edits, reverse=True):
        text = text[:start] + written + text[end:]
    return content[: -len(content.decode("utf-8-sig").encode())] + text.encode()


def _places(node: yaml.Node | None, above: _Key) -> Iterator[tuple[_Key, tuple[yaml.Node, yaml.Node]]]:
    """Where each value of nested mappings stands: its key and its node, by the keys that lead to it."""
    for name, value in node.value if isinstance(node, yaml.MappingNode) else ():
        yield (*above, str(name.value)), (name, value)
        yield from _places(value, (*above, str(name.value)))


def _scalar(value: str) -> str:
    return value if re.fullmatch(CODE, value, re.ASCII) else json.dumps(value, ensure_ascii=False)
