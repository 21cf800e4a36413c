"""The figures of the board. What each costs is bounded by what an office has in hand, or by the weeks asked for, never
by all the cases that it ever concluded:

- lights that are on, running cases, open steps: partial indexes over what is live (ix_case_clock_lit,
  ix_case_clock_running, ix_step_queue);
- weeks: ranges of ix_case_received_at, ix_case_concluded_at, ix_flip_red, at most WEEKS_MOST long;
- time used: the latest PACE_CASES concluded cases, each looked up by its key.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, text
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.catalog.queries import current
from app.catalog.types import Wording
from app.deadlines import rules
from app.deadlines.models import CaseClock, Flip
from app.deadlines.queries import as_clock, clock_columns, ledgers, load_calendar
from app.identity.types import Actor
from app.inbox.models import Step
from app.kernel.database import acting_in
from app.kernel.errors import NotFound
from app.org.models import Department, Post, Region
from app.org.queries import region
from app.supervision.models import Entry
from app.supervision.types import Board, District, Focus, Lights, Pace, Place, Week

WEEKS_MOST = 26
PACE_CASES = 1000
"""So many of the latest concluded cases are looked at for the time that cases take."""

LIT = text("case_clock.stopped_at IS NULL AND case_clock.light <> 'green'")
"""As it stands in the index: with parameters the planner would not see that they fit."""
PROMISED = text("level = 'case' AND basis = 'promised' AND stopped_at IS NULL")
_RED_FLIP = text("flip.colour = 'red' AND flip.superseded_at IS NULL")

Keys = tuple[str, str]
"""Of a count: the post and the item of open steps."""


# --- where one looks


def places(session: Session, actor: Actor) -> list[Place]:
    """The jurisdictions whose figures the actor may see: their own and, for those who supervise, all below it."""
    actor.require("supervision.read")
    home = region(session, actor.tenant)
    found = [home, *(_below(session, home.code) if actor.may("supervision.handle") else ())]
    return [Place(one.code, Wording(one.name_zh, one.name_en), one.code == home.code) for one in found]


def place(session: Session, actor: Actor, code: str | None) -> Place:
    """One of them, one's own where none is named. Raises NotFound."""
    wanted = code or actor.tenant
    for one in places(session, actor):
        if one.code == wanted:
            return one
    raise NotFound(kind="region", key=wanted)


def districts(session: Session, actor: Actor) -> list[District]:
    """The jurisdictions below one's own with what is open in each: figures, no cases. Reads only, locks nothing."""
    below = [one for one in places(session, actor) if not one.own]
    if not below:
        return []
    codes = [one.code for one in below]
    with acting_in(session, actor.tenant, codes):
        lit = {(row[0], row[1]): row[2] for row in session.execute(_lit_by(codes, Step.tenant, CaseClock.light))}
        opened = dict(session.execute(_open_by(codes, Step.tenant)).all())
        entries = dict(session.execute(_entries_by(codes)).all())
    found = []
    for one in below:
        yellow, red = lit.get((one.code, "yellow"), 0), lit.get((one.code, "red"), 0)
        lights = Lights(one.code, one.name, max(opened.get(one.code, 0) - yellow - red, 0), yellow, red)
        found.append(District(lights, entries.get(one.code, 0)))
    return found


# --- now


def board(session: Session, actor: Actor, focus: Focus = Focus(), tenant: str | None = None) -> Board:  # noqa: B008
    """The lights of open steps by department and item, of running cases, and the entries that wait.

    `tenant`: the office that is looked at (`place`), one's own where it is not said. A focus narrows the steps alone.
    """
    actor.require("supervision.read")
    looked_at = tenant or actor.tenant
    with acting_in(session, actor.tenant, [looked_at]):
        posts = departments_of_posts(session, looked_at)
        lit = {
            (post, item, light): many
            for post, item, light, many in session.execute(_lit_by([looked_at], Step.post, Step.item, CaseClock.light))
        }
        opened = {
            (post, item): many for post, item, many in session.execute(_open_by([looked_at], Step.post, Step.item))
        }
        cases = _running_cases(session, looked_at)
        entries = _entries_in(session, looked_at)
    kept = {
        keys: many
        for keys, many in opened.items()
        if keys[0] in posts and focus.department in (None, posts[keys[0]].code) and focus.item in (None, keys[1])
    }
    departments = {found.code: Wording(found.name_zh, found.name_en) for found in posts.values()}
    items = item_names(session)
    return Board(
        departments=_summed(kept, lit, lambda keys: posts[keys[0]].code, departments),
        items=_summed(kept, lit, lambda keys: keys[1], items),
        cases=cases,
        open_entries=entries.get("open", 0),
        taken_entries=entries.get("taken", 0),
    )


