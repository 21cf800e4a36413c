"""Two jurisdictions with their administrators, reviewers and supervisors; a platform administrator in the first."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.services import OPERATIONS
from app.catalog import folder
from app.catalog.operations import publish
from app.deadlines import seed
from app.identity.models import Account
from app.identity.queries import actor_by_username
from app.identity.recent import recent
from app.identity.types import SYSTEM, Actor
from app.kernel.database import enter_tenant
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.org import operations as org
from app.org.queries import post_by_code
from tests.office import LAND

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY = timedelta(days=1)
CITY, DISTRICT = "330300", "330302"

SEATS = {
    "reviewer": "reviewer",
    "decider": "decider",
    "supervisor": "supervisor",
    "admin": "admin",
    "platform": "platform",
}
PEOPLE = {
    CITY: (("mei", "reviewer"), ("lan", "reviewer"), ("hua", "supervisor"), ("bo", "supervisor"), ("root", "platform")),
    DISTRICT: (("tao", "reviewer"),),
}
"""Besides the administrator of each, `admin-…`."""


@dataclass(frozen=True)
class Administered:
    """The two jurisdictions."""

    session: Session
    ids: dict[str, UUID]
    posts: dict[tuple[str, str], UUID]

    def actor(self, username: str, tenant: str = CITY, at: datetime = NOW) -> Actor:
        """Somebody, acting in `tenant`; the session then writes and reads that tenant only, as a request of theirs."""
        enter_tenant(self.session, tenant)
        return replace(actor_by_username(self.session, username, at, tenant), source="web")

    def post(self, code: str, tenant: str = CITY) -> UUID:
        return self.posts[tenant, code]


@pytest.fixture
def tenant() -> str:
    return CITY


@pytest.fixture
def world(session: Session) -> Administered:
    """All of them, in the session's transaction."""
    recent.forget()
    enter_tenant(session, GLOBAL_TENANT)
    seed.seed(session, NOW)
    org.ensure_roles(session)
    ids, posts = {}, {}
    for code, parent in ((CITY, None), (DISTRICT, CITY)):
        org.add_region(
            session, code=code, name_zh=code, name_en=code, parent=parent, is_tenant=True, calendar=seed.CODE
        )
    names = [(tenant, *person) for tenant, people in PEOPLE.items() for person in people]
    names += [(CITY, "admin-city", "admin"), (DISTRICT, "admin-district", "admin")]
    for _, username, _ in names:
        enter_tenant(session, GLOBAL_TENANT)
        ids[username] = account(session, username)
    for tenant in (CITY, DISTRICT):
        enter_tenant(session, tenant)
        home = org.add_department(session, tenant, code="land", name_zh="自然资源局", name_en="Natural Resources")
        org.add_department(session, tenant, code="planning", name_zh="规划局", name_en="Planning")
        for seat, role in SEATS.items():
            post = org.add_post(
                session, tenant, department_id=home.id, code=seat, name_zh=seat, name_en=seat, roles=[role]
            )
            posts[tenant, seat] = post.id
    for tenant, username, seat in names:
        enter_tenant(session, tenant)
        org.give_post(session, tenant, ids[username], post_by_code(session, tenant, seat).id, NOW - 30 * DAY)
    return Administered(session, ids, posts)


@pytest.fixture
def a_case(world: Administered) -> UUID:
    """A case of the city that is reviewed."""
    session = world.session
    enter_tenant(session, GLOBAL_TENANT)
    publish(session, folder.read(Path(__file__).parents[3], LAND), SYSTEM, NOW, "first", OPERATIONS)
    enter_tenant(session, CITY)
    case = Case(
        tenant=CITY, id=new_id(), code="C-1", item=LAND, item_version=1, status="under-review", title="市域铁路",
        applicant="某公司", channel="online", received_at=NOW, state=b"", version=1,
    )  # fmt: skip
    session.add(case)
    session.flush()
    return case.id


def account(session: Session, username: str, kind: str = "staff") -> UUID:
    """An account, under the reserved tenant."""
    made = Account(
        tenant=GLOBAL_TENANT,
        id=new_id(),
        username=username,
        name=f"{username} 甲",
        kind=kind,
        password_hash="",
        phone="13800001234",
        email=f"{username}@example.org",
        id_number="110105194912310021",
        created_at=NOW,
    )
    session.add(made)
    session.flush()
    return made.id
