"""Running cases moved to another version: what is looked at beforehand happens; nothing that was counted is lost."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.queries import history
from app.audit.verification import verify
from app.cases import operations, queries, timers
from app.cases.models import Case, CaseTimer
from app.cases.services import OPERATIONS
from app.catalog import folder
from app.catalog import queries as catalog
from app.catalog.models import ItemVersion
from app.catalog.operations import publish, submit
from app.deadlines.models import CaseClock
from app.identity.types import SYSTEM, Actor
from app.inbox import operations as inbox
from app.inbox.types import LIVE
from app.kernel.database import enter_tenant
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.ids import GLOBAL_TENANT
from app.studio import batches, mapping, moving
from app.studio.errors import NothingToMove, NotPublishedYet, SameVersion, StillMoving
from app.studio.models import MoveCase
from tests.integration.cases.conftest import apply, do, waiting
from tests.office import ANSWERS, LAND, MONDAY, TENANT, Office

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DIAGRAM, MANIFEST = f"processes/{LAND}/diagram.bpmn", f"processes/{LAND}/item.yaml"


def version(session: Session, *changes: tuple[str, str], published: bool = True) -> int:
    """A further version of the land item: what is written in its files, replaced by patterns."""
    files = dict(folder.read(Path(__file__).parents[3], LAND))
    files = {path: content for path, content in files.items() if "scenarios" not in path}  # they name what is changed
    for path in (DIAGRAM, MANIFEST):
        text = files[path].decode()
        for old, new in changes:
            text = re.sub(old, new, text)
        files[path] = text.encode()
    enter_tenant(session, GLOBAL_TENANT)
    made = (publish if published else submit)(session, files, SYSTEM, MONDAY, "further", OPERATIONS)
    enter_tenant(session, TENANT)
    return made.version


def renamed(element: str, new: str) -> tuple[tuple[str, str], ...]:
    """The changes that call an element otherwise in the diagram and in item.yaml."""
    return (
        (rf'((?:id|Ref|bpmnElement)=)"{element}"', rf'\1"{new}"'),
        (rf"<flowNodeRef>{element}<", rf"<flowNodeRef>{new}<"),
        (rf"(?m)^  {element}:", rf"  {new}:"),
        (rf"\b{element}\.outcome", f"{new}.outcome"),
        (rf'(name="hands-out" value="[^"]*)\b{element}\b', rf"\1{new}"),
    )


ANOTHER_NAME = ((r'name="建设项目用地预审与可研审批"', 'name="建设项目审批"'),)


@pytest.fixture
def mover(office: Office) -> Actor:
    return office.operator


def carry_out(session: Session, now=MONDAY + DAY) -> None:
    """What the job does, in the session's transaction."""
    made = moving.Mover()
    for tenant in moving.tenants_due(session, now):
        for batch_id, case_id in moving.due(session, tenant, 500):
            assert made.move_one(session, tenant, batch_id, case_id, now)
            assert not made.move_one(session, tenant, batch_id, case_id, now), "once only"
        moving.finish(session, tenant, now)


def clocks(session: Session, case: Case) -> dict[Any, Any]:
    found = session.scalars(
        select(CaseClock).where(CaseClock.case_id == case.id).execution_options(populate_existing=True)
    )
    return {clock.id: (clock.red, clock.red_at, clock.light, clock.stopped_at, clock.element) for clock in found}


def reload(session: Session, case: Case) -> Case:
    return session.scalars(select(Case).where(Case.id == case.id).execution_options(populate_existing=True)).one()


def test_a_case_goes_over_with_all_that_was_counted(
    session: Session, office: Office, submitted: Case, mover: Actor
) -> None:
    enter_tenant(session, TENANT)
    step = waiting(session, submitted.id)["accept"]
    inbox.claim(session, office.clerk, step.id, MONDAY + HOUR)
    before = clocks(session, submitted)
    to = version(session, *ANOTHER_NAME, (r">P3D<", ">P2D<"))
    seen = moving.preview(session, mover, LAND, 1, to, {})
    assert (seen.total, seen.able, seen.groups) == (1, 1, ())
    batch = moving.start(session, mover, LAND, 1, to, {}, MONDAY + DAY, "新规定")
    with pytest.raises(StillMoving):
        moving.start(session, mover, LAND, 1, to, {}, MONDAY + DAY)
    carry_out(session)
    case = reload(session, submitted)
    assert case.item_version == to
    assert clocks(session, submitted) == before, "limits of steps that are open stay those they were entered under"
    [kept] = waiting(session, submitted.id).values()
    assert (kept.id, kept.claimed_by, kept.state, kept.version) == (
        step.id, office.clerk.account_id, "claimed", step.version
    )  # fmt: skip
    [act] = [act for act in history(session, TENANT, case.id) if act.tag.endswith("case:moved")]
    assert act.actor == mover.username
    assert {name: act.data[name] for name in ("from", "to", "note")} == {"from": 1, "to": to, "note": "新规定"}
    assert catalog.history(session, LAND)[0].act == "cases-moved"
    done = batches.progress(session, mover, batch.id)
    assert (done.counts, done.done, done.total) == ({"moved": 1}, 1, 1)
    assert done.batch.finished_at is not None
    do(session, office.clerk, case.id, "accept", "accept", MONDAY + DAY)
    assert len(waiting(session, case.id)) == 3
    verify_chain(session, case)


