"""Idempotency-Key: a write that is sent twice is done once, and answered the second time as the first.

1. The key is inserted first, in the transaction of the act. A request with the same key that runs at the same moment
   waits there: if the first commits, it is answered from the row; if the first rolls back, it does the work.
2. The act is done.
3. Its answer is written to the row. All of it commits, or none.

What was refused leaves no row: the same key may be tried again. A key belongs to one account; it is known for
`kernel.idempotency.KEPT`.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, ParamSpec

from flask import Response, g, request
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app import edge
from app.api.answers import JSON
from app.api.description import document_header
from app.kernel.database import Base, enter_tenant
from app.kernel.errors import DomainError
from app.kernel.idempotency import Idempotency
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now

P = ParamSpec("P")

HEADER = "Idempotency-Key"
LONGEST = 200

_KEPT_HEADERS = ("ETag", "Location")
_table = Base.metadata.tables[Idempotency.__tablename__]


class KeyReused(DomainError):
    """One key stands for one request."""

    code = "idempotency-key-reused"
    message = "This Idempotency-Key was used for another request."
    remedy = "Use a new key for each request; repeat a key only with the very same request."


class BadKey(DomainError):
    """A key is short printable text."""

    code = "idempotency-key-invalid"
    message = "An Idempotency-Key has 1 to %(most)s printable ASCII characters."
    remedy = "A UUID will do."


def once(view: Callable[P, Response]) -> Callable[P, Response]:
    """Do what `view` does once for each key. Stands right under `guarded`: it works in the request's transaction."""

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return view(*args, **kwargs)
        if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
            raise BadKey(most=LONGEST)
        known = _seize(key)
        return _repeat(known) if known is not None else _keep(key, view(*args, **kwargs))

    document_header(run, "IdempotencyKey")
    return run


def _seize(key: str) -> dict[str, Any] | None:
    """Take the key for this request; the answer that was given to it where it is taken already. Raises KeyReused."""
    who, print_ = edge.actor(), _fingerprint()
    seized = edge.session().execute(
        insert(_table)
        .values(
            tenant=who.tenant,
            account_id=who.account_id,
            key=key,
            fingerprint=print_,
            status=0,
            answer={},
            at=real_now(),
        )
        .on_conflict_do_nothing()
        .returning(_table.c.key)
    )
    if seized.one_or_none() is not None:
        return None
    row = edge.session().execute(select(_table).where(*_mine(key))).one()
    if bytes(row.fingerprint) != print_:
        raise KeyReused()
    return {"status": row.status, **row.answer}


def remember(instead: Response) -> None:
    """Keep `instead` for a repeated key: a secret that is shown once is not written down."""
    g.remembered = instead


def _keep(key: str, given: Response) -> Response:
    kept: Response = g.pop("remembered", given)
    headers = {name: kept.headers[name] for name in _KEPT_HEADERS if name in kept.headers}
    who = edge.actor()
    if who.tenant == GLOBAL_TENANT:  # the act may have gone on to write in the jurisdiction of a case
        enter_tenant(edge.session(), who.tenant)
    edge.session().execute(
        update(_table)
        .where(*_mine(key))
        .values(status=kept.status_code, answer={"headers": headers, "body": kept.get_data(as_text=True)})
        .returning(_table.c.key)
    ).one()
    return given


def _repeat(known: dict[str, Any]) -> Response:
    again = Response(known["body"], known["status"], known["headers"], mimetype=JSON if known["body"] else None)
    again.headers["Idempotency-Replayed"] = "true"
    return again


def _mine(key: str) -> tuple[Any, ...]:
    who = edge.actor()
    return _table.c.tenant == who.tenant, _table.c.account_id == who.account_id, _table.c.key == key


def _fingerprint() -> bytes:
    """What makes two requests the same: method, address, body. The boundary of a form is no part of it."""
    digest = sha256(f"{request.method} {request.full_path}\n".encode())
    if request.mimetype == "multipart/form-data":
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(repr((name, value)).encode())
        for name, part in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
            digest.update(repr((name, part.filename, sha256(part.read()).digest())).encode())
            part.seek(0)
    else:
        digest.update(request.get_data())
    return digest.digest()
