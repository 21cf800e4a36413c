"""An item's files from a folder of the disk: <root>/processes/<item>/ and <root>/forms/<item>/."""

from collections.abc import Mapping
from pathlib import Path

from app.catalog.contents import MAX_DIAGRAM_BYTES, MAX_FILES
from app.catalog.errors import UnreadableFolder

_KINDS = {"processes": {".yaml", ".bpmn", ".dmn"}, "forms": {".json"}}


def items(root: Path) -> list[str]:
    """The codes of the items that lie under `root`, in order."""
    return sorted(path.parent.name for path in root.glob("processes/*/item.yaml"))


def read(root: Path, code: str) -> dict[str, bytes]:
    """The files of one item by their paths below `root`. Raises UnreadableFolder. Editors' leavings are passed over,
    links are not followed."""
    found: dict[str, bytes] = {}
    for name, suffixes in _KINDS.items():
        _gather(root / name / code, dict.fromkeys(suffixes, name), code, found)
    return _whole(found, code, root / "processes" / code)


def flat(home: Path) -> dict[str, bytes]:
    """The files of an item that lie in one folder, diagrams and forms beside item.yaml; the folder's name stands for
    its code. Raises UnreadableFolder."""
    found: dict[str, bytes] = {}
    _gather(home, {suffix: name for name, suffixes in _KINDS.items() for suffix in suffixes}, home.name, found)
    return _whole(found, home.name, home)


def _gather(folder: Path, roots: Mapping[str, str], code: str, found: dict[str, bytes]) -> None:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix not in roots or path.name.startswith(".") or path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size > MAX_DIAGRAM_BYTES:
            raise UnreadableFolder(folder=str(folder), reason=f"{path.name} is too large")
        found[f"{roots[path.suffix]}/{code}/{path.name}"] = path.read_bytes()
        if len(found) > MAX_FILES:
            raise UnreadableFolder(folder=str(folder), reason=f"it holds more than {MAX_FILES} files")


def _whole(found: dict[str, bytes], code: str, home: Path) -> dict[str, bytes]:
    if f"processes/{code}/item.yaml" not in found:
        raise UnreadableFolder(folder=str(home), reason="item.yaml is missing")
    return found
