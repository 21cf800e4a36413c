"""Excluded spans, extensions, and what follows from them for the clocks of a case."""

import pytest
from sqlalchemy import select

from app.deadlines.errors import ExclusionRefused, ExtensionRefused, LimitRefused
from app.deadlines.models import Flip
from app.deadlines.operations import (
    close_span,
    extend,
    open_span,
    raise_lights,
    recompute,
    start_clocks,
    stop_clocks,
)
from app.deadlines.queries import clocks, due_clocks, ends_at, explain, ledger
from app.deadlines.types import Granted, Ledger, Span, Why
from app.kernel.ids import new_id
from tests.integration.deadlines.cases import NOW, case_clock, leg_clock, statements, step_clock
from tests.unit.deadlines.office import at, here

LAND, PLANNING, HEARING, HEAD = (new_id() for _ in range(4))
LATE = at("2026-03-12 09:30")


def opened(session, tenant, case_id, when, leg_id=None, cause=HEARING, reason="hearing", announced="P10D"):
    open_span(session, tenant, case_id, leg_id=leg_id, cause=cause, reason=reason, announced=announced, now=at(when))
    return recompute(session, tenant, case_id, at(when))


def closed(session, tenant, case_id, when, cause=HEARING):
    assert close_span(session, tenant, case_id, cause, at(when))
    return recompute(session, tenant, case_id, at(when))


def extended(session, tenant, case_id, days, when, basis="statutory"):
    extend(session, tenant, case_id, basis=basis, days=days, reason="复杂", approved_by=HEAD, now=at(when))
    return recompute(session, tenant, case_id, at(when))


def state(session, tenant, case_id):
    return [(clock.light, here(clock.red_at), here(clock.next_at)) for clock in clocks(session, tenant, case_id)]


def test_the_ledger_is_read_back_in_one_round_trip(session, tenant, case_id, connection):
    assert ledger(session, tenant, case_id) == Ledger()
    opened(session, tenant, case_id, "2026-03-03 10:00", LAND)
    opened(session, tenant, case_id, "2026-03-04 10:00", cause=LAND, reason="supplement", announced=None)
    closed(session, tenant, case_id, "2026-03-05 15:00")
    extended(session, tenant, case_id, 10, "2026-03-06 10:00")
    with statements(connection) as sent:
        found = ledger(session, tenant, case_id)
    assert len(sent) == 1
    assert found == Ledger(
        (
            Span(LAND, HEARING, "hearing", "P10D", at("2026-03-03 10:00"), at("2026-03-05 15:00")),
            Span(None, LAND, "supplement", None, at("2026-03-04 10:00"), None),
        ),
        (Granted("statutory", 10, "复杂", HEAD, at("2026-03-06 10:00")),),
    )


def test_a_hearing_stops_the_clock_and_its_end_sets_it_going(session, tenant, case_id):
    """Art. 45: the time that a hearing takes is not counted."""
    start_clocks(session, tenant, case_id, [case_clock(case_id)], Ledger())
    [moved] = opened(session, tenant, case_id, "2026-03-03 10:00").moved
    assert (here(moved.was.red_at), moved.clock.red_at, moved.clock.next_at) == ("2026-03-09 17:00", None, None)
    assert state(session, tenant, case_id) == [("green", None, None)]
    assert due_clocks(session, tenant, LATE, 10) == []
    assert raise_lights(session, tenant, [case_id], LATE) == []
    [moved] = closed(session, tenant, case_id, "2026-03-05 15:00").moved
    assert (here(moved.clock.yellow_at), here(moved.clock.red_at)) == ("2026-03-10 17:00", "2026-03-11 17:00")
    assert state(session, tenant, case_id) == [("green", "2026-03-11 17:00", "2026-03-10 17:00")]


def test_a_span_within_one_day_moves_nothing(session, tenant, case_id):
    start_clocks(session, tenant, case_id, [case_clock(case_id)], Ledger())
    before = clocks(session, tenant, case_id)
    opened(session, tenant, case_id, "2026-03-03 10:00")
    closed(session, tenant, case_id, "2026-03-03 15:00")
    assert clocks(session, tenant, case_id) == before


def test_overlapping_exclusions_count_once_and_the_clock_stands_until_the_last_is_closed(session, tenant, case_id):
    start_clocks(session, tenant, case_id, [case_clock(case_id)], Ledger())
    opened(session, tenant, case_id, "2026-03-03 10:00")
    opened(session, tenant, case_id, "2026-03-04 10:00", cause=LAND, reason="testing")
    assert closed(session, tenant, case_id, "2026-03-05 15:00").moved == ()
    closed(session, tenant, case_id, "2026-03-06 15:00", cause=LAND)
    assert state(session, tenant, case_id) == [("green", "2026-03-12 17:00", "2026-03-11 17:00")]


