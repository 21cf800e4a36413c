"""A second jurisdiction beside the small office: a district that handles wells, and who sits there."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.cases.services import OPERATIONS
from app.catalog.operations import publish
from app.deadlines import seed
from app.identity.types import SYSTEM, Actor
from app.kernel.database import enter_tenant
from app.kernel.ids import GLOBAL_TENANT
from app.org import operations as org
from tests.office import OPENED, TENANT
from tests.people import open_account, seat
from tests.well_permit import files

THERE = "330302"
_POSTS = {"window-clerk": "clerk", "land-reviewer": "reviewer", "reform-decider": "decider"}


@dataclass(frozen=True)
class There:
    """The people of the office next door."""

    clerk: Actor
    land: Actor


def settle_next_door(session: Session) -> There:
    """Open the district's office in the session's transaction, and publish what it handles."""
    enter_tenant(session, GLOBAL_TENANT)
    publish(session, files(), SYSTEM, OPENED, "well", OPERATIONS)
    org.add_region(
        session, code=THERE, name_zh="鹿城区", name_en="Lucheng", parent=TENANT, is_tenant=True, calendar=seed.CODE
    )
    people = {post: open_account(session, f"there-{post}", name="邻") for post in _POSTS}
    session.flush()
    enter_tenant(session, THERE)
    department = org.add_department(session, THERE, code="water", name_zh="水利局", name_en="Water")
    staff = {}
    for post, role in _POSTS.items():
        staff[post] = seat(session, THERE, department.id, post, people[post], role)
    return There(staff["window-clerk"], staff["land-reviewer"])
