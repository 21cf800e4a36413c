"""Which clocks a span stops, and which an extension prolongs."""

import pytest

from app.deadlines.types import ClockSpec, Granted, Ledger, Span
from app.kernel.ids import new_id
from tests.unit.deadlines.office import at

CASE, LAND, PLANNING, STEP, OTHER, CAUSE = (new_id() for _ in range(6))
START = at("2026-03-02 10:00")


def clock(level, subject, leg_id=None, basis="step"):
    return ClockSpec(level, basis, subject, leg_id, None, "cn", "working", START, None, "P5D")


def span(leg_id, cause=CAUSE):
    return Span(leg_id, cause, "hearing", None, at("2026-03-03 10:00"), None)


CLOCKS = {
    "case": clock("case", CASE, basis="statutory"),
    "leg": clock("leg", LAND, LAND),
    "its step": clock("step", STEP, LAND),
    "sibling leg": clock("leg", PLANNING, PLANNING),
    "sibling's step": clock("step", OTHER, PLANNING),
    "step outside legs": clock("step", OTHER),
}


@pytest.mark.parametrize(
    ("rule", "excluded", "stopped"),
    [
        ("a span without a leg stops all", span(None), set(CLOCKS)),
        ("a span in a leg stops the leg's clocks and the case's", span(LAND), {"case", "leg", "its step"}),
        ("siblings run on", span(PLANNING), {"case", "sibling leg", "sibling's step"}),
        ("an excluded step keeps its own limit", span(LAND, STEP), {"case", "leg"}),
        ("an excluded leg keeps its own limits", span(LAND, LAND), {"case"}),
    ],
)
def test_which_clocks_a_span_stops(rule, excluded, stopped):
    ledger = Ledger((excluded,))
    assert {name for name, each in CLOCKS.items() if ledger.exclusions_for(each)} == stopped


def test_an_extension_prolongs_the_case_on_the_same_basis():
    ledger = Ledger(extensions=(Granted("statutory", 10, "", CAUSE, START), Granted("statutory", 5, "", CAUSE, START)))
    assert ledger.extra_days_for(CLOCKS["case"]) == 15
    assert ledger.extra_days_for(clock("case", CASE, basis="promised")) == 0
    assert ledger.extra_days_for(clock("leg", LAND, LAND, basis="statutory")) == 0


def test_the_facts_of_a_clock():
    ledger = Ledger((span(None),), (Granted("statutory", 10, "", CAUSE, START),))
    facts = ledger.facts(CLOCKS["case"])
    assert (facts.started_at, facts.red, facts.counting, facts.extra_days) == (START, "P5D", "working", 10)
    assert [each.reason for each in facts.exclusions] == ["hearing"]
