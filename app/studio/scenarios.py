"""Scenarios of an item, played: whether each ends as it expects, and what of the diagram they pass.

Time is counted on the built-in calendar, so that a scenario has the same result on every machine.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from app.kernel.confine import run

if TYPE_CHECKING:
    from app.catalog.scenarios import Expected, Scenario

FORMAT: Final = "greenlight-scenarios/1"


def test(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Play every scenario of an item in a child that is watched.

    `findings`, where the files are refused or a scenario fails, as plain data; `scenarios`: each with its `code`,
    `name`, whether it `passed`, `failures` (what, expected, got) and its trace; `coverage` of the diagram. Raises
    Unworkable.
    """
    what = next((path for path in files if path.endswith("/scenarios.yaml")), "scenarios.yaml")[:200]
    found: dict[str, Any] = run(tested, dict(files), what=what)
    return found


def hold(files: Mapping[str, bytes]) -> None:
    """Raise ItemRefused with a finding for each scenario of sound files that fails, Unworkable where they take too
    much."""
    if not any(path.endswith("/scenarios.yaml") for path in files):
        return
    from app.catalog.errors import ItemRefused
    from app.engine import Finding

    failed: list[Finding] = [Finding(**one) for one in test(files)["findings"] if one["severity"] == "error"]
    if failed:
        raise ItemRefused(tuple(failed))


def tested(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The child's part."""
    from dataclasses import asdict

    from app.catalog.contents import read as contents_of
    from app.catalog.findings import Report
    from app.studio import coverage, plans, subject

    found = subject.read(files)
    report = Report(list(found.findings))
    if found.definition is None:
        findings = [asdict(finding) for finding in report.result()]
        return {"findings": findings, "scenarios": [], "coverage": None}
    contents = contents_of(files, Report())
    told = []
    for scenario in contents.scenarios:
        by_act = plans.Acts([act_of(act) for act in scenario.acts])
        plan = by_act if scenario.acts else plans.Plan(found, scenario.outcomes)
        trace = plans.trace(found, scenario.data, plan, datetime.fromisoformat(scenario.at), None)
        failures = list(_failures(scenario.expected, trace))
        told.append(_told(scenario, trace, failures))
        for failure in failures:
            report.add("scenario-failed", scenario.code, contents.scenarios_file, scenario=scenario.code, **failure)
    return {
        "findings": [asdict(finding) for finding in report.result()],
        "scenarios": told,
        "coverage": coverage.covered(found.definition, [one["trace"] for one in told]),
    }


def act_of(text: str | Mapping[str, Any]) -> dict[str, Any]:
    """An act as `play.replay` takes it, from how it is written."""
    if isinstance(text, Mapping):
        return {**act_of(text["act"]), "form": dict(text["form"])}
    if text == "next":
        return {"time": "next"}
    if text.startswith("@"):
        return {"message": text[1:]}
    step, equals, outcome = text.partition("=")
    return {"do": step, "outcome": outcome or None} if equals else {"days": int(text.removesuffix("d"))}


def of_play(
    trace: Mapping[str, Any], acts: Sequence[str | Mapping[str, Any]], data: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """The scenario that a play is: what was chosen, and that it becomes of it what became of it."""
    lights: dict[str, list[str]] = {}
    for light in trace["lights"]:
        if light.get("level") != "case":
            lights.setdefault(light["step"], []).append(light["colour"])
    entered = {one["element"] for one in trace["steps"] if one["what"] == "entered"}
    passed = list(trace["elements"])
    path = [element for element in passed[:-1] if element in entered] + passed[-1:]
    expected: dict[str, Any] = {"state": trace.get("came_to", trace["state"]), "path": path, "lights": lights}
    if trace["result"]:
        expected["result"] = trace["result"]
    if trace["waiting"]:
        expected["waiting"] = list(trace["waiting"])
    said: dict[str, Any] = {"at": at.isoformat(), "acts": list(acts), "expect": expected}
    return {**said, "data": dict(data)} if data else said


def _told(scenario: "Scenario", trace: dict[str, Any], failures: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "code": scenario.code,
        "name": dict(scenario.name),
        "passed": not failures,
        "failures": failures,
        "trace": trace,
    }


def _failures(expected: "Expected", trace: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """What is expected and was not so."""
    state = trace.get("came_to", trace["state"])
    if state != expected.state:
        got = f"{state}: {trace['error']['code']} ({trace['error']['element']})" if "error" in trace else state
        yield _failure("state", expected.state, got)
    if expected.result is not None and trace["result"] != expected.result:
        yield _failure("result", expected.result, trace["result"] or "-")
    elements = list(trace["elements"])
    if not _in_order(expected.path, elements):
        yield _failure("path", " → ".join(expected.path), " → ".join(elements))
    if passed := [element for element in expected.never if element in elements]:
        yield _failure("never", ", ".join(expected.never), ", ".join(passed))
    if expected.lights is not None:
        wanted = {f"{step} {colour}" for step, colours in expected.lights.items() for colour in colours}
        turned = {f"{light['step']} {light['colour']}" for light in trace["lights"] if light.get("level") != "case"}
        if wanted != turned:
            yield _failure("lights", ", ".join(sorted(wanted)) or "-", ", ".join(sorted(turned)) or "-")
    if expected.waiting is not None and set(expected.waiting) != set(trace["waiting"]):
        yield _failure("waiting", ", ".join(expected.waiting) or "-", ", ".join(trace["waiting"]) or "-")


def _failure(what: str, expected: str, got: str) -> dict[str, str]:
    return {"what": what, "expected": expected, "got": got[-500:]}


def _in_order(path: tuple[str, ...], elements: list[str]) -> bool:
    rest = iter(elements)
    return all(element in rest for element in path)