def verify_chain(session: Session, case: Case) -> None:
    assert [fault for fault in verify(session, TENANT) if fault.chain == case.id] == []


def timers_of(session: Session, case: Case) -> dict[str, tuple[Any, ...]]:
    found = session.scalars(
        select(CaseTimer).where(CaseTimer.case_id == case.id).execution_options(populate_existing=True)
    )
    return {timer.element: (timer.armed_at, timer.due_at, timer.disarmed_at, timer.attached) for timer in found}


def test_timers_that_are_gone_are_disarmed_and_new_ones_count_from_the_move(
    session: Session, office: Office, submitted: Case, mover: Actor
) -> None:
    to = version(session, *renamed("accept_deemed", "deemed_anew"))
    [was] = timers_of(session, submitted).values()
    batch = moving.start(session, mover, LAND, 1, to, {}, MONDAY + DAY)
    carry_out(session, MONDAY + DAY)
    after = timers_of(session, submitted)
    assert after["accept_deemed"] == (*was[:2], MONDAY + DAY, was[3])
    assert after["deemed_anew"] == (MONDAY + DAY, was[1] + DAY, None, was[3])
    back = moving.take_back(session, mover, batch.id, MONDAY + 2 * DAY)
    carry_out(session, MONDAY + 2 * DAY)
    assert batches.progress(session, mover, back.id).counts == {"moved": 1}
    after = timers_of(session, submitted)
    assert after["accept_deemed"] == was, "as though it had never been moved"
    assert after["deemed_anew"][2] == MONDAY + 2 * DAY
    assert reload(session, submitted).item_version == 1
    assert timers.fire_in(session, TENANT, submitted.id, was[1]) == 1
    assert reload(session, submitted).deemed_at == was[1]


def test_steps_called_otherwise_keep_their_place_in_queue_and_record(
    session: Session, office: Office, submitted: Case, mover: Actor
) -> None:
    do(session, office.clerk, submitted.id, "accept", "accept", MONDAY + HOUR)
    enter_tenant(session, TENANT)
    before = clocks(session, submitted)
    tokens = {name: step.id for name, step in waiting(session, submitted.id).items()}
    to = version(session, *renamed("review_land", "land_review"), *renamed("leg_land", "land_leg"))
    refused = moving.preview(session, mover, LAND, 1, to, {})
    assert refused.able == 0
    assert {reason.code for reason in refused.groups[0].reasons} == {"step-gone"}
    assert refused.groups[0].codes == (submitted.code,)
    steps = {found.old: found.new for found in mapping.suggestions(*both(session, to)) if found.new}
    assert (steps["review_land"], steps["leg_land"]) == ("land_review", "land_leg")
    assert moving.preview(session, mover, LAND, 1, to, steps).able == 1
    moving.start(session, mover, LAND, 1, to, steps, MONDAY + DAY)
    carry_out(session)
    now = {name: step.id for name, step in waiting(session, submitted.id).items()}
    assert now.pop("land_review") == tokens.pop("review_land")
    assert now == tokens
    assert {key: clock[:4] for key, clock in clocks(session, submitted).items()} == {
        key: clock[:4] for key, clock in before.items()
    }
    view = queries.overview(session, reload(session, submitted), office.supervisor)
    assert {leg.element for leg in view.legs} == {"land_leg", "leg_planning", "leg_reform"}
    assert queries.marks(session, reload(session, submitted), office.supervisor)["accept"]["state"] == "done"
    for actor, element in (
        (office.land, "land_review"), (office.planning, "review_planning"), (office.reform, "review_reform"),
    ):  # fmt: skip
        enter_tenant(session, TENANT)
        if element == "land_review":
            step = waiting(session, submitted.id)[element]
            inbox.claim(session, actor, step.id, MONDAY + DAY)
            answers = ANSWERS["review_land"]
            operations.complete_step(
                session, actor, step.id, outcome="approve", data=answers, opinion="同意。", now=MONDAY + DAY
            )
        else:
            do(session, actor, submitted.id, element, "approve", MONDAY + DAY)
    assert set(waiting(session, submitted.id)) == {"decide"}


def both(session: Session, to: int) -> tuple[Any, Any]:
    return catalog.item(session, LAND, 1), catalog.item(session, LAND, to)


def test_a_step_of_another_post_leaves_the_hands_of_who_may_not_do_it(
    session: Session, office: Office, submitted: Case, mover: Actor
) -> None:
    enter_tenant(session, TENANT)
    inbox.claim(session, office.clerk, waiting(session, submitted.id)["accept"].id, MONDAY + HOUR)
    to = version(session, (r"综合窗口: window-clerk", "综合窗口: land-head"))
    moving.start(session, mover, LAND, 1, to, {}, MONDAY + DAY)
    carry_out(session)
    step = waiting(session, submitted.id)["accept"]
    assert (step.post, step.state, step.claimed_by) == ("land-head", "open", None)


