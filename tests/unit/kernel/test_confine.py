"""Work in a watched child: what it returns, what ends it, and what it cannot reach."""

import os
import re
import sys
import tempfile
import threading
import time
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from app.kernel import confine
from app.kernel.confine import Bounds, NeededTooMuch, TooBusy, TookTooLong, Unworkable, run
from app.kernel.errors import Invalid, NotFound
from tests.unit.kernel import hostile_work

SHORT = Bounds(seconds=0.4, megabytes=64)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1.5,
        "林𬭎 \u202e",
        "\ud800",
        10**40,
        b"\x00\xff",
        {"a": [b"x", {"b": b""}]},
        [],
        {"": 1},
        bytes(3 << 20),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_plain_data_comes_back_as_it_went(value: object) -> None:
    assert run(hostile_work.echo, value, 1, what="x") == [value, 1]


def test_a_child_is_kept_and_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    first, second = (run(hostile_work.process, what="x") for _ in range(2))
    assert first["pid"] == second["pid"] != os.getpid()
    assert not {"SECRET_KEY", "DATABASE_URL"} & first["environment"].keys()
    assert not first["flask"]
    if os.geteuid() == 0 and not sys.base_prefix.startswith("/root"):
        assert first["user"] != 0


@pytest.mark.parametrize("stream", [BytesIO, tempfile.TemporaryFile, tempfile.SpooledTemporaryFile])
def test_a_stream_stays_where_it_was(stream) -> None:
    with stream() as given:
        given.write(b"0123456789" * 100_000)
        given.seek(7)
        assert run(hostile_work.length, given, what="x") == [1_000_000, b"01234", 999_998, b"89"]
        assert given.read(3) == b"789"


@pytest.mark.parametrize("job", [hostile_work.never_ends, hostile_work.sleeps])
def test_time_is_bounded(job) -> None:
    begun = time.monotonic()
    with pytest.raises(TookTooLong) as raised:
        run(job, what="plan.bpmn", bounds=SHORT)
    assert time.monotonic() - begun < 5
    assert raised.value.text == "“plan.bpmn” took longer than 0.4 seconds to work through."


@pytest.mark.parametrize("job", [hostile_work.eats_memory, hostile_work.wants_it_at_once])
def test_memory_is_bounded(job) -> None:
    with pytest.raises(NeededTooMuch) as raised:
        run(job, what="plan.bpmn", bounds=Bounds(seconds=20, megabytes=64))
    assert raised.value.params == {"what": "plan.bpmn", "limit": "64"}


