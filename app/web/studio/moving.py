"""Moving running cases to another version: which steps go where, what would happen, how far it is, and back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.cases.running import running
from app.catalog import queries
from app.catalog.queries import ItemLine
from app.catalog.types import ServiceItem
from app.engine import Obstacle
from app.engine.diagram import drawn
from app.kernel.marking import _
from app.studio import batches, mapping, moving
from app.studio.batches import MOVE, Group, Progress
from app.web.errors import problem, shown_on
from app.web.language import is_chinese, pick
from app.web.once import once
from app.web.studio import blueprint
from app.web.words import STATUSES, word

TYPES: Final[Mapping[str, str]] = {
    "userTask": _("a step"),
    "manualTask": _("a step"),
    "task": _("a step"),
    "serviceTask": _("work of the office's own"),
    "receiveTask": _("waiting for a message"),
    "subProcess": _("a part with steps of its own"),
    "callActivity": _("a process that is called"),
    "intermediateCatchEvent": _("waiting for an event"),
    "boundaryEvent": _("an event on a step"),
}
"""What an element is, in the reasons why cases cannot go."""

_STEP: Final = "step."
"""Before the old element, in the names of the form's fields."""


@dataclass(frozen=True)
class Movable:
    """An item of which cases run on versions that are not the one in force. `older`: version → cases."""

    line: ItemLine
    older: Mapping[int, int]
    current: int


@blueprint.get("/moves")
@edge.guarded(MOVE)
def movable() -> ResponseReturnValue:
    """The items of which cases run on earlier versions, and what was moved lately."""
    session, actor = edge.session(), edge.actor()
    older: dict[str, dict[int, int]] = defaultdict(dict)
    lines = {line.code: line for line in queries.whole(session)}
    for (code, version), number in sorted(running(session, actor.tenant).items()):
        if code in lines and lines[code].current not in (None, version):
            older[code][version] = number
    return render_template(
        "studio/movable.html",
        items=[Movable(lines[code], found, lines[code].current or 0) for code, found in older.items()],
        others=[line for code, line in lines.items() if code not in older and len(line.versions) > 1],
        lines=lines,
        batches=batches.batches(session, actor),
    )


@blueprint.get("/<code>/moves")
@edge.guarded(MOVE)
def moves(code: str) -> ResponseReturnValue:
    """The versions to choose, which step takes whose place, and what was moved before."""
    return _page(code, None)


@blueprint.post("/<code>/moves")
@shown_on(moves)
@edge.guarded(MOVE)
@once
def move(code: str) -> ResponseReturnValue:
    """Look at what would happen, or have the cases moved."""
    was, now = _chosen()
    what = (edge.session(), edge.actor(), code, was, now, _steps())
    codes = request.form.get("cases", "").replace(",", " ").replace("，", " ").split() or None
    if request.form.get("do") != "move":
        return _page(code, moving.preview(*what, codes))
    made = moving.start(*what, edge.now(), request.form.get("note", "")[:500], codes)
    return redirect(url_for("studio.batch", code=code, batch_id=made.id), 303)


@blueprint.get("/<code>/moves/<uuid:batch_id>")
@edge.guarded(MOVE)
def batch(code: str, batch_id: UUID) -> ResponseReturnValue:
    """One batch: how far it is, and why cases stayed."""
    return render_template("studio/batch.html", problem=problem(), **_batch(code, batch_id))


@blueprint.get("/<code>/moves/<uuid:batch_id>/progress")
@edge.guarded(MOVE)
def batch_progress(code: str, batch_id: UUID) -> ResponseReturnValue:
    """The part of the page that says how far it is."""
    return render_template("studio/batch_live.html", **_batch(code, batch_id))


@blueprint.post("/<code>/moves/<uuid:batch_id>/back")
@shown_on(batch)
@edge.guarded(MOVE)
@once
def move_back(code: str, batch_id: UUID) -> ResponseReturnValue:
    """Have the cases of a batch go back."""
    batches.batch_of(edge.session(), edge.actor(), batch_id, code)
    note = request.form.get("note", "")[:500]
    made = moving.take_back(edge.session(), edge.actor(), batch_id, edge.now(), note)
    return redirect(url_for("studio.batch", code=code, batch_id=made.id), 303)


