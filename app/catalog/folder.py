"""An item's files from a folder of the disk: <root>/processes/<item>/ and <root>/forms/<item>/."""

from pathlib import Path

from app.catalog.contents import MAX_DIAGRAM_BYTES, MAX_FILES
from app.catalog.errors import UnreadableFolder

_KINDS = {"processes": {".yaml", ".bpmn"}, "forms": {".json"}}


def items(root: Path) -> list[str]:
    """The codes of the items that lie under `root`, in order."""
    return sorted(path.parent.name for path in root.glob("processes/*/item.yaml"))


def read(root: Path, code: str) -> dict[str, bytes]:
    """The files of one item by their paths below `root`. Raises UnreadableFolder. Editors' leavings are passed over,
    links are not followed."""
    found: dict[str, bytes] = {}
    for name, suffixes in _KINDS.items():
        folder = root / name / code
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.suffix not in suffixes or path.name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            if path.stat().st_size > MAX_DIAGRAM_BYTES:
                raise UnreadableFolder(folder=str(folder), reason=f"{path.name} is too large")
            found[f"{name}/{code}/{path.name}"] = path.read_bytes()
            if len(found) > MAX_FILES:
                raise UnreadableFolder(folder=str(folder), reason=f"it holds more than {MAX_FILES} files")
    if f"processes/{code}/item.yaml" not in found:
        raise UnreadableFolder(folder=str(root / "processes" / code), reason="item.yaml is missing")
    return found
