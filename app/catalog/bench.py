"""The designer's bench: an item taken to pieces, changed as often as one likes, right or wrong, and handed in.

A version never changes. Who wants it otherwise lays a copy on the bench; there it is saved under a stamp, so that of
two who work on it none writes over the other unseen. What is handed in becomes a version, and the bench is cleared.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app import engine
from app.catalog import acts, drawn, operations, queries
from app.catalog.archive import MAX_CONTENT_BYTES
from app.catalog.contents import MAX_DIAGRAM_BYTES, MAX_FILES
from app.catalog.errors import ItemRefused, NoSuchBench, NotOnBench, SavedMeanwhile
from app.catalog.findings import Report
from app.catalog.models import Bench, BenchFile, BenchSeat, ItemVersion
from app.engine import Finding
from app.identity.acts import record_act
from app.identity.types import Actor
from app.kernel.confine import Unworkable, run
from app.kernel.ids import new_id
from app.org import queries as org

GONE_AFTER: Final = timedelta(seconds=75)
"""Who was not heard of for so long has gone: a page tells every 25 seconds that it is open."""

_PATH: Final = re.compile(r"(?:processes|forms)/[a-z0-9-]{1,60}/[\w.-]{1,80}")
_DECLARED: Final = re.compile(r"""(<\?xml\b[^>]*?encoding\s*=\s*)["'][^"']*["']""")
_HEAD: Final = 500
"""Characters within which an encoding is declared."""
_CODE: Final = re.compile(r"(?:processes|forms)/([a-z0-9-]{1,60})/")

Changes = Mapping[str, bytes | None]
"""Files by path that are otherwise than saved; None: taken away."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody else who has the bench open now."""

    username: str
    name: str
    since: datetime


def get(session: Session, bench_id: UUID) -> Bench:
    """One bench. Raises NoSuchBench."""
    found = session.get(Bench, bench_id, populate_existing=True)
    if found is None:
        raise NoSuchBench(kind="bench", key=bench_id)
    return found


def files(session: Session, bench_id: UUID, changes: Changes | None = None) -> dict[str, bytes]:
    """What lies on a bench, with `changes` that are not saved yet. Raises NotOnBench where one cannot lie there."""
    columns = select(BenchFile.path, BenchFile.content).where(BenchFile.bench == bench_id).order_by(BenchFile.path)
    found = dict(session.execute(columns).all())
    return _with(found, changes or {})


def benches(session: Session, code: str | None = None) -> Sequence[Bench]:
    """The benches in use, of one item or of all; what was saved last comes first."""
    wanted = select(Bench).order_by(Bench.saved_at.desc(), Bench.id)
    return session.scalars(wanted if code is None else wanted.where(Bench.item == code)).all()


def begin(session: Session, code: str, version: int, actor: Actor, now: datetime) -> Bench:
    """A bench with a copy of a version, be it the newest or an earlier one; where one was begun from it, that one.

    Raises MayNot, NoSuchItem.
    """
    acts.allow(session, actor, now, acts.DRAFT)
    found = queries.files(session, code, version)
    lying = next((bench for bench in benches(session, code) if bench.base == version), None)
    return lying or _lay(session, code, version, found, actor, now)


def lay(session: Session, given: Mapping[str, bytes], actor: Actor, now: datetime) -> Bench:
    """A bench with files that somebody brought, right or wrong. Raises MayNot, NotOnBench, ItemRefused without any."""
    acts.allow(session, actor, now, acts.DRAFT)
    placed = _with({}, given)
    code = next((match[1] for path in placed if (match := _CODE.match(path))), None)
    if code is None:
        report = Report()
        report.add("no-manifest")
        raise ItemRefused(report.result())
    return _lay(session, code, None, placed, actor, now)


