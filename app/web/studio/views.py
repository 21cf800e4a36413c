"""What is published, version by version."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from app import edge
from app.catalog import operations, queries

blueprint = Blueprint("studio", __name__, url_prefix="/studio")


@blueprint.get("")
@edge.guarded("item.publish")
def items() -> ResponseReturnValue:
    """All items in their current version."""
    return render_template("studio/items.html", items=queries.current(edge.session()))


@blueprint.get("/<code>/<int:version>")
@edge.guarded("item.publish")
def item(code: str, version: int) -> ResponseReturnValue:
    """One version: its diagram, its files, and what the check finds about them today."""
    session = edge.session()
    files = queries.files(session, code, version)
    return render_template(
        "studio/item.html",
        item=queries.item(session, code, version),
        files={path: len(content) for path, content in files.items()},
        findings=operations.check(files),
        versions=queries.versions(session, code),
    )


@blueprint.get("/<code>/<int:version>/diagram.bpmn")
@edge.guarded("item.publish")
def bpmn(code: str, version: int) -> ResponseReturnValue:
    """The diagram of one version."""
    xml = queries.item(edge.session(), code, version).definition.xml
    return Response(xml, content_type="application/xml; charset=utf-8")
