"""Every route × every role: who gets in is exactly who the declared permissions say.

Requests are made from the application's map of addresses, its API's description and the samples in `samples.py`; the
people are one of each role of `app/org/roles.py`, here and in another jurisdiction, the applicant whose things they
are, another applicant, and nobody.

- Who lacks the permission is sent to log in, or refused.
- Who has it and asks for what is another jurisdiction's, or another applicant's, is told that it does not exist: in
  the words in which it would be said of something that truly does not.
- Who has it and may know of the thing gets in.
- A refusal changes nothing, and a refused write of a known person stands in the record.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Map, Rule

from tests.http.security.everybody import PEOPLE, TENANT, Everybody, Person
from tests.http.security.samples import Request, Unlisted, requests


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status_code: int
    location: str
    code: str
    text: str


API = ("/api/", "/metrics")
OWN_RULE = {"public.nothing_here": {404}, "assets.file": {200, 404}}
"""Views for everybody that say no for reasons of their own."""
IN = frozenset({200, 201, 202, 204, 302, 303, 304, 400, 409, 412, 422, 428})
"""The view was reached, and did what was asked or found fault with what came."""

IN_COMMON = frozenset({"bench"})
"""Things of the catalogue, which all offices write together: a designer sees every working copy."""

BY_CODE = frozenset({"documents.verify", "public.verify", "public.verify_file", "verification.compare"})
"""Who holds a document's code is told what stands on the document."""


@pytest.fixture(scope="module")
def routes(everybody: Everybody) -> list[Request]:
    found = requests(everybody)
    assert len(found) > 100
    return found


def may(person: Person, request: Request) -> bool:
    """Whether the declaration lets this person use the view at all."""
    return not request.permissions or not person.permissions.isdisjoint(request.permissions)


def is_foreign(person: Person, request: Request) -> bool:
    """Whether the request is about something that this person may not know of."""
    if request.belongs == "all" or person.id == "owner":
        return False
    return request.belongs == "owner" or person.tenant != TENANT


def is_login(answer: Answer) -> bool:
    return answer.status_code == 303 and answer.location.startswith("/login")


def refused_as(person: Person, request: Request, answer: Answer) -> bool:
    """Whether this is how somebody without the permission is refused."""
    if not person.username:
        return answer.status_code == 401 if request.path.startswith(API) else is_login(answer)
    if request.path.startswith(API):
        return answer.status_code == 403 and answer.code == "forbidden"
    return answer.status_code in (403, 404)  # a page on which nothing may be said does not exist


def got_in(request: Request, answer: Answer) -> bool:
    return (answer.status_code in IN and not is_login(answer)) or answer.status_code in OWN_RULE.get(
        request.endpoint, ()
    )


def ask(everybody: Everybody, person: Person, wanted: list[Request]) -> list[tuple[Request, Answer]]:
    """Each with a browser of its own: some answers take its cookies away."""
    return [(request, answered(everybody.client(person), request)) for request in wanted]


def answered(client: FlaskClient, request: Request) -> Answer:
    with client.open(request.path, method=request.method, **request.opening()) as given:
        said = given.get_json() if given.is_json or given.mimetype == "application/problem+json" else None
        code = said.get("code", "") if isinstance(said, dict) else ""
        return Answer(given.status_code, given.headers.get("Location", ""), code, given.data.decode(errors="replace"))


def told(found: list[tuple[Request, Answer]]) -> str:
    return "\n".join(f"{answer.status_code} {request} {answer.text[:150]!r}" for request, answer in found)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.id)
