"""Each diagram of tests/diagrams/languages, with the decisions beside it, goes the way of the trace beside it."""

import json
from pathlib import Path

import pytest

from tests.unit.engine.playing import played

DRAWN = sorted((Path(__file__).parents[3] / "diagrams" / "languages").glob("*.bpmn"))


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.stem)
def test_it_goes_the_way_that_is_meant(path: Path) -> None:
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
    tables = path.with_suffix(".dmn")
    files = {beside.name: beside.read_bytes() for beside in (path, tables) if beside.exists()}
    trace = played(files, wanted["given"])
    told = [
        {name: finding[name] for name in ("kind", "code", "element")}
        for finding in trace["findings"]
        if finding["kind"] != "warning"
    ]
    assert told == wanted["findings"]
    assert {name: trace[name] for name in ("state", "result", "elements")} == {
        name: wanted[name] for name in ("state", "result", "elements")
    }


def test_there_are_diagrams() -> None:
    assert len(DRAWN) > 10
