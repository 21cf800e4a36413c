"""Departments, posts and roles: what is in the way of closing them, who may lend what, two who change one thing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.administration import departments, people, posts, queries, regions, roles
from app.administration.errors import Closed, Fixed, InTheWay
from app.administration.types import NewPerson
from app.deadlines import seed
from app.identity.errors import BeyondLending, LastAdministrator, LastPlatformAdministrator
from app.identity.models import Account
from app.identity.operations import open_account
from app.identity.queries import actor_by_username
from app.identity.types import SYSTEM
from app.inbox.operations import cancel
from app.kernel.database import enter_tenant
from app.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from app.kernel.ids import GLOBAL_TENANT
from app.org import operations as org
from app.org.errors import CodeTaken
from app.org.models import Department
from app.org.queries import holders_of
from tests.integration.administration.conftest import CITY, DAY, DISTRICT, NOW
from tests.integration.administration.test_handover import waiting_step

NEW = {"name_zh": "新", "name_en": "New"}


def test_a_department_closes_after_its_posts_and_these_after_their_work(world, a_case):
    admin = world.actor("admin-city")
    step = waiting_step(world, a_case, "nurse")
    home = departments.add_department(world.session, admin, code="health", **NEW, now=NOW)
    seat = posts.add_post(world.session, admin, department_id=home.id, code="nurse", **NEW, roles=["reviewer"], now=NOW)
    people.give_post(world.session, admin, world.ids["mei"], seat.id, since=NOW + DAY, now=NOW)
    with pytest.raises(InTheWay) as refused:
        departments.close_department(world.session, admin, home.id, now=NOW)
    assert refused.value.params == {"key": "health", "posts": "nurse", "steps": 1, "people": 0}
    with pytest.raises(InTheWay) as refused:
        posts.close_post(world.session, admin, seat.id, now=NOW)
    assert (refused.value.params["steps"], refused.value.params["people"]) == (1, 1)
    people.leave_post(world.session, admin, world.ids["mei"], seat.id, at=NOW + DAY, now=NOW)
    cancel(world.session, CITY, [step], NOW)
    posts.close_post(world.session, admin, seat.id, now=NOW)
    departments.close_department(world.session, admin, home.id, now=NOW)
    for verb in (
        lambda: people.join(world.session, admin, NewPerson(username="new", name="新"), seat.id, now=NOW),
        lambda: posts.add_post(world.session, admin, department_id=home.id, code="other", **NEW, now=NOW),
        lambda: posts.reopen_post(world.session, admin, seat.id, now=NOW),
        lambda: posts.change_post(world.session, admin, world.post("reviewer"), department_id=home.id, now=NOW),
    ):
        with pytest.raises(Closed):
            verb()
    departments.reopen_department(world.session, admin, home.id, now=NOW)
    posts.reopen_post(world.session, admin, seat.id, now=NOW)
    with pytest.raises(CodeTaken):
        departments.add_department(world.session, admin, code="health", **NEW, now=NOW)


def test_two_who_rename_one_department_do_not_overwrite_each_other(world):
    admin = world.actor("admin-city")
    home = world.session.scalar(select(Department).where(Department.tenant == CITY, Department.code == "land"))
    departments.rename_department(world.session, admin, home.id, name_zh="土地局", now=NOW, version=1)
    for verb in (departments.rename_department, departments.close_department):
        with pytest.raises((Stale, InTheWay)):
            verb(world.session, admin, home.id, now=NOW, version=1)
    acts = [act.tag for act in queries.history(world.session, admin)]
    assert acts == ["web:department:renamed"], "what changes nothing is not recorded"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("reviewer", True), ("head", True), ("supervisor", True), ("operator", True), ("admin", True),
        ("designer", False), ("publisher", False), ("platform", False),
    ],
)  # fmt: skip
def test_an_administrator_lends_what_stays_within_the_jurisdiction(world, role, may):
    admin, seat = world.actor("admin-city"), world.post("reviewer")
    if may:
        posts.change_post(world.session, admin, seat, roles=[role], now=NOW)
    else:
        with pytest.raises(BeyondLending):
            posts.change_post(world.session, admin, seat, roles=[role], now=NOW)
    posts.change_post(world.session, world.actor("root"), seat, roles=[role], now=NOW)


@pytest.mark.parametrize("role", ["applicant", "public", "nothing"])
def test_a_post_carries_roles_for_posts_only(world, role):
    with pytest.raises(Invalid) as refused:
        posts.change_post(world.session, world.actor("root"), world.post("reviewer"), roles=[role], now=NOW)
    assert list(refused.value.fields) == ["roles"]


def test_the_role_of_the_last_administrator_stays(world):
    with pytest.raises(LastAdministrator):
        posts.change_post(
            world.session, world.actor("admin-district", DISTRICT), world.post("admin", DISTRICT), roles=[], now=NOW
        )


def test_a_role_of_ones_own_carries_what_its_maker_may_lend(world):
    root = world.actor("root")
    keep = {"name_zh": "自管", "name_en": "Own", "now": NOW}
    roles.add_role(world.session, root, code="own", permissions=["org.manage", "role.manage"], **keep)
    with pytest.raises(CodeTaken):
        roles.add_role(world.session, root, code="own", permissions=["org.manage"], **keep)
    for wanted in ([], ["case.apply"], ["fly"]):
        with pytest.raises(Invalid):
            roles.add_role(world.session, root, code="other", permissions=wanted, **keep)
    posts.change_post(world.session, root, world.post("platform"), roles=["own"], now=NOW)
    with pytest.raises(LastPlatformAdministrator), world.session.begin_nested():
        roles.change_role(world.session, world.actor("root"), "own", permissions=["step.read"], now=NOW)
    with pytest.raises(InTheWay):
        roles.remove_role(world.session, world.actor("root"), "own", now=NOW)
    with pytest.raises(Fixed):
        roles.change_role(world.session, world.actor("root"), "clerk", name_en="x", now=NOW)
    with pytest.raises(Forbidden):
        roles.add_role(world.session, world.actor("admin-city"), code="mine", permissions=["step.read"], **keep)


def test_a_region_becomes_a_jurisdiction_with_an_administrator(world):
    root = world.actor("root")
    fields = {"code": "330381", "name_zh": "瑞安市", "name_en": "Rui'an", "parent": CITY, "now": NOW}
    with pytest.raises(Invalid) as refused:
        regions.add_region(world.session, root, calendar="none", **{**fields, "parent": "990000"})
    assert refused.value.fields.keys() == {"parent", "calendar"}
    regions.add_region(world.session, root, calendar=seed.CODE, **fields)
    regions.make_tenant(world.session, root, "330381", administrator="mei", now=NOW, version=1)
    with pytest.raises(WrongState):
        regions.make_tenant(world.session, root, "330381", administrator="mei", now=NOW)
    enter_tenant(world.session, "330381")
    assert holders_of(world.session, "330381", "administrator", NOW) == [world.ids["mei"]]
    assert "org.manage" in world.actor("mei", "330381").permissions
    with pytest.raises(Forbidden):
        regions.rename_region(world.session, world.actor("admin-city"), CITY, name_en="x", now=NOW)


def test_nothing_of_another_jurisdiction_is_changed(world):
    district = world.actor("admin-district", DISTRICT)
    seat = world.post("reviewer")
    for verb in (
        lambda: posts.change_post(world.session, district, seat, name_zh="x", now=NOW),
        lambda: posts.close_post(world.session, district, seat, now=NOW),
        lambda: posts.reopen_post(world.session, district, seat, now=NOW),
        lambda: queries.post(world.session, district, seat, NOW),
    ):
        with pytest.raises(NotFound):
            verb()


def test_two_administrators_cannot_remove_each_other_at_once(database):
    """Each sees that the other is still there, unless one waits for the other."""
    with database.transaction(GLOBAL_TENANT) as session:
        org.ensure_roles(session)
        for username in ("first", "second"):
            open_account(session, SYSTEM, username=username, name=username, kind="staff", password=None, now=NOW)
        seed.seed(session, NOW)
        org.add_region(
            session, code=CITY, name_zh="市", name_en="City", parent=None, is_tenant=True, calendar=seed.CODE
        )
        enter_tenant(session, CITY)
        home = org.add_department(session, CITY, code="data", name_zh="", name_en="")
        seat = org.add_post(session, CITY, department_id=home.id, code="admin", name_zh="", name_en="", roles=["admin"])
        ids = {row.username: row.id for row in session.execute(select(Account.username, Account.id))}
        for account in ids.values():
            org.give_post(session, CITY, account, seat.id, NOW)
    start = Barrier(2)

    def remove(who: str, whom: str) -> str:
        with database.transaction(GLOBAL_TENANT, [CITY]) as session:
            actor = actor_by_username(session, who, NOW, CITY)
        start.wait()
        try:
            with database.transaction(CITY) as session:
                people.leave_office(session, actor, ids[whom], now=NOW)
        except LastAdministrator:
            return "refused"
        return "removed"

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(remove, ("first", "second"), ("second", "first")))
    assert sorted(done) == ["refused", "removed"]
