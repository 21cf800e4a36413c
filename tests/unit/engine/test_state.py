"""The state of a case in bytes: small, stable, and refused when it is damaged."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine import Instance, StateUnreadable, TokenGone, Variables, load
from tests.unit.engine.drawing import Office, boundary, chain, end, files, node, start, sub, timer, user

BENCH = {"approval.bpmn": (Path(__file__).parents[2] / "bench" / "approval.bpmn").read_bytes()}
STARTED = start() + end()


def test_the_bench_diagram_stays_small() -> None:
    office = Office(load(BENCH))
    sizes = {"accept": len(office.instance.dump())}
    office.do("accept")
    sizes["reviews"] = len(office.instance.dump())
    office.do("review_legal").do("review_finance").do("review_technical")
    sizes["decide"] = len(office.instance.dump())
    assert office.open == ["decide"]
    assert sizes["accept"] <= 80
    assert sizes["reviews"] <= 160
    assert sizes["decide"] <= 80
    assert office.set(approved=True).do("decide").ended
    assert office.trace[-1] == "end_ok"


def test_the_bench_diagram_with_its_timers_stays_small() -> None:
    office = Office(load(BENCH, lift=False)).do("accept")
    assert len(office.armed) == 6
    assert len(office.instance.dump()) <= 450


def test_live_tokens_keep_their_ids() -> None:
    office = Office(load(BENCH)).do("accept")
    before = {activity.element: activity.token for activity in office.instance.waiting}
    office.do("review_legal")
    after = {activity.element: activity.token for activity in office.instance.waiting}
    assert after == {name: token for name, token in before.items() if name != "review_legal"}


def busy() -> Office:
    """A case with something of everything: levels, items, joins, timers counted down."""
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>names</loopDataInputRef>"
        '<inputDataItem id="name"/></multiInstanceLoopCharacteristics>'
    )
    inner = start("i") + user("u") + end("o") + chain("i", "u", "o")
    again = boundary("often", "s", timer("R3/PT8H", "timeCycle"), False) + user("remind") + chain("often", "remind")
    many = node("subProcess", "s", inner + loop)
    fork = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    signal = '<signalEventDefinition signalRef="go"/>'
    condition = "<conditionalEventDefinition><condition>due</condition></conditionalEventDefinition>"
    first = '<eventBasedGateway id="g"/>' + event("x", timer("P2D")) + event("y", signal) + event("z", condition)
    begun = node("startEvent", "hs", timer("R3/PT4H", "timeCycle"), isInterrupting="false")
    handler = node("subProcess", "h", begun + user("hu") + chain("hs", "hu"), triggeredByEvent="true")
    waits = "".join(chain("g", name, "m") for name in "xyz") + '<exclusiveGateway id="m"/>'
    ways = chain("start", "f", "s", "j", "end") + chain("f", "a", "j") + chain("f", "g") + waits + chain("m", "j")
    drawn = files(STARTED, fork, many, user("a"), again, ways, first, handler)
    office = Office(drawn, names=["李", {"deep": [1, None, True]}], due=False)
    return office.do("a").fire("often").fire("hs")


def event(name: str, inner: str) -> str:
    return node("intermediateCatchEvent", name, inner)


def test_restoring_gives_back_everything() -> None:
    office = busy()
    kept = Instance.restore(office.definition, office.instance.dump(), office.variables)
    assert kept.waiting == office.instance.waiting
    assert kept.timers == office.instance.timers
    assert kept.marks() == office.instance.marks()
    assert kept.awaited == office.instance.awaited
    assert sorted(timer.value for timer in kept.timers) == ["P2D", "R2/PT4H", "R2/PT8H"]
    assert [awaited.name for awaited in kept.awaited] == ["go"]
    assert kept.movement().entered == ()
    assert not kept.ended


def test_a_case_that_ended_stays_ended() -> None:
    office = Office(files(STARTED, user("a"), chain("start", "a", "end"))).do("a")
    assert office.ended
    with pytest.raises(TokenGone):
        office.instance.complete(office.movements[0].entered[0].token)


def test_another_version_of_the_diagram_is_refused() -> None:
    drawn = files(STARTED, user("a"), chain("start", "a", "end"))
    state = Office(drawn).instance.dump()
    changed = {"d.bpmn": drawn["d.bpmn"].replace(b"<process", b'<process name="new"')}
    for other in (load(changed), load(drawn, lift=False)):
        with pytest.raises(StateUnreadable, match="checksum"):
            Instance.restore(other, state, Variables())


BUSY = busy()
STATE = BUSY.instance.dump()


@given(st.data())
def test_no_damage_goes_unnoticed(data: st.DataObject) -> None:
    where = data.draw(st.integers(0, len(STATE) - 1))
    change = data.draw(st.integers(1, 255))
    damaged = bytearray(STATE)
    damaged[where] ^= change
    with pytest.raises(StateUnreadable):
        Instance.restore(BUSY.definition, bytes(damaged), Variables())


@given(st.integers(0, len(STATE) - 1))
def test_no_cut_goes_unnoticed(length: int) -> None:
    with pytest.raises(StateUnreadable):
        Instance.restore(BUSY.definition, STATE[:length], Variables())


def test_long_states_are_packed() -> None:
    names = [f"step_{number:03}" for number in range(60)]
    flows = "".join(chain("f", name, "j") for name in names)
    fork = '<parallelGateway id="f"/><parallelGateway id="j"/>' + chain("start", "f") + chain("j", "end")
    office = Office(files(STARTED, fork, user(*names), flows))
    state = office.instance.dump()
    assert state[0] == 2
    assert len(state) < 60 * 32
    for name in names:
        office.do(name)
    assert office.ended


def test_levels_within_levels() -> None:
    parts = user("u")
    for depth in range(30):
        inner = "u" if depth == 0 else f"s{depth - 1}"
        parts = sub(f"s{depth}", start(f"i{depth}"), parts, end(f"o{depth}"), chain(f"i{depth}", inner, f"o{depth}"))
    office = Office(files(STARTED, parts, chain("start", "s29", "end")))
    assert len(office.activity("u").scopes) == 30
    assert office.do("u").ended
