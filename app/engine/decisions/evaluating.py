"""Decisions evaluated: the tables of DMN 1.5, chapter 8, with every hit policy (8.2.11), and what they require."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.engine.decisions.declared import COLUMNS
from app.engine.decisions.model import SINGLE, Call, Decision, Input, Output, Row, Table
from app.engine.languages import Failed, feel, feel_types, listing, tree, values
from app.engine.languages.tree import Node, Type

_AGGREGATED = {"SUM": "sum", "MIN": "min", "MAX": "max"}


@dataclass(frozen=True)
class Found:
    """What a decision gives: its value as FEEL has it, and the rows behind it, output by output."""

    value: Any
    rows: tuple[Mapping[str, Any], ...] = ()


def decide(call: Call, names: Mapping[str, Any], clock: feel.Clock | None = None) -> dict[str, Any]:
    """The variables that the call of a decision sets. Raises Failed."""
    scope = feel.Scope(names, None, feel.Turn(clock))
    found = _evaluated(call.decisions, call.decision, scope, {})
    tick = scope.work.tick
    if call.result:
        return {call.result: values.outgoing(_shaped(found, call), tick)}
    taken = found.value if isinstance(found.value, dict) else {}
    logic = call.decisions[call.decision].logic
    if isinstance(logic, Table) and len(logic.outputs) == 1:
        taken = {logic.outputs[0].name: found.value}
    elif not isinstance(found.value, dict) and isinstance(logic, Table):
        several = found.value if isinstance(found.value, list) else []
        taken = {output.name: [row.get(output.name) for row in several] for output in logic.outputs}
    elif not isinstance(logic, Table):
        taken = {call.decisions[call.decision].variable: found.value}
    return {name: values.outgoing(value, tick) for name, value in taken.items() if name.isidentifier()}


def _shaped(found: Found, call: Call) -> Any:
    """Of the rows what Camunda's mapDecisionResult says; more than one where one is wanted is an error there too."""
    if call.shape == "value":
        return found.value
    rows = [dict(row) for row in found.rows]
    if call.shape == "resultList":
        return rows
    if call.shape == "collectEntries":
        return [value for row in rows for value in row.values()]
    if len(rows) > 1:
        raise Failed(f"“{call.decision}” gives {len(rows)} rows where one is wanted")
    row = rows[0] if rows else None
    if call.shape == "singleResult" or row is None:
        return row
    return next(iter(row.values()), None)


def _evaluated(decisions: Mapping[str, Decision], name: str, scope: feel.Scope, known: dict[str, Found]) -> Found:
    """The decision, those that it requires before it, each once."""
    if name in known:
        return known[name]
    decision = decisions[name]
    needed: dict[str, Any] = {}
    for required in decision.requires:
        found = _evaluated(decisions, required, scope, known)
        results = _results(decisions[required], found, needed)
        if around := decision.under.get(required):
            needed[around] = {**needed.get(around, {}), **results}
        else:
            needed |= results
    for given, kind in decision.inputs.items():
        needed[given] = _input(given, kind, scope)
    inner = scope.within(needed)
    rows: tuple[Mapping[str, Any], ...] | None = None
    if isinstance(decision.logic, Table):
        of = of_table(decision.logic, inner)
        value, rows = of.value, of.rows
    else:
        value = feel.look(decision.logic, inner)
    if decision.type is not None:
        value = feel.look(tree.Cast(tree.Literal(value), decision.type), inner)
    known[name] = Found(value, ({decision.variable: value},) if rows is None else rows)
    return known[name]


def _input(name: str, kind: Type, scope: feel.Scope) -> Any:
    """A value of the case as of its declared type. Raises Failed for one that is of another, or is not allowed."""
    value = feel_types.read(scope.get(name), kind)
    found = feel.look(tree.Cast(tree.Literal(value), kind), scope)
    if found is None and value is not None:
        raise Failed(f"“{name}” is not of the type that is declared for it, or has a value that is not allowed")
    return found


def _results(decision: Decision, found: Found, there: Mapping[str, Any]) -> dict[str, Any]:
    """The names under which a decision's result is read: its own, and as Camunda 7 has it those of its outputs."""
    results: dict[str, Any] = {}
    if isinstance(decision.logic, Table):
        for output in decision.logic.outputs:
            entries = [row.get(output.name) for row in found.rows]
            if output.name not in there:
                results[output.name] = entries[0] if len(entries) == 1 else entries or None
    return {**results, decision.id: found.value, decision.variable: found.value}


