"""`flask items check` and `play` on a designer's machine: no database, no settings, plain JSON, exit codes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result

from app.cli import drafts, lone
from tests.unit.engine import drawing
from tests.unit.engine.drawing import chain, definitions, end, node, process, props, start

ROOT = Path(__file__).parents[3]
SCHEMAS = {
    name: json.loads((ROOT / f"docs/schemas/{name}-1.json").read_text("utf-8")) for name in ("trace", "findings")
}
STEP = node("userTask", "review", props(post="clerk", form="f", outcomes="approve deny"))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diagram that stands alone."""
    place = tmp_path_factory.mktemp("drawn") / "d.bpmn"
    [content] = drawing.files(start(), STEP, end(), chain("start", "review", "end")).values()
    place.write_bytes(content)
    return place


def run(*words: str) -> Result:
    """A command, in the application that knows no office."""
    return lone.application().test_cli_runner().invoke(args=["items", *words])


def told(name: str, text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    jsonschema.validate(found, SCHEMAS[name])
    return found


@pytest.mark.parametrize(("verb", "name"), [("check", "findings"), ("play", "trace")])
def test_a_machine_without_settings_is_enough(verb: str, name: str, drawn: Path) -> None:
    """As designers call it; stdout carries nothing but the JSON."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "items", verb, str(drawn), "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, env=kept | {"PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    told(name, done.stdout.decode())


def test_a_diagram_is_played(drawn: Path, tmp_path: Path) -> None:
    chosen = tmp_path / "outcomes.json"
    chosen.write_text('{"review": "deny"}')
    done = run("play", str(drawn), "--outcomes", f"@{chosen}", "--variables", '{"area": 5}', "--format", "json")
    trace = told("trace", done.stdout)
    assert (done.exit_code, trace["state"], trace["assumed"]) == (0, "ended", [])
    assert trace["variables"] == {"area": 5, "review": {"outcome": "deny"}}


def test_a_diagram_is_checked(drawn: Path) -> None:
    done = run("check", str(drawn), "--format", "json")
    found = told("findings", done.stdout)
    assert (done.exit_code, found["files"], found["findings"]) == (0, ["d.bpmn"], [])


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"<a", b"<definitions/>", b"PK\x03\x04", definitions(process(start("a"), end("a")))]
)
def test_what_is_refused_is_named_in_both(content: bytes, tmp_path: Path) -> None:
    place = tmp_path / "odd.bpmn"
    place.write_bytes(content)
    checked, played = run("check", str(place), "--format", "json"), run("play", str(place), "--format", "json")
    assert (checked.exit_code, played.exit_code) == (1, 1)
    assert "refused" in {one["kind"] for one in told("findings", checked.stdout)["findings"]}
    assert told("trace", played.stdout)["state"] == "refused"


@pytest.mark.parametrize(
    "words",
    [
        ("play", "nowhere.bpmn"),
        ("check", "nowhere.bpmn"),
        ("play", "{drawn}", "--variables", "{"),
        ("play", "{drawn}", "--outcomes", "[]"),
        ("play", "{drawn}", "--outcomes", '{"review": 3}'),
        ("play", "{drawn}", "--outcomes", "@nowhere.json"),
        ("play", "{drawn}", "--at", "tomorrow"),
        ("play",),
    ],
)
def test_what_is_not_meant_so_is_a_matter_of_usage(words: tuple[str, ...], drawn: Path) -> None:
    done = run(*(word.replace("{drawn}", str(drawn)) for word in words), "--format", "json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_an_item_is_checked_and_played_without_a_database() -> None:
    home = str(ROOT / "processes/household-transfer")
    found = told("findings", run("check", home, "--format", "json").stdout)["findings"]
    assert {one["kind"] for one in found} <= {"rewritten"}
    assert (
        told("trace", run("play", home, "--at", "2026-03-02T09:00", "--format", "json").stdout)["result"] == "granted"
    )


def test_people_read_lines(drawn: Path) -> None:
    done = run("play", str(drawn), "--at", "2026-03-02T09:00")
    assert "2026-03-02T09:00  completed  review" in done.stdout


def calling(name: str, other: str) -> bytes:
    call = node("callActivity", "call", calledElement=other)
    return definitions(process(start(), call, end(), chain("start", "call", "end"), name=name))


def test_diagrams_that_call_each_other_belong_together() -> None:
    plain = {name: definitions(process(start(), name=name)) for name in ("b", "c")}
    given = {"a.bpmn": calling("a", "b"), "b.bpmn": plain["b"], "c.bpmn": plain["c"], "t.dmn": b"<t/>"}
    sets = [sorted(found) for found in drafts.together(given)]
    assert sorted(sets) == [["a.bpmn", "b.bpmn", "t.dmn"], ["c.bpmn", "t.dmn"]]


@pytest.mark.parametrize(
    ("words", "enough"),
    [
        (["/x/flask/__main__.py", "--app", "wsgi", "items", "check", "a.bpmn"], True),
        (["/x/bin/flask", "items", "play", "a.bpmn"], True),
        (["/x/bin/flask", "items", "check", "--catalogue", "a.bpmn"], False),
        (["/x/bin/flask", "items", "publish", "a"], False),
        (["/x/bin/granian", "items", "check"], False),
        ([], False),
    ],
)
def test_only_what_needs_no_office_does_without(words: list[str], enough: bool) -> None:
    assert lone.is_enough(words) is enough


@pytest.mark.parametrize("text", [b"<process " * 220_000, b"<process id" * 180_000, b"calledElement='" * 130_000])
def test_no_file_holds_the_command_up_before_the_child_reads_it(text: bytes) -> None:
    """Which files belong together is looked for in the command's own process."""
    began = time.process_time()
    assert len(drafts.together({"a.bpmn": text, "b.bpmn": text})) in (1, 2)
    assert time.process_time() - began < 3


def test_of_a_file_that_is_too_large_no_more_is_read_than_shows_it(tmp_path: Path) -> None:
    """The check says that it is too large; the command does not hold it in memory."""
    place = tmp_path / "large.bpmn"
    with place.open("wb") as opened:
        opened.truncate(1 << 32)
    ((files,), faults, _taken) = drafts._sets((str(place),), tmp_path)
    assert [len(content) for content in files.values()] == [drafts.LARGEST + 1]
    assert faults == []


def test_a_draft_that_may_stop_for_ever_is_played_and_refused(tmp_path: Path) -> None:
    parts = start() + drawing.xor("g", "d") + drawing.both("j") + end() + drawing.user("a", "b")
    ways = chain("start", "g") + drawing.way("g", "a", "x") + drawing.way("g", "b", name="d")
    [content] = drawing.files(parts, ways, chain("a", "j", "end"), chain("b", "j")).values()
    path = tmp_path / "d.bpmn"
    path.write_bytes(content)
    done = run("play", str(path), "--format", "json")
    trace = told("trace", done.stdout)
    assert (done.exit_code, trace["state"], trace["came_to"]) == (1, "refused", "failed")
    assert trace["elements"] == ["start", "g", "a"]
    assert trace["findings"][0]["code"] == "deadlock"
    assert "refused, failed" in run("play", str(path)).stdout
