"""Raising lights: at the moment that the limit passes, exactly once, however late and by however many."""

import threading

import pytest
from sqlalchemy import select

from app.deadlines.models import Flip
from app.deadlines.operations import park_clocks, raise_lights, retry_clocks, start_clocks, stop_clocks
from app.deadlines.queries import clocks, due_clocks, flips, tenants_due
from app.deadlines.types import Ledger
from tests.integration.deadlines.cases import NOW, add_case, load_calendars, statements, step_clock
from tests.unit.deadlines.office import at, here

YELLOW_AT, RED_AT = at("2026-03-06 17:00"), at("2026-03-09 17:00")
BETWEEN, LATE = at("2026-03-08 11:00"), at("2026-03-12 09:30")


def start(session, tenant, case_id, *specs):
    return start_clocks(session, tenant, case_id, specs or [step_clock()], Ledger())


def brief(raised):
    return [(each.colour, here(each.became_at)) for each in raised]


def test_clocks_start_green_with_one_statement(session, tenant, case_id, connection):
    specs = [
        step_clock(),
        step_clock("PT4H", None),
        step_clock(None, "P1D"),
        step_clock("P10D", "20%", counting="civil"),
    ]
    start(session, tenant, case_id)
    with statements(connection) as sent:
        started = start(session, tenant, case_id, *specs)
    assert len(sent) == 1
    found = {clock.id: clock for clock in clocks(session, tenant, case_id)}
    assert [found[clock.id] for clock in started] == started
    assert {clock.light for clock in found.values()} == {"green"}
    assert [here(clock.next_at) for clock in started] == [
        "2026-03-06 17:00",
        "2026-03-02 15:30",
        "2026-03-03 17:00",
        "2026-03-10 17:00",
    ]
    assert start_clocks(session, tenant, case_id, [], Ledger()) == []


def test_nothing_is_raised_before_its_time(session, tenant, case_id):
    start(session, tenant, case_id)
    assert due_clocks(session, tenant, at("2026-03-06 16:59"), 10) == []
    assert raise_lights(session, tenant, [case_id], at("2026-03-06 16:59")) == []
    assert due_clocks(session, tenant, YELLOW_AT, 10) == [case_id]


def test_yellow_then_red(session, tenant, case_id):
    start(session, tenant, case_id)
    [yellow] = raise_lights(session, tenant, [case_id], BETWEEN)
    assert (yellow.colour, yellow.became_at, yellow.clock.light, yellow.clock.next_at) == (
        "yellow",
        YELLOW_AT,
        "yellow",
        RED_AT,
    )
    assert raise_lights(session, tenant, [case_id], BETWEEN) == []
    [red] = raise_lights(session, tenant, [case_id], LATE)
    assert (red.colour, red.became_at, red.clock.light, red.clock.next_at) == ("red", RED_AT, "red", None)
    assert raise_lights(session, tenant, [case_id], LATE) == []
    assert clocks(session, tenant, case_id) == [red.clock]


def test_the_record_carries_when_it_became_true_and_when_it_was_noticed(session, tenant, case_id):
    """A light is raised at the moment that the limit passes, not when a program noticed."""
    start(session, tenant, case_id)
    raised = raise_lights(session, tenant, [case_id], LATE)
    found = flips(session, tenant, case_id)
    assert [(flip.id, flip.colour, flip.became_at, flip.noticed_at) for flip in found] == [
        (raised[0].flip_id, "yellow", YELLOW_AT, LATE),
        (raised[1].flip_id, "red", RED_AT, LATE),
    ]
    assert {flip.clock_id for flip in found} == {raised[0].clock.id}
    assert {each.clock.light for each in raised} == {"red"}


@pytest.mark.parametrize(
    ("red", "yellow", "now", "expected"),
    [
        ("P5D", "-P1D", LATE, [("yellow", "2026-03-06 17:00"), ("red", "2026-03-09 17:00")]),
        ("P5D", None, LATE, [("red", "2026-03-09 17:00")]),
        ("P5D", "P9D", LATE, [("red", "2026-03-09 17:00")]),  # no warning that comes with the limit
        (None, "P1D", LATE, [("yellow", "2026-03-03 17:00")]),
        ("P1M", "P1D", LATE, [("yellow", "2026-03-03 17:00")]),
        ("PT1H", "50%", NOW, []),
    ],
)
def test_which_lights_are_raised(session, tenant, case_id, red, yellow, now, expected):
    start(session, tenant, case_id, step_clock(red, yellow))
    assert brief(raise_lights(session, tenant, [case_id], now)) == expected


