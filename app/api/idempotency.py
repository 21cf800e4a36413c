"""Idempotency-Key: a write that is sent twice is done once, and answered the second time as the first.

1. The act is done.
2. Its answer is written down under the key, in the transaction of the act: both commit, or neither.
3. Where the key is there already, what was done again is rolled back, and the first answer is given. So it is where the
   act was refused because the first request had done it. A request that runs at the same moment waits in step 2 until
   the first has committed (it is then the second) or rolled back (it is then the first).

That the answer is written last costs one statement, and nothing is asked before. What was refused leaves no row: the
same key may be tried again. A key belongs to one account; it is known for `kernel.idempotency.KEPT`.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import file_digest, sha256
from typing import Any, ParamSpec, cast

from flask import Response, abort, g, request
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from werkzeug.exceptions import HTTPException

from app import edge
from app.api.answers import JSON
from app.api.description import document_header
from app.identity.types import Actor
from app.kernel.database import WRITTEN, Base, enter_tenant
from app.kernel.errors import DomainError
from app.kernel.idempotency import Idempotency
from app.kernel.prepared import Prepared
from app.kernel.time import real_now

P = ParamSpec("P")

HEADER = "Idempotency-Key"
LONGEST = 200

_KEPT_HEADERS = ("ETag", "Location")
_table = Base.metadata.tables[Idempotency.__tablename__]
_MINE = (
    _table.c.tenant == bindparam("of"),
    _table.c.account_id == bindparam("who"),
    _table.c.key == bindparam("name"),
)
_READ = Prepared(select(_table).where(*_MINE))
_KEEP = Prepared(insert(_table).on_conflict_do_nothing(), _table.c.keys())


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
        print_ = _fingerprint()
        try:
            given = view(*args, **kwargs)
        except (DomainError, HTTPException):
            _answer_again(key, print_)
            raise
        if not _keep(key, print_, given):
            _answer_again(key, print_)
        return given

    document_header(run, "IdempotencyKey")
    return run


def remember(instead: Response) -> None:
    """Keep `instead` for a repeated key: a secret that is shown once is not written down."""
    g.remembered = instead


def _keep(key: str, print_: bytes, given: Response) -> bool:
    """Write the answer down; whether the key was still free."""
    kept: Response = g.pop("remembered", given)
    headers = {name: kept.headers[name] for name in _KEPT_HEADERS if name in kept.headers}
    answer = {"headers": headers, "body": kept.get_data(as_text=True)}
    who = _own_tenant()
    mine = {"tenant": who.tenant, "account_id": who.account_id, "key": key}
    row = {**mine, "fingerprint": print_, "status": kept.status_code, "answer": answer, "at": real_now()}
    return _KEEP.run(edge.session(), **row).rowcount == 1


def _answer_again(key: str, print_: bytes) -> None:
    """End the request, and with it its transaction, with the answer that was given to the key; return without one.

    Raises KeyReused where the key stands for another request.
    """
    who = _own_tenant()
    known = _READ.run(edge.session(), of=who.tenant, who=who.account_id, name=key).fetchone()
    if known is None:
        return
    if bytes(known.fingerprint) != print_:
        raise KeyReused()
    body, headers = known.answer["body"], known.answer["headers"]
    again = Response(body, known.status, headers, mimetype=JSON if body else None)
    again.headers["Idempotency-Replayed"] = "true"
    abort(again)


def _own_tenant() -> Actor:
    """Who asks; the transaction is theirs again where the act went on to write in the jurisdiction of a case."""
    who = edge.actor()
    if edge.session().info.get(WRITTEN) != who.tenant:
        enter_tenant(edge.session(), who.tenant)
    return who


def _fingerprint() -> bytes:
    """What makes two requests the same: method, address, body. The boundary of a form is no part of it."""
    digest = sha256(f"{request.method} {request.full_path}\n".encode())
    if request.mimetype == "multipart/form-data":
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(repr((name, value)).encode())
        for name, part in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
            content = file_digest(cast(Any, part.stream), "sha256").digest()
            digest.update(repr((name, part.filename, content)).encode())
            part.seek(0)
    else:
        digest.update(request.get_data())
    return digest.digest()