def test_who_may_not_is_refused_on_the_record_and_changes_nothing(
    everybody: Everybody, routes: list[Request], person: Person
) -> None:
    refused = [request for request in routes if not may(person, request)]
    hidden = [request for request in routes if may(person, request) and is_foreign(person, request)]
    before, on_record = everybody.state(), everybody.refusals(person.username)
    answers = ask(everybody, person, refused)
    wrong = [(request, answer) for request, answer in answers if not refused_as(person, request, answer)]
    assert wrong == [], told(wrong)
    foreign = ask(everybody, person, hidden)
    wrong = [(request, answer) for request, answer in foreign if answer.status_code != 404]
    assert wrong == [], told(wrong)
    assert everybody.state() == before
    if person.username:
        writes = Counter(request.endpoint for request, _ in answers + foreign if request.method != "GET")
        after = everybody.refusals(person.username)
        missing = {name: count for name, count in writes.items() if after.get(name, 0) - on_record.get(name, 0) < count}
        assert missing == {}


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.id)
def test_who_may_gets_in(
    everybody: Everybody, routes: list[Request], person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A colleague of the same office may still be told that a thing is not theirs, as the rooms' policies say. Who is
    not of this office is not even told the name of a thing that they did not name themselves."""
    wanted = [request for request in routes if may(person, request) and not is_foreign(person, request)]
    before = everybody.state()
    with everybody.undone(monkeypatch):
        answers = ask(everybody, person, wanted)
    wrong = [(request, answer) for request, answer in answers if not got_in(request, answer)]
    if person.tenant == TENANT or person.id == "owner":
        wrong = [(request, answer) for request, answer in wrong if not is_policy(request, answer)]
    assert wrong == [], told(wrong)
    assert everybody.state() == before
    if person.tenant != TENANT and person.id != "owner":
        assert leaks(everybody, answers) == []


def leaks(everybody: Everybody, answers: list[tuple[Request, Answer]]) -> list[tuple[str, str]]:
    """The things of the office that an answer names, though the request did not."""
    return [
        (str(request), name)
        for request, answer in answers
        for name, thing in everybody.things.items()
        if name not in IN_COMMON
        and str(thing) in answer.text
        and str(thing) not in request.secrets
        and request.endpoint not in BY_CODE
    ]


def is_policy(request: Request, answer: Answer) -> bool:
    if request.belongs != "office":
        return False
    return answer.status_code == 404 or (answer.status_code == 403 and answer.code != "forbidden")


def test_every_route_lets_somebody_in(
    everybody: Everybody, routes: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what the others are told would prove nothing."""
    left = {(request.endpoint, request.method, request.path): request for request in routes}
    with everybody.undone(monkeypatch):
        for person in PEOPLE:
            wanted = [request for request in left.values() if may(person, request) and not is_foreign(person, request)]
            for request, answer in ask(everybody, person, wanted):
                if got_in(request, answer) and answer.status_code != 404:
                    left.pop((request.endpoint, request.method, request.path), None)
    shut = [request for request in left.values() if request.endpoint not in ("public.nothing_here", "assets.file")]
    assert shut == [], "\n".join(map(str, shut))


def test_every_write_of_a_page_needs_the_proof_that_a_page_sent_it(everybody: Everybody, routes: list[Request]) -> None:
    """From the one whose things they are, and from a clerk, so that no missing permission answers first."""
    before = everybody.state()
    for person in (PEOPLE[1], next(person for person in PEOPLE if person.id == "clerk-here")):
        wrong: list[Any] = []
        for request in routes:
            if request.method == "GET" or not may(person, request):
                continue
            client = everybody.client(person)
            del client.environ_base["HTTP_X_CSRFTOKEN"]
            answer = answered(client, request)
            is_page = not request.path.startswith(API)
            if answer.status_code != (400 if is_page else 403) or (not is_page and answer.code != "csrf"):
                wrong.append((request, answer))
        assert [pair for pair in wrong if pair[0].endpoint != "people.log_in"] == [], told(wrong)
    assert everybody.state() == before


def test_a_route_without_a_sample_is_told_with_the_place_to_list_it(everybody: Everybody, monkeypatch) -> None:
    monkeypatch.setattr(everybody.app, "url_map", Map([Rule("/new/<gadget>", endpoint="public.home", methods=["GET"])]))
    with pytest.raises(Unlisted, match=r"samples\.py what “gadget” stands for"):
        requests(everybody)
