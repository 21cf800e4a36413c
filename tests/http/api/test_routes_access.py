"""Every address of the application, pages too, says who may use it, and answers each role as it says."""

from uuid import UUID

import pytest
from werkzeug.routing import Rule

from app.org.roles import APPLICANT, PERMISSIONS, PUBLIC, ROLES
from tests.http.api.conftest import House

PEOPLE = {
    "clerk": "clerk",
    "land": "reviewer",
    "land_head": "head",
    "decider": "decider",
    "supervisor": "supervisor",
    "operator": "operator",
    "designer": "designer",
    "publisher": "publisher",
    "platform": "platform",
    "admin": "admin",
    "applicant": APPLICANT,
    None: PUBLIC,
}
"""One person for each role; None: nobody who is logged in."""

A_VALUE = {"UUIDConverter": UUID(int=7), "IntegerConverter": 1, "UnicodeConverter": "x", "PathConverter": "x"}
"""What stands in an address, by its converter."""

TAKES_FILES = (
    "calendar-sheets.read_sheet",
    "materials.attach",
    "publishing.check",
    "publishing.submit",
    "publishing.publish",
    "tables.preview",
    "tables.take_over",
)
NO_PAGES = ("/api/", "/metrics")
PERSON_ONLY = ("/account/password", "/account/tokens", "/new-password/set")
"""What a token may not do, whatever its person may."""

PLAIN = {"GET": {200, 302, 303, 304, 404}, "other": {200, 201, 204, 302, 303, 400, 404, 409, 412, 415, 422, 428}}


def rules(house: House) -> list[tuple[Rule, str]]:
    """Every address with each of its methods."""
    found = [
        (rule, method)
        for rule in house.app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
        if method not in ("HEAD", "OPTIONS")
    ]
    assert len(found) > 50
    return found


@pytest.fixture
def trusting(house):
    """The application, taking forms without the token of a page."""
    before = house.app.config["WTF_CSRF_METHODS"]
    house.app.config["WTF_CSRF_METHODS"] = []
    yield house
    house.app.config["WTF_CSRF_METHODS"] = before


def test_every_route_says_who_may_use_it(house) -> None:
    unmarked = {
        rule.endpoint for rule, _ in rules(house) if not hasattr(house.app.view_functions[rule.endpoint], "permissions")
    }
    assert unmarked == set()


def test_every_permission_asked_for_is_one_that_some_role_carries(house) -> None:
    asked = {name for rule, _ in rules(house) for name in house.app.view_functions[rule.endpoint].permissions}
    assert asked - PERMISSIONS == set()


@pytest.mark.parametrize("name", PEOPLE, ids=lambda name: name or "nobody")
def test_each_role_is_answered_as_declared(trusting: House, as_person, name: str | None) -> None:
    held = ROLES[PEOPLE[name]].permissions
    client = as_person(name)
    wrong = []
    for rule, method in rules(trusting):
        wanted = trusting.app.view_functions[rule.endpoint].permissions
        values = {argument: A_VALUE[type(found).__name__] for argument, found in rule._converters.items()}
        path = trusting.app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
        body = {"json": {}} if path.startswith("/api/") and method != "GET" and rule.endpoint not in TAKES_FILES else {}
        status = client.open(path, method=method, **body).status_code
        if status not in expected(path, method, name, wanted, held):
            wrong.append((method, path, status))
    assert wrong == [], wrong


def expected(path: str, method: str, name: str | None, wanted: tuple[str, ...], held: frozenset[str]) -> set[int]:
    """The statuses that the declaration allows."""
    plain = PLAIN.get(method, PLAIN["other"])
    if path in PERSON_ONLY and name:
        return {403}
    if not wanted or (name and not held.isdisjoint(wanted)):
        return plain | {401} if path.endswith(("/login", "/sessions")) else plain
    if name is None:
        return {401} if path.startswith(NO_PAGES) else {303}
    return {403} if path.startswith(NO_PAGES) else {403, 404}  # a page on which nothing may be said does not exist
