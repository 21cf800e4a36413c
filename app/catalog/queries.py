"""Reads of the catalogue. A published version never changes, so that each process builds it once."""

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, func, select, true, tuple_
from sqlalchemy.orm import Session

from app import engine
from app.catalog import form_files, schema, settings
from app.catalog.errors import ItemWithdrawn, NoSuchItem
from app.catalog.findings import Report
from app.catalog.models import Item, ItemAct, ItemFile, ItemVersion
from app.catalog.neighbours import Neighbours
from app.catalog.types import Manifest, ServiceItem
from app.identity.models import Account
from app.kernel.ids import GLOBAL_TENANT

UNSETTLED = "catalog.unsettled"
"""Key of Session.info: what the session's own transaction has published. It may yet roll back."""

V = TypeVar("V")

_KEPT = 256
_HEAVIEST = 48 * 1024 * 1024
"""What the versions that are kept may weigh together: bytes of their files, and as much again for what is drawn. In
memory they take five times as much."""
_PER_ELEMENT = 300
_MANIFESTS_KEPT = 4096
"""More than any catalogue has items: its list is read from memory."""
_built: OrderedDict[str, ServiceItem] = OrderedDict()
_weights: dict[str, int] = {}
_manifests: OrderedDict[str, Manifest] = OrderedDict()
_digests: WeakKeyDictionary[Engine, dict[tuple[str, int], str]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue: an item in its current version."""

    code: str
    version: int
    digest: str
    published_at: datetime | None
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of an item. `state`: draft, reviewed, confirmed or published; `published_at`: for the first time."""

    version: int
    digest: str
    published_at: datetime | None
    published_by: UUID | None
    note: str
    state: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act upon an item. `actor` is a username; `name` who that is, None where it was the office itself."""

    seq: int
    version: int
    act: str
    at: datetime
    actor: str
    name: str | None
    note: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as those see it who look after the catalogue, drafts and all; `manifest` is of its current version, or
    else of the latest."""

    code: str
    current: int | None
    withdrawn: int | None
    manifest: Manifest
    versions: tuple[VersionLine, ...]


def item(session: Session, code: str, version: int) -> ServiceItem:
    """One version of an item; raises NoSuchItem. After the first time in a process it costs no query."""
    digest = _digest(session, code, version)
    found = _built.get(digest)
    if found is None or (found.code, found.version) != (code, version):
        found = _build(session, code, version, digest)
        _keep(_built, digest, found)
        _lighten()
    else:
        _built.move_to_end(digest)
    return found


def current_item(session: Session, code: str) -> ServiceItem:
    """The version that new cases take; raises NoSuchItem."""
    found = session.execute(select(Item.current, Item.withdrawn).where(Item.code == code)).one_or_none()
    if found is not None and found.withdrawn is not None:
        raise ItemWithdrawn(kind="item", key=code, item=code, version=found.withdrawn)
    if found is None or found.current is None:
        raise NoSuchItem(kind="item", key=code, item=code, version="–")
    return item(session, code, found.current)


def current(session: Session) -> Sequence[Entry]:
    """The catalogue: every item in its current version, in order of its code."""
    rows = session.execute(
        select(Item.code, ItemVersion.version, ItemVersion.digest, ItemVersion.published_at)
        .join(ItemVersion, (ItemVersion.item == Item.code) & (ItemVersion.version == Item.current))
        .order_by(Item.code)
    ).all()
    read = _manifests_of(session, {row.digest: (row.code, row.version) for row in rows})
    return [Entry(*row, read[row.digest]) for row in rows]


def versions(session: Session, code: str) -> Sequence[VersionLine]:
    """The versions of an item, the latest first."""
    return _versions(session, Item.code == code).get(code, [])


def line(session: Session, code: str) -> ItemLine:
    """One item of the whole catalogue; raises NoSuchItem."""
    for found in _lines(session, Item.code == code):
        return found
    raise NoSuchItem(kind="item", key=code, item=code, version="–")


def whole(session: Session) -> Sequence[ItemLine]:
    """The whole catalogue, drafts and withdrawn items included, in order of the items' codes."""
    return _lines(session, true())


def history(session: Session, code: str) -> Sequence[ActLine]:
    """What was done with an item, the latest first."""
    rows = session.execute(
        select(ItemAct.seq, ItemAct.version, ItemAct.act, ItemAct.at, ItemAct.actor, Account.name, ItemAct.note)
        .outerjoin(Account, (Account.tenant == GLOBAL_TENANT) & (Account.id == ItemAct.actor_id))
        .where(ItemAct.item == code)
        .order_by(ItemAct.seq.desc())
    ).all()
    return [ActLine(*row) for row in rows]


def manifest(session: Session, code: str, version: int) -> Manifest:
    """What item.yaml of one version says, without its diagram and forms; raises NoSuchItem."""
    digest = _digest(session, code, version)
    if digest not in _manifests:
        return _manifests_of(session, {digest: (code, version)})[digest]
    return _manifests[digest]


def neighbours(session: Session) -> Neighbours:
    """What a further item has to fit: those that are published, and the pattern of numbers."""
    return Neighbours({entry.code: entry.manifest for entry in current(session)}, settings.item_pattern(session))


def files(session: Session, code: str, version: int) -> Mapping[str, bytes]:
    """The files of one version, byte for byte as they were published; raises NoSuchItem."""
    columns = select(ItemFile.path, ItemFile.content).where(ItemFile.item == code, ItemFile.version == version)
    found = dict(session.execute(columns.order_by(ItemFile.path)).all())
    if not found:
        raise NoSuchItem(kind="item", key=code, item=code, version=version)
    return found


def _versions(session: Session, which: ColumnElement[bool]) -> Mapping[str, list[VersionLine]]:
    found: dict[str, list[VersionLine]] = defaultdict(list)
    rows = session.execute(
        select(
            ItemVersion.item,
            ItemVersion.version,
            ItemVersion.digest,
            ItemVersion.published_at,
            ItemVersion.published_by,
            ItemVersion.note,
            ItemVersion.state,
            func.coalesce(ItemVersion.version == Item.current, False),
        )
        .join(Item, Item.code == ItemVersion.item)
        .where(which)
        .order_by(ItemVersion.version.desc())
    )
    for row in rows:
        found[row.item].append(VersionLine(*row[1:]))
    return found


def _lines(session: Session, which: ColumnElement[bool]) -> list[ItemLine]:
    of_item = _versions(session, which)
    made = []
    for row in session.execute(select(Item.code, Item.current, Item.withdrawn).where(which).order_by(Item.code)):
        if lines := of_item.get(row.code):
            wanted = row.current or row.withdrawn or lines[0].version
            made.append((row, next(line for line in lines if line.version == wanted), tuple(lines)))
    read = _manifests_of(session, {shown.digest: (row.code, shown.version) for row, shown, _lines in made})
    return [ItemLine(*row, read[shown.digest], lines) for row, shown, lines in made]


def _manifests_of(session: Session, wanted: Mapping[str, tuple[str, int]]) -> Mapping[str, Manifest]:
    """The manifests of versions, by digest; those that this process has not read yet are read together."""
    found = {digest: _manifests[digest] for digest in wanted if digest in _manifests}
    missing = [place for digest, place in wanted.items() if digest not in found]
    if not missing:
        return found
    columns = select(ItemVersion.digest, ItemVersion.manifest)
    for row in session.execute(columns.where(tuple_(ItemVersion.item, ItemVersion.version).in_(missing))):
        found[row.digest] = _keep(_manifests, row.digest, _manifest(row.manifest), _MANIFESTS_KEPT)
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
    diagrams = {path: content for path, content in stored.items() if path.endswith((".bpmn", ".dmn"))}
    forms = {}
    for path, content in stored.items():
        if path.endswith(".json"):
            name = path.rpartition("/")[2].removesuffix(".json")
            forms[name] = form_files.read(content, name, path, Report())
    definition = engine.load(diagrams, proven=False)
    drawn = len(definition.elements) + len(definition.flows)
    _weights[digest] = sum(map(len, stored.values())) + _PER_ELEMENT * drawn
    return ServiceItem(
        code=code,
        version=version,
        digest=digest,
        manifest=_manifest(data),
        definition=definition,
        forms={name: form for name, form in forms.items() if form},
    )


def _lighten() -> None:
    """Let go of the versions asked for longest ago, but for the last, while they are too heavy together."""
    kept = list(_built)
    weight = sum(_weights.get(digest, 0) for digest in kept)
    for digest in kept[:-1]:
        if weight > _HEAVIEST:
            weight -= _weights.get(digest, 0)
            _built.pop(digest, None)
    for digest in _weights.keys() - _built.keys():
        _weights.pop(digest, None)


def _manifest(data: Mapping[str, Any]) -> Manifest:
    made, faults = schema.load(data)
    if made is None:
        raise ValueError(f"a published manifest cannot be read: {faults}")
    return made


def _keep(cache: OrderedDict[str, V], key: str, value: V, most: int = _KEPT) -> V:
    cache[key] = value
    while len(cache) > most:
        cache.popitem(last=False)
    return value
