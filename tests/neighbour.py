"""A second jurisdiction beside the small office: a district that handles wells, and who sits there."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.cases.services import OPERATIONS
from app.catalog.operations import publish
from app.deadlines import seed
from app.identity.models import Account
from app.identity.types import SYSTEM, Actor
from app.kernel.database import enter_tenant
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.org import operations as org
from app.org.roles import ROLES
from tests.office import OPENED, TENANT
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
    people = {post: _account(f"there-{post}") for post in _POSTS}
    session.add_all(people.values())
    session.flush()
    enter_tenant(session, THERE)
    department = org.add_department(session, THERE, code="water", name_zh="水利局", name_en="Water")
    staff = {}
    for post, role in _POSTS.items():
        made = org.add_post(
            session, THERE, department_id=department.id, code=post, name_zh=post, name_en=post, roles=[role],
            is_head=False,
        )  # fmt: skip
        org.give_post(session, THERE, people[post].id, made.id, OPENED)
        staff[post] = Actor(
            account_id=people[post].id,
            username=people[post].username,
            name=people[post].name,
            kind="staff",
            source="web",
            tenant=THERE,
            posts=frozenset({post}),
            departments=frozenset({department.id}),
            permissions=ROLES[role].permissions,
        )
    return There(staff["window-clerk"], staff["land-reviewer"])


def _account(username: str) -> Account:
    return Account(
        tenant=GLOBAL_TENANT,
        id=new_id(),
        username=username,
        name="邻",
        kind="staff",
        password_hash="",
        created_at=OPENED,
    )
