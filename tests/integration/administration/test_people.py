"""People join, move and leave; nobody administers more than they may, nor removes the last who does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.administration import people, queries
from app.administration.errors import NoSuccessor
from app.administration.queries import PeopleFilter
from app.administration.types import NewPerson
from app.audit.queries import history
from app.identity import operations as identity
from app.identity.errors import BeyondLending, LastAdministrator, LastPlatformAdministrator, WorksElsewhere
from app.identity.models import Account
from app.identity.queries import actor_by_username
from app.kernel.database import acting_in, enter_tenant
from app.kernel.errors import Forbidden, Invalid, NotFound, Stale
from app.kernel.ids import GLOBAL_TENANT
from app.org.errors import AlreadyHeld
from app.org.queries import holders_of
from tests.integration.administration.conftest import CITY, DAY, DISTRICT, NOW, account

WANG = NewPerson(username="Wang.Fang", name="王芳", phone="13800000000", email="wang@example.org")


def test_who_joins_holds_the_post_from_the_day_on(world):
    admin = world.actor("admin-city")
    account = people.join(world.session, admin, WANG, world.post("reviewer"), since=NOW + DAY, now=NOW)
    assert account.username == "wang.fang"
    held = [holders_of(world.session, CITY, "reviewer", at) for at in (NOW, NOW + DAY)]
    assert [account.id in holders for holders in held] == [False, True]
    tags = [act.tag for act in history(world.session, GLOBAL_TENANT, account.id)]
    assert tags == ["web:account:opened", "web:person:got-post"]
    assert queries.history(world.session, admin)[-1].tag == "web:person:got-post"


def test_without_a_password_nobody_comes_in(world):
    people.join(world.session, world.actor("admin-city"), WANG, world.post("reviewer"), now=NOW)
    with pytest.raises(identity.LoginRefused):
        identity.log_in(world.session, "wang.fang", "", NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "王\u202e芳"),
        ("name", "=1+1"),
        ("phone", "call me"),
        ("email", "nowhere"),
        ("id_number", "110105194912310022"),
        ("language", "fr"),
        ("username", "!"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(world, field, value):
    with pytest.raises(Invalid) as refused:
        people.join(
            world.session, world.actor("admin-city"), replace(WANG, **{field: value}), world.post("reviewer"), now=NOW
        )
    assert refused.value.fields.keys() == {field}


@pytest.mark.parametrize("name", ["林𬭎", "迪丽热巴·迪力木拉提", "O'Brien", "\ue863", "葛\U000e0100"])
def test_rare_names_are_kept_as_they_are(world, name):
    account = people.join(
        world.session, world.actor("admin-city"), NewPerson(username="rare", name=name), world.post("reviewer"), now=NOW
    )
    kept = world.session.scalar(select(Account.name).where(Account.id == account.id))
    assert kept == name


def test_a_moved_person_holds_one_post_then_the_other(world):
    admin = world.actor("admin-city")
    people.move(
        world.session, admin, world.ids["mei"], world.post("reviewer"), world.post("decider"), at=NOW + DAY, now=NOW
    )
    mei = world.ids["mei"]
    for at, post in ((NOW, "reviewer"), (NOW + DAY, "decider")):
        assert [code for code in ("reviewer", "decider") if mei in holders_of(world.session, CITY, code, at)] == [post]


@pytest.mark.parametrize("successor", ["mei", "hua", "tao"])
def test_a_successor_is_somebody_else_at_the_post(world, successor):
    with pytest.raises(NoSuccessor):
        people.leave_post(
            world.session,
            world.actor("admin-city"),
            world.ids["mei"],
            world.post("reviewer"),
            successor_id=world.ids[successor],
            now=NOW,
        )


def test_nobody_leaves_in_the_past(world):
    with pytest.raises(Invalid) as refused:
        people.leave_office(
            world.session, world.actor("admin-city"), world.ids["mei"], at=NOW - timedelta(seconds=1), now=NOW
        )
    assert list(refused.value.fields) == ["at"]


def test_the_last_administrator_of_a_jurisdiction_stays(world):
    admin = world.actor("admin-district", DISTRICT)
    me = world.ids["admin-district"]
    for verb in (
        lambda: people.leave_office(world.session, admin, me, now=NOW),
        lambda: people.leave_post(world.session, admin, me, world.post("admin", DISTRICT), at=NOW + DAY, now=NOW),
        lambda: people.move(
            world.session, admin, me, world.post("admin", DISTRICT), world.post("reviewer", DISTRICT), now=NOW
        ),
        lambda: identity.close_account(world.session, admin, me, NOW),
    ):
        with pytest.raises(LastAdministrator), world.session.begin_nested():
            verb()


def test_an_administrator_leaves_once_another_is_there(world):
    admin = world.actor("admin-district", DISTRICT)
    people.give_post(
        world.session, admin, world.ids["tao"], world.post("admin", DISTRICT), since=NOW + 5 * DAY, now=NOW
    )
    leave = {"account_id": world.ids["admin-district"], "now": NOW}
    with pytest.raises(LastAdministrator), world.session.begin_nested():
        people.leave_office(world.session, admin, at=NOW + 4 * DAY, **leave)
    people.leave_office(world.session, admin, at=NOW + 5 * DAY, **leave)


def test_the_last_platform_administrator_stays(world):
    root = world.actor("root")
    with pytest.raises(LastPlatformAdministrator):
        people.leave_office(world.session, root, world.ids["root"], now=NOW)


def test_an_administrator_gives_nobody_what_reaches_over_all(world):
    """The rule of lending: else the administrator of a district makes themselves administrator of everything."""
    admin = world.actor("admin-city")
    platform = world.post("platform")
    for verb in (
        lambda: people.give_post(world.session, admin, world.ids["admin-city"], platform, now=NOW),
        lambda: people.join(world.session, admin, WANG, platform, now=NOW),
        lambda: people.leave_post(world.session, admin, world.ids["root"], platform, now=NOW),
        lambda: people.leave_office(world.session, admin, world.ids["root"], now=NOW),
        lambda: people.edit_person(world.session, admin, world.ids["root"], {"name": "x"}, now=NOW),
        lambda: people.read_person(world.session, admin, world.ids["root"], NOW),
        lambda: identity.set_password(world.session, admin, world.ids["root"], "battery staple", NOW),
        lambda: identity.close_account(world.session, admin, world.ids["root"], NOW),
    ):
        with pytest.raises(BeyondLending), world.session.begin_nested():
            verb()
    people.give_post(world.session, world.actor("root"), world.ids["mei"], platform, now=NOW)


def test_nobody_takes_over_an_account_by_giving_it_a_post(world):
    """Else an administrator lends a stranger a post, sets their password, and is them elsewhere."""
    district = world.actor("admin-district", DISTRICT)
    people.give_post(world.session, district, world.ids["mei"], world.post("reviewer", DISTRICT), now=NOW)
    for verb in (
        lambda: identity.set_password(world.session, district, world.ids["mei"], "battery staple", NOW),
        lambda: people.edit_person(world.session, district, world.ids["mei"], {"phone": ""}, now=NOW),
        lambda: people.read_person(world.session, district, world.ids["mei"], NOW),
    ):
        with pytest.raises(WorksElsewhere), world.session.begin_nested():
            verb()


def test_an_administrator_sees_and_changes_nothing_of_another_jurisdiction(world):
    district = world.actor("admin-district", DISTRICT)
    mei = world.ids["mei"]
    shown, _ = queries.people(world.session, district, NOW, PeopleFilter(presence="all"), 50)
    assert {person.username for person in shown} == {"tao", "admin-district"}
    for verb in (
        lambda: queries.person(world.session, district, mei),
        lambda: queries.in_hand(world.session, district, mei),
        lambda: people.read_person(world.session, district, mei, NOW),
        lambda: people.edit_person(world.session, district, mei, {"name": "x"}, now=NOW),
        lambda: people.leave_office(world.session, district, mei, now=NOW),
        lambda: people.leave_post(world.session, district, mei, world.post("reviewer"), now=NOW),
        lambda: people.give_post(world.session, district, mei, world.post("reviewer"), now=NOW),
        lambda: people.join(world.session, district, WANG, world.post("reviewer"), now=NOW),
        lambda: people.move(
            world.session, district, mei, world.post("reviewer"), world.post("reviewer", DISTRICT), now=NOW
        ),
    ):
        with pytest.raises(NotFound), world.session.begin_nested():
            verb()


@pytest.mark.parametrize("username", ["mei", "hua"])
def test_only_administrators_administer(world, username):
    somebody = world.actor(username)
    for verb in (
        lambda: queries.people(world.session, somebody, NOW, PeopleFilter(), 50),
        lambda: people.join(world.session, somebody, WANG, world.post("reviewer"), now=NOW),
        lambda: people.leave_office(world.session, somebody, world.ids["lan"], now=NOW),
        lambda: people.edit_person(world.session, somebody, world.ids["lan"], {"name": "x"}, now=NOW),
    ):
        with pytest.raises(Forbidden):
            verb()


def test_a_list_masks_what_is_personal_and_reading_it_whole_is_recorded(world):
    admin = world.actor("admin-city")
    shown = queries.person(world.session, admin, world.ids["mei"])
    assert (shown.phone, shown.email, shown.id_number) == ("138****1234", "m**@example.org", "11**************21")
    whole = people.read_person(world.session, admin, world.ids["mei"], NOW)
    assert (whole.phone, whole.id_number) == ("13800001234", "110105194912310021")
    last = history(world.session, GLOBAL_TENANT, world.ids["mei"])[-1]
    assert (last.tag, last.actor) == ("web:person:read", "admin-city")


def test_two_who_edit_one_person_do_not_overwrite_each_other(world):
    admin = world.actor("admin-city")
    mei = world.ids["mei"]
    people.edit_person(world.session, admin, mei, {"name": "梅", "phone": ""}, now=NOW, version=1)
    with pytest.raises(Stale):
        people.edit_person(world.session, admin, mei, {"name": "美"}, now=NOW, version=1)
    whole = people.read_person(world.session, admin, mei, NOW)
    assert (whole.name, whole.phone, whole.email, whole.version) == ("梅", None, "mei@example.org", 2)


def test_people_are_found_by_name_post_and_presence(world):
    admin = world.actor("admin-city")
    people.leave_office(world.session, admin, world.ids["mei"], now=NOW)

    def found(limit=50, after=None, **wanted):
        rows, following = queries.people(world.session, admin, NOW, PeopleFilter(**wanted), limit, after)
        return [row.username for row in rows], following

    assert found() == (["admin-city", "bo", "hua", "lan", "root"], None)
    assert found(presence="left") == (["mei"], None)
    assert found(text="LAN") == (["lan"], None)
    assert found(text="甲", post_id=world.post("supervisor")) == (["bo", "hua"], None)
    assert found(text="%") == ([], None)
    assert found(limit=2) == (["admin-city", "bo"], "bo")
    assert found(limit=4, after="bo") == (["hua", "lan", "root"], None)
    for wanted in ({"down": True}, {"order": "name"}, {"order": "name", "down": True}):
        everybody, after, pages = found(**wanted)[0], None, []
        while True:
            page, after = found(limit=2, after=after, **wanted)
            pages += page
            if after is None:
                break
        assert pages == everybody
        assert set(pages) == set(found()[0])


def test_names_come_in_the_order_of_pinyin(world):
    admin = world.actor("admin-city")
    for username, name in (("bo", "张三"), ("hua", "李四"), ("lan", "阿明"), ("mei", "王五")):
        people.edit_person(world.session, admin, world.ids[username], {"name": name}, now=NOW, version=1)
    rows, _ = queries.people(world.session, admin, NOW, PeopleFilter(order="name"), 50)
    assert [row.name for row in rows if not row.name[0].isascii()] == ["阿明", "李四", "王五", "张三"]


def test_one_post_is_given_once(world):
    with pytest.raises(AlreadyHeld):
        people.give_post(world.session, world.actor("admin-city"), world.ids["mei"], world.post("reviewer"), now=NOW)


def test_an_applicant_gets_no_post(world):
    admin = world.actor("admin-city")
    with acting_in(world.session, GLOBAL_TENANT):
        applicant = account(world.session, "zhao", "applicant")
    with pytest.raises(NotFound):
        people.give_post(world.session, admin, applicant, world.post("reviewer"), now=NOW)


def test_a_post_elsewhere_does_not_change_where_somebody_acts(world):
    """Whoever names no jurisdiction acts in the first that gave them a post: a neighbour who gives one, and be it for
    years past, would otherwise receive what is handed in there."""
    admin, tao = world.actor("admin-city"), world.ids["tao"]
    with pytest.raises(Invalid) as refused:
        people.give_post(world.session, admin, tao, world.post("reviewer"), since=NOW - 60 * DAY, now=NOW)
    assert refused.value.fields.keys() == {"since"}
    people.give_post(world.session, admin, tao, world.post("reviewer"), now=NOW)
    district = world.actor("admin-district", DISTRICT)
    places = world.post("reviewer", DISTRICT), world.post("decider", DISTRICT)
    people.move(world.session, district, tao, *places, now=NOW + DAY)
    enter_tenant(world.session, DISTRICT, [CITY])
    assert actor_by_username(world.session, "tao", NOW + 2 * DAY).tenant == DISTRICT


def test_where_somebody_works_nowhere_else_a_post_may_have_begun_before(world):
    admin, mei = world.actor("admin-city"), world.ids["mei"]
    held = people.give_post(world.session, admin, mei, world.post("decider"), since=NOW - DAY, now=NOW)
    assert held.since == NOW - DAY


def test_a_password_that_an_administrator_chose_is_changed_first(world):
    """Whoever knows it could act as the person."""
    chosen = replace(WANG, password="told to somebody")
    joined = people.join(world.session, world.actor("admin-city"), chosen, world.post("reviewer"), now=NOW)
    assert joined.must_change_password
