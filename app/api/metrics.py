"""Figures for Prometheus, read from the tables: the same whichever process answers.

They are of the asker's jurisdiction, and need the permission `incident.read`, as operators have.
"""

from collections.abc import Iterator

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from app import edge
from app.deadlines.models import CaseClock
from app.inbox.models import Step
from app.notices.models import Outbox
from app.supervision.models import Entry

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@edge.guarded("incident.read")
def metrics() -> Response:
    """All figures."""
    registry = CollectorRegistry()
    registry.register(_Tables())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Tables(Collector):
    """What waits, what is late, what failed."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One query for each figure; every one is an index scan."""
        tenant, now, session = edge.actor().tenant, edge.now(), edge.session()
        steps = (
            select(Step.state, func.count()).where(Step.tenant == tenant, Step.closed_at.is_(None)).group_by(Step.state)
        )
        yield _gauge("steps", "Steps that wait for somebody.", "state", dict(session.execute(steps).all()))
        work = select(Outbox.state, func.count()).where(Outbox.tenant == tenant, Outbox.state != "done")
        counted = dict(session.execute(work.group_by(Outbox.state)).all())
        yield _gauge("outbox", "Work that waits for after the commit, or failed.", "state", counted)
        entries = select(Entry.state, func.count()).where(Entry.tenant == tenant, Entry.state != "closed")
        yield _gauge(
            "entries", "Supervision entries.", "state", dict(session.execute(entries.group_by(Entry.state)).all())
        )
        due = select(func.min(CaseClock.next_at)).where(CaseClock.tenant == tenant, CaseClock.next_at <= now)
        oldest = session.scalar(due.where(CaseClock.parked.is_(None)))
        late = (now - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily("greenlight_light_delay_seconds", "How late the longest overdue light is.", late)
        parked = select(func.count()).where(CaseClock.tenant == tenant, CaseClock.parked.is_not(None))
        yield GaugeMetricFamily("greenlight_lights_parked", "Lights set aside.", session.scalar(parked) or 0)


def _gauge(name: str, text: str, label: str, counted: dict[str, int]) -> GaugeMetricFamily:
    made = GaugeMetricFamily(f"greenlight_{name}", text, labels=[label])
    for value, number in counted.items():
        made.add_metric([value], number)
    return made
