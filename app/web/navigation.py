"""Where a person can go: only what they may do is offered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import g, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.identity.types import Actor
from app.inbox.queries import counts
from app.kernel.marking import _
from app.notices.queries import unread


@dataclass(frozen=True)
class Place:
    """A page that the header offers. `area`: the blueprints that belong to it."""

    label: str
    endpoint: str
    area: tuple[str, ...]
    offered: Callable[[Actor], bool]

    @property
    def text(self) -> str:
        """Its name in the reader's language."""
        return str(gettext(self.label))

    @property
    def address(self) -> str:
        """Where it is."""
        return url_for(self.endpoint)

    @property
    def is_here(self) -> bool:
        """Whether the page shown belongs to it."""
        return request.endpoint == self.endpoint or (request.blueprint or "") in self.area


def _may(permission: str) -> Callable[[Actor], bool]:
    return lambda actor: actor.may(permission)


def _is_not_staff(actor: Actor) -> bool:
    return actor.kind != "staff"


def _administers(actor: Actor) -> bool:
    return any(map(actor.may, ("org.manage", "calendar.manage", "region.manage", "role.manage")))


PLACES: tuple[Place, ...] = (
    Place(_("Services"), "public.home", (), _is_not_staff),
    Place(_("My cases"), "applicant.own", ("applicant", "draft", "case"), _may("case.apply")),
    Place(_("Window"), "window.overview", ("window", "draft"), _may("case.receive")),
    Place(_("Desk"), "desk.queue", ("desk",), _may("step.claim")),
    Place(_("Supervision"), "board.board", ("board",), _may("supervision.read")),
    Place(_("Items"), "studio.items", ("studio",), _may("item.publish")),
    Place(_("Administration"), "admin.home", ("admin",), _administers),
    Place(_("Incidents"), "admin.incidents", (), lambda actor: actor.may("incident.read") and not _administers(actor)),
    Place(
        _("Move cases"),
        "studio.movable",
        ("studio",),
        lambda actor: actor.may("case.move") and not actor.may("item.publish"),
    ),
    Place(_("Record"), "admin.record", (), lambda actor: actor.may("audit.verify") and not _administers(actor)),
    Place(_("Cases"), "case.search", ("case",), lambda actor: actor.may("case.read") or actor.may("case.read-all")),
    Place(_("Track"), "public.track", (), _is_not_staff),
    Place(_("Verify"), "public.verify", (), _is_not_staff),
)


def places(actor: Actor) -> list[Place]:
    """The places that `actor` may go to, in the order of the header."""
    return [place for place in PLACES if place.offered(actor)]


def tally(actor: Actor) -> Mapping[str, int]:
    """What waits for somebody, by the endpoint of the page that shows it: steps, and notices that they have not read.

    Empty where nobody is logged in, and on error pages: these are rendered when the transaction is over.
    """
    session: Session | None = g.get("session")
    if actor.account_id is None or session is None or not session.in_transaction():
        return {}
    place = "applicant.own" if actor.kind == "applicant" else "desk.queue"
    steps = counts(session, actor)
    return {place: steps.open + steps.mine, "account.notices": unread(session, actor)}
