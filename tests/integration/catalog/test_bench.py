"""Working copies: begun from a version or from files, saved under a stamp, handed in; who else has one open."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import engine
from app.audit.models import AuditEntry
from app.catalog import bench, comparing, errors, operations, queries
from app.identity.types import SYSTEM, Actor
from app.kernel.confine import Bounds, TookTooLong
from tests.unit.catalog.small_item import DIAGRAM, MANIFEST, changed, encoded, files

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CODE = "bench-permit"
NINE = changed(MANIFEST, "days: 10,", "days: 9,")[MANIFEST]


@pytest.fixture
def wang(tenant: str) -> Actor:
    return replace(SYSTEM, tenant=tenant, username="wang", name="王设计")


@pytest.fixture
def version(session: Session, wang: Actor) -> int:
    return operations.submit(session, encoded(files()), wang, NOW).version


def tags(session: Session) -> list[str]:
    entries = session.scalars(select(AuditEntry.tag).where(AuditEntry.tag.contains("bench:")).order_by(AuditEntry.seq))
    return [tag.partition(":")[2] for tag in entries]


def test_a_version_is_changed_on_the_bench_and_handed_in_as_the_next_one(
    session: Session, wang: Actor, version: int
) -> None:
    begun = bench.begin(session, CODE, version, wang, NOW)
    assert (begun.base, begun.stamp) == (version, 1)
    assert bench.files(session, begun.id) == queries.files(session, CODE, version)
    saved = bench.save(session, begun.id, {MANIFEST: NINE}, wang, NOW, seen=1)
    assert saved.stamp == 2
    found = comparing.compare(
        comparing.side(session, CODE, str(version)), comparing.side(session, CODE, str(begun.id))
    ).differences
    assert [(one.how, one.where, one.before, one.after) for one in found] == [
        ("changed", "limits.promised.days", "10", "9")
    ]
    made = bench.hand_in(session, begun.id, wang, NOW, "nine days", seen=2)
    assert (made.version, made.state) == (version + 1, "draft")
    assert queries.files(session, CODE, made.version)[MANIFEST] == NINE
    assert bench.benches(session, CODE) == []
    assert tags(session) == ["bench:begun", "bench:saved", "bench:handed-in"]


def test_two_who_edit_one_version_share_its_bench(session: Session, wang: Actor, version: int) -> None:
    li = replace(wang, username="li", name="李设计")
    first = bench.begin(session, CODE, version, wang, NOW)
    assert bench.begin(session, CODE, version, li, NOW).id == first.id
    assert bench.sit(session, first.id, wang, NOW) == []
    later = NOW + timedelta(minutes=1)
    assert [(seat.username, seat.since) for seat in bench.sit(session, first.id, li, later)] == [("wang", NOW)]
    assert bench.sit(session, first.id, li, later + bench.GONE_AFTER) == []


def test_nobody_writes_over_what_another_saved(session: Session, wang: Actor, version: int) -> None:
    li = replace(wang, username="li", name="李设计")
    lying = bench.begin(session, CODE, version, wang, NOW)
    bench.save(session, lying.id, {MANIFEST: NINE}, wang, NOW, seen=1)
    with pytest.raises(errors.SavedMeanwhile) as refused:
        bench.save(session, lying.id, {MANIFEST: b"mine"}, li, NOW, seen=1)
    assert refused.value.params == {"who": "wang", "stamp": 2}
    with pytest.raises(errors.SavedMeanwhile):
        bench.hand_in(session, lying.id, li, NOW, seen=1)
    mine = bench.copy(session, lying.id, {MANIFEST: b"mine"}, li, NOW)
    assert bench.files(session, mine.id)[MANIFEST] == b"mine"
    assert bench.files(session, lying.id)[MANIFEST] == NINE


def test_what_is_wrong_may_lie_there_but_is_not_handed_in(session: Session, wang: Actor) -> None:
    broken = {**encoded(files()), MANIFEST: b"code: bench-permit\nname: [\n"}
    lying = bench.lay(session, broken, wang, NOW)
    assert (lying.item, lying.base) == (CODE, None)
    assert "not-yaml" in [one.code for one in bench.check(session, lying.id, {}, None)]
    assert not any(one.severity == "error" for one in bench.check(session, lying.id, {MANIFEST: NINE}, None))
    with pytest.raises(errors.ItemRefused):
        bench.hand_in(session, lying.id, wang, NOW)
    assert bench.clear(session, lying.id, wang, NOW) == CODE
    with pytest.raises(errors.NoSuchBench):
        bench.get(session, lying.id)


@pytest.mark.parametrize(
    "changes",
    [
        {"../../etc/passwd": b""},
        {"processes/Bench/x.bpmn": b""},
        {MANIFEST: b"x" * 2_100_000},
        {f"forms/bench-permit/f{number}.json": b"{}" for number in range(70)},
    ],
)
def test_what_can_be_no_file_of_an_item_is_refused(
    session: Session, wang: Actor, version: int, changes: dict[str, bytes]
) -> None:
    lying = bench.begin(session, CODE, version, wang, NOW)
    with pytest.raises(errors.NotOnBench):
        bench.save(session, lying.id, changes, wang, NOW)
    assert bench.get(session, lying.id).stamp == 1


def test_a_file_is_taken_away_and_one_in_gb18030_is_read(session: Session, wang: Actor, version: int) -> None:
    lying = bench.begin(session, CODE, version, wang, NOW)
    bench.save(session, lying.id, {DIAGRAM: None}, wang, NOW)
    assert DIAGRAM not in bench.files(session, lying.id)
    drawn = '<?xml version="1.0" encoding="GB18030"?><definitions name="长椅"/>'.encode("gb18030")
    brought = bench.lay(session, {DIAGRAM: drawn, MANIFEST: NINE}, wang, NOW)
    text = bench.files(session, brought.id)[DIAGRAM].decode()
    assert 'encoding="UTF-8"' in text
    assert "长椅" in text


def test_an_answer_is_written_into_the_diagram_and_not_saved(session: Session, wang: Actor, version: int) -> None:
    lying = bench.begin(session, CODE, version, wang, NOW)
    drawn = bench.files(session, lying.id)[DIAGRAM]
    bare = re.sub(rb"<conditionExpression[^>]*>[^<]*</conditionExpression>", b"", drawn)
    asked = [one for one in bench.check(session, lying.id, {DIAGRAM: bare}, None) if one.severity == "question"]
    assert asked
    first = asked[0]
    after = bench.answered(session, lying.id, {DIAGRAM: bare}, first.element or "", first.code, first.offer)
    left = [one for one in bench.check(session, lying.id, dict(after), None) if one.severity == "question"]
    assert first.element not in [one.element for one in left]
    assert bench.files(session, lying.id)[DIAGRAM] == drawn
    with pytest.raises(engine.AnswerUnfit):
        bench.answered(session, lying.id, {}, "nowhere", first.code, first.offer)


def test_who_may_not_draft_may_not_begin(session: Session, wang: Actor, version: int) -> None:
    reader = replace(wang, permissions=frozenset({"item.review"}))
    with pytest.raises(errors.MayNot):
        bench.begin(session, CODE, version, reader, NOW)


def test_what_takes_too_much_is_said_of_it_and_can_be_mended(
    session: Session, wang: Actor, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of a working copy opens, whatever lies on it."""
    begun = bench.begin(session, CODE, version, wang, NOW)
    monkeypatch.setattr("app.catalog.checking.BOUNDS", Bounds(seconds=0, megabytes=64))
    (finding,) = bench.check(session, begun.id, {MANIFEST: NINE})
    assert (finding.severity, finding.code, finding.element) == ("error", "took-too-long", None)
    assert MANIFEST in finding.text
    with pytest.raises(TookTooLong):
        bench.hand_in(session, begun.id, wang, NOW)


@pytest.mark.parametrize("text", [b"<?xml " * 330_000, b"<?xml encoding" * 140_000, b"<?xml encoding='" * 120_000])
def test_no_file_holds_its_own_reading_up(session: Session, wang: Actor, text: bytes) -> None:
    """Of a file that is no UTF-8 the encoding is looked for at its head only: elsewhere it is none."""
    began = time.process_time()
    bench.lay(session, {**encoded(files()), DIAGRAM: b"\xff" + text}, wang, NOW)
    assert time.process_time() - began < 2


def test_versions_that_are_heavy_are_not_all_kept(
    session: Session, wang: Actor, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last is, and whatever is let go of is read again."""
    further = operations.submit(session, {**encoded(files()), MANIFEST: NINE}, wang, NOW).version
    monkeypatch.setattr(queries, "_HEAVIEST", 1)
    for number in (version, further, version):
        assert queries.item(session, CODE, number).version == number
        assert len(queries._built) == len(queries._weights) == 1