def test_a_finished_clock_keeps_the_light_it_had(session, tenant, case_id):
    spec, other = step_clock(), step_clock()
    start(session, tenant, case_id, spec, other)
    raise_lights(session, tenant, [case_id], BETWEEN)
    stop_clocks(session, tenant, case_id, [spec.subject], BETWEEN)
    assert brief(raise_lights(session, tenant, [case_id], LATE)) == [("red", "2026-03-09 17:00")]
    found = {clock.subject: clock for clock in clocks(session, tenant, case_id)}
    assert (found[spec.subject].light, found[spec.subject].stopped_at, found[spec.subject].next_at) == (
        "yellow",
        BETWEEN,
        None,
    )
    assert found[other.subject].light == "red"


@pytest.mark.parametrize(
    ("stopped", "expected"),
    [
        ("2026-03-05 10:00", []),
        ("2026-03-08 11:00", [("yellow", "2026-03-06 17:00")]),
        ("2026-03-10 11:00", [("yellow", "2026-03-06 17:00"), ("red", "2026-03-09 17:00")]),
    ],
)
def test_an_overdue_light_is_not_lost_when_its_step_is_completed_first(session, tenant, case_id, stopped, expected):
    start(session, tenant, case_id)
    stop_clocks(session, tenant, case_id, None, at(stopped))
    assert bool(due_clocks(session, tenant, LATE, 10)) is bool(expected)
    assert brief(raise_lights(session, tenant, [case_id], LATE)) == expected
    assert due_clocks(session, tenant, LATE, 10) == []
    assert clocks(session, tenant, case_id)[0].stopped_at == at(stopped)


def test_stopping_twice_keeps_the_first_instant(session, tenant, case_id):
    start(session, tenant, case_id)
    stop_clocks(session, tenant, case_id, None, NOW)
    stop_clocks(session, tenant, case_id, None, LATE)
    assert clocks(session, tenant, case_id)[0].stopped_at == NOW


def test_the_longest_overdue_case_comes_first(session, tenant, calendars):
    second, first, later = (add_case(session, tenant) for _ in range(3))
    start(session, tenant, second, step_clock("P2D", None), step_clock("P3D", None))
    start(session, tenant, first, step_clock("P1D", None))
    start(session, tenant, later, step_clock("P20D", None))
    assert due_clocks(session, tenant, LATE, 10) == [first, second]
    assert due_clocks(session, tenant, LATE, 1) == [first]
    assert tenants_due(session, LATE) == [tenant]
    assert tenants_due(session, NOW) == []


def test_only_the_cases_named_are_touched(session, tenant, calendars):
    mine, other = add_case(session, tenant), add_case(session, tenant)
    start(session, tenant, mine)
    start(session, tenant, other)
    assert {each.clock.case_id for each in raise_lights(session, tenant, [mine], LATE)} == {mine}
    assert clocks(session, tenant, other)[0].light == "green"
    assert raise_lights(session, tenant, [], LATE) == []


def test_what_keeps_failing_is_parked_and_can_be_retried(session, tenant, case_id):
    start(session, tenant, case_id, step_clock(), step_clock("P20D"))
    park_clocks(session, tenant, case_id, "the audit chain is broken", LATE)
    assert sorted(clock.parked or "" for clock in clocks(session, tenant, case_id)) == ["", "the audit chain is broken"]
    assert due_clocks(session, tenant, LATE, 10) == []
    assert raise_lights(session, tenant, [case_id], LATE) == []
    retry_clocks(session, tenant, case_id)
    assert len(raise_lights(session, tenant, [case_id], LATE)) == 2


def test_many_lights_take_two_statements(session, tenant, calendars, connection):
    cases = [add_case(session, tenant) for _ in range(20)]
    for case_id in cases:
        start(session, tenant, case_id, step_clock(), step_clock(), step_clock("P20D"))
    with statements(connection) as sent:
        raised = raise_lights(session, tenant, cases, LATE)
    assert (len(sent), len(raised)) == (2, 80)


def test_racing_sweeps_raise_each_light_once(database):
    """Nobody holds the cases' locks here: the clocks' own re-check under the lock decides."""
    tenant = "330300"
    with database.transaction(tenant) as session:
        load_calendars(session)
        cases = [add_case(session, tenant) for _ in range(40)]
        for case_id in cases:
            start(session, tenant, case_id, step_clock(), step_clock())
    barrier, raised, failures = threading.Barrier(4), [], []

    def sweep(now):
        try:
            for moment in (BETWEEN, now):
                barrier.wait(30)
                with database.transaction(tenant) as session:
                    found = raise_lights(session, tenant, cases, moment)
                raised.extend(found)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=sweep, args=(LATE,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(raised) == len({(each.clock.id, each.colour) for each in raised}) == 160
    with database.transaction(tenant) as session:
        kept = session.execute(select(Flip.id, Flip.became_at, Flip.colour)).all()
        assert {each.id for each in kept} == {each.flip_id for each in raised}
        assert {(each.colour, each.became_at) for each in kept} == {("yellow", YELLOW_AT), ("red", RED_AT)}
