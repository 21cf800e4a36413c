"""Telling people: who reads what, and once."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.identity.types import Actor
from app.kernel.database import enter_tenant
from app.kernel.ids import new_id
from app.notices import operations, queries
from app.notices.templates import MissingParams

PARAMS = {"code": "X-1", "title": "路", "step": {"zh": "受理", "en": "Acceptance"}}


def person(*posts: str, tenant: str = "330300") -> Actor:
    return Actor(
        account_id=new_id(),
        username="p",
        name="p",
        kind="staff",
        source="web",
        tenant=tenant,
        posts=frozenset(posts),
    )


def test_a_notice_reaches_accounts_and_holders_of_posts(
    session: Session, tenant: str, case_id: UUID, now: datetime
) -> None:
    clerk, other, applicant = person("window-clerk"), person("land-reviewer"), person(tenant="*")
    to = {"accounts": [applicant.account_id, applicant.account_id], "posts": ["window-clerk"]}
    ids = operations.tell(session, tenant, case_id, template="step-arrived", params=PARAMS, now=now, **to)
    assert len(ids) == 2
    assert [queries.unread(session, each) for each in (clerk, other, applicant)] == [1, 0, 1]
    assert [notice.id for notice in queries.told_about(session, tenant, case_id)] == ids
    told = queries.notices_of(session, clerk)[0]
    assert (told.template, told.params, told.created_at) == ("step-arrived", PARAMS, now)


def test_nobody_without_an_account_is_addressed_by_notices_to_posts(
    session: Session, tenant: str, case_id: UUID, now: datetime
) -> None:
    operations.tell(session, tenant, case_id, template="step-arrived", params=PARAMS, now=now, posts=["window-clerk"])
    public = Actor(account_id=None, username="public", name="", kind="public", source="web")
    assert queries.notices_of(session, public) == []


def test_only_those_addressed_mark_a_notice_read(session: Session, tenant: str, case_id: UUID, now: datetime) -> None:
    clerk, colleague, other = person("window-clerk"), person("window-clerk"), person("land-reviewer")
    ids = operations.tell(
        session, tenant, case_id, template="step-arrived", params=PARAMS, now=now, posts=["window-clerk"]
    )
    assert operations.mark_read(session, tenant, other, ids, now) == 0
    assert operations.mark_read(session, tenant, clerk, ids, now) == 1
    assert operations.mark_read(session, tenant, clerk, ids, now) == 0
    assert queries.unread(session, colleague) == 0


def test_the_same_post_elsewhere_is_another_post(session: Session, tenant: str, case_id: UUID, now: datetime) -> None:
    operations.tell(session, tenant, case_id, template="step-arrived", params=PARAMS, now=now, posts=["window-clerk"])
    enter_tenant(session, "330302", [tenant])
    assert queries.unread(session, person("window-clerk", tenant="330302")) == 0


def test_pages_of_notices_follow_each_other(session: Session, tenant: str, case_id: UUID, now: datetime) -> None:
    reader = person()
    ids = [
        operations.tell(
            session, tenant, case_id, template="step-arrived", params=PARAMS, now=now, accounts=[reader.account_id]
        )[0]
        for _ in range(5)
    ]
    first = queries.notices_of(session, reader, limit=2)
    second = queries.notices_of(session, reader, before=first[-1].id, limit=2)
    assert [notice.id for notice in (*first, *second)] == ids[:0:-1]


def test_a_notice_that_could_not_be_put_into_words_is_refused(
    session: Session, tenant: str, case_id: UUID, now: datetime
) -> None:
    with pytest.raises(MissingParams):
        operations.tell(session, tenant, case_id, template="step-arrived", params={}, now=now, posts=["window-clerk"])
