"""Every page there is, from the application's own map of addresses: none can be forgotten.

Each address comes with what stands in it from tests/http/security/samples.py; who looks at it is the first of `READERS`
who is let in. An address at which nobody finds anything at all (a page, a part of one, a file, a way on) is told.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from tests.http.security.everybody import PEOPLE, Everybody, Person
from tests.http.security.samples import Request, requests

READERS = (
    "owner",
    "clerk-here",
    "reviewer-here",
    "supervisor-here",
    "designer-here",
    "publisher-here",
    "admin-here",
    "platform-here",
    "operator-here",
    "decider-here",
    "head-here",
)
"""Whose view of a page is the one that matters most; what is open to all is looked at by nobody in particular."""

STATES = {
    "nothing here": ("nobody", "/nowhere"),
    "nothing found": ("reviewer-here", "/cases?q=nothing-is-called-so"),
    "no case of that code": ("nobody", "/track?code=330300-20260101-0000001-00"),
    "no document of that code": ("nobody", "/verify/0000-0000-0000-0000"),
    "refused": ("stranger", "/admin/"),
    "an empty home": ("stranger", "/my/cases"),
    "an empty desk": ("reviewer-elsewhere", "/desk"),
    "an empty window": ("clerk-elsewhere", "/window"),
    "an empty board": ("supervisor-elsewhere", "/supervision"),
    "an empty list of cases": ("clerk-elsewhere", "/cases"),
    "an empty list of incidents": ("operator-elsewhere", "/admin/incidents"),
    "a case to its decider": ("decider-here", "/cases/{case}"),
    "a decided case": ("owner", "/cases/{decided}"),
    "a decided case, tracked": ("nobody", "/track?code={decided}"),
    "a task for everybody on the post": ("head-here", "/desk"),
    "the desk of the window": ("clerk-here", "/desk"),
}
"""Pages that look quite different to somebody else, or of something else: who, and where."""


@dataclass(frozen=True)
class Place:
    """A page, and who looks at it. `name` is that of its screenshot."""

    name: str
    person: Person
    path: str

    def __str__(self) -> str:
        return f"{self.path} ({self.person.id})"


@cache
def somebody(name: str) -> Person:
    """One of the people by what tests call them."""
    return next(person for person in PEOPLE if person.id == name)


def found_at(everybody: Everybody, person: Person, path: str) -> Literal["page", "something", "nothing"]:
    """What answers: a whole page, something else (a part of one, a file, a way on), or a refusal."""
    with everybody.client(person).get(path) as answer:
        if answer.status_code >= 400 or answer.headers.get("Location", "").startswith("/login"):
            return "nothing"
        whole = answer.status_code == 200 and answer.mimetype == "text/html" and b"<main" in answer.data
        return "page" if whole else "something"


def looked_at(request: Request) -> bool:
    """Whether somebody's browser comes to it by an address."""
    apart = ("public.nothing_here", "assets.file", "metrics.metrics")
    return request.method == "GET" and not request.path.startswith("/api/") and request.endpoint not in apart


def places(everybody: Everybody) -> tuple[list[Place], list[str]]:
    """Every page with its reader, then the states; and the addresses that are nothing to anybody."""
    found, shut = [], []
    for request in filter(looked_at, requests(everybody)):
        name = request.endpoint + ("-of" if request.endpoint == "public.verify" and "/verify/" in request.path else "")
        open_to_all = [] if request.permissions else [somebody("nobody")]
        answers = (
            (person, found_at(everybody, person, request.path)) for person in [*open_to_all, *map(somebody, READERS)]
        )
        person, kind = next((one for one in answers if one[1] != "nothing"), (None, "nothing"))
        if kind == "page" and person is not None:
            found.append(Place(name, person, request.path))
        elif kind == "nothing":
            shut.append(f"{request}: nothing for any of READERS in tests/http/walk/inventory.py")
    found += [
        Place(state.replace(" ", "-").replace(",", ""), somebody(who), path.format(**everybody.things))
        for state, (who, path) in STATES.items()
    ]
    return found, shut
