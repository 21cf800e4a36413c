"""Reads of the catalogue. A published version never changes, so that each process builds it once."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app import engine
from app.catalog import form_files, schema
from app.catalog.errors import NoSuchItem
from app.catalog.findings import Report
from app.catalog.models import Item, ItemFile, ItemVersion
from app.catalog.types import Manifest, ServiceItem

UNSETTLED = "catalog.unsettled"
"""Key of Session.info: what the session's own transaction has published. It may yet roll back."""

V = TypeVar("V")

_KEPT = 256
_built: OrderedDict[str, ServiceItem] = OrderedDict()
_manifests: OrderedDict[str, Manifest] = OrderedDict()
_digests: WeakKeyDictionary[Engine, dict[tuple[str, int], str]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue: an item in its current version."""

    code: str
    version: int
    digest: str
    published_at: datetime
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One line of an item's history."""

    version: int
    digest: str
    published_at: datetime
    published_by: UUID | None
    note: str
    is_current: bool


def item(session: Session, code: str, version: int) -> ServiceItem:
    """One version of an item; raises NoSuchItem. After the first time in a process it costs no query."""
    digest = _digest(session, code, version)
    found = _built.get(digest)
    if found is None or (found.code, found.version) != (code, version):
        found = _keep(_built, digest, _build(session, code, version, digest))
    else:
        _built.move_to_end(digest)
    return found


def current_item(session: Session, code: str) -> ServiceItem:
    """The version that new cases take; raises NoSuchItem."""
    version = session.scalar(select(Item.current).where(Item.code == code))
    if version is None:
        raise NoSuchItem(kind="item", key=code, item=code, version="–")
    return item(session, code, version)


def current(session: Session) -> Sequence[Entry]:
    """The catalogue: every item in its current version, in order of its code."""
    rows = session.execute(
        select(Item.code, ItemVersion.version, ItemVersion.digest, ItemVersion.published_at)
        .join(ItemVersion, (ItemVersion.item == Item.code) & (ItemVersion.version == Item.current))
        .order_by(Item.code)
    ).all()
    missing = [(row.code, row.version) for row in rows if row.digest not in _manifests]
    for code, version in missing:
        row = session.get_one(ItemVersion, (code, version))
        _keep(_manifests, row.digest, _manifest(row.manifest))
    return [Entry(*row, _manifests[row.digest]) for row in rows]


def versions(session: Session, code: str) -> Sequence[VersionLine]:
    """The versions of an item, the latest first."""
    rows = session.execute(
        select(
            ItemVersion.version,
            ItemVersion.digest,
            ItemVersion.published_at,
            ItemVersion.published_by,
            ItemVersion.note,
            ItemVersion.version == Item.current,
        )
        .join(Item, Item.code == ItemVersion.item)
        .where(ItemVersion.item == code)
        .order_by(ItemVersion.version.desc())
    ).all()
    return [VersionLine(*row) for row in rows]


def files(session: Session, code: str, version: int) -> Mapping[str, bytes]:
    """The files of one version, byte for byte as they were published; raises NoSuchItem."""
    columns = select(ItemFile.path, ItemFile.content).where(ItemFile.item == code, ItemFile.version == version)
    found = dict(session.execute(columns.order_by(ItemFile.path)).all())
    if not found:
        raise NoSuchItem(kind="item", key=code, item=code, version=version)
    return found


def _digest(session: Session, code: str, version: int) -> str:
    known = _digests.setdefault(session.get_bind().engine, {})
    digest = known.get((code, version))
    if digest is not None and (code, version) not in session.info.get(UNSETTLED, ()):
        return digest
    digest = session.scalar(select(ItemVersion.digest).where(ItemVersion.item == code, ItemVersion.version == version))
    if digest is None:
        raise NoSuchItem(kind="item", key=code, item=code, version=version)
    if (code, version) not in session.info.get(UNSETTLED, ()):
        known[code, version] = digest
    return digest


def _build(session: Session, code: str, version: int, digest: str) -> ServiceItem:
    data = session.scalars(
        select(ItemVersion.manifest).where(ItemVersion.item == code, ItemVersion.version == version)
    ).one()
    stored = files(session, code, version)
    diagrams = {path: content for path, content in stored.items() if path.endswith(".bpmn")}
    forms = {}
    for path, content in stored.items():
        if path.endswith(".json"):
            name = path.rpartition("/")[2].removesuffix(".json")
            forms[name] = form_files.read(content, name, path, Report())
    return ServiceItem(
        code=code,
        version=version,
        digest=digest,
        manifest=_manifest(data),
        definition=engine.load(diagrams),
        forms={name: form for name, form in forms.items() if form},
    )


def _manifest(data: Mapping[str, Any]) -> Manifest:
    made, faults = schema.load(data)
    if made is None:
        raise ValueError(f"a published manifest cannot be read: {faults}")
    return made


def _keep(cache: OrderedDict[str, V], key: str, value: V) -> V:
    cache[key] = value
    while len(cache) > _KEPT:
        cache.popitem(last=False)
    return value
