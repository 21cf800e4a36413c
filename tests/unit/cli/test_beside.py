"""What a diagram names and the folder has is taken with it, and told; never anything else."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from app.cli import lone
from tests.unit.engine.drawing import chain, definitions, end, node, process, start

RULES = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">'
    '<decision id="{0}" name="fee"><variable name="fee"/><literalExpression><text>5</text></literalExpression>'
    "</decision></definitions>"
)


def run(*words: str) -> tuple[Result, dict[str, Any]]:
    done = lone.application().test_cli_runner().invoke(args=["items", *words, "--format", "json"])
    found: dict[str, Any] = json.loads(done.stdout)
    return done, found


def called(name: str, *inner: str) -> bytes:
    ids = [f"{name}_{number}" for number in range(len(inner) + 2)]
    return definitions(process(start(ids[0]), *inner, end(ids[-1]), chain(ids[0], *_ids(inner), ids[-1]), name=name))


def _ids(parts: tuple[str, ...]) -> list[str]:
    return [part.split('id="')[1].split('"')[0] for part in parts]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    call = node("callActivity", "visit", calledElement="visiting")
    ask = node("businessRuleTask", "price", **{"camunda:decisionRef": "fee", "camunda:resultVariable": "fee"})
    deeper = node("callActivity", "further", calledElement="deeper")
    drawn = definitions(process(start(), call, ask, end(), chain("start", "visit", "price", "end")))
    (tmp_path / "main.bpmn").write_bytes(drawn)
    (tmp_path / "visiting.bpmn").write_bytes(called("visiting", deeper))
    (tmp_path / "deeper.bpmn").write_bytes(called("deeper"))
    (tmp_path / "fees.dmn").write_text(RULES.format("fee"))
    (tmp_path / "others.dmn").write_text(RULES.format("other"))
    (tmp_path / "other.bpmn").write_bytes(called("other"))
    return tmp_path


def taken(found: dict[str, Any]) -> set[str]:
    return {one["file"] for one in found["findings"] if one["code"] == "taken-beside"}


def test_what_is_named_is_taken_with_what_it_names_in_turn(folder: Path) -> None:
    done, trace = run("play", str(folder / "main.bpmn"))
    assert (done.exit_code, trace["state"], trace.get("error")) == (0, "ended", None)
    assert taken(trace) == {"visiting.bpmn", "deeper.bpmn", "fees.dmn"}
    assert {"deeper_0", "further", "visit", "price"} <= set(trace["elements"])
    assert trace["variables"] == {"fee": [{"fee": 5}]}  # a list of all that hold, as Camunda 7's resultList


def test_the_check_takes_the_same_and_says_so(folder: Path) -> None:
    _done, found = run("check", str(folder / "main.bpmn"))
    assert sorted(found["files"]) == ["deeper.bpmn", "fees.dmn", "main.bpmn", "visiting.bpmn"]
    assert taken(found) == {"visiting.bpmn", "deeper.bpmn", "fees.dmn"}
    assert not [one for one in found["findings"] if one["code"] in ("called-missing", "decision-missing")]


def test_what_two_files_have_is_taken_from_neither(folder: Path) -> None:
    (folder / "again.bpmn").write_bytes(called("visiting"))
    _done, found = run("check", str(folder / "main.bpmn"))
    assert taken(found) == {"fees.dmn"}


def test_a_link_to_elsewhere_is_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    away = tmp_path_factory.mktemp("away") / "visiting.bpmn"
    (folder / "visiting.bpmn").rename(away)
    (folder / "visiting.bpmn").symlink_to(away)
    _done, found = run("check", str(folder / "main.bpmn"))
    assert taken(found) == {"fees.dmn"}


def test_what_is_given_itself_is_not_told(folder: Path) -> None:
    _done, found = run("check", *(str(folder / name) for name in ("main.bpmn", "visiting.bpmn", "fees.dmn")))
    assert taken(found) == {"deeper.bpmn"}
