"""Building the office, and who holds what when."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.kernel.errors import Invalid, NotFound
from app.kernel.ids import new_id
from app.org import operations, queries
from app.org.errors import AlreadyHeld, CodeTaken
from app.org.models import Holder, PostRole, Role, RolePermission
from app.org.roles import ROLES

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def test_roles_are_brought_to_what_stands_in_the_code(session):
    operations.ensure_roles(session)
    session.add_all(
        [Role(code="archivist", name_zh="档案", name_en="Archivist"), Role(code="x", name_zh="", name_en="")]
    )
    session.flush()
    session.add_all(
        [
            RolePermission(role="archivist", permission="case.read-all"),
            RolePermission(role="reviewer", permission="org.manage"),
        ]
    )
    session.flush()
    session.execute(RolePermission.__table__.delete().where(RolePermission.role == "clerk"))
    session.execute(Role.__table__.update().where(Role.code == "clerk").values(name_en="Old name"))
    operations.ensure_roles(session)
    rows = session.execute(select(RolePermission.role, RolePermission.permission)).all()
    held = {code: {permission for role, permission in rows if role == code} for code in ROLES}
    assert held == {code: set(role.permissions) for code, role in ROLES.items()}
    assert ("archivist", "case.read-all") in rows
    assert session.scalar(
        select(Role.name_en).where(Role.code == "clerk").execution_options(populate_existing=True)
    ) == ("Window clerk")
    assert session.scalar(select(func.count()).select_from(Role)) == len(ROLES) + 2


def test_the_office_is_read_back(session, tenant, office):
    assert [region.code for region in queries.tenants(session)] == [tenant]
    assert queries.region(session, tenant).parent == "330000"
    assert [department.code for department in queries.departments(session, tenant)] == ["land", "planning"]
    assert [post.code for post in queries.posts(session, tenant)] == ["land-head", "land-reviewer", "planning-reviewer"]
    assert queries.post_by_code(session, tenant, "land-head").is_head
    roles = session.scalars(select(PostRole.role).where(PostRole.post_id == office.posts["land-head"]))
    assert set(roles) == {"head", "decider"}


@pytest.mark.parametrize(
    "ask",
    [
        lambda session, tenant: queries.region(session, "999999"),
        lambda session, tenant: queries.post_by_code(session, tenant, "nobody"),
        lambda session, tenant: queries.post_by_code(session, "330399", "land-head"),
    ],
)
def test_what_is_not_there_is_not_found(session, tenant, office, ask):
    with pytest.raises(NotFound):
        ask(session, tenant)


@pytest.mark.parametrize(
    "add",
    [
        lambda session, tenant, office: operations.add_region(
            session, code=tenant, name_zh="", name_en="", parent=None, is_tenant=True, calendar="cn"
        ),
        lambda session, tenant, office: operations.add_department(session, tenant, code="land", name_zh="", name_en=""),
        lambda session, tenant, office: operations.add_post(
            session, tenant, department_id=office.planning.id, code="land-head", name_zh="", name_en=""
        ),
    ],
    ids=["region", "department", "post"],
)
def test_a_code_names_one_thing(session, tenant, office, add):
    with pytest.raises(CodeTaken):
        add(session, tenant, office)


@pytest.mark.parametrize("role", ["applicant", "public", "nobody"])
def test_a_post_carries_roles_of_posts_only(session, tenant, office, role):
    with pytest.raises(Invalid) as refused:
        operations.add_post(
            session, tenant, department_id=office.land.id, code="new", name_zh="", name_en="", roles=["reviewer", role]
        )
    assert list(refused.value.fields) == ["roles"]


def test_a_post_stands_in_a_department_of_its_own_jurisdiction(session, tenant, office):
    with pytest.raises(NotFound):
        operations.add_post(session, tenant, department_id=new_id(), code="new", name_zh="", name_en="")


@pytest.mark.parametrize(
    ("at", "held"),
    [
        (NOW - timedelta(microseconds=1), False),
        (NOW, True),
        (NOW + 5 * DAY - timedelta(microseconds=1), True),
        (NOW + 5 * DAY, False),
    ],
    ids=["the instant before", "from since on", "the last instant", "at the end no more"],
)
def test_a_post_is_held_from_since_until_the_end(session, tenant, office, at, held):
    account = new_id()
    operations.give_post(session, tenant, account, office.posts["land-head"], NOW)
    operations.leave_post(session, tenant, account, office.posts["land-head"], NOW + 5 * DAY)
    assert queries.holders_of(session, tenant, "land-head", at) == ([account] if held else [])
    assert queries.heads_of(session, tenant, office.land.id, at) == ([account] if held else [])


@pytest.mark.parametrize(
    ("since", "until", "possible"),
    [
        (NOW, None, False),
        (NOW + 2 * DAY, NOW + 3 * DAY, False),
        (NOW - DAY, NOW + timedelta(microseconds=1), False),
        (NOW - DAY, None, False),
        (NOW - DAY, NOW, True),
        (NOW + 5 * DAY, None, True),
    ],
    ids=["the same", "within", "into", "around", "before", "after"],
)
def test_one_person_holds_one_post_once_at_a_time(session, tenant, office, since, until, possible):
    account, post = new_id(), office.posts["land-reviewer"]
    operations.give_post(session, tenant, account, post, NOW, NOW + 5 * DAY)
    if possible:
        operations.give_post(session, tenant, account, post, since, until)
    else:
        with pytest.raises(AlreadyHeld, match="land-reviewer"):
            operations.give_post(session, tenant, account, post, since, until)
    operations.give_post(session, tenant, new_id(), post, since, until)


def test_who_leaves_also_leaves_what_was_to_come(session, tenant, office):
    account, post = new_id(), office.posts["land-reviewer"]
    operations.give_post(session, tenant, account, post, NOW, NOW + DAY)
    operations.give_post(session, tenant, account, post, NOW + 9 * DAY)
    operations.leave_post(session, tenant, account, post, NOW + DAY / 2)
    assert [queries.holders_of(session, tenant, "land-reviewer", NOW + days * DAY) for days in (0.4, 0.6, 9, 10)] == [
        [account],
        [],
        [],
        [],
    ]


def test_who_holds_nothing_leaves_nothing(session, tenant, office):
    account, post = new_id(), office.posts["land-reviewer"]
    with pytest.raises(NotFound):
        operations.leave_post(session, tenant, account, post, NOW)
    operations.give_post(session, tenant, account, post, NOW)
    operations.leave_post(session, tenant, account, post, NOW + DAY)
    with pytest.raises(NotFound):
        operations.leave_post(session, tenant, account, post, NOW + DAY)


def test_a_post_that_does_not_exist_is_given_to_nobody(session, tenant, office):
    with pytest.raises(NotFound):
        operations.give_post(session, tenant, new_id(), new_id(), NOW)


def test_a_light_is_told_to_the_head_of_the_posts_department(session, tenant, office):
    asked = ["land-reviewer", "land-head", "planning-reviewer", "nobody"]
    assert queries.head_posts(session, tenant, asked) == {
        "land-reviewer": ["land-head"],
        "land-head": ["land-head"],
        "planning-reviewer": [],
        "nobody": [],
    }


def test_two_give_one_post_to_one_person_at_once(database):
    tenant, account = "330300", new_id()
    with database.transaction(tenant) as session:
        operations.ensure_roles(session)
        department = operations.add_department(session, tenant, code="land", name_zh="", name_en="")
        post = operations.add_post(
            session, tenant, department_id=department.id, code="land-head", name_zh="", name_en=""
        )
    start = Barrier(4)
    outcomes: list[str] = []

    def give() -> None:
        start.wait()
        try:
            with database.transaction(tenant) as session:
                operations.give_post(session, tenant, account, post.id, NOW)
            outcomes.append("given")
        except AlreadyHeld:
            outcomes.append("refused")

    threads = [Thread(target=give) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["given", "refused", "refused", "refused"]
    with database.transaction(tenant) as session:
        assert session.scalar(select(func.count()).select_from(Holder)) == 1


def test_an_office_is_built_in_its_own_jurisdiction_only(session, tenant, office):
    with pytest.raises(DBAPIError, match="row-level security"), session.begin_nested():
        operations.add_department(session, "330399", code="land", name_zh="", name_en="")