def of_table(table: Table, scope: feel.Scope) -> Found:
    """The result of a table. Raises Failed where its policy is violated."""
    name = table.name
    subjects = [_subject(column, scope) for column in table.inputs]
    rows = [row for row in table.rows if matches(table, row, subjects, scope)]
    if table.policy == "UNIQUE" and len(rows) > 1:
        raise Failed(f"of “{name}”, whose rows exclude each other, the rows {_numbers(rows)} hold at once")
    if table.policy == "FIRST":
        rows = rows[:1]
    results = [_result(table, [feel.look(cell, scope) for cell in row.results]) for row in rows]
    for row, given in zip(rows, results, strict=True):
        _check_listed(table, row, given, scope)
    if table.policy == "ANY":
        if any(values.equal(result, results[0], scope.work.tick) is not True for result in results[1:]):
            raise Failed(f"of “{name}” the rows {_numbers(rows)} hold at once and give different results")
        results = results[:1]
    if not rows and any(output.default is not None for output in table.outputs):
        defaults = [feel.look(output.default, scope) if output.default else None for output in table.outputs]
        results = [_result(table, defaults)]
    if table.policy in ("PRIORITY", "OUTPUT ORDER"):
        results.sort(key=lambda result: _rank(table.outputs, result, scope))
        results = results[:1] if table.policy == "PRIORITY" else results
    return _gathered(table, results, scope)


def _subject(column: Input, scope: feel.Scope) -> Any:
    """What a column tests; null for what is not among the values that it may have (8.3.3)."""
    value = typed(feel.look(column.expression, scope), column.type)
    return value if column.allowed is None or holds(column.allowed, value, scope) else None


def _check_listed(table: Table, row: Row, result: Mapping[str, Any], scope: feel.Scope) -> None:
    """Raise Failed where a row gives what its output does not list."""
    for output in table.outputs:
        value = result[output.name]
        if output.allowed is not None and value is not None and not holds(output.allowed, value, scope):
            given = values.written(value, scope.work.tick)[:60]
            raise Failed(f"row {row.number} of “{table.name}” gives {given}, which its output does not list")


def _gathered(table: Table, results: list[dict[str, Any]], scope: feel.Scope) -> Found:
    single = len(table.outputs) == 1
    name = table.outputs[0].name
    if table.aggregator:
        entries = [result[name] for result in results]
        value = _aggregate(table.aggregator, entries, scope)
        return Found(value, ({name: value},) if value is not None else ())
    found: list[Any] = [result[name] for result in results] if single else list(results)
    if table.policy in SINGLE:
        return Found(found[0] if found else None, tuple(results))
    return Found(found, tuple(results))


def _aggregate(aggregator: str, entries: list[Any], scope: feel.Scope) -> Any:
    if aggregator == "COUNT":
        return Decimal(len(entries))
    run = listing.FUNCTIONS[_AGGREGATED[aggregator], "list:list"]
    return run(scope.work, entries)


def _result(table: Table, entries: Sequence[Any]) -> dict[str, Any]:
    return {output.name: entry for output, entry in zip(table.outputs, entries, strict=True)}


def _numbers(rows: Sequence[Row]) -> str:
    return ", ".join(str(row.number) for row in rows)


def matches(table: Table, row: Row, subjects: Sequence[Any], scope: feel.Scope) -> bool:
    """Whether all tests of a row hold."""
    return all(
        holds(test, subject, scope, column.variable)
        for test, subject, column in zip(row.tests, subjects, table.inputs, strict=True)
    )


def holds(test: Node, subject: Any, scope: feel.Scope, variable: str = "") -> bool:
    """Whether one cell holds for a value."""
    bound = {"?": subject, "cellInput": subject}
    if variable:
        bound[variable] = subject
    return feel.look(test, scope.within(bound)) is True


def _rank(outputs: Sequence[Output], result: Mapping[str, Any], scope: feel.Scope) -> list[int]:
    """The place of each output among its values, most important first; what is not among them comes last."""
    found: list[int] = []
    for output in outputs:
        ranked = [feel.look(node, scope) for node in output.values]
        places = [at for at, value in enumerate(ranked) if values.equal(value, result[output.name], scope.work.tick)]
        found.append(places[0] if places else len(ranked))
    return found


def typed(value: Any, type_name: str) -> Any:
    """A value as its column declares it: a variable holds dates, and sometimes numbers, as texts."""
    kind = COLUMNS.get(type_name.rpartition(":")[2])
    if kind is None or not isinstance(value, str):
        return value
    found = feel_types.read(value, kind)
    return None if isinstance(found, str) else found


def _value(table: Table, scope: feel.Scope) -> Any:
    return of_table(table, scope).value


feel.LOOKS[Table] = _value
