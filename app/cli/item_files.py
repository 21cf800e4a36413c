"""What a command is told to read: an item in a folder, a ZIP file, a diagram by itself, or an item's code."""

from collections.abc import Mapping
from pathlib import Path

from app.catalog import archive, folder
from app.catalog.errors import ItemRefused, UnreadableFolder
from app.catalog.findings import Report

_MANIFEST = "item.yaml"

Files = Mapping[str, bytes]


def packages(argument: str, root: Path) -> dict[str, Files]:
    """The files of each item that `argument` means, by its name. Raises UnreadableFolder, ItemRefused (an archive).

    A ZIP file holds one item; a folder is that of an item (with item.yaml) or holds processes/ with all of its items; a
    file in the folder of an item means that item; anything else is the code of an item under `root`.
    """
    path = Path(argument)
    if path.suffix == ".zip" and path.is_file():
        return {path.name: zipped(path)}
    home = path if path.is_dir() else path.parent
    if (path.is_dir() or path.is_file()) and (home / _MANIFEST).is_file():
        return {home.resolve().name: _of_item(home.resolve())}
    if (path / "processes").is_dir():
        return {code: folder.read(path, code) for code in folder.items(path)}
    if path.suffix == ".bpmn" and path.is_file():
        return {}
    return {argument: folder.read(root, argument)}


def zipped(path: Path) -> Files:
    """The files in a ZIP file. Raises ItemRefused with what is wrong with it."""
    report = Report()
    with path.open("rb") as stream:
        found = archive.unpack(stream, report)
    if report.refused:
        raise ItemRefused(report.result())
    return found


def one(argument: str, root: Path) -> Files:
    """The files of the one item that `argument` means. Raises UnreadableFolder, ItemRefused."""
    found = packages(argument, root)
    if len(found) != 1:
        raise UnreadableFolder(folder=argument, reason=f"it holds {len(found)} items, and one is wanted")
    return next(iter(found.values()))


def write(files: Files, root: Path) -> list[Path]:
    """Put files under `root`, by their paths. Raises UnreadableFolder where one of them is there already."""
    places = [root / path for path in files]
    for place in places:
        if place.exists():
            raise UnreadableFolder(folder=str(place.parent), reason=f"{place.name} is there already")
    for place, content in zip(places, files.values(), strict=True):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return places


def _of_item(home: Path) -> Files:
    if home.parent.name == "processes":
        return folder.read(home.parents[1], home.name)
    return folder.flat(home)
