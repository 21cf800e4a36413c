"""Whether decisions can be evaluated and the steps that ask them find them; whether rows keep to their hit policy."""

from collections.abc import Mapping
from typing import Any

from app.engine.decisions import proving
from app.engine.decisions.model import SINGLE, Decision, Table
from app.engine.findings import Report
from app.engine.languages import tree

MOST_PAIRS = 5
"""Overlaps that are told of one table."""


def check(decisions: Mapping[str, Decision], report: Report) -> None:
    """Note what is wrong with decisions, each by itself and among each other."""
    bound = proving.Bound()
    for decision in decisions.values():
        for required in decision.requires:
            if required not in decisions:
                report.add("decision-required", decision.id, decision.file, decision=required)
        for part in tree.walk(decision.logic):
            if isinstance(part, Table):
                _check_table(decision, part, bound, report)
    _check_cycles(decisions, report)


def _check_cycles(decisions: Mapping[str, Decision], report: Report) -> None:
    told: set[str] = set()
    for start in decisions:
        waiting: list[tuple[str, tuple[str, ...]]] = [(start, (start,))]
        seen: set[str] = set()
        while waiting and start not in told:
            name, path = waiting.pop()
            for required in decisions[name].requires if name in decisions else ():
                if required == start:
                    report.add("decision-cycle", start, decisions[start].file, path=" → ".join((*path, start))[:300])
                    told |= {start, *path}
                elif required not in seen:
                    seen.add(required)
                    waiting.append((required, (*path, required)))


def _check_table(decision: Decision, table: Table, bound: proving.Bound, report: Report) -> None:
    found = proving.columns(table, bound)
    if found is None or not table.rows:
        return
    if table.policy in ("UNIQUE", "ANY"):
        _check_overlaps(decision, table, found, bound, report)
    if table.policy in SINGLE and all(output.default is None for output in table.outputs):
        example = proving.gap(table, found)
        if example is not None:
            report.add("decision-gap", decision.id, decision.file, example=example)


def _check_overlaps(
    decision: Decision, table: Table, found: list[proving.Column], bound: proving.Bound, report: Report
) -> None:
    told = 0
    for pair in proving.overlaps(table, found):
        rule = "decision-overlap"
        if table.policy == "ANY":
            one, other = proving.constant(pair.one, bound), proving.constant(pair.other, bound)
            if one is None or other is None or one == other:
                continue
            rule = "decision-contradiction"
        rows: dict[str, Any] = {"one": pair.one.number, "other": pair.other.number}
        report.add(rule, decision.id, decision.file, example=pair.example, **rows)
        told += 1
        if told == MOST_PAIRS:
            return
