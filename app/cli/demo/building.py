"""Building a demo: marks the database, opens the office, publishes the items, lives through the cases.

The mark comes first, so that a build that was cut off is known for what it is and is begun again; `BUILT` comes last.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from alembic import command
from sqlalchemy import NullPool, create_engine, select
from sqlalchemy.orm import Session

from app.cases.services import OPERATIONS
from app.catalog import folder
from app.catalog.operations import publish
from app.cli import db
from app.cli.demo import people
from app.cli.demo.life import live
from app.cli.demo.plan import courses, plans
from app.deadlines.seed import CODE
from app.identity.models import Account
from app.identity.passwords import hashed
from app.identity.types import SYSTEM
from app.kernel import settings as stored
from app.kernel.database import Database
from app.kernel.errors import DomainError
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.office import Office
from app.org import operations as org
from app.org.models import Region

BUILT: Final = "demo.built_at"
ACCOUNTS: Final = "demo.accounts"
"""The setting that names the demo's people, for the page on which they log in: see `named`."""

CASES: Final = 160
"""So many cases does a demo have, unless another number is asked for."""

ROOT: Final = Path(__file__).parents[3]
Say = Callable[[str], None]
_SINCE: Final = timedelta(days=200)
"""So long ago the office opened: before the first case, and before the longest way that a case takes."""


class NotForDemos(DomainError):
    """A demo is built in an empty database, or over another demo."""

    code = "not-for-demos"
    message = "This database holds data that are no demo: nothing was changed."
    remedy = "Let DATABASE_URL name an empty database."


def state(session: Session) -> str:
    """“built”, “begun”, “empty”, or “other” for a database with data of its own."""
    if stored.is_demo(session):
        return "built" if stored.read(session, BUILT) else "begun"
    holds = session.scalar(select(Region.code).limit(1)) or session.scalar(select(Account.id).limit(1))
    return "other" if holds else "empty"


def build(office: Office, now: datetime, *, cases: int, fresh: bool, say: Say) -> None:
    """Build the demo, where it is not there yet; with `fresh`, anew. Raises NotForDemos."""
    with office.database.transaction(GLOBAL_TENANT) as session:
        found = state(session)
    if found == "other":
        raise NotForDemos()
    if found == "built" and not fresh:
        say("The demo is built already. (“--fresh” builds it anew.)")
        return
    if found != "empty":
        say("Clearing the demo that was there …")
        clear(office.database)
    with office.database.transaction(GLOBAL_TENANT) as session:
        stored.write(session, stored.DEMO, True)
    say("Opening the office: a city and its districts, their departments, posts and people …")
    _open_office(office.database, now)
    say(f"Publishing {len(courses())} items …")
    with office.database.transaction(GLOBAL_TENANT) as session:
        for code in courses():
            publish(session, folder.read(ROOT, code), SYSTEM, now - _SINCE, "", OPERATIONS)
    say(f"Living through {cases} cases …")
    for tenant, lived in live(office.settings, list(plans(cases)), now):
        say(f"  {tenant}: {lived} received")
    with office.database.transaction(GLOBAL_TENANT) as session:
        stored.write(session, ACCOUNTS, list(named()))
        stored.write(session, BUILT, now.isoformat())
    say("Done.")


def clear(database: Database) -> None:
    """Remove everything from a database that is known to be a demo."""
    database.dispose()
    engine = create_engine(database.url, poolclass=NullPool)
    settings = db.config()
    with engine.connect() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, "base")
        connection.commit()
    db.to_head(database)


def named() -> Iterator[dict[str, Any]]:
    """Who can log in: username, password, name, post in both languages."""
    for member in people.members():
        place, chair = member.place, member.chair
        post = {"zh": "申请人", "en": "Applicant"}
        if place and chair:
            post = {"zh": f"{place.zh} · {chair.zh}", "en": f"{place.en} · {chair.en}"}
        yield {"username": member.username, "password": people.PASSWORD, "name": member.name, "post": post}


def _open_office(database: Database, now: datetime) -> None:
    """Everything as it was before the first case."""
    since = now - _SINCE
    accounts = {}
    with database.transaction(GLOBAL_TENANT) as session:
        for place in people.PLACES:
            org.add_region(
                session,
                code=place.code,
                name_zh=place.zh,
                name_en=place.en,
                parent=place.parent,
                is_tenant=True,
                calendar=CODE,
            )
        kept = hashed(people.PASSWORD)  # once: to hash takes as long as it is meant to
        for member in people.members():
            account = Account(
                tenant=GLOBAL_TENANT,
                id=new_id(),
                username=member.username,
                name=member.name,
                kind="staff" if member.chair else "applicant",
                password_hash=kept,
                created_at=since,
            )
            session.add(account)
            accounts[member.username] = account.id
    for place in people.PLACES:
        with database.transaction(place.code) as session:
            _furnish(session, place, accounts, since)


def _furnish(session: Session, place: people.Place, accounts: dict[str, Any], since: datetime) -> None:
    departments = {
        code: org.add_department(session, place.code, code=code, name_zh=zh, name_en=en).id
        for code, zh, en in people.DEPARTMENTS
    }
    for chair in people.CHAIRS:
        seats = people.seats(place, chair)
        if not seats:
            continue
        post = org.add_post(
            session,
            place.code,
            department_id=departments[chair.department],
            code=chair.code,
            name_zh=chair.zh,
            name_en=chair.en,
            roles=[chair.role],
            is_head=chair.is_head,
        )
        for seat in range(seats):
            org.give_post(session, place.code, accounts[people.username(place, chair, seat)], post.id, since)
