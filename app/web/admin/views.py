"""Work that failed, and whether the record is whole."""

from itertools import islice
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.audit.verification import verify
from app.notices import operations, queries
from app.web.admin import blueprint
from app.web.errors import problem, shown_on
from app.web.once import once

MOST_FAULTS = 200


@blueprint.get("/incidents")
@edge.guarded("incident.read")
def incidents() -> ResponseReturnValue:
    """Work after the commit that failed for good, the oldest first."""
    found = queries.incidents(edge.session(), edge.actor().tenant)
    return render_template("admin/incidents.html", incidents=found, problem=problem(), now=edge.now())


@blueprint.post("/incidents/<uuid:incident_id>/retry")
@shown_on(incidents)
@edge.guarded("incident.retry")
@once
def retry(incident_id: UUID) -> ResponseReturnValue:
    """Set it going again."""
    operations.retry(edge.session(), edge.actor(), incident_id, edge.now())
    flash(gettext("It was started again; it runs within a minute."), "good")
    return redirect(url_for(".incidents"), 303)


@blueprint.get("/record")
@edge.guarded("audit.verify")
def record() -> ResponseReturnValue:
    """What the record is, and a button that checks it."""
    return render_template("admin/record.html", faults=None)


@blueprint.post("/record")
@edge.guarded("audit.verify")
def check() -> ResponseReturnValue:
    """Check every chain of the jurisdiction and its seals."""
    faults = list(islice(verify(edge.session(), edge.actor().tenant), MOST_FAULTS))
    return render_template("admin/record.html", faults=faults)