def departments_of_posts(session: Session, tenant: str) -> dict[str, Department]:
    """Whose each post is, by the post's code; closed ones too: their steps may still be open."""
    joined = and_(Department.tenant == tenant, Department.id == Post.department_id)
    rows = session.execute(select(Post.code, Department).join(Department, joined).where(Post.tenant == tenant))
    return dict(rows.all())


def posts_of(session: Session, tenant: str, department: str) -> list[str]:
    """The codes of a department's posts."""
    return [post for post, found in departments_of_posts(session, tenant).items() if found.code == department]


def item_names(session: Session) -> dict[str, Wording]:
    """The names of all items, in their current version."""
    return {entry.code: entry.manifest.name for entry in current(session)}


# --- the weeks behind


def weeks(
    session: Session, actor: Actor, focus: Focus, now: datetime, number: int, tenant: str | None = None
) -> list[Week]:
    """What was received, concluded and red in each of the last `number` weeks, the running one included.

    With a department: cases of the items in which it takes part.
    """
    actor.require("supervision.read")
    looked_at = tenant or actor.tenant
    zone = load_calendar(session, region(session, looked_at).calendar).zone
    starts = [_monday(now.astimezone(zone).date(), before) for before in reversed(range(min(number, WEEKS_MOST)))]
    since = datetime.combine(starts[0], time.min, zone)
    with acting_in(session, actor.tenant, [looked_at]):
        items = _items_in(session, looked_at, focus)
        numbered = Case.code.is_not(None)
        received = _by_week(session, Case.received_at, since, [Case.tenant == looked_at, numbered, *_among(items)])
        concluded = _by_week(session, Case.concluded_at, since, [Case.tenant == looked_at, *_among(items)])
        of_items = [_of_cases(looked_at, items)] if items is not None else []
        red = _by_week(session, Flip.became_at, since, [Flip.tenant == looked_at, _RED_FLIP, *of_items])
    return [Week(start, received.get(start, 0), concluded.get(start, 0), red.get(start, 0)) for start in starts]


def pace(
    session: Session, actor: Actor, focus: Focus, now: datetime, number: int, tenant: str | None = None
) -> list[Pace]:
    """Working days used and promised by item, of the latest PACE_CASES cases concluded in the last `number` weeks;
    the items with most cases first.
    """
    actor.require("supervision.read")
    looked_at = tenant or actor.tenant
    with acting_in(session, actor.tenant, [looked_at]):
        items = _items_in(session, looked_at, focus)
        latest = (
            select(Case.id, Case.item)
            .where(Case.tenant == looked_at, Case.concluded_at >= now - timedelta(weeks=min(number, WEEKS_MOST)))
            .where(*_among(items))
            .order_by(Case.concluded_at.desc())
            .limit(PACE_CASES)
            .cte("latest")
        )
        rows = session.execute(
            select(latest.c.item, *clock_columns())
            .join(CaseClock, and_(CaseClock.tenant == looked_at, CaseClock.case_id == latest.c.id))
            .where(CaseClock.level == "case", CaseClock.basis == "promised", CaseClock.stopped_at.is_not(None))
        ).mappings()
        taken = _taken(session, looked_at, list(rows), now)
    names = item_names(session)
    found = [
        Pace(item, names.get(item, Wording(item, item)), len(each), sum(late for *_, late in each),
             median(used for used, *_ in each), median(promised for _, promised, _ in each))
        for item, each in taken.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.cases, one.code))


# --- within


def _below(session: Session, code: str) -> list[Region]:
    regions = session.scalars(select(Region).order_by(Region.code)).all()
    inside = {code}
    while more := {one.code for one in regions if one.parent in inside} - inside:
        inside |= more
    return [one for one in regions if one.is_tenant and one.code in inside - {code}]


