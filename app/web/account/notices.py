"""What the office told one: about one's cases, or to one's posts."""

from contextlib import suppress
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import edge
from app.kernel.database import enter_tenant
from app.notices import operations, queries
from app.web.account import blueprint

PAGE = 30


@blueprint.get("/notices")
@edge.guarded("token.manage")
def notices() -> ResponseReturnValue:
    """The latest first; a link leads on to older ones."""
    before = request.args.get("before", type=UUID)
    found = queries.notices_of(edge.session(), edge.actor(), before=before, limit=PAGE + 1)
    older = found[PAGE - 1].id if len(found) > PAGE else None
    return render_template("account/notices.html", notices=found[:PAGE], older=older)


@blueprint.post("/notices")
@edge.guarded("token.manage")
def read_notices() -> ResponseReturnValue:
    """Mark the notices of a page as read, each in the jurisdiction that it comes from."""
    actor, session = edge.actor(), edge.session()
    shown: dict[str, list[UUID]] = {}
    for entry in request.form.getlist("notice"):
        tenant, _, key = entry.partition("/")
        if tenant in (actor.tenant, *edge.office().tenants):
            with suppress(ValueError):  # what is no notice is passed over
                shown.setdefault(tenant, []).append(UUID(key))
    for tenant, ids in shown.items():
        if actor.kind == "applicant":
            enter_tenant(session, tenant)
        if actor.kind == "applicant" or tenant == actor.tenant:
            operations.mark_read(session, tenant, actor, ids, edge.now())
    return redirect(url_for(".notices"), 303)
