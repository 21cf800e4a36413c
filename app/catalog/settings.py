"""What an office settles for its whole catalogue: the patterns of codes, and whether duties are separated."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, ScalarSelect, func, select
from sqlalchemy.orm import Session

from app.audit.operations import record
from app.identity.types import Actor
from app.kernel import settings
from app.kernel.codes import BadCodePattern, CodePattern, parse
from app.kernel.errors import DomainError

MANAGE: Final = "setting.manage"
CHAIN: Final = UUID("c60a2bb5-0a7c-5a6f-9a4e-2f6a4f3a7b11")
"""The audit chain of what is settled, in the jurisdiction of who settles it."""
FIRST: Final = parse("{region}-{date}-{serial:7}-{check:97-10}")
"""The pattern of case codes where nobody has chosen another."""

_CASES: Final = "codes.case"
_ITEMS: Final = "codes.item"
_SEPARATION: Final = "catalog.separation"
_GIVEN: Final = frozenset({"region", "year", "month", "day", "date", "serial", "check", "literal"})
_WRITTEN: Final = frozenset({"region", "digits", "letters", "any", "check", "literal"})
_SCARCE: Final = {"date": 5, "month": 7, "year": 8, "": 9}
"""How many digits a serial number needs before it may begin anew with the day, the month, the year, or never."""

_known: WeakKeyDictionary[Engine, tuple[CodePattern, ...]] = WeakKeyDictionary()


class PatternUnfit(BadCodePattern):
    """A pattern that can be read, but whose codes would not do for what they are for."""

    code = "unfit-code-pattern"
    message = "The pattern “%(pattern)s” will not do for these codes."


class NotForCases(PatternUnfit):
    """A case's code names its jurisdiction, is never given twice and shows a mistyped character."""

    remedy = (
        "A case's code has {region}, one {serial} of at least %(digits)s digits and {check} at its end, and "
        "nothing that only an author could fill in."
    )


class NotForItems(PatternUnfit):
    """An item's number is written by its author: nothing in it is counted or dated."""

    remedy = "An item's number has {digits}, {letters} or {any}; no date and no serial number."


class MistakenForEarlier(DomainError):
    """Codes that were given must still be told from new ones."""

    code = "ambiguous-code-pattern"
    message = "Codes of this pattern could be mistaken for those given by the pattern “%(earlier)s”."
    remedy = "Change its length or set a hyphen elsewhere."


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All of it. `earlier`: patterns of case codes that are no longer given and still read."""

    case_pattern: str
    item_pattern: str
    earlier: tuple[str, ...]
    separation: bool


def rulebook(session: Session) -> Rulebook:
    """What is settled now."""
    cases = settings.read(session, _CASES, {})
    return Rulebook(
        cases.get("pattern", FIRST.text),
        settings.read(session, _ITEMS, ""),
        tuple(cases.get("earlier", ())),
        separated(session),
    )


def separated(session: Session) -> bool:
    """Whether each act on a version is another person's."""
    return bool(settings.read(session, _SEPARATION, False))


def item_pattern(session: Session) -> CodePattern | None:
    """What the numbers of items look like; None where any will do."""
    text = settings.read(session, _ITEMS, "")
    return parse(text) if text else None


def example(session: Session) -> str:
    """A code of a case as it looks now, for whoever is asked for one."""
    return parse(rulebook(session).case_pattern).make("330300", date(2026, 11, 21), 12)


def stored_case_pattern() -> ScalarSelect[Any]:
    """The stored setting, to be read within another statement; see `case_pattern`."""
    return select(settings.Setting.value).where(settings.Setting.key == _CASES).scalar_subquery()


def case_pattern(stored: Any) -> CodePattern:
    """The pattern by which codes of cases are given; `stored` as `stored_case_pattern` read it."""
    return parse(stored["pattern"]) if stored else FIRST


def region_of(session: Session, code: str) -> str | None:
    """The jurisdiction that a case's code names, by the pattern of today or an earlier one; None if it is mistyped.

    Patterns are only ever added, so what this process has read of them before is asked first.
    """
    code = code.strip()
    engine = session.get_bind().engine
    found = _region(code, _known.get(engine, (FIRST,)))
    if found is None:
        _known[engine] = tuple(map(parse, {**dict.fromkeys([FIRST.text]), **dict.fromkeys(_all(rulebook(session)))}))
        found = _region(code, _known[engine])
    return found


def set_case_pattern(session: Session, actor: Actor, now: datetime, text: str) -> None:
    """Give codes of cases by another pattern from now on. Those that were given stay, and are still read.

    Raises Forbidden, BadCodePattern, MistakenForEarlier.
    """
    actor.require(MANAGE)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_CASES, 0))))  # two at once lose no pattern
    pattern, before = parse(text), rulebook(session)
    digits = _digits_needed(pattern)
    names = {part.name for part in pattern.parts}
    fits = names <= _GIVEN and pattern.width("region") == 6 and pattern.parts[-1].name == "check"
    if not fits or [part.name for part in pattern.parts].count("serial") != 1 or pattern.width("serial") < digits:
        raise NotForCases(pattern=text, part=text, digits=digits)
    known = list(dict.fromkeys([FIRST.text, *_all(before)]))
    for earlier in known:
        if earlier != text and pattern.resembles(parse(earlier)):
            raise MistakenForEarlier(earlier=earlier)
    if text != before.case_pattern:
        kept = [earlier for earlier in known if earlier != text]
        settings.write(session, _CASES, {"pattern": text, "earlier": kept})
        _record(session, actor, now, _CASES, text, before.case_pattern)


def set_item_pattern(session: Session, actor: Actor, now: datetime, text: str) -> None:
    """Ask for numbers of items by another pattern; "" takes any. Numbers of published versions stay as they are.

    Raises Forbidden, BadCodePattern.
    """
    actor.require(MANAGE)
    before = rulebook(session).item_pattern
    if text:
        names = {part.name for part in parse(text).parts}
        if not names <= _WRITTEN or not names & {"digits", "letters", "any"}:
            raise NotForItems(pattern=text, part=text)
    if text != before:
        settings.write(session, _ITEMS, text)
        _record(session, actor, now, _ITEMS, text, before)


def set_separation(session: Session, actor: Actor, now: datetime, wanted: bool) -> None:
    """Let each act on a version be another person's, or let one person do all. Raises Forbidden."""
    actor.require(MANAGE)
    before = separated(session)
    if wanted != before:
        settings.write(session, _SEPARATION, wanted)
        _record(session, actor, now, _SEPARATION, wanted, before)


def _all(book: Rulebook) -> tuple[str, ...]:
    return (book.case_pattern, *book.earlier)


def _region(code: str, patterns: tuple[CodePattern, ...]) -> str | None:
    return next((found for pattern in patterns if (found := pattern.region_of(code))), None)


def _digits_needed(pattern: CodePattern) -> int:
    names = {part.name for part in pattern.parts}
    dated = "date" in names or {"year", "month", "day"} <= names
    spans = {"date": dated, "month": {"year", "month"} <= names, "year": "year" in names, "": True}
    return next(_SCARCE[span] for span, holds in spans.items() if holds)


def _record(session: Session, actor: Actor, now: datetime, key: str, value: Any, before: Any) -> None:
    record(
        session,
        actor.tenant,
        CHAIN,
        at=now,
        actor_id=actor.account_id,
        actor=actor.username,
        tag="catalog:setting:changed",
        data={"key": key, "value": value, "before": before},
    )