def bring(session: Session, given: Mapping[str, bytes], actor: Actor, now: datetime) -> Bench:
    """A bench with what somebody brought: the files of an item, or nothing but a diagram, of which an item is made.

    Raises MayNot, NotOnBench, ItemRefused, Unworkable.
    """
    acts.allow(session, actor, now, acts.DRAFT)
    if not drawn.is_bare(given) or any("/" in path for path in given):
        return lay(session, given, actor, now)
    stem = code = drawn.code_of(given)
    number = 1
    while acts.revision(session, code) or benches(session, code):
        number += 1
        code = f"{stem}-{number}"
    posts = {name: post.code for post in org.posts(session, actor.tenant) for name in (post.name_zh, post.name_en)}
    return lay(session, drawn.item(given, code, posts), actor, now)


def save(
    session: Session, bench_id: UUID, changes: Changes, actor: Actor, now: datetime, seen: int | None = None
) -> Bench:
    """Keep changes. `seen`: the stamp that they were made upon.

    Raises MayNot, NoSuchBench, NotOnBench, SavedMeanwhile.
    """
    acts.allow(session, actor, now, acts.DRAFT)
    found = _lock(session, bench_id)
    if seen is not None and seen != found.stamp:
        raise SavedMeanwhile(who=found.saved_by, stamp=found.stamp)
    files(session, bench_id, changes)
    session.execute(delete(BenchFile).where(BenchFile.bench == bench_id, BenchFile.path.in_(changes)))
    _write(session, bench_id, {path: content for path, content in changes.items() if content is not None})
    found.stamp, found.saved_at, found.saved_by = found.stamp + 1, now, actor.username
    _record(session, found, actor, now, "saved", files=sorted(changes))
    return found


def copy(session: Session, bench_id: UUID, changes: Changes, actor: Actor, now: datetime) -> Bench:
    """A bench of one's own with what lies on another, changes included. Raises MayNot, NoSuchBench, NotOnBench."""
    acts.allow(session, actor, now, acts.DRAFT)
    found = get(session, bench_id)
    return _lay(session, found.item, found.base, files(session, bench_id, changes), actor, now)


def hand_in(
    session: Session,
    bench_id: UUID,
    actor: Actor,
    now: datetime,
    note: str = "",
    seen: int | None = None,
    known: Collection[str] | None = None,
) -> ItemVersion:
    """What was saved becomes a draft version, and the bench is cleared. `known`: names of operations.

    Raises MayNot, NoSuchBench, SavedMeanwhile, ItemRefused, Unworkable.
    """
    acts.allow(session, actor, now, acts.DRAFT)
    found = _lock(session, bench_id)
    if seen is not None and seen != found.stamp:
        raise SavedMeanwhile(who=found.saved_by, stamp=found.stamp)
    made = operations.submit(session, files(session, bench_id), actor, now, note, known)
    _record(session, found, actor, now, "handed-in", version=made.version)
    session.delete(found)
    session.flush()
    return made


def clear(session: Session, bench_id: UUID, actor: Actor, now: datetime) -> str:
    """Throw a working copy away; the code of its item. Raises MayNot, NoSuchBench."""
    acts.allow(session, actor, now, acts.DRAFT)
    found = _lock(session, bench_id)
    code = found.item
    _record(session, found, actor, now, "cleared")
    session.delete(found)
    session.flush()
    return code


