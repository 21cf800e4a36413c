"""A list that nobody gave, and for whose members something is done, is assumed with some members, and told."""

from datetime import UTC, datetime

import pytest

from app.studio.play import planned
from tests.unit.engine.drawing import chain, end, files, start, user

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("written", ["=voters", "${voters}", "voters"])
def test_a_list_is_assumed(written: str) -> None:
    loop = f'<multiInstanceLoopCharacteristics camunda:collection="{written}" camunda:elementVariable="voter"/>'
    step = user("vote").replace("</userTask>", f"{loop}</userTask>")
    trace = planned(files(start(), step, end(), chain("start", "vote", "end")), {}, {}, AT.isoformat(), None)
    assert (trace["state"], trace["elements"]) == ("ended", ["start", "vote", "vote", "vote", "end"])
    assert ("voters", ["1", "2", "3"]) in [(one.get("name"), one["value"]) for one in trace["assumed"]]
