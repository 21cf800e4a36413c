"""A form that is sent twice (a double click, the page loaded again) is done once.

Every form that changes something carries a one-time key; the row of the first request tells the second where to go.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, ParamSpec
from uuid import uuid4

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from werkzeug.wrappers import Response

from app import edge
from app.kernel.database import WRITTEN, Base, enter_tenant
from app.kernel.idempotency import Idempotency
from app.kernel.time import real_now

P = ParamSpec("P")

FIELD = "once"
LONGEST = 64

_table = Base.metadata.tables[Idempotency.__tablename__]


def fresh_key() -> str:
    """A new one-time key for a form."""
    return uuid4().hex


def once(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Do what `view` does once for each key. Stands right under `guarded`: it works in the request's transaction.

    A second request waits for the first to commit and is then sent where the first was. What was refused leaves no row.
    """

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        key = request.form.get(FIELD, "")[:LONGEST]
        if not key:
            return view(*args, **kwargs)
        if (gone_to := _seize(f"web:{key}")) is not None:
            return redirect(gone_to, 303)
        answer = view(*args, **kwargs)
        if isinstance(answer, Response) and answer.location:
            _keep(f"web:{key}", answer.location)
        return answer

    return run


def _seize(key: str) -> str | None:
    """Take the key for this request; where the first one was sent if it is taken already."""
    who = edge.actor()
    row: dict[str, Any] = {
        "tenant": who.tenant,
        "account_id": who.account_id,
        "key": key,
        "fingerprint": sha256(request.path.encode()).digest(),
        "status": 0,
        "answer": {},
        "at": real_now(),
    }
    seized = edge.session().execute(insert(_table).values(**row).on_conflict_do_nothing().returning(_table.c.key))
    if seized.one_or_none() is not None:
        return None
    answer = edge.session().execute(select(_table.c.answer).where(*_mine(key))).scalar_one()
    return str(answer.get("location", request.path))


def _keep(key: str, location: str) -> None:
    who = edge.actor()
    if edge.session().info.get(WRITTEN) != who.tenant:  # the act went on to write in the jurisdiction of a case
        enter_tenant(edge.session(), who.tenant)
    edge.session().execute(update(_table).where(*_mine(key)).values(status=303, answer={"location": location}))


def _mine(key: str) -> tuple[ColumnElement[bool], ...]:
    who = edge.actor()
    return _table.c.tenant == who.tenant, _table.c.account_id == who.account_id, _table.c.key == key