def test_excluded_time_in_a_leg_stops_its_clocks_and_the_cases_while_siblings_run_on(session, tenant, case_id):
    specs = {
        "case": case_clock(case_id),
        "land": leg_clock(LAND),
        "land's step": step_clock(leg_id=LAND),
        "hearing": step_clock(leg_id=LAND, subject=HEARING),
        "planning": leg_clock(PLANNING),
        "planning's step": step_clock(leg_id=PLANNING),
    }
    start_clocks(session, tenant, case_id, list(specs.values()), Ledger())
    opened(session, tenant, case_id, "2026-03-03 10:00", LAND)
    standing = {clock.subject for clock in clocks(session, tenant, case_id) if clock.next_at is None}
    assert standing == {specs[name].subject for name in ("case", "land", "land's step")}


def test_a_clock_that_starts_in_excluded_time_stands_still(session, tenant, case_id):
    opened(session, tenant, case_id, "2026-03-03 10:00")
    record = ledger(session, tenant, case_id)
    [clock] = start_clocks(session, tenant, case_id, [step_clock(started_at=at("2026-03-04 10:00"))], record)
    assert (clock.red_at, clock.next_at) == (None, None)
    closed(session, tenant, case_id, "2026-03-06 10:00")
    assert state(session, tenant, case_id) == [("green", "2026-03-13 17:00", "2026-03-12 17:00")]


def test_an_overdue_light_is_not_lost_when_an_exclusion_opens_first(session, tenant, case_id):
    start_clocks(session, tenant, case_id, [case_clock(case_id)], Ledger())
    found = opened(session, tenant, case_id, "2026-03-08 10:00")
    assert [(here(each.clock.next_at), each.clock.red_at) for each in found.moved] == [("2026-03-06 17:00", None)]
    [raised] = raise_lights(session, tenant, [case_id], LATE)
    assert (raised.colour, here(raised.became_at), raised.clock.next_at) == ("yellow", "2026-03-06 17:00", None)


def test_a_light_that_was_raised_stays_when_an_exclusion_opens_later(session, tenant, case_id):
    start_clocks(session, tenant, case_id, [case_clock(case_id)], Ledger())
    raise_lights(session, tenant, [case_id], at("2026-03-10 10:00"))
    found = opened(session, tenant, case_id, "2026-03-10 10:00")
    assert (found.moved, found.superseded) == ((), ())
    assert closed(session, tenant, case_id, "2026-03-20 10:00").superseded == ()
    assert state(session, tenant, case_id) == [("red", "2026-03-09 17:00", None)]


def test_an_extension_after_red_supersedes_both_lights_and_arms_them_anew(session, tenant, case_id):
    """Art. 42: extended with approval. What is no longer true is superseded, never deleted."""
    start_clocks(session, tenant, case_id, [case_clock(case_id)], Ledger())
    raised = raise_lights(session, tenant, [case_id], at("2026-03-10 10:00"))
    found = extended(session, tenant, case_id, 10, "2026-03-10 11:00")
    assert {(each.flip_id, each.colour, each.became_at) for each in found.superseded} == {
        (each.flip_id, each.colour, each.became_at) for each in raised
    }
    assert state(session, tenant, case_id) == [("green", "2026-03-23 17:00", "2026-03-20 17:00")]
    assert [each.clock for each in found.moved] == clocks(session, tenant, case_id)
    kept = session.execute(select(Flip.superseded_at, Flip.superseded_because)).all()
    assert kept == [(at("2026-03-10 11:00"), "limit moved")] * 2

    again = raise_lights(session, tenant, [case_id], at("2026-03-24 10:00"))
    assert [(each.colour, here(each.became_at)) for each in again] == [
        ("yellow", "2026-03-20 17:00"),
        ("red", "2026-03-23 17:00"),
    ]
    assert len(session.scalars(select(Flip)).all()) == 4


def test_an_extension_may_leave_the_yellow_light_on(session, tenant, case_id):
    start_clocks(session, tenant, case_id, [case_clock(case_id, yellow="P1D")], Ledger())
    raise_lights(session, tenant, [case_id], at("2026-03-10 10:00"))
    found = extended(session, tenant, case_id, 10, "2026-03-10 11:00")
    assert [each.colour for each in found.superseded] == ["red"]
    assert state(session, tenant, case_id) == [("yellow", "2026-03-23 17:00", "2026-03-23 17:00")]
    [again] = raise_lights(session, tenant, [case_id], at("2026-03-24 10:00"))
    assert again.colour == "red"


