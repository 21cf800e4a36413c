"""What leaves the house: by the channels of a deployment, under the notice's id, once in the outbox."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.identity.models import Account
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.kernel.time import real_now
from app.notices import channels, operations, queries
from app.notices.models import Outbox

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise, on Python 3.11


class Receiver:
    """Takes messages of apprise's JSON channel at an address of its own, and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.taken: list[tuple[str, dict[str, Any]]] = []
        receiver = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.taken.append((self.path, json.loads(body)))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """The tests' output stays quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Door)
        self.url = f"json://127.0.0.1:{self.server.server_port}/" + "{phone}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def account(session: Session, **changes: Any) -> UUID:
    given = {"phone": "13800000000", "email": None, "language": "en", "disabled_at": None} | changes
    row = Account(
        tenant="*", id=new_id(), username=str(new_id()), name="张三", kind="applicant", password_hash="", **given
    )
    row.created_at = real_now()
    session.add(row)
    session.flush()
    return row.id


def told(database: Database, tenant: str, case_id: UUID, now: datetime, **changes: Any) -> UUID:
    """A notice to a new person, and one to a post."""
    with database.transaction("*") as session:
        person = account(session, **changes)
    with database.transaction(tenant) as session:
        params = {"code": "X-1", "title": "路"}
        return operations.tell(
            session, tenant, case_id, template="case-granted", params=params, now=now, accounts=[person], posts=["p"]
        )[0]


def relayed(database: Database, tenant: str, now: datetime, after: timedelta = timedelta(0)) -> int:
    with database.transaction(tenant) as session:
        return channels.relay(session, tenant, now, real_now() + after)


def work(database: Database, tenant: str, now: datetime, *urls: str) -> Outbox:
    relayed(database, tenant, now)
    assert operations.dispatch(database, tenant, now, channels.handlers(urls)) == 1
    with database.transaction(tenant) as session:
        return session.query(Outbox).one()


def test_a_notice_leaves_in_its_readers_language_and_under_its_id(
    database: Database, tenant: str, kept_case: UUID, now: datetime, receiver: Receiver
) -> None:
    notice = told(database, tenant, kept_case, now)
    row = work(database, tenant, now, receiver.url)
    assert (row.id, row.state) == (notice, "done")
    [(path, message)] = receiver.taken
    assert path == "/13800000000"
    assert message["title"] == "Application X-1 has been granted"
    assert message["message"].startswith("Your application “路” has been granted.")
    assert message["message"].endswith(str(notice))


def test_a_notice_is_relayed_once_and_only_while_it_is_news(
    database: Database, tenant: str, kept_case: UUID, now: datetime
) -> None:
    notice = told(database, tenant, kept_case, now)
    assert relayed(database, tenant, now, timedelta(days=1, minutes=1)) == 0
    assert relayed(database, tenant, now, timedelta(hours=23)) == 1
    assert relayed(database, tenant, now) == 0
    with database.transaction(tenant) as session:
        assert [row.id for row in session.query(Outbox)] == [notice]


@pytest.mark.parametrize("changes", [{"phone": None}, {"disabled_at": real_now()}], ids=["no telephone", "disabled"])
def test_who_cannot_be_reached_is_told_on_the_page_only(
    database: Database, tenant: str, kept_case: UUID, now: datetime, receiver: Receiver, changes: dict[str, Any]
) -> None:
    told(database, tenant, kept_case, now, **changes)
    assert work(database, tenant, now, receiver.url).state == "done"
    assert receiver.taken == []
    with database.transaction(tenant) as session:
        assert len(queries.told_about(session, tenant, kept_case)) == 2


def test_a_channel_that_fails_is_tried_again(
    database: Database, tenant: str, kept_case: UUID, now: datetime, receiver: Receiver
) -> None:
    told(database, tenant, kept_case, now)
    receiver.status = 500
    row = work(database, tenant, now, receiver.url)
    assert row.state == "pending"
    assert str(row.error).startswith("NotDelivered (not-delivered)")
    assert "13800000000" not in str(row.error)
    receiver.status = 200
    assert work(database, tenant, row.run_at, receiver.url).state == "done"
    assert len({message["message"] for _path, message in receiver.taken}) == 1


def test_an_address_that_nobody_understands_is_an_incident_in_the_end(
    database: Database, tenant: str, kept_case: UUID, now: datetime
) -> None:
    told(database, tenant, kept_case, now)
    assert work(database, tenant, now, "pigeon://{phone}").state == "pending"


def test_without_channels_nothing_is_sent() -> None:
    assert channels.handlers(()) == {}