def test_three_hundred_megabytes_are_never_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked for; as the system counts it, and not only as the parent sees it now and then."""
    most: list[int] = []
    watched = confine._Child.memory

    def memory(child: confine._Child) -> int:
        with suppress(OSError):
            told = Path(f"/proc/{child.process.pid}/status").read_text()
            most.append(int(re.search(r"VmHWM:\s+(\d+)", told)[1]) // 1024)  # type: ignore[index]
        return watched(child)

    monkeypatch.setattr(confine._Child, "memory", memory)
    for job in (hostile_work.grows_slowly, hostile_work.eats_memory):
        with pytest.raises(NeededTooMuch):
            run(job, what="plan.bpmn", bounds=Bounds(seconds=20, megabytes=2000))
    assert 150 < max(most) <= 301


def test_what_it_started_ends_with_it() -> None:
    run(hostile_work.echo, what="x")
    children = {psutil.Process(child.process.pid) for child in confine._pool._all}
    seen: set[psutil.Process] = set()

    def look() -> None:
        while not seen:
            seen.update(*(child.children() for child in children if child.is_running()))
            time.sleep(0.02)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    with pytest.raises(TookTooLong):
        run(hostile_work.starts_and_stays, what="x", bounds=Bounds(seconds=1))
    looking.join(5)
    assert seen
    _gone, alive = psutil.wait_procs(seen, 5)
    assert all(process.status() == psutil.STATUS_ZOMBIE for process in alive)


def test_answers_are_bounded() -> None:
    with pytest.raises(NeededTooMuch):
        run(hostile_work.answers_too_much, what="x", bounds=Bounds(megabytes=512, answer=8))


@pytest.mark.parametrize(
    "job",
    [
        hostile_work.crashes,
        hostile_work.is_killed,
        hostile_work.fails,
        hostile_work.answers_an_object,
        hostile_work.lies,
    ],
)
def test_whatever_breaks_is_told_and_the_next_work_is_done(job, caplog) -> None:
    with pytest.raises(Unworkable) as raised:
        run(job, what="plan.bpmn")
    assert raised.value.text == "“plan.bpmn” could not be worked through."
    assert run(hostile_work.echo, 1, what="x") == [1]


def test_errors_of_the_domain_come_through() -> None:
    with pytest.raises(NotFound) as raised:
        run(hostile_work.is_not_found, what="x")
    assert raised.value.text == str(raised.value) == "There is no item “林𬭎”, or you may not see it."
    with pytest.raises(Invalid) as invalid:
        run(hostile_work.is_invalid, what="x")
    assert invalid.value.fields == {"name": ["Not a valid string."]}


def test_it_reaches_neither_network_nor_programs_nor_files(tmp_path) -> None:
    tmp_path.chmod(0o777)
    for job, arguments in (
        (hostile_work.connects, ()),
        (hostile_work.starts, ()),
        (hostile_work.writes, (str(tmp_path / "x"),)),
    ):
        with pytest.raises(Unworkable):
            run(job, *arguments, what="x")
    assert list(tmp_path.iterdir()) == []
    with tempfile.TemporaryFile() as given:
        given.write(b"as it was")
        with pytest.raises(Unworkable):
            run(hostile_work.overwrites, given, what="x")
        given.seek(0)
        assert given.read() == b"as it was"


def test_a_child_that_has_gone_is_replaced() -> None:
    pid = run(hostile_work.process, what="x")["pid"]
    psutil.Process(pid).kill()
    assert run(hostile_work.process, what="x")["pid"] != pid


def test_many_threads_share_few_children() -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(run(hostile_work.process, what="x")["pid"])) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert len(set(found)) <= confine.MOST_CHILDREN


def test_nobody_keeps_others_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much one person asks for, a child is left; what they ask for beyond a few pieces is refused at once."""
    greedy, refused = uuid4(), []
    others = run(hostile_work.echo, what="x"), run(hostile_work.echo, what="x")  # children are warm
    assert others == ([], [])

    def ask() -> None:
        confine.asked_by(greedy)
        try:
            run(hostile_work.sleeps, what="x", bounds=Bounds(seconds=3))
        except (TookTooLong, TooBusy) as error:
            refused.append((type(error), time.monotonic()))

    monkeypatch.setattr(confine, "LONGEST_WAIT", 1.0)
    threads = [threading.Thread(target=ask) for _ in range(confine.MOST_WAITING + 3)]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    time.sleep(0.3)
    assert [kind for kind, _ in refused] == [TooBusy] * 2
    for who in (None, uuid4()):
        confine.asked_by(who)
        assert run(hostile_work.echo, 1, what="x") == [1]
    assert time.monotonic() - began < 1.5
    confine.asked_by(None)
    for thread in threads:
        thread.join()
    assert [kind for kind, _ in refused].count(TookTooLong) == 1


def test_a_forked_process_has_children_of_its_own() -> None:
    theirs = run(hostile_work.process, what="x")["pid"]
    reading, writing = os.pipe()
    forked = os.fork()
    if forked == 0:
        try:
            os.write(writing, str(run(hostile_work.process, what="x")["pid"]).encode())
            confine._pool.close()
        finally:
            os._exit(0)
    os.waitpid(forked, 0)
    assert os.read(reading, 20).decode() not in ("", str(theirs))
    os.close(reading)
    os.close(writing)
    assert run(hostile_work.process, what="x")["pid"] == theirs


def test_children_end_with_their_process() -> None:
    pid = run(hostile_work.process, what="x")["pid"]
    confine._pool.close()
    assert not psutil.pid_exists(pid)
    assert run(hostile_work.echo, 1, what="x") == [1]


def test_a_warm_call_costs_little() -> None:
    """Against a slowly decaying bound: what is measured on a quiet machine stands in the module's docstring."""
    run(hostile_work.echo, what="x")
    times = []
    for _ in range(50):
        begun = time.perf_counter()
        run(hostile_work.echo, 1, what="x")
        times.append(time.perf_counter() - begun)
    assert sorted(times)[25] < 0.005
