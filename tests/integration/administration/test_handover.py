"""What somebody held goes to a successor or back to the queue; who leaves altogether is shut out."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.administration import handover, people, queries
from app.administration.handover import SETTLING, hand_over_due, tenants_due
from app.audit.queries import history
from app.identity import operations as identity
from app.identity.models import Account, ApiToken, LoginSession
from app.identity.rules import new_secret, secret_hash
from app.inbox import operations as inbox
from app.inbox.models import Step
from app.kernel.database import enter_tenant
from app.kernel.errors import NotFound
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.notices.models import Notice
from app.org.models import Holder
from app.supervision.models import Entry
from tests.integration.administration.conftest import CITY, DAY, DISTRICT, NOW
from tests.office import OPENED


@pytest.fixture
def claimed(world, a_case) -> UUID:
    """A step that Mei claimed."""
    step = waiting_step(world, a_case)
    inbox.claim(world.session, world.actor("mei"), step, NOW)
    return step


@pytest.fixture
def taken(world, a_case) -> UUID:
    """A supervision entry that Hua took up."""
    entry = Entry(
        tenant=CITY, id=new_id(), case_id=a_case, flip_id=new_id(), state="taken", opened_at=OPENED,
        taken_by=world.ids["hua"], taken_at=NOW, question="为何超期？", asked_at=NOW,
    )  # fmt: skip
    world.session.add(entry)
    world.session.flush()
    return entry.id


def waiting_step(world, case_id: UUID, post: str = "reviewer") -> UUID:
    step = Step(
        tenant=CITY, id=new_id(), case_id=case_id, element="review_land", kind="review", post=post, state="open",
        opened_at=NOW, item="land-preliminary-review", case_code="C-1", title="市域铁路", applicant="某公司",
    )  # fmt: skip
    world.session.add(step)
    world.session.flush()
    return step.id


def shown(world, table, key):
    """The row as it is in the database."""
    return world.session.scalar(
        select(table).where(table.tenant == CITY, table.id == key).execution_options(populate_existing=True)
    )


@pytest.mark.parametrize("successor", ["lan", None])
def test_a_claimed_step_goes_to_the_successor_or_back_to_the_queue(world, claimed, a_case, successor):
    admin = world.actor("admin-city")
    to = world.ids[successor] if successor else None
    assert [row.id for row in queries.in_hand(world.session, admin, world.ids["mei"])] == [claimed]
    people.leave_post(world.session, admin, world.ids["mei"], world.post("reviewer"), successor_id=to, now=NOW)
    step = shown(world, Step, claimed)
    assert (step.state, step.claimed_by) == (("claimed", to) if successor else ("open", None))
    act = history(world.session, CITY, a_case)[-1]
    assert (act.tag, act.actor) == ("web:step:handed-over", "admin-city")
    assert act.data["from"] == str(world.ids["mei"])
    assert act.data["to"] == (str(to) if to else None)
    told = world.session.scalars(select(Notice.account_id).where(Notice.template == "step-handed-over")).all()
    assert told == ([to] if successor else [])


def test_the_successor_goes_on_where_the_other_left(world, claimed):
    people.leave_office(
        world.session, world.actor("admin-city"), world.ids["mei"], successor_id=world.ids["lan"], now=NOW
    )
    inbox.release(world.session, world.actor("lan"), claimed, NOW)
    inbox.claim(world.session, world.actor("lan"), claimed, NOW)


def test_a_move_ahead_takes_effect_on_its_day(world, claimed):
    admin = world.actor("admin-city")
    people.move(
        world.session, admin, world.ids["mei"], world.post("reviewer"), world.post("decider"),
        at=NOW + DAY, successor_id=world.ids["lan"], now=NOW,
    )  # fmt: skip
    assert hand_over_due(world.session, CITY, NOW + DAY - timedelta(seconds=1)) == 0
    assert shown(world, Step, claimed).claimed_by == world.ids["mei"]
    assert tenants_due(world.session, NOW + DAY) == [CITY]
    assert hand_over_due(world.session, CITY, NOW + DAY) == 1
    assert shown(world, Step, claimed).claimed_by == world.ids["lan"]
    assert hand_over_due(world.session, CITY, NOW + DAY + SETTLING) == 1
    assert tenants_due(world.session, NOW + 9 * DAY) == []


def test_a_term_that_ends_gives_back_what_was_held(world, a_case):
    admin = world.actor("admin-city")
    bo = world.ids["bo"]
    people.give_post(world.session, admin, bo, world.post("reviewer"), until=NOW + DAY, now=NOW)
    step = waiting_step(world, a_case)
    inbox.claim(world.session, world.actor("bo"), step, NOW)
    world.actor("admin-city")
    hand_over_due(world.session, CITY, NOW + DAY)
    assert shown(world, Step, step).state == "open"
    assert shown_account(world, "bo").disabled_at is None, "the other post stays"


def test_a_successor_who_left_in_the_meantime_gets_nothing(world, claimed):
    admin = world.actor("admin-city")
    people.leave_post(
        world.session, admin, world.ids["mei"], world.post("reviewer"), at=NOW + 2 * DAY,
        successor_id=world.ids["lan"], now=NOW,
    )  # fmt: skip
    people.leave_office(world.session, admin, world.ids["lan"], at=NOW + DAY, now=NOW)
    hand_over_due(world.session, CITY, NOW + 2 * DAY)
    assert shown(world, Step, claimed).state == "open"


def test_a_successor_who_is_shut_out_gets_nothing(world, claimed):
    """Nobody else could do a step that a closed account holds."""
    admin = world.actor("admin-city")
    identity.close_account(world.session, admin, world.ids["lan"], NOW)
    to = world.ids["lan"]
    people.leave_post(world.session, admin, world.ids["mei"], world.post("reviewer"), successor_id=to, now=NOW)
    assert shown(world, Step, claimed).state == "open"


def test_what_was_claimed_in_the_last_moment_is_handed_over_too(world, a_case):
    """A process takes somebody for a holder up to two seconds after the end."""
    admin, mei = world.actor("admin-city"), world.actor("mei")
    people.leave_office(world.session, admin, world.ids["mei"], now=NOW)
    step = waiting_step(world, a_case)
    inbox.claim(world.session, mei, step, NOW + timedelta(seconds=1))
    assert hand_over_due(world.session, CITY, NOW + SETTLING) == 1
    assert shown(world, Step, step).state == "open"


def test_a_handover_leaves_alone_what_is_held_at_another_post(world, claimed, a_case):
    admin = world.actor("admin-city")
    people.give_post(world.session, admin, world.ids["mei"], world.post("decider"), now=NOW)
    other = waiting_step(world, a_case, "decider")
    inbox.claim(world.session, world.actor("mei"), other, NOW)
    people.leave_post(world.session, world.actor("admin-city"), world.ids["mei"], world.post("reviewer"), now=NOW)
    assert (shown(world, Step, claimed).state, shown(world, Step, other).state) == ("open", "claimed")


@pytest.mark.parametrize("successor", ["bo", None])
def test_a_supervision_entry_goes_to_the_successor_or_is_open_again(world, taken, a_case, successor):
    admin = world.actor("admin-city")
    to = world.ids[successor] if successor else None
    assert [(row.kind, row.id) for row in queries.in_hand(world.session, admin, world.ids["hua"])] == [("entry", taken)]
    people.leave_office(world.session, admin, world.ids["hua"], successor_id=to, now=NOW)
    entry = shown(world, Entry, taken)
    assert (entry.state, entry.taken_by) == (("taken", to) if successor else ("open", None))
    assert entry.question == "为何超期？"
    assert history(world.session, CITY, a_case)[-1].tag == "web:entry:handed-over"
    told = world.session.scalars(select(Notice.account_id).where(Notice.template == "entry-handed-over")).all()
    assert told == ([to] if successor else [])


def shown_account(world, username) -> Account:
    return world.session.scalar(
        select(Account).where(Account.id == world.ids[username]).execution_options(populate_existing=True)
    )


def let_in(world, username) -> None:
    """A session and a token of somebody."""
    enter_tenant(world.session, GLOBAL_TENANT)
    of = {"tenant": GLOBAL_TENANT, "account_id": world.ids[username], "created_at": NOW, "expires_at": NOW + DAY}
    world.session.add(LoginSession(id=new_id(), secret_hash=secret_hash(new_secret()), **of))
    world.session.add(ApiToken(id=new_id(), secret_hash=secret_hash(new_secret()), name="", scopes=["*"], **of))
    world.session.flush()


def live(world, username) -> int:
    mine = world.ids[username]
    sessions = select(LoginSession.id).where(LoginSession.account_id == mine, LoginSession.ended_at.is_(None))
    tokens = select(ApiToken.id).where(ApiToken.account_id == mine, ApiToken.revoked_at.is_(None))
    return len(world.session.scalars(sessions).all()) + len(world.session.scalars(tokens).all())


def test_who_leaves_the_office_is_shut_out_and_may_come_back(world):
    let_in(world, "mei")
    admin = world.actor("admin-city")
    people.leave_office(world.session, admin, world.ids["mei"], now=NOW)
    assert live(world, "mei") == 0
    assert shown_account(world, "mei").disabled_at == NOW
    people.give_post(world.session, admin, world.ids["mei"], world.post("reviewer"), since=NOW + DAY, now=NOW + DAY)
    assert shown_account(world, "mei").disabled_at is None
    assert live(world, "mei") == 0
    tags = [act.tag.partition(":")[2] for act in history(world.session, GLOBAL_TENANT, world.ids["mei"])]
    assert tags == ["person:left-office", "account:dismissed", "account:readmitted", "person:got-post"]


def test_who_works_elsewhere_too_stays_logged_in(world):
    district = world.actor("admin-district", DISTRICT)
    people.give_post(world.session, district, world.ids["mei"], world.post("reviewer", DISTRICT), now=NOW)
    let_in(world, "mei")
    people.leave_office(world.session, world.actor("admin-city"), world.ids["mei"], now=NOW)
    assert live(world, "mei") == 2
    assert shown_account(world, "mei").disabled_at is None


def test_an_account_that_was_closed_is_not_opened_by_a_further_post(world):
    """Closed for a reason, and still holding a post: that is for `reopen_account` to undo."""
    admin = world.actor("admin-city")
    identity.close_account(world.session, admin, world.ids["mei"], NOW)
    people.give_post(world.session, admin, world.ids["mei"], world.post("decider"), now=NOW)
    assert shown_account(world, "mei").disabled_at == NOW


def test_what_a_ticker_does_is_recorded_as_its_own(world, claimed, a_case):
    people.leave_post(
        world.session, world.actor("admin-city"), world.ids["mei"], world.post("reviewer"), at=NOW + DAY, now=NOW
    )
    handover.hand_over_due(world.session, CITY, NOW + DAY)
    assert history(world.session, CITY, a_case)[-1].tag == "ticker:step:handed-over"


def test_in_hand_is_shown_of_people_here_only(world):
    with pytest.raises(NotFound):
        queries.in_hand(world.session, world.actor("admin-city"), new_id())


def test_every_end_is_handed_over_once(world):
    """Ends from before there was a handover are swept too."""
    world.actor("admin-city")
    holder = world.session.scalar(select(Holder).where(Holder.account_id == world.ids["mei"]))
    holder.until = NOW - DAY
    world.session.flush()
    assert [hand_over_due(world.session, CITY, NOW) for _ in range(2)] == [1, 0]
