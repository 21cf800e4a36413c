"""The canonical form, the links of a chain, and what is found wrong with a chain."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.rules import (
    HEAD_BYTES,
    Flaw,
    Head,
    Link,
    canonical,
    chain_start,
    data_text,
    flaws,
    linked,
    pack_heads,
    seal_form,
    seal_start,
    unpack_heads,
)
from app.audit.types import Wrong, checked_tag
from app.kernel.time import NaiveDatetime

AT = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)
CHAIN = UUID("01890a5d-ac96-774b-bcce-b302099a8057")

acts = st.tuples(
    st.datetimes(timezones=st.just(UTC)),
    st.none() | st.uuids(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text(st.characters(exclude_categories=["Cs"])),
)


def read_back(form: bytes) -> list[bytes]:
    """What any reader can tell from a canonical form, without knowing what was written."""
    fields = []
    while form:
        size = int.from_bytes(form[:4], "big")
        fields.append(form[4 : 4 + size])
        form = form[4 + size :]
    return fields


@given(acts)
def test_the_form_can_be_read_back_so_no_two_acts_share_one(act):
    at, actor_id, actor, tag, data = act
    fields = read_back(canonical(*act))
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert epoch + timedelta(microseconds=int.from_bytes(fields[0], "big", signed=True)) == at
    assert fields[1:] == [actor_id.bytes if actor_id else b"", actor.encode(), tag.encode(), data.encode()]


@given(acts, acts)
def test_forms_are_equal_only_for_equal_acts(one, other):
    assert (canonical(*one) == canonical(*other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((AT, None, "ab", "c", "{}"), (AT, None, "a", "bc", "{}")),
        ((AT, None, "a", "", "{}"), (AT, None, "", "a", "{}")),
        ((AT, CHAIN, "", "t", ""), (AT, None, CHAIN.hex, "t", "")),
        ((AT, None, "a", "t", '{"a":1}'), (AT, None, "a", 't{"a":1}', "")),
        ((AT, None, "a", "t", "{}"), (AT + timedelta(microseconds=1), None, "a", "t", "{}")),
    ],
)
def test_text_pushed_over_a_field_border_changes_the_form(one, other):
    assert canonical(*one) != canonical(*other)


def test_the_form_is_of_the_instant_not_of_its_zone():
    shanghai = AT.astimezone(timezone(timedelta(hours=8)))
    assert canonical(shanghai, None, "a", "t", "{}") == canonical(AT, None, "a", "t", "{}")


def test_a_time_without_zone_is_refused():
    with pytest.raises(NaiveDatetime):
        canonical(AT.replace(tzinfo=None), None, "a", "t", "{}")


def test_the_text_of_data_does_not_depend_on_the_order_of_keys():
    assert data_text({"b": 1, "a": CHAIN}) == data_text({"a": CHAIN, "b": 1}) == f'{{"a":"{CHAIN}","b":1}}'


def test_a_link_is_the_hash_of_head_place_and_form():
    """The format is fixed: a record written today must be provable with any later release."""
    assert linked(b"\x01" * 32, 7, b"form") == sha256(b"\x01" * 32 + b"\0\0\0\0\0\0\0\x07" + b"form").digest()
    assert (
        chain_start("330300", CHAIN)
        == sha256(b"\0\0\0\x18greenlight audit chain 1\0\0\0\x06330300\0\0\0\x10" + CHAIN.bytes).digest()
    )
    assert canonical(AT, None, "a", "b:c:d", "{}").hex() == (
        "00000008" + int(AT.timestamp() * 10**6).to_bytes(8, "big").hex() + "00000000"
        "00000001"
        "61"
        "00000005"
        "623a633a64"
        "00000002"
        "7b7d"
    )


def test_chains_and_seals_start_apart():
    starts = {
        chain_start("330300", CHAIN),
        chain_start("330301", CHAIN),
        chain_start("330300", UUID(int=CHAIN.int + 1)),
        seal_start("330300"),
        seal_start("330301"),
    }
    assert len(starts) == 5


@given(st.lists(st.builds(Head, st.uuids(), st.integers(0, 2**31 - 1), st.binary(min_size=32, max_size=32))))
def test_heads_are_packed_and_unpacked(heads):
    packed = pack_heads(heads)
    assert len(packed) == HEAD_BYTES * len(heads)
    assert unpack_heads(packed) == heads
    assert unpack_heads(packed + b"rest") == heads


def test_a_seal_covers_its_time_and_its_heads():
    forms = {seal_form(AT, b"x"), seal_form(AT, b"y"), seal_form(AT + timedelta(seconds=1), b"x")}
    assert len(forms) == 3


@pytest.mark.parametrize("tag", ["desk:step:claimed", "ticker:light:raised", "api:cases.complete_step:refused"])
def test_tags_read_source_subject_action(tag):
    assert checked_tag(tag) == tag


@pytest.mark.parametrize(
    "tag",
    ["", "claimed", "step:claimed", "a:b:c:d", "desk::claimed", "desk:step:", "desk:step:claimed\n", "Desk:step:x"],
)
def test_other_tags_are_refused(tag):
    with pytest.raises(ValueError, match="source:subject:action"):
        checked_tag(tag)


START = chain_start("330300", CHAIN)


def chain(length: int) -> list[Link]:
    """A sound chain."""
    links, before = [], START
    for seq in range(1, length + 1):
        form = canonical(AT + timedelta(seconds=seq), None, "ticker", "ticker:light:raised", f'{{"n":{seq}}}')
        before = linked(before, seq, form)
        links.append(Link(seq, form, before))
    return links


def found(links: list[Link], sound: list[Link]) -> list[Flaw]:
    return list(flaws(START, links, len(sound), sound[-1].hash))


@pytest.mark.parametrize("length", [1, 2, 11, 100])
def test_a_sound_chain_has_no_flaw(length):
    assert found(chain(length), chain(length)) == []


def test_a_changed_row():
    links = chain(5)
    links[2] = links[2]._replace(form=canonical(AT, None, "mallory", "desk:step:claimed", "{}"))
    assert found(links, chain(5)) == [Flaw(3, Wrong.CHANGED)]


def test_a_changed_row_hashed_anew_breaks_the_next():
    links = chain(5)
    form = canonical(AT, None, "mallory", "desk:step:claimed", "{}")
    links[2] = Link(3, form, linked(links[1].hash, 3, form))
    assert found(links, chain(5)) == [Flaw(4, Wrong.CHANGED)]


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 2), (3, 4), (1, 4), (0, 4)])
@pytest.mark.parametrize("with_hash", [True, False], ids=["rows swapped", "contents swapped"])
def test_swapped_rows(one, other, with_hash):
    links = chain(5)
    first, second = links[one], links[other]
    if with_hash:
        links[one], links[other] = second._replace(seq=first.seq), first._replace(seq=second.seq)
    else:
        links[one], links[other] = first._replace(form=second.form), second._replace(form=first.form)
    reordered = {flaw.seq for flaw in found(links, chain(5)) if flaw.wrong is Wrong.REORDERED}
    assert reordered >= {one + 1, other + 1}


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ({1}, [Flaw(1, Wrong.MISSING, 1)]),
        ({3}, [Flaw(3, Wrong.MISSING, 3)]),
        ({2, 3}, [Flaw(2, Wrong.MISSING, 3)]),
        ({2, 4}, [Flaw(2, Wrong.MISSING, 2), Flaw(4, Wrong.MISSING, 4)]),
        ({5}, [Flaw(5, Wrong.CUT, 5)]),
        ({4, 5}, [Flaw(4, Wrong.CUT, 5)]),
        ({1, 5}, [Flaw(1, Wrong.MISSING, 1), Flaw(5, Wrong.CUT, 5)]),
        ({1, 2, 3, 4, 5}, [Flaw(1, Wrong.CUT, 5)]),
    ],
)
def test_rows_taken_out(gone, expected):
    assert found([link for link in chain(5) if link.seq not in gone], chain(5)) == expected


def test_rows_taken_out_and_the_rest_moved_up():
    """The row behind the gap has lost the one that it followed: nobody can tell where it stood."""
    links = [link for link in chain(5) if link.seq != 3]
    closed = [link._replace(seq=place) for place, link in enumerate(links, 1)]
    assert found(closed, chain(5)) == [
        Flaw(3, Wrong.CHANGED),
        Flaw(4, Wrong.REORDERED),
        Flaw(5, Wrong.CUT, 5),
    ]


def test_a_row_put_in_between():
    links = chain(5)
    form = canonical(AT, None, "mallory", "desk:step:claimed", "{}")
    put_in = Link(3, form, linked(links[1].hash, 3, form))
    moved = [*links[:2], put_in, *(link._replace(seq=link.seq + 1) for link in links[2:])]
    assert found(moved, chain(5)) == [
        Flaw(4, Wrong.REORDERED),
        Flaw(5, Wrong.REORDERED),
        Flaw(6, Wrong.REORDERED),
        Flaw(6, Wrong.SURPLUS, 6),
    ]


@pytest.mark.parametrize("seq", [0, -1])
def test_a_row_put_before_the_first(seq):
    assert found([Link(seq, b"form", b"hash"), *chain(3)], chain(3)) == [Flaw(seq, Wrong.SURPLUS)]


def test_a_row_put_behind_the_last():
    links = chain(5)
    assert list(flaws(START, links, 4, links[3].hash)) == [Flaw(5, Wrong.SURPLUS, 5)]


def test_a_head_that_is_another():
    assert list(flaws(START, chain(5), 5, b"\0" * 32)) == [Flaw(5, Wrong.HEAD)]


def test_count_and_head_gone():
    assert list(flaws(START, chain(5), None, None)) == [Flaw(5, Wrong.HEAD)]


def test_a_row_of_another_chain_fits_nowhere():
    other = chain_start("330300", UUID(int=1))
    assert list(flaws(other, chain(1), 1, chain(1)[0].hash)) == [Flaw(1, Wrong.CHANGED)]


@given(st.data())
def test_no_single_change_to_a_chain_stays_unseen(data):
    """Whatever one row is replaced by, wherever one is taken out or put in: there is a flaw."""
    sound = chain(6)
    links = list(sound)
    place = data.draw(st.integers(0, 5))
    match data.draw(st.sampled_from(["change", "take", "put", "swap"])):
        case "change":
            form, digest = data.draw(st.binary()), data.draw(st.binary(min_size=32, max_size=32))
            links[place] = data.draw(
                st.sampled_from([links[place]._replace(form=form), links[place]._replace(hash=digest)])
            )
        case "take":
            del links[place]
            links = [link._replace(seq=seq) for seq, link in enumerate(links, 1)]
        case "put":
            links.insert(place, Link(0, data.draw(st.binary()), data.draw(st.binary(min_size=32, max_size=32))))
            links = [link._replace(seq=seq) for seq, link in enumerate(links, 1)]
        case "swap":
            other = data.draw(st.integers(0, 5))
            links[place], links[other] = links[other]._replace(seq=place + 1), links[place]._replace(seq=other + 1)
    assert bool(found(links, sound)) == (links != sound)


def test_every_fault_can_be_told():
    assert len({wrong.meaning for wrong in Wrong}) == len(Wrong)
