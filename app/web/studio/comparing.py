"""Two versions of an item beside each other, or a version and a working copy: on the diagram and in words."""

from typing import Any, Final
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.catalog import acts, bench, comparing, queries
from app.catalog.comparing import Comparison
from app.kernel.marking import _
from app.web.language import is_chinese
from app.web.studio import blueprint

HOW: Final = {"added": _("new"), "removed": _("gone"), "changed": _("changed")}
PARTS: Final = {
    "name": _("Name"), "type": _("Kind"), "lane": _("Lane"), "form": _("Form"), "post": _("Post"),
    "kind": _("Kind of step"), "outcomes": _("Outcomes"), "light": _("Light"), "calendar": _("Counted in"),
    "time": _("Limit"), "milestone": _("Milestone"), "result": _("Result"), "excluded": _("Excluded time"),
    "announced": _("Announced length"), "leg": _("Part of the department"), "lead": _("It leads the others"),
    "again": _("It may ask again"), "brings": _("What it brings"),
    "operation": _("Operation"), "condition": _("Condition"), "default": _("Taken where no condition is true"),
    "from": _("Comes from"), "to": _("Leads to"), "documentation": _("Documentation"), "label": _("Label"),
    "text": _("Text"), "validate.required": _("Required"), "properties.label_en": _("English label"),
    "interrupting": _("Interrupting"), "attached": _("Attached to"),
    "event": _("Event"), "repeated": _("Repeated"), "calls": _("Calls"),
    "script": _("Script"),
}  # fmt: skip


@blueprint.get("/<code>/compare")
@edge.guarded(*acts.ANY)
def compare(code: str) -> ResponseReturnValue:
    """What changed from `before` to `after`: numbers of versions, or the id of a working copy."""
    session = edge.session()
    sides = [str(version.version) for version in queries.versions(session, code)]
    lying = [str(one.id) for one in bench.benches(session, code)]
    after = request.args.get("after") or next(iter([*lying, *sides]), "")
    before = request.args.get("before") or _before(after, sides, lying, code)
    found = _compared(code, before, after)
    shown = dict.fromkeys([*lying, *sides, before, after])
    return render_template(
        "studio/compare.html",
        code=code,
        before=before,
        after=after,
        sides={side: _called(side) for side in shown},
        found=found,
        labels={} if is_chinese() else _english(code, before, after),
        files=_by_file(found),
        how={name: gettext(said) for name, said in HOW.items()},
        parts={name: gettext(said) for name, said in PARTS.items()},
    )


@blueprint.get("/<code>/compare/marks")
@edge.guarded(*acts.ANY)
def compare_marks(code: str) -> ResponseReturnValue:
    """How elements differ, for the drawing of one `side`: what is gone where it was, what is new where it is."""
    found = _compared(code, request.args.get("before", ""), request.args.get("after", ""))
    hidden = "added" if request.args.get("side") == "before" else "removed"
    marks = {
        element: {"state": how, "word": gettext(HOW[how])} for element, how in found.marks.items() if how != hidden
    }
    return {"elements": marks}


@blueprint.get("/benches/<uuid:bench_id>/diagram.bpmn")
@edge.guarded(*acts.ANY)
def bench_bpmn(bench_id: UUID) -> ResponseReturnValue:
    """The first diagram of a working copy, as it was saved."""
    bench.get(edge.session(), bench_id)
    files = bench.files(edge.session(), bench_id)
    xml = next((content for path, content in files.items() if path.endswith(".bpmn")), b"")
    return Response(xml, content_type="application/xml; charset=utf-8")


def _compared(code: str, before: str, after: str) -> Comparison:
    session = edge.session()
    return comparing.compare(comparing.side(session, code, before), comparing.side(session, code, after))


def _before(after: str, sides: list[str], lying: list[str], code: str) -> str:
    """What one most likely wants beside it: the version that a working copy began from, or the version before."""
    if after in lying:
        base = next(one.base for one in bench.benches(edge.session(), code) if str(one.id) == after)
        return str(base) if base else after
    older = [side for side in sides if after.isdigit() and int(side) < int(after)]
    return next(iter(older), after)


def _called(side: str) -> str:
    if side.isdigit():
        return gettext("Version %(number)s", number=side)
    found = bench.get(edge.session(), UUID(side))
    return gettext("Working copy of %(who)s (stamp %(stamp)s)", who=found.saved_by, stamp=found.stamp)


def _english(code: str, *sides: str) -> dict[str, str]:
    """What is drawn, in English, as far as the versions among the sides say it."""
    said: dict[str, str] = {}
    for side in sides:
        if side.isdigit():
            said |= queries.item(edge.session(), code, int(side)).english
    return said


def _by_file(found: Comparison) -> dict[str, dict[tuple[str, str], list[Any]]]:
    """Differences by file, and in it by what they are about."""
    made: dict[str, dict[tuple[str, str], list[Any]]] = {}
    for one in found.differences:
        made.setdefault(one.file, {}).setdefault((one.where, one.name), []).append(one)
    return made
