"""Each person walks all pages that they can come to, in both languages: all leads somewhere, all is translated."""

import re

import pytest
from flask.testing import FlaskClient

from app.kernel.ids import GLOBAL_TENANT
from tests.http.security.everybody import ELSEWHERE, PEOPLE, TENANT, Everybody, Person
from tests.http.security.samples import requests
from tests.http.walk import texts
from tests.http.walk.crawler import Walk, crawl, send_all
from tests.http.walk.inventory import looked_at, places
from tests.office import ANSWERS, APPLICATION

WALKERS = [person for person in PEOPLE if not person.id.endswith("-elsewhere")]


@pytest.fixture(scope="module")
def typed(everybody: Everybody) -> re.Pattern[str]:
    with everybody.database.transaction(GLOBAL_TENANT, [TENANT, ELSEWHERE]) as session:
        return texts.masked(texts.typed(session, APPLICATION, ANSWERS))


@pytest.fixture(
    scope="module",
    params=[(person, lang) for person in WALKERS for lang in ("zh_CN", "en")],
    ids=lambda of: f"{of[0].id}-{of[1]}",
)
def walk(request: pytest.FixtureRequest, everybody: Everybody) -> Walk:
    """What one person came to see in one language."""
    person, lang = request.param

    def client() -> FlaskClient:
        made = everybody.client(person)
        made.set_cookie("lang", lang)
        return made

    wanted = [found for found in requests(everybody) if looked_at(found) and may(person, found.permissions)]
    walk = crawl(everybody.app, client(), person.permissions, ["/", *(found.path for found in wanted)])
    if (WALKERS.index(person) % 2 == 0) is (lang == "en"):  # what is pressed does the same in the other language
        with pytest.MonkeyPatch.context() as patched, everybody.undone(patched):
            send_all(walk, client)
    return walk


def may(person: Person, asked: tuple[str, ...]) -> bool:
    return not asked or not person.permissions.isdisjoint(asked)


def test_every_page_has_a_reader(everybody: Everybody) -> None:
    found, shut = places(everybody)
    assert shut == [], "\n".join(shut)
    assert len(found) > 60
    assert len({place.name for place in found}) == len(found)


def test_everything_leads_somewhere(walk: Walk) -> None:
    assert len(walk.pages) > 5
    assert [page.path for page in walk.pages.values() if page.status >= 500] == []
    assert walk.faults() == [], "\n".join(walk.faults())


def test_everything_is_said_in_the_language_of_the_page(walk: Walk, typed: re.Pattern[str]) -> None:
    wrong = [
        f"{walk.place(page)}: {fault}"
        for page in walk.pages.values()
        if page.is_whole
        for fault in texts.untranslated(page.tree, typed)
    ]
    assert wrong == [], "\n".join(dict.fromkeys(wrong))
