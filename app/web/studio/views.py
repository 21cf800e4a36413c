"""Looking: the whole catalogue, and one version with everything about it."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app import edge
from app.cases.services import OPERATIONS
from app.catalog import acts, archive, operations, queries, settings, uniform
from app.web.downloads import download
from app.web.errors import problem
from app.web.studio import blueprint


@blueprint.get("")
@edge.guarded(*acts.ANY)
def items() -> ResponseReturnValue:
    """Every item with its versions, drafts and withdrawn items included, by main item."""
    found = queries.whole(edge.session())
    waiting = [(line, version) for line in found for version in line.versions if version.state != "published"]
    return render_template(
        "studio/items.html",
        groups=queries.by_main(found),
        waiting=waiting,
        separated=settings.separated(edge.session()),
    )


@blueprint.get("/<code>/<int:version>")
@edge.guarded(*acts.ANY)
def item(code: str, version: int) -> ResponseReturnValue:
    """One version: what it is, what the check finds about it today, what was done with it and what can be done."""
    session = edge.session()
    found = queries.item(session, code, version)
    files = queries.files(session, code, version)
    line = queries.line(session, code)
    return render_template(
        "studio/item.html",
        item=found,
        line=line,
        state=next(one.state for one in line.versions if one.version == version),
        uniform=uniform.elements(found),
        files={path: len(content) for path, content in files.items()},
        findings=operations.check(files, OPERATIONS, session),
        history=queries.history(session, code),
        revision=acts.revision(session, code),
        separated=settings.separated(session),
        problem=problem(),
    )


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