def test_what_went_on_does_not_come_back_and_says_so(
    session: Session, office: Office, submitted: Case, mover: Actor
) -> None:
    to = version(session, *ANOTHER_NAME)
    batch = moving.start(session, mover, LAND, 1, to, {}, MONDAY + DAY)
    carry_out(session)
    do(session, office.clerk, submitted.id, "accept", "accept", MONDAY + DAY + HOUR)
    enter_tenant(session, TENANT)
    back = moving.take_back(session, mover, batch.id, MONDAY + 2 * DAY)
    carry_out(session, MONDAY + 2 * DAY)
    found = batches.progress(session, mover, back.id)
    assert found.counts == {"refused": 1}
    [reason] = found.groups[0].reasons
    assert reason.code == "moved-on"
    assert found.groups[0].codes == (submitted.code,)
    assert moving.preview(session, mover, LAND, to, 1, {}).able == 1, "by a batch of its own it can"


def test_what_is_due_happens_in_the_old_version_first(
    session: Session, office: Office, submitted: Case, mover: Actor
) -> None:
    due = timers_of(session, submitted)["accept_deemed"][1]
    to = version(session, *renamed("accept_deemed", "deemed_anew"))
    moving.start(session, mover, LAND, 1, to, {}, MONDAY + DAY)
    carry_out(session, due + HOUR)
    case = reload(session, submitted)
    assert case.deemed_at == due + HOUR
    assert case.item_version == to
    assert len(waiting(session, case.id)) == 3


def test_one_that_fails_stops_no_other_and_is_tried_again(
    session: Session, office: Office, submitted: Case, mover: Actor, store: Any, acting: Any
) -> None:
    other = apply(acting(office.applicant), office, store, MONDAY)
    enter_tenant(session, TENANT)
    to = version(session, *ANOTHER_NAME)
    batch = moving.start(session, mover, LAND, 1, to, {}, MONDAY + DAY)
    good = reload(session, other).state
    session.execute(update(Case).where(Case.id == other.id).values(state=b"broken"))
    made = moving.Mover()
    for batch_id, case_id in moving.due(session, TENANT, 500):
        try:
            with session.begin_nested():
                made.move_one(session, TENANT, batch_id, case_id, MONDAY + DAY)
        except Exception as error:
            moving.park(session, TENANT, batch_id, case_id, MONDAY + DAY, repr(error))
    moving.finish(session, TENANT, MONDAY + DAY)
    found = batches.progress(session, mover, batch.id)
    assert found.counts == {"moved": 1, "failed": 1}
    assert found.failed[0][0] == other.code
    session.execute(update(Case).where(Case.id == other.id).values(state=good))
    moving.retry(session, mover, batch.id, MONDAY + DAY)
    carry_out(session)
    assert batches.progress(session, mover, batch.id).counts == {"moved": 2}
    assert [progress.counts for progress in batches.batches(session, mover, LAND)] == [{"moved": 2}]


def test_who_may_and_what_may_be_asked(session: Session, office: Office, submitted: Case, mover: Actor) -> None:
    draft = version(session, *ANOTHER_NAME, published=False)
    assert session.get_one(ItemVersion, (LAND, draft)).state == "draft"
    assert moving.preview(session, mover, LAND, 1, draft, {}).able == 1
    with pytest.raises(NotPublishedYet):
        moving.start(session, mover, LAND, 1, draft, {}, MONDAY)
    with pytest.raises(Forbidden):
        moving.preview(session, office.clerk, LAND, 1, draft, {})
    with pytest.raises(SameVersion):
        moving.preview(session, mover, LAND, 1, 1, {})
    with pytest.raises(NothingToMove):
        moving.preview(session, mover, LAND, 1, draft, {}, ["330300-20200101-1"])
    with pytest.raises(Invalid) as wrong:
        moving.preview(session, mover, LAND, 1, draft, {"accept": "nothing", "none": "accept"})
    assert set(wrong.value.fields) == {"accept", "none"}
    with pytest.raises(NotFound):
        batches.progress(session, replace(mover, tenant="330302"), office.clerk.account_id)
    with pytest.raises(NotFound):
        moving.take_back(session, mover, office.clerk.account_id, MONDAY)


def test_a_case_that_closed_meanwhile_is_left_alone(
    session: Session, office: Office, submitted: Case, mover: Actor
) -> None:
    to = version(session, *ANOTHER_NAME)
    batch = moving.start(session, mover, LAND, 1, to, {}, MONDAY + DAY)
    enter_tenant(session, TENANT)
    operations.withdraw(session, office.applicant, submitted.id, "改期", MONDAY + DAY)
    enter_tenant(session, TENANT)
    carry_out(session)
    [group] = batches.progress(session, mover, batch.id).groups
    assert group.reasons[0].code == "case-closed"
    assert session.scalar(select(MoveCase.before)) is None
    assert not [step for step in waiting(session, submitted.id).values() if step.state in LIVE]
