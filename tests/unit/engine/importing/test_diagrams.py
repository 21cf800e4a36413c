"""Each diagram of tests/diagrams, as modelers write it, goes the way that BPMN 2.0 demands: see the trace beside it.

A trace says what is put in (`given`), the elements completed in order, and the findings, warnings apart.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from app.engine import check
from tests.unit.engine.playing import played

ROOT = Path(__file__).parents[3] / "diagrams"
DIALECTS = ("activiti", "bpmn", "camunda", "flowable", "signavio", "spiffworkflow", "zeebe")
DRAWN = sorted(path for dialect in DIALECTS for path in (ROOT / dialect).glob("*.bpmn"))


def key(finding: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(finding[name]) for name in ("kind", "code", "element"))


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_it_goes_the_way_that_is_meant(path: Path) -> None:
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
    trace = played({path.name: path.read_bytes()}, wanted["given"])
    told = sorted(map(key, (finding for finding in trace["findings"] if finding["kind"] != "warning")))
    assert told == sorted(map(key, wanted["findings"]))
    assert {name: trace[name] for name in ("state", "result", "elements")} == {
        name: wanted[name] for name in ("state", "result", "elements")
    }


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_reading_it_twice_says_the_same(path: Path) -> None:
    files = {path.name: path.read_bytes()}
    assert check(files) == check(files)


def test_every_dialect_has_diagrams() -> None:
    assert {path.parent.name for path in DRAWN} == set(DIALECTS)