@blueprint.post("/<code>/moves/<uuid:batch_id>/retry")
@shown_on(batch)
@edge.guarded(MOVE)
@once
def move_retry(code: str, batch_id: UUID) -> ResponseReturnValue:
    """Try those that failed again."""
    batches.batch_of(edge.session(), edge.actor(), batch_id, code)
    moving.retry(edge.session(), edge.actor(), batch_id, edge.now())
    flash(gettext("Those that failed are tried again."), "good")
    return redirect(url_for("studio.batch", code=code, batch_id=batch_id), 303)


def _page(code: str, looked: moving.Preview | None) -> str:
    session, actor = edge.session(), edge.actor()
    line = queries.line(session, code)
    counts = {version: number for (_item, version), number in running(session, actor.tenant, code).items()}
    was, now = _chosen()
    known = {version.version for version in line.versions}
    both = (
        tuple(queries.item(session, code, number) for number in (was, now))
        if {was, now} <= known and was != now
        else ()
    )
    suggested = mapping.suggestions(*both) if both else ()
    return render_template(
        "studio/moves.html",
        line=line,
        counts=counts,
        was=was,
        now=now,
        same=[one for one in suggested if one.by == "id"],
        other=[one for one in suggested if one.by != "id"],
        said={name.removeprefix(_STEP): value for name, value in request.values.items() if name.startswith(_STEP)},
        sent=request.values,
        looked=looked,
        groups=_worded(looked.groups, *both) if looked and both else (),
        published={version.version for version in line.versions if version.published_at},
        batches=batches.batches(session, actor, code),
        problem=problem(),
    )


def _batch(code: str, batch_id: UUID) -> dict[str, Any]:
    edge.actor().require(MOVE)
    batches.batch_of(edge.session(), edge.actor(), batch_id, code)
    found: Progress = batches.progress(edge.session(), edge.actor(), batch_id)
    versions = (found.batch.from_version, found.batch.to_version)
    item, new = (queries.item(edge.session(), found.batch.item, number) for number in versions)
    return {
        "item": item,
        "code": code,
        "found": found,
        "batch": found.batch,
        "groups": _worded(found.groups, item, new),
        "steps": [(item.step_name(was), new.step_name(now)) for was, now in found.batch.steps.items()],
        "back": next(
            (
                one.batch.id
                for one in batches.batches(edge.session(), edge.actor(), code)
                if one.batch.back_of == batch_id
            ),
            None,
        ),
    }


def _worded(groups: Iterable[Group], old: ServiceItem, new: ServiceItem) -> list[tuple[list[str], Group]]:
    """The groups with their reasons in the reader's words, steps by their names."""
    return [([_said(reason, old, new) for reason in group.reasons], group) for group in groups]


def _said(reason: Obstacle, old: ServiceItem, new: ServiceItem) -> str:
    params = dict(reason.params)
    between = "、" if is_chinese() else ", "
    for name in ("element", "elements", "missing"):
        if said := str(params.get(name) or ""):
            params[name] = between.join(_named(drawn(one), old, new) for one in said.split(", "))
    params |= {name: word(TYPES, params[name]) for name in ("was", "now") if name in params}
    params |= {"status": word(STATUSES, params["status"])} if "status" in params else {}
    return str(gettext(reason.message)) % params


def _named(element: str, old: ServiceItem, new: ServiceItem) -> str:
    item = old if element in old.definition.elements else new
    return pick(item.step_name(element))


def _chosen() -> tuple[int, int]:
    """The versions from and to which, as the address or the form says; 0 where it does not."""
    given = [request.values.get(name, "") for name in ("from", "to")]
    was, now = (int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0 for text in given)
    return was, now


def _steps() -> dict[str, str]:
    return {name.removeprefix(_STEP): value for name, value in request.form.items() if name.startswith(_STEP) and value}