def _lit_by(tenants: Collection[str], *keys: Any) -> Any:
    """Counts of open steps that are yellow or red."""
    return (
        select(*keys, func.count())
        .select_from(CaseClock)
        .join(Step, and_(Step.tenant == CaseClock.tenant, Step.id == CaseClock.subject, Step.closed_at.is_(None)))
        .where(CaseClock.tenant.in_(tenants), LIT, text("case_clock.level = 'step'"), Step.post.is_not(None))
        .group_by(*keys)
    )


def _open_by(tenants: Collection[str], *keys: Any) -> Any:
    """Counts of open steps, of whatever light."""
    live = Step.tenant.in_(tenants), Step.closed_at.is_(None), Step.post.is_not(None)
    return select(*keys, func.count()).where(*live).group_by(*keys)


def _entries_by(tenants: Collection[str]) -> Any:
    unclosed = Entry.tenant.in_(tenants), text("state <> 'closed'")
    return select(Entry.tenant, func.count()).where(*unclosed).group_by(Entry.tenant)


def _entries_in(session: Session, tenant: str) -> dict[str, int]:
    """Entries that are not closed, by state."""
    unclosed = select(Entry.state, func.count()).where(Entry.tenant == tenant, text("state <> 'closed'"))
    return dict(session.execute(unclosed.group_by(Entry.state)).all())


def _running_cases(session: Session, tenant: str) -> dict[str, int]:
    running = select(CaseClock.light, func.count()).where(CaseClock.tenant == tenant, PROMISED)
    counted = dict(session.execute(running.group_by(CaseClock.light)).all())
    return {"green": 0, "yellow": 0, "red": 0} | counted


def _summed(
    opened: Mapping[Keys, int], lit: Mapping[tuple[str, str, str], int], code_of: Any, names: Mapping[str, Wording]
) -> list[Lights]:
    """Sums by what `code_of` says of a post and an item; the most red first."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (post, item), many in opened.items():
        counted = counts[code_of((post, item))]
        yellow, red = lit.get((post, item, "yellow"), 0), lit.get((post, item, "red"), 0)
        counted.update(yellow=yellow, red=red, green=max(many - yellow - red, 0))
    found = [Lights(code, names.get(code, Wording(code, code)), **counted) for code, counted in counts.items()]
    return sorted(found, key=lambda one: (-one.red, -one.yellow, -one.green, one.code))


def _items_in(session: Session, tenant: str, focus: Focus) -> list[str] | None:
    """The items that a focus leaves; None: all."""
    if focus.department is None:
        return None if focus.item is None else [focus.item]
    posts = set(posts_of(session, tenant, focus.department))
    taking_part = [entry.code for entry in current(session) if not posts.isdisjoint(entry.manifest.lanes.values())]
    return [item for item in taking_part if focus.item in (None, item)]


def _among(items: Sequence[str] | None) -> Iterable[ColumnElement[bool]]:
    return () if items is None else (Case.item.in_(items),)


def _of_cases(tenant: str, items: Sequence[str]) -> ColumnElement[bool]:
    of_case = select(Case.id).where(Case.tenant == tenant, Case.id == Flip.case_id, Case.item.in_(items))
    return of_case.exists()


def _by_week(session: Session, at: Any, since: datetime, which: Sequence[Any]) -> dict[date, int]:
    """Counts by the Monday of the week, on the office's calendar."""
    day = func.date(func.timezone(str(since.tzinfo), at))
    rows = session.execute(select(day, func.count()).where(at >= since, *which).group_by(day))
    found: Counter[date] = Counter()
    for happened, many in rows:
        found[_monday(happened)] += many
    return found


def _monday(day: date, weeks_before: int = 0) -> date:
    return day - timedelta(days=day.weekday(), weeks=weeks_before)


def _taken(
    session: Session, tenant: str, rows: Sequence[Mapping[Any, Any]], now: datetime
) -> dict[str, list[tuple[int, int, bool]]]:
    """By item: working days used and promised by each case, and whether it was red."""
    records = ledgers(session, tenant, [row["case_id"] for row in rows]) if rows else {}
    found: defaultdict[str, list[tuple[int, int, bool]]] = defaultdict(list)
    for row in rows:
        clock = as_clock({name: value for name, value in row.items() if name != "item"})
        facts = records[clock.case_id].facts(clock)
        promised = rules.days_promised(facts)
        if promised is not None:
            used = rules.days_used(load_calendar(session, clock.calendar), facts, now)
            found[row["item"]].append((used, promised, clock.light == "red"))
    return found
