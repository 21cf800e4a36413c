"""Versions from draft to publication, alone and by several people; items that are withdrawn and come back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.catalog import errors, life, operations, queries, settings
from app.catalog.models import ItemFile, ItemVersion
from app.deadlines import seed
from app.identity.models import Account
from app.identity.types import SYSTEM, Actor
from app.kernel.database import Database, enter_tenant
from app.kernel.errors import Forbidden, Stale
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.org.operations import add_department, add_post, add_region, ensure_roles, give_post
from app.org.roles import ROLES
from tests.unit.catalog.small_item import MANIFEST, changed, encoded, files

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CODE = "bench-permit"
NINE_DAYS = changed(MANIFEST, "days: 10,", "days: 9,")


@pytest.fixture
def people(session: Session, tenant: str) -> dict[str, Actor]:
    """A designer and three publishers, as the office knows them."""
    enter_tenant(session, GLOBAL_TENANT)
    ensure_roles(session)
    seed.seed(session, NOW)
    add_region(session, code=tenant, name_zh="温州", name_en="W", parent=None, is_tenant=True, calendar=seed.CODE)
    roles = {"wang": "designer", "li": "publisher", "zhao": "publisher", "sun": "publisher"}
    accounts = {
        name: Account(
            tenant=GLOBAL_TENANT,
            id=new_id(),
            username=name,
            name=name.title(),
            kind="staff",
            password_hash="",
            created_at=NOW,
        )
        for name in roles
    }
    session.add_all(accounts.values())
    session.flush()
    enter_tenant(session, tenant)
    home = add_department(session, tenant, code="hall", name_zh="中心", name_en="Hall")
    made = {}
    for name, role in roles.items():
        post = add_post(
            session, tenant, department_id=home.id, code=f"post-{name}", name_zh=name, name_en=name, roles=[role]
        )
        give_post(session, tenant, accounts[name].id, post.id, datetime(2026, 1, 1, tzinfo=UTC))
        made[name] = Actor(
            account_id=accounts[name].id,
            username=name,
            name=name.title(),
            kind="staff",
            source="web",
            tenant=tenant,
            permissions=ROLES[role].permissions,
        )
    return made


@pytest.fixture
def separated(session: Session, people: dict[str, Actor]) -> dict[str, Actor]:
    """The people of an office that separates duties."""
    settings.set_separation(session, replace(SYSTEM, tenant="330300"), NOW, wanted=True)
    return people


def acts(session: Session) -> list[tuple[int, str, str, str]]:
    return [(line.version, line.act, line.actor, line.note) for line in reversed(queries.history(session, CODE))]


def test_four_people_bring_a_draft_into_force(session: Session, separated: dict[str, Actor], tenant: str) -> None:
    draft = operations.submit(session, encoded(files()), separated["wang"], NOW, "first")
    assert (draft.version, draft.state, draft.published_at) == (1, "draft", None)
    with pytest.raises(errors.NoSuchItem):
        queries.current_item(session, CODE)
    life.review(session, CODE, 1, separated["li"], NOW, "materials are complete")
    life.confirm(session, CODE, 1, separated["zhao"], NOW)
    life.publish(session, CODE, 1, separated["sun"], NOW, "in force")
    assert queries.current_item(session, CODE).version == 1
    assert acts(session) == [
        (1, "drafted", "wang", "first"),
        (1, "reviewed", "li", "materials are complete"),
        (1, "confirmed", "zhao", ""),
        (1, "published", "sun", "in force"),
    ]
    assert queries.history(session, CODE)[0].name == "Sun"
    chain = select(AuditEntry.tag).where(AuditEntry.tenant == tenant, AuditEntry.chain == operations.chain_of(CODE))
    assert session.scalars(chain.order_by(AuditEntry.seq)).all() == [
        f"catalog:item:{act}" for act in ("drafted", "reviewed", "confirmed", "published")
    ]


def test_each_act_is_another_persons_and_the_refusal_names_who_may(
    session: Session, separated: dict[str, Actor]
) -> None:
    operations.submit(session, encoded(files()), separated["wang"], NOW)
    with pytest.raises(errors.SomebodyElse) as refused:
        life.review(session, CODE, 1, separated["wang"], NOW)
    assert refused.value.params["who"] == "Li (li)、Sun (sun)、Zhao (zhao)"
    life.review(session, CODE, 1, separated["li"], NOW)
    with pytest.raises(errors.SomebodyElse) as refused:
        life.confirm(session, CODE, 1, separated["li"], NOW)
    assert refused.value.params["who"] == "Sun (sun)、Zhao (zhao)"
    life.confirm(session, CODE, 1, separated["zhao"], NOW)
    for name in ("wang", "li", "zhao"):
        with pytest.raises(errors.SomebodyElse) as refused:
            life.publish(session, CODE, 1, separated[name], NOW)
        assert refused.value.params["who"] == "Sun (sun)"


def test_no_state_is_skipped_where_duties_are_separated(session: Session, separated: dict[str, Actor]) -> None:
    with pytest.raises(errors.SubmitFirst, match=r"handed in as a draft") as first:
        operations.publish(session, encoded(files()), separated["li"], NOW)
    assert "Li (li)" in first.value.params["who"]
    operations.submit(session, encoded(files()), separated["wang"], NOW)
    for verb in (life.confirm, life.publish):
        with pytest.raises(errors.NotReviewed):
            verb(session, CODE, 1, separated["li"], NOW)
    with pytest.raises(errors.NotReviewed):
        operations.publish(session, encoded(files()), separated["li"], NOW)
    life.review(session, CODE, 1, separated["li"], NOW)
    with pytest.raises(errors.NotConfirmed):
        life.publish(session, CODE, 1, separated["zhao"], NOW)
    with pytest.raises(errors.BeyondThat):
        life.review(session, CODE, 1, separated["zhao"], NOW)


def test_one_person_does_all_where_duties_are_not_separated(session: Session, people: dict[str, Actor]) -> None:
    operations.publish(session, encoded(files()), people["wang"], NOW, "first")
    operations.submit(session, NINE_DAYS, people["wang"], NOW, "shorter")
    for verb in (life.review, life.confirm, life.publish):
        verb(session, CODE, 2, people["wang"], NOW)
    life.publish(session, CODE, 1, people["wang"], NOW, "back")
    assert queries.current_item(session, CODE).version == 1
    assert [line.state for line in queries.versions(session, CODE)] == ["published", "published"]
    assert [act for _version, act, _actor, _note in acts(session)] == [
        "published",
        "drafted",
        "reviewed",
        "confirmed",
        "published",
        "published",
    ]


def test_a_draft_may_be_published_at_once_where_duties_are_not_separated(
    session: Session, people: dict[str, Actor]
) -> None:
    operations.submit(session, encoded(files()), people["wang"], NOW, "first")
    assert operations.publish(session, encoded(files()), people["li"], NOW).version == 1
    assert acts(session) == [(1, "drafted", "wang", "first"), (1, "published", "li", "")]


def test_what_is_sent_back_is_a_draft_again_and_begins_anew(session: Session, separated: dict[str, Actor]) -> None:
    operations.submit(session, encoded(files()), separated["wang"], NOW)
    life.review(session, CODE, 1, separated["li"], NOW)
    with pytest.raises(errors.ReasonNeeded):
        life.send_back(session, CODE, 1, separated["zhao"], NOW, " ")
    life.send_back(session, CODE, 1, separated["zhao"], NOW, "the fee is missing")
    assert queries.versions(session, CODE)[0].state == "draft"
    life.review(session, CODE, 1, separated["zhao"], NOW)
    life.confirm(session, CODE, 1, separated["li"], NOW)
    life.publish(session, CODE, 1, separated["sun"], NOW)
    with pytest.raises(errors.BeyondThat):
        life.send_back(session, CODE, 1, separated["li"], NOW, "too late")
    assert (1, "returned", "zhao", "the fee is missing") in acts(session)


def test_withdrawn_is_out_of_the_catalogue_until_it_is_brought_back(session: Session, people: dict[str, Actor]) -> None:
    operations.publish(session, encoded(files()), people["li"], NOW)
    with pytest.raises(errors.ReasonNeeded):
        life.withdraw(session, CODE, people["li"], NOW, "")
    life.withdraw(session, CODE, people["li"], NOW, "the law was repealed")
    assert queries.current(session) == []
    with pytest.raises(errors.ItemWithdrawn, match="withdrawn"):
        queries.current_item(session, CODE)
    assert queries.item(session, CODE, 1).code == CODE
    assert (queries.line(session, CODE).current, queries.line(session, CODE).withdrawn) == (None, 1)
    with pytest.raises(errors.NotPublished):
        life.withdraw(session, CODE, people["li"], NOW, "again")
    life.restore(session, CODE, people["zhao"], NOW, "by mistake")
    assert queries.current_item(session, CODE).version == 1
    with pytest.raises(errors.NotWithdrawn):
        life.restore(session, CODE, people["li"], NOW)
    assert [act for _version, act, _actor, _note in acts(session)] == ["published", "withdrawn", "restored"]


def test_a_withdrawn_item_comes_back_with_another_version(session: Session, people: dict[str, Actor]) -> None:
    operations.publish(session, encoded(files()), people["li"], NOW)
    life.withdraw(session, CODE, people["li"], NOW, "reworked")
    operations.publish(session, NINE_DAYS, people["li"], NOW)
    assert (queries.line(session, CODE).current, queries.line(session, CODE).withdrawn) == (2, None)


@pytest.mark.parametrize(
    "verb",
    [
        lambda session, actor: operations.submit(session, encoded(files()), actor, NOW),
        lambda session, actor: operations.publish(session, encoded(files()), actor, NOW),
        lambda session, actor: life.review(session, CODE, 1, actor, NOW),
        lambda session, actor: life.confirm(session, CODE, 1, actor, NOW),
        lambda session, actor: life.publish(session, CODE, 1, actor, NOW),
        lambda session, actor: life.send_back(session, CODE, 1, actor, NOW, "x"),
        lambda session, actor: life.withdraw(session, CODE, actor, NOW, "x"),
        lambda session, actor: life.restore(session, CODE, actor, NOW),
    ],
)
def test_every_act_needs_its_permission_and_says_whom_to_ask(
    session: Session, people: dict[str, Actor], verb: Callable[[Session, Actor], Any]
) -> None:
    clerk = replace(people["li"], username="clerk", permissions=ROLES["clerk"].permissions)
    with pytest.raises(errors.MayNot) as refused:
        verb(session, clerk)
    assert isinstance(refused.value, Forbidden)
    assert "Wang (wang)" in refused.value.params["who"]


def test_an_act_upon_what_has_changed_since_is_refused(session: Session, people: dict[str, Actor]) -> None:
    operations.submit(session, encoded(files()), people["wang"], NOW)
    life.review(session, CODE, 1, people["li"], NOW, seen=1)
    with pytest.raises(Stale):
        life.send_back(session, CODE, 1, people["zhao"], NOW, "late", seen=1)


@pytest.mark.parametrize("verb", [life.review, life.confirm, life.publish])
def test_what_is_not_there_is_not_found(session: Session, people: dict[str, Actor], verb: Callable[..., Any]) -> None:
    for code in ("nothing", CODE):
        with pytest.raises(errors.NoSuchItem):
            verb(session, code, 3, people["li"], NOW)
        operations.submit(session, encoded(files()), people["wang"], NOW)


def test_a_new_item_needs_a_code_of_its_own(session: Session, people: dict[str, Actor]) -> None:
    operations.submit(session, encoded(files()), people["wang"], NOW, new=True)
    with pytest.raises(errors.CodeInUse):
        operations.submit(session, NINE_DAYS, people["wang"], NOW, new=True)


def test_the_database_itself_keeps_files_and_history_as_they_are(session: Session, people: dict[str, Actor]) -> None:
    operations.publish(session, encoded(files()), people["li"], NOW)
    for statement in (
        update(ItemFile).values(content=b""),
        update(ItemVersion).values(digest="x"),
        text("DELETE FROM item_file"),
        text("UPDATE item_act SET actor = 'x'"),
    ):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(statement)


def test_one_number_belongs_to_one_item_and_has_the_pattern(session: Session, people: dict[str, Actor]) -> None:
    operations.publish(session, encoded(files()), people["li"], NOW)
    other = {
        path.replace(CODE, "swing-permit"): content.replace(b"code: bench-permit", b"code: swing-permit")
        for path, content in encoded(files()).items()
    }
    with pytest.raises(errors.ItemRefused) as refused:
        operations.submit(session, other, people["wang"], NOW)
    taken = refused.value.findings[0]
    assert (taken.code, taken.file, taken.element) == ("number-taken", "processes/swing-permit/item.yaml", "number")
    settings.set_item_pattern(session, replace(SYSTEM, tenant="330300"), NOW, "{digits:9}")
    codes = [finding.code for finding in operations.check(other, session=session)]
    assert codes == ["number-unfit", "number-taken"]


def test_sub_items_of_one_main_item_give_it_one_name(session: Session, people: dict[str, Actor]) -> None:
    operations.publish(session, encoded(files()), people["li"], NOW)
    path = "processes/swing-permit/item.yaml"
    other = {place.replace(CODE, "swing-permit"): content for place, content in encoded(files()).items()}
    other[path] = (
        other[path]
        .replace(b"code: bench-permit", b"code: swing-permit")
        .replace(b'"000117011001"', b'"000117011002"')
        .replace("公园设施许可".encode(), "公园许可".encode())
    )
    [finding] = operations.check(other, session=session)
    assert (finding.severity, finding.code, finding.element) == ("warning", "main-named-otherwise", "main.name")


def test_publication_shows_at_once_to_every_process(database: Database, tenant: str) -> None:
    """Two databases of one office are what two processes are: nothing but rows is between them."""
    designer = replace(SYSTEM, tenant=tenant)
    elsewhere = Database(database.url)
    with database.transaction(tenant) as session:
        operations.publish(session, encoded(files()), designer, NOW)
    with elsewhere.transaction(tenant) as session:
        assert queries.current_item(session, CODE).version == 1
    with database.transaction(tenant) as session:
        operations.publish(session, NINE_DAYS, designer, NOW)
    with elsewhere.transaction(tenant) as session:
        assert queries.current_item(session, CODE).case_limits()["promised"].days == 9
        assert queries.current(session)[0].version == 2
    with database.transaction(tenant) as session:
        life.withdraw(session, CODE, designer, NOW, "gone")
    with elsewhere.transaction(tenant) as session:
        assert queries.current(session) == []
    elsewhere.dispose()
