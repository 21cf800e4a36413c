"""What a reader sees when something goes wrong: what it was, in their language, and the way out.

A problem with what was entered does not end in an error page: `shown_on` shows the form's own page again, with the
problem on top and everything typed still there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from inspect import signature
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app import edge
from app.catalog import errors as catalog
from app.identity.errors import PasswordMustChange
from app.kernel import codes, confine
from app.kernel import errors as kernel
from app.kernel.errors import DomainError
from app.kernel.marking import _
from app.notices.faults import describe
from app.web.language import remedy, wording

View = Callable[..., ResponseReturnValue]

STATUSES: Mapping[type[DomainError], HTTPStatus] = {
    DomainError: HTTPStatus.CONFLICT,
    edge.NotLoggedIn: HTTPStatus.UNAUTHORIZED,
    kernel.Forbidden: HTTPStatus.FORBIDDEN,
    kernel.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    kernel.NotFound: HTTPStatus.NOT_FOUND,
    catalog.BadItemCode: HTTPStatus.UNPROCESSABLE_ENTITY,
    catalog.ItemRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    catalog.NotOnBench: HTTPStatus.UNPROCESSABLE_ENTITY,
    catalog.ReasonNeeded: HTTPStatus.UNPROCESSABLE_ENTITY,
    codes.BadCodePattern: HTTPStatus.UNPROCESSABLE_ENTITY,
    confine.TooBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    confine.Unworkable: HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""The status of an error is that of the nearest class it comes from; what is not listed conflicts with what is."""

log = structlog.get_logger(__name__)


OF_HTTP: Mapping[int, tuple[str, str]] = {
    400: (_("This request cannot be read."), _("Go back, load the page again and repeat what you did.")),
    404: (
        _("There is no page at this address."),
        _("Check the address, or start again from the home page. A case is found by its supervision code."),
    ),
    405: (_("This address is not a page."), _("Start again from the home page.")),
    413: (_("What you sent is too large."), _("Send the files one by one, or make them smaller.")),
    429: (_("Too many attempts."), _("Wait a minute, then try again.")),
}
FORGED = (
    _("This page was open too long, or the request does not come from it."),
    _("Go back, load the page again and send it once more. Nothing was changed."),
)
BUSY = (_("The office cannot be reached at the moment."), _("Try again in a few seconds."))
TAKEN = (_("This does not go together with what is there already."), _("Load the page again and look."))
FAILED = (
    _("Something went wrong here."),
    _("What you sent was not kept. Try again; if it happens again, tell the operator the number below."),
)


@dataclass(frozen=True)
class Fault:
    """What an error page says."""

    status: int
    title: str
    way_out: str
    trace_id: str | None = None


def register(app: Flask) -> None:
    """Answer the errors of all pages."""
    edge.answer_errors(app, "/", answer)
    app.add_template_filter(wording)
    app.add_template_filter(remedy)


def shown_on(page: View) -> Callable[[View], View]:
    """Let `page`, a view whose arguments are among the write's, show the problems of a write. Stands above `guarded`.

    The write's transaction is rolled back by then, and its refusal recorded; `page` opens its own and finds the problem
    in `problem()`.
    """
    names = signature(page).parameters

    def mark(view: View) -> View:
        @wraps(view)
        def run(**given: Any) -> ResponseReturnValue:
            try:
                return view(**given)
            except (edge.NotLoggedIn, PasswordMustChange, kernel.NotFound):
                raise
            except DomainError as error:
                place = {name: given[name] for name in names}
                g.problem, g.page = error, url_for(f".{page.__name__}", **place)
                return make_response(page(**place), status_of(error))

        return run

    return mark


def problem() -> DomainError | None:
    """What kept the write from being done that this page now shows."""
    found: DomainError | None = g.get("problem")
    return found


def status_of(error: DomainError) -> HTTPStatus:
    """The status of a domain error."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def answer(error: Exception) -> ResponseReturnValue:
    """The page for any error."""
    match error:
        case edge.NotLoggedIn():
            return _to_login()
        case PasswordMustChange():
            return redirect(url_for("account.new_password"), HTTPStatus.SEE_OTHER)
        case DomainError():
            fault = Fault(status_of(error), wording(error), remedy(error))
        case CSRFError():
            fault = _said(HTTPStatus.BAD_REQUEST, FORGED)
        case HTTPException(code=int(code)) if code < HTTPStatus.BAD_REQUEST:
            return error
        case HTTPException(code=int(code)) if code < HTTPStatus.INTERNAL_SERVER_ERROR:
            fault = _said(code, OF_HTTP.get(code, OF_HTTP[400]))
        case OperationalError() | PoolTimeout():
            fault = _said(HTTPStatus.SERVICE_UNAVAILABLE, BUSY)
        case IntegrityError():
            fault = _said(HTTPStatus.CONFLICT, TAKEN)
        case _:
            fault = _said(HTTPStatus.INTERNAL_SERVER_ERROR, FAILED, edge.trace_id())
    if fault.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request.failed", trace_id=edge.trace_id(), endpoint=request.endpoint, error=describe(error))
    return make_response(render_template("error.html", fault=fault), fault.status)


def _said(status: int, texts: tuple[str, str], trace_id: str | None = None) -> Fault:
    return Fault(status, gettext(texts[0]), gettext(texts[1]), trace_id)


def _to_login() -> ResponseReturnValue:
    """To the login page, and afterwards back to what was asked for."""
    login = url_for("account.login", next=_wanted())
    if _by_htmx():
        response = Response(status=HTTPStatus.UNAUTHORIZED)
        response.headers["HX-Redirect"] = login
        return response
    return redirect(login, HTTPStatus.SEE_OTHER)


def _wanted() -> str | None:
    """The page that was asked for, or from which a form was sent: what was typed there waits in the browser."""
    if request.method == "GET" and not _by_htmx():
        return request.full_path.rstrip("?")
    came_from = urlsplit(request.referrer or "")
    return came_from.path if came_from.netloc == request.host else None


def _by_htmx() -> bool:
    return "HX-Request" in request.headers
