"""Looking at one version with everything about it."""

from collections.abc import Sequence
from typing import Any, Final

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.cases.running import running
from app.cases.services import OPERATIONS
from app.catalog import acts, archive, bench, operations, queries, settings, uniform
from app.catalog.queries import ActLine, VersionLine
from app.catalog.waiting import waiting
from app.org import queries as org
from app.web.downloads import download
from app.web.errors import problem
from app.web.language import pick
from app.web.studio import blueprint
from app.web.words import ITEM_ACTS

WAY: Final = ("drafted", "reviewed", "confirmed", "published")


@blueprint.get("/<code>/<int:version>")
@edge.guarded(*acts.ANY)
def item(code: str, version: int) -> ResponseReturnValue:
    """One version: what it is, what the check finds about it today, what was done with it and what can be done."""
    session, actor = edge.session(), edge.actor()
    found = queries.item(session, code, version)
    files = queries.files(session, code, version)
    line = queries.line(session, code)
    shown = next(one for one in line.versions if one.version == version)
    history = queries.history(session, code)
    ways = waiting(session, [line], actor, edge.now())
    return render_template(
        "studio/item.html",
        item=found,
        line=line,
        state=shown.state,
        way=next((way for way in ways if way.version == version), None),
        marks=_marks(shown, history),
        running=running(session, actor.tenant, code),
        uniform=uniform.elements(found),
        posts={post.code: pick(post) for post in org.posts(session, actor.tenant)},
        files={path: len(content) for path, content in files.items()},
        findings=operations.findings(session, code, version, OPERATIONS),
        history=history,
        authors={act.actor for act in history if (act.version, act.act) == (version, "drafted")},
        revision=acts.revision(session, code),
        separated=settings.separated(session),
        benches=bench.benches(session, code),
        problem=problem(),
    )


def _marks(version: VersionLine, history: Sequence[ActLine]) -> list[dict[str, Any]]:
    """How far a version came: each act on the way and when it was done, as `parts/milestones.html` shows them.

    What was done before it was sent back last counts no more; one that was published in one act has no others.
    """
    done: dict[str, ActLine] = {}
    for act in reversed([act for act in history if act.version == version.version]):
        if act.act == "returned":
            done = {key: one for key, one in done.items() if key == "drafted"}
        done.setdefault(act.act, act)
    ways = [way for way in WAY if way in done or version.state != "published"]
    ahead = next((way for way in ways if way not in done), None)
    return [
        {
            "label": gettext(ITEM_ACTS[way]),
            "at": done[way].at if way in done else None,
            "note": "",
            "state": "past" if way in done else "now" if way == ahead else "ahead",
        }
        for way in ways
    ]


@blueprint.get("/<code>/<int:version>/diagram.bpmn")
@edge.guarded(*acts.ANY)
def bpmn(code: str, version: int) -> ResponseReturnValue:
    """The diagram of one version."""
    xml = queries.item(edge.session(), code, version).definition.xml
    return Response(xml, content_type="application/xml; charset=utf-8")


@blueprint.get("/<code>/<int:version>/item.zip")
@edge.guarded(*acts.ANY)
def export(code: str, version: int) -> ResponseReturnValue:
    """All files of one version, byte for byte."""
    packed = archive.pack(queries.files(edge.session(), code, version))
    return download(packed, archive.MEDIA_TYPE, f"{code}-{version}.zip")