def check(
    session: Session, bench_id: UUID, changes: Changes, known: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """What is to be said about what lies on the bench, changes included: also that it takes too much, so that whoever
    drew it can go on drawing. Raises NoSuchBench, NotOnBench, TooBusy."""
    get(session, bench_id)
    try:
        return operations.check(files(session, bench_id, changes), known, session)
    except Unworkable as error:
        return (Finding("error", error.code, None, None, error.message, error.params, error.remedy),)


def answered(
    session: Session, bench_id: UUID, changes: Changes, element: str, code: str, value: str
) -> dict[str, bytes]:
    """What lies on the bench, changes included, with the answer to a finding's question written into its diagrams.

    Nothing is saved. Raises NoSuchBench, NotOnBench, AnswerUnfit, Unworkable.
    """
    get(session, bench_id)
    found = files(session, bench_id, changes)
    diagrams = {path: content for path, content in found.items() if path.endswith(".bpmn")}
    written: dict[str, bytes] = run(engine.answer, diagrams, element, code, value, what="BPMN")
    return found | written


def sit(session: Session, bench_id: UUID, actor: Actor, now: datetime) -> list[Seat]:
    """Say that one has the bench open; who else has. Raises NoSuchBench."""
    get(session, bench_id)
    gone = now - GONE_AFTER
    session.execute(delete(BenchSeat).where(BenchSeat.bench == bench_id, BenchSeat.seen < gone))
    mine = {"bench": bench_id, "username": actor.username, "name": actor.name, "since": now, "seen": now}
    statement = upsert(BenchSeat).values(mine)
    session.execute(statement.on_conflict_do_update(index_elements=["bench", "username"], set_={"seen": now}))
    others = select(BenchSeat.username, BenchSeat.name, BenchSeat.since).where(
        BenchSeat.bench == bench_id, BenchSeat.username != actor.username
    )
    return [Seat(*row) for row in session.execute(others.order_by(BenchSeat.since))]


def _lock(session: Session, bench_id: UUID) -> Bench:
    statement = select(Bench).where(Bench.id == bench_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NoSuchBench(kind="bench", key=bench_id)
    return found


def _lay(
    session: Session, code: str, base: int | None, given: Mapping[str, bytes], actor: Actor, now: datetime
) -> Bench:
    who = {"begun_at": now, "begun_by": actor.username, "saved_at": now, "saved_by": actor.username}
    made = Bench(id=new_id(), item=code, base=base, stamp=1, **who)
    session.add(made)
    session.flush()
    _write(session, made.id, {path: _in_utf8(content) for path, content in given.items()})
    _record(session, made, actor, now, "begun", base=base)
    return made


def _in_utf8(content: bytes) -> bytes:
    """Other encodings that a diagram may come in are those that the engine reads: UTF-16 and GB18030."""
    try:
        content.decode("utf-8")
        return content
    except UnicodeDecodeError:
        encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"
        text = content.decode(encoding, "replace")
        return (_DECLARED.sub(r'\1"UTF-8"', text[:_HEAD], count=1) + text[_HEAD:]).encode()


def _write(session: Session, bench_id: UUID, given: Mapping[str, bytes]) -> None:
    rows = [{"bench": bench_id, "path": path, "content": content} for path, content in given.items()]
    if rows:
        session.execute(insert(BenchFile), rows)


def _with(found: Mapping[str, bytes], changes: Changes) -> dict[str, bytes]:
    """The files with changes; what cannot lie on a bench at all is refused here, everything else is for the check."""
    made = {**found, **{path: content for path, content in changes.items() if content is not None}}
    for path, content in changes.items():
        if content is None:
            made.pop(path, None)
        elif not _PATH.fullmatch(path) or len(content) > MAX_DIAGRAM_BYTES:
            raise NotOnBench(file=path[:200])
    if len(made) > MAX_FILES:
        raise NotOnBench(file=f"{len(made)} > {MAX_FILES}")
    if (size := sum(map(len, made.values()))) > MAX_CONTENT_BYTES:
        raise NotOnBench(file=f"{size} B > {MAX_CONTENT_BYTES} B")
    return made


def _record(session: Session, bench: Bench, actor: Actor, now: datetime, act: str, **more: Any) -> None:
    session.flush()
    digest = engine.digest(files(session, bench.id))
    data = {"item": bench.item, "bench": str(bench.id), "stamp": bench.stamp, "digest": digest, **more}
    record_act(session, actor, actor.tenant, acts.chain_of(bench.item), now, f"bench:{act}", data)