def test_a_red_light_whose_instant_moved_within_the_past_is_stated_anew(session, tenant, case_id):
    start_clocks(session, tenant, case_id, [case_clock(case_id)], Ledger())
    first = raise_lights(session, tenant, [case_id], LATE)
    found = extended(session, tenant, case_id, 1, "2026-03-12 10:00")
    assert {each.flip_id for each in found.superseded} == {each.flip_id for each in first}
    again = raise_lights(session, tenant, [case_id], at("2026-03-12 10:00"))
    assert [(each.colour, here(each.became_at)) for each in again] == [
        ("yellow", "2026-03-09 17:00"),
        ("red", "2026-03-10 17:00"),
    ]


def test_promised_and_statutory_limits_are_extended_apart(session, tenant, case_id):
    specs = [case_clock(case_id, "P20D"), case_clock(case_id, "P5D", basis="promised"), leg_clock(LAND)]
    start_clocks(session, tenant, case_id, specs, Ledger())
    found = extended(session, tenant, case_id, 10, "2026-03-03 10:00")
    assert [each.clock.basis for each in found.moved] == ["statutory"]


def test_a_clock_that_stopped_is_not_moved(session, tenant, case_id):
    start_clocks(session, tenant, case_id, [case_clock(case_id)], Ledger())
    raise_lights(session, tenant, [case_id], at("2026-03-10 10:00"))
    stop_clocks(session, tenant, case_id, [case_id], at("2026-03-10 10:30"))
    found = extended(session, tenant, case_id, 10, "2026-03-10 11:00")
    assert (found.moved, found.superseded) == ((), ())
    assert state(session, tenant, case_id) == [("red", "2026-03-09 17:00", None)]


def test_nothing_follows_where_nothing_changed(session, tenant, case_id, connection):
    start_clocks(session, tenant, case_id, [case_clock(case_id)], Ledger())
    raise_lights(session, tenant, [case_id], LATE)
    with statements(connection) as sent:
        found = recompute(session, tenant, case_id, LATE)
    assert (found.moved, found.superseded) == ((), ())
    assert all(statement.lstrip().startswith("SELECT") for statement in sent)


def test_what_is_no_exclusion_or_extension_is_refused(session, tenant, case_id):
    with pytest.raises(ExclusionRefused):
        opened(session, tenant, case_id, "2026-03-03 10:00", reason="lunch")
    with pytest.raises(LimitRefused):
        opened(session, tenant, case_id, "2026-03-03 10:00", announced="ten days")
    with pytest.raises(ExtensionRefused):
        extended(session, tenant, case_id, 0, "2026-03-03 10:00")
    assert not close_span(session, tenant, case_id, HEARING, NOW)


def test_a_span_is_closed_once_and_never_before_it_opened(session, tenant, case_id):
    opened(session, tenant, case_id, "2026-03-03 10:00")
    closed(session, tenant, case_id, "2026-03-03 09:59")
    assert not close_span(session, tenant, case_id, HEARING, LATE)
    [span] = ledger(session, tenant, case_id).spans
    assert span.closed_at == span.opened_at == at("2026-03-03 10:00")


def test_the_page_can_say_why_a_clock_stands_still_and_until_when(session, tenant, case_id):
    opened(session, tenant, case_id, "2026-03-03 10:00")
    opened(session, tenant, case_id, "2026-03-04 10:00", cause=LAND, reason="supplement", announced=None)
    hearing, supplement = ledger(session, tenant, case_id).spans
    assert here(ends_at(session, "cn", hearing)) == "2026-03-17 17:00"
    assert ends_at(session, "cn", supplement) is None


def test_every_clock_is_explained_line_by_line(session, tenant, case_id):
    start_clocks(session, tenant, case_id, [case_clock(case_id)], Ledger())
    opened(session, tenant, case_id, "2026-03-03 10:00")
    closed(session, tenant, case_id, "2026-03-05 15:00")
    [(clock, lines)] = explain(session, tenant, case_id, LATE)
    assert here(clock.red_at) == "2026-03-11 17:00"
    assert [(line.why, line.total) for line in lines] == [
        (Why.EVENT, 0),
        (Why.WORKING, 1),
        (Why.EXCLUDED, 1),
        (Why.EXCLUDED, 1),
        (Why.WORKING, 2),
        (Why.WEEKEND, 2),
        (Why.WEEKEND, 2),
        (Why.WORKING, 3),
        (Why.WORKING, 4),
        (Why.WORKING, 5),
        (Why.OVER, 6),
    ]
    assert lines[-2].marks == ("red",)


def test_the_record_of_another_tenant_is_not_seen(session, tenant, case_id):
    start_clocks(session, tenant, case_id, [case_clock(case_id)], Ledger())
    opened(session, tenant, case_id, "2026-03-03 10:00")
    assert ledger(session, "330302", case_id) == Ledger()
    assert clocks(session, "330302", case_id) == []
    assert raise_lights(session, "330302", [case_id], LATE) == []
