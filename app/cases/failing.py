"""Errors of operations that the diagram itself provides for: an error event with the error's code on the service task,
or around it. What nothing catches stays the operator's, as every failure does."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases import passage
from app.cases.progress import settle
from app.identity.acts import record_act
from app.identity.types import SYSTEM
from app.kernel.database import Database
from app.kernel.errors import DomainError
from app.notices.types import Finish, Handler, OutboxRow


def provided_for(handler: Handler) -> Handler:
    """The handler, but where the diagram catches what it refuses the case goes on from there."""

    def work(database: Database, row: OutboxRow, now: datetime) -> Finish | None:
        try:
            return handler(database, row, now)
        except DomainError as error:
            code = error.code
            if not _is_caught(database, row, code, now):
                raise
            return lambda session: _go_on(session, row, code, now)

    return work


def _is_caught(database: Database, row: OutboxRow, code: str, now: datetime) -> bool:
    with database.transaction(row.tenant) as session:
        p = passage.begin(session, SYSTEM, passage.lock(session, row.tenant, row.case_id), now)
        return p.instance.catches(UUID(row.params["token"]), code)


def _go_on(session: Session, row: OutboxRow, code: str, now: datetime) -> None:
    p = passage.begin(session, SYSTEM, passage.lock(session, row.tenant, row.case_id), now)
    p.instance.fail(UUID(row.params["token"]), code)
    settle(p)
    p.close()
    data = {"element": row.params["element"], "error": code, "trace": p.trace}
    record_act(session, SYSTEM, row.tenant, row.case_id, now, "operation:caught", data)
