"""/styleguide: every part that pages are put together from, in every state. Only where somebody develops (app.debug).

It speaks English, since its readers write the pages; the parts themselves speak the reader's language.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app import edge
from app.catalog import form_files
from app.catalog.findings import Report
from app.catalog.forms import validate
from app.web import formview
from app.web.assets import sprite

SAMPLE = Path(__file__).parent / "styleguide.json"
TOKENS = (
    "ink ink-soft ink-faint",
    "paper card sunk hover well chip",
    "line line-strong edge focus",
    "pine pine-deep pine-night pine-wash pine-line pine-edge on-pine",
    "green green-ink green-wash green-line green-soft on-green",
    "yellow yellow-ink yellow-wash yellow-line yellow-edge on-yellow",
    "red red-ink red-wash red-line on-red",
    "still still-ink still-wash still-line on-still",
    "night hero on-night night-soft",
)
SIGNS = re.compile(r'<symbol id="([a-z0-9-]+)"')
FILLED = {
    "project": "温州市域铁路 S3 线一期工程",
    "about": "线路全长 34.8 公里，设站 16 座。",
    "cost": 12500,
    "when": "2027-03-01",
    "kind": "rail",
    "ways": ["road"],
    "agreed": True,
    "rows": [{"parcel": "WZ-2026-014", "area": 12.5}, {"parcel": "WZ-2026-015", "area": 3.2}],
}

blueprint = Blueprint("styleguide", __name__)


@dataclass(frozen=True)
class Mark:
    """A milestone of the sample."""

    label: str
    state: str
    at: datetime | None = None
    note: str = ""


@blueprint.get("/styleguide")
@edge.public
def page() -> ResponseReturnValue:
    """All of it on one page."""
    now, state = edge.now(), request.args.get("form", "fresh")
    form = form_files.read(SAMPLE.read_bytes(), "styleguide", SAMPLE.name, Report())
    if form is None:
        raise NotFound()
    data: dict[str, Any] = FILLED if state == "filled" else {}
    errors = validate(form, data).errors if state == "faulty" else {}
    return render_template(
        "styleguide.html",
        now=now,
        one_day=timedelta(days=1),
        tokens=[group.split() for group in TOKENS],
        marks=_marks(now),
        state=state,
        lines=formview.shown(form, data, errors),
        faults=formview.faults(form, errors),
        signs=SIGNS.findall(sprite()),
    )


def _marks(now: datetime) -> list[Mark]:
    return [
        Mark("收到", "past", now - timedelta(days=9)),
        Mark("受理", "past", now - timedelta(days=7)),
        Mark("审查", "now", note="3 / 4"),
        Mark("决定", "ahead"),
        Mark("送达", "ahead"),
    ]
