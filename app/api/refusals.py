"""How each operation refuses: the problem codes of its own stand in OWN; those of its kind are added.

A test follows each operation through the sources and compares what it can raise with what stands here, and prints the
line that is missing. An operation that does not stand here says only that it may refuse.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from flask import Flask

from app.api import problems
from app.api.description import PROBLEM_TYPE, ProblemShape
from app.api.refusals_own import OWN
from app.identity.errors import PasswordMustChange
from app.kernel.errors import DomainError

PREFIX: Final = "/api/v1/"
_WRITES: Final = ("post", "put", "patch", "delete")


class Kind(NamedTuple):
    """A problem code: the status it comes with, and what is said."""

    status: int
    message: str


def known() -> Mapping[str, Kind]:
    """Every problem code that there is."""
    of_http = {code: Kind(status, message) for status, (code, message, _remedy) in problems.OF_HTTP.items()}
    busy, taken = problems.BUSY, problems.TAKEN
    more = {busy[0]: Kind(HTTPStatus.SERVICE_UNAVAILABLE, busy[1]), taken[0]: Kind(HTTPStatus.CONFLICT, taken[1])}
    return of_http | more | {error.code: Kind(_status(error), error.message) for error in _kinds(DomainError)}


def declare(written: dict[str, Any], app: Flask) -> None:
    """Say of each operation that stands in OWN how it refuses, and that it does not refuse otherwise."""
    kinds = known()
    for endpoint, path, method in operations(app):
        operation = written["paths"][path][method]
        operation["operationId"] = endpoint.replace(".", "_").replace("-", "_")
        if endpoint not in OWN:
            continue
        codes = sorted({*OWN[endpoint].split(), *of_its_kind(operation, path, method)})
        operation["x-problems"] = codes
        del operation["responses"]["default"]
        by_status: dict[int, list[str]] = defaultdict(list)
        for code in codes:
            by_status[kinds[code].status].append(code)
        for status, found in sorted(by_status.items()):
            said = "; ".join(f"`{code}`: {kinds[code].message.replace('%%', '%')}" for code in found)
            content = {PROBLEM_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemShape.__name__}"}}}
            operation["responses"][str(status)] = {"description": said, "content": content}


def operations(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every operation of the API: its endpoint, its path as the description writes it, its method."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX) and not rule.rule.endswith("openapi.json"):
            path = "".join(f"{{{part}}}" if dynamic else part for dynamic, part in rule._trace if part != "|")
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule.endpoint, "/" + path.lstrip("/"), method.lower()


def of_its_kind(operation: Mapping[str, Any], path: str, method: str) -> Iterator[str]:
    """The codes that follow from what an operation takes and who may use it."""
    yield from ("not-logged-in", "no-post-there", "too-many-requests", "unkeepable-text", "beyond-range", "unavailable")
    parameters = operation.get("parameters", [])
    names = {str(one.get("name") or one.get("$ref", "").rpartition("/")[2]) for one in parameters}
    if operation["security"]:
        yield from ("forbidden", PasswordMustChange.code)
    if "{" in path:
        yield "no-such-address"
    if method in _WRITES:
        yield from ("csrf", "bad-request", "media-type", "too-large", "conflict")
    if "requestBody" in operation or any(one.get("in") == "query" for one in parameters):
        yield "invalid"
    if "IdempotencyKey" in names:
        yield from ("idempotency-key-reused", "idempotency-key-invalid")
    if names & {"IfMatch", "IfMatchOptional"}:
        yield "stale"
    if "IfMatch" in names:
        yield "precondition-required"


def _status(error: type[DomainError]) -> int:
    return next(problems.STATUSES[kind] for kind in error.__mro__ if kind in problems.STATUSES)


def _kinds(error: type[DomainError]) -> Iterator[type[DomainError]]:
    yield error
    for inner in error.__subclasses__():
        yield from _kinds(inner)
