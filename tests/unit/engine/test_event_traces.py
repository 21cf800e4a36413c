"""The diagrams of events: each runs as the trace beside it says, which is the one that BPMN 2.0.2 demands."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.engine import check, load
from tests.unit.engine.drawing import Office, codes

DIAGRAMS = Path(__file__).parents[2] / "diagrams" / "events"
RUNS = [
    pytest.param(path, number, id=f"{path.stem}-{number}")
    for path in sorted(DIAGRAMS.glob("*.json"))
    for number in range(len(json.loads(path.read_text())))
]
VALUES: dict[str, Any] = {"area": 600, "paid": True, "fee_paid": True}
"""What a step enters: a variable by its name; any other word is the value of “how”."""


def act(office: Office, verb: str, subject: str, *more: str) -> None:
    if verb == "do":
        name, _equals, item = subject.partition("=")
        entered = {(word if word in VALUES else "how"): VALUES.get(word, word) for word in more}
        found = [
            activity
            for activity in office.instance.waiting
            if activity.element == name and activity.type != "multiInstance" and item in ("", str(activity.item))
        ]
        for variable, value in entered.items():
            office.set(**{variable: value})
        office.instance.complete(found[0].token)
    elif verb == "outcome":
        office.variables.set_outcome("", subject, more[0])
        office.instance.complete(office.activity(subject).token)
    elif verb == "fire":
        office.instance.fire(office.timer(subject).token)
    elif verb == "resume":
        office.instance.resume(office.activity(subject).token)
    elif verb == "fail":
        office.instance.fail(office.activity(subject).token, more[0])
    elif verb == "message":
        office.instance.receive("message", subject)
    else:
        office.instance.receive("signal", subject)
    office._settle()


@pytest.mark.parametrize(("path", "number"), RUNS)
def test_the_trace_is_the_one_demanded(path: Path, number: int) -> None:
    demanded = json.loads(path.read_text())[number]
    drawn = {path.stem: path.with_suffix(".bpmn").read_bytes()}
    assert codes(check(drawn)) == set()
    office = Office(load(drawn), **demanded["given"]["variables"])
    for verb, *words in demanded["given"]["acts"]:
        act(office, verb, *words)
    drawn_in = office.definition.elements
    marked = office.instance.marks().items()
    waiting = sorted(name for name, mark in marked if not drawn_in[name].attached_to for _token in range(mark.active))
    assert (office.definition.process_id, office.trace) == (demanded["process"], demanded["elements"])
    assert waiting == demanded["waiting"]
    assert demanded["state"] == ("ended" if office.ended else "waiting")
    if "sent" in demanded:
        assert [sent.element for movement in office.movements for sent in movement.sent] == demanded["sent"]
