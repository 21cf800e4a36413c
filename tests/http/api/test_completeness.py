"""Everything that can be done on the pages can be done here: what a page's view calls, some operation calls too."""

from collections.abc import Mapping

import pytest

from app.api.refusals import PREFIX
from tests.http.api.conftest import House
from tests.http.api.reachable import called_from

ROOMS = (
    "administration",
    "audit",
    "cases",
    "catalog",
    "deadlines",
    "identity",
    "inbox",
    "materials",
    "notices",
    "org",
    "studio",
    "supervision",
)

ONLY_ON_PAGES: Mapping[str, str] = {
    "administration.attention.bound_items": "which items a post serves, beside the post: the items say it themselves",
    "administration.attention.failed": "a number on the administrator's first page: incidents are listed",
    "administration.attention.leaving": "a number on the administrator's first page: people are listed",
    "administration.attention.people_here": "a number on the administrator's first page: people are listed",
    "administration.attention.vacant": "a number on the administrator's first page: posts are listed",
    "audit.queries.count": "whether a page has news: here the ETag says so",
    "cases.desk.workable": "the next step of the queue: GET /steps lists what is unclaimed or one's own",
    "cases.operations.draft_saved_at": "“saved at” beside a form",
    "cases.tracking.followed": "a case's way as a line of events: its milestones and limits are at GET /track/{code}",
    "cases.tracking.journey": "a case's way as a line of events: its history and ledger are listed",
    "catalog.fields.flat": "how a page's form becomes JSON",
    "catalog.fields.rows": "how a page's form becomes JSON",
    "catalog.fields.wording": "an answer in words",
    "catalog.forms.answer": "what a form computes as one types: it is computed again when it is sent",
    "catalog.forms.posted": "how a page's form becomes JSON",
    "cases.running.running": "numbers beside the versions of items: cases are listed by item",
    "catalog.waiting.waiting": "whose turn it is: a version's state says which act comes next, a refusal who may do it",
    "deadlines.announcements.lines_of": "days as lines of a text: here they are JSON",
    "deadlines.announcements.of_lines": "days as lines of a text: here they are JSON",
    "deadlines.rules.light_at": "the light of a row: it follows from the row's instants",
    "deadlines.years.preview_hours": "the page asks twice before office hours change",
    "studio.play.replay": "a play act by act, with buttons: POST /items/play plays to the end",
    "studio.play.chosen": "a play act by act, with buttons: POST /items/play plays to the end",
    "studio.scenarios.of_play": "a play that is kept as it went: POST …/scenarios takes what is expected",
    "identity.operations.log_out": "DELETE /sessions/{session_id}",
    "identity.queries.actor_by_session": "where a page leads after the login",
    "identity.queries.names_of": "names beside what the API names by ids",
    "identity.queries.seen_lately": "where a page leads after the login",
    "supervision.queries.asked_of": "entries that wait for one's explanation: GET /supervision/entries lists them",
    "supervision.queries.urgings": "what was said to urge a step: the entry and the notices tell",
}
"""What pages call and the API need not, and why."""


def called(house: House, *, api: bool, method: str) -> dict[str, set[str]]:
    """What the views call in the rooms of the domain, by endpoint."""
    return {
        rule.endpoint: {
            f"{found.__module__}.{found.__qualname__}".removeprefix("app.")
            for found in called_from(house.app.view_functions[rule.endpoint])
            if found.__module__.split(".")[1] in ROOMS and not found.__name__.startswith("_")
        }
        for rule in house.app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX) is api and (api or method in (rule.methods or ()))
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_a_page_does_an_operation_does(house: House, method: str) -> None:
    here = set().union(*called(house, api=True, method=method).values())
    pages = called(house, api=False, method=method)
    assert len(pages) > 20
    missing = {endpoint: sorted(found - here - ONLY_ON_PAGES.keys()) for endpoint, found in pages.items()}
    assert {endpoint: found for endpoint, found in missing.items() if found} == {}


def test_the_exceptions_are_still_needed(house: House) -> None:
    pages = set().union(*(f for m in ("GET", "POST") for f in called(house, api=False, method=m).values()))
    here = set().union(*called(house, api=True, method="GET").values())
    assert ONLY_ON_PAGES.keys() - (pages - here) == set()


def test_a_page_that_writes_calls_a_verb(house: House) -> None:
    """Those that call none only choose: the jurisdiction, and whether a file is the one that was issued."""
    without = {endpoint for endpoint, found in called(house, api=False, method="POST").items() if not found}
    assert without == set()
