"""Playing a version, and its scenarios. Nothing is kept: what was chosen so far stands in the address."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.catalog import acts, queries
from app.catalog.types import ServiceItem, Wording
from app.deadlines.queries import load_calendar
from app.kernel.errors import Invalid
from app.kernel.marking import _
from app.studio import play, publication, scenarios, telling
from app.web.errors import problem, shown_on
from app.web.once import once
from app.web.studio import blueprint, filling

_LONGEST_NAME: Final = 100


@blueprint.get("/<code>/<int:version>/play")
@edge.guarded(*acts.ANY)
def playing(code: str, version: int) -> ResponseReturnValue:
    """A version played by hand: the diagram with its tokens, what can be chosen, lights and variables."""
    item = queries.item(edge.session(), code, version)
    asked = filling.asked(item)
    trace = _played(item, asked)
    step, fields = filling.open_form(item, trace.get("open", ()), asked.again)
    begun = asked.again.lines if asked.again and request.args.get("begin") else None
    return render_template(
        "studio/play.html",
        item=item,
        trace=_shown(trace),
        asked=asked,
        address=asked.address(),
        typed=request.values.get("data", "") if not request.args.get("begin") else asked.address().get("data", ""),
        step=step,
        fields=fields,
        asks=filling.asks,
        application=begun or filling.blank(item.applicant_form, asked.data),
        lines=_lines(trace),
        problem=problem(),
    )


@blueprint.get("/<code>/<int:version>/play/marks.json")
@edge.guarded(*acts.ANY)
def play_marks(code: str, version: int) -> ResponseReturnValue:
    """Where the tokens of a play stand, for its diagram."""
    item = queries.item(edge.session(), code, version)
    trace = _played(item, filling.asked(item))
    lights = {light["step"]: light["colour"] for light in trace["lights"]}
    since = {step["element"]: step["since"] for step in trace.get("open", ())}
    gone = {step["element"]: {"state": "cancelled"} for step in trace["steps"] if step["what"] == "cancelled"}
    marked = {
        element: {
            "state": "active" if mark["active"] else "done",
            "count": mark["completed"],
            "light": lights.get(element, "green"),
            "since": since.get(element),
        }
        for element, mark in trace.get("marks", {}).items()
        if mark["active"] or mark["completed"]
    }
    return jsonify(elements=gone | marked)


@blueprint.get("/<code>/<int:version>/scenarios")
@edge.guarded(*acts.ANY)
def tried(code: str, version: int) -> ResponseReturnValue:
    """The scenarios of a version: whether each ends as it expects, and what of the diagram none passes."""
    item = queries.item(edge.session(), code, version)
    found = scenarios.test(queries.files(edge.session(), code, version))
    return render_template("studio/scenarios.html", item=item, tested=found, problem=problem())


@blueprint.get("/<code>/<int:version>/scenarios/marks.json")
@edge.guarded(*acts.ANY)
def coverage_marks(code: str, version: int) -> ResponseReturnValue:
    """What the scenarios pass, for the diagram."""
    found = scenarios.test(queries.files(edge.session(), code, version))["coverage"]
    passed = {**found["elements"], **found["flows"]} if found else {}
    return jsonify(elements={name: {"state": "done" if times else "missed"} for name, times in passed.items()})


@blueprint.post("/<code>/<int:version>/scenarios")
@shown_on(playing)
@edge.guarded(acts.DRAFT)
@once
def keep_scenario(code: str, version: int) -> ResponseReturnValue:
    """Keep a play as a scenario: the version is handed in anew as a draft, with one scenario more."""
    zh, en = (request.form.get(language, "").strip()[:_LONGEST_NAME] for language in ("zh", "en"))
    if not zh or not en:
        raise Invalid({"zh": [_("A name is needed in both languages.")]})
    item = queries.item(edge.session(), code, version)
    asked = filling.asked(item)
    scenario = scenarios.of_play(_played(item, asked), asked.told, asked.data, asked.at)
    made = publication.add_scenario(edge.session(), code, version, edge.actor(), edge.now(), Wording(zh, en), scenario)
    flash(gettext("Kept: version %(number)s has the scenario.", number=made.version), "good")
    return redirect(url_for("studio.tried", code=made.item, version=made.version), 303)


def _played(item: ServiceItem, asked: filling.Asked) -> dict[str, Any]:
    session = edge.session()
    return play.replay(
        queries.files(session, item.code, item.version),
        variables=asked.data,
        acts=[scenarios.act_of(act) for act in asked.told],
        at=asked.at,
        calendar=load_calendar(session, item.calendar),
    )


def _shown(trace: Mapping[str, Any]) -> dict[str, Any]:
    """A trace for the page: instants as such, its error in the reader's language."""
    shown = {**trace, "now": _instant(trace.get("now")), "messages": trace.get("messages", [])}
    shown["came_to"] = trace.get("came_to")
    shown["open"] = [{**step, "red": _instant(step["red"])} for step in trace.get("open", ())]
    shown["timers"] = [{**timer, "due": _instant(timer["due"])} for timer in trace.get("timers", ())]
    shown["variables"] = {name: _value(value) for name, value in trace["variables"].items()}
    shown["assumed"] = [{**one, "value": _value(one["value"])} for one in trace["assumed"]]
    shown["findings"] = [telling.finding(one, gettext) for one in trace["findings"]]
    shown["error"] = ""
    if error := trace.get("error"):
        shown["error"] = str(gettext(error["message"])) % error["params"]
    return shown


def _value(value: Any) -> str:
    """A variable as one reads it; a step is what it came to."""
    if isinstance(value, dict) and list(value) == ["outcome"]:
        value = value["outcome"]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _lines(trace: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What happened, the latest first: steps, timers and lights in the order of their instants."""
    kinds = ("entered", "cancelled", "fired", "thrown")
    found = [{**one, "at": datetime.fromisoformat(one["at"])} for one in trace["steps"] if one["what"] in kinds]
    found += [
        {"element": one["step"], "what": one["colour"], "at": datetime.fromisoformat(one["at"])}
        for one in trace["lights"]
    ]
    return sorted(found, key=lambda one: one["at"])[::-1]
