"""`flask items move`, `moves`, `moved`, `move-back`, `what-if`: by command alone."""

import json

import pytest
from sqlalchemy import select

from app.cases.models import Case
from app.cases.services import OPERATIONS
from app.catalog import queries
from app.catalog.operations import publish
from app.identity.types import SYSTEM
from app.jobs import work
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from tests.demo import ran, run


@pytest.fixture(scope="module")
def further(demo) -> tuple[str, int, int]:
    """An item with running cases in the operator's jurisdiction, and a version further than theirs."""
    office = demo.extensions["greenlight"]
    with office.database.transaction(GLOBAL_TENANT, office.tenants) as session:
        found = session.execute(
            select(Case.item, Case.item_version).where(Case.status == "accepted", Case.tenant == "330300").limit(1)
        ).one()
        files = dict(queries.files(session, found.item, found.item_version))
        path = f"processes/{found.item}/item.yaml"
        files[path] += b"\n# a further version\n"
        made = publish(session, files, SYSTEM, real_now(), "further", OPERATIONS)
    return found.item, found.item_version, made.version


def told(app, *words: str):
    return json.loads(ran(app, *words, "--as", "operator", "--json"))


def test_looked_at_moved_and_taken_back(demo, further) -> None:
    item, was, now = further
    what = ("items", "move", item, "--from", str(was), "--to", str(now))
    seen = told(demo, *what, "--dry-run")
    assert (seen["total"] > 0, seen["able"], seen["stay"]) == (True, seen["total"], [])
    begun = told(demo, *what, "--note", "新规定")
    assert begun["waiting"] == seen["total"]
    work.move_cases(demo.extensions["greenlight"])
    assert told(demo, "items", "moved", begun["batch"])["moved"] == seen["total"]
    assert told(demo, "items", "moves", item)[0]["batch"] == begun["batch"]
    back = told(demo, "items", "move-back", begun["batch"])
    work.move_cases(demo.extensions["greenlight"])
    assert told(demo, "items", "moved", back["batch"])["moved"] == seen["total"]
    assert told(demo, "items", "move-retry", back["batch"])["failed"] == 0
    wrong = run(demo, *what, "--map", "nonsense", "--as", "operator")
    assert (wrong.exit_code, "old=new" in wrong.stderr) == (2, True)
    table = ran(demo, *what, "--dry-run", "--as", "operator")
    assert "able" in table


def test_what_if(demo, further) -> None:
    item, was, _now = further
    found = json.loads(ran(demo, "items", "what-if", item, "--version", str(was), "--as", "designer", "--json"))
    assert found["replayed"] + sum(missed["number"] for missed in found["missed"]) == found["cases"]
    assert "before" in ran(demo, "items", "what-if", item, "--version", str(was), "--as", "designer")
    [*_, last] = told_by_designer(demo, "what-ifs", item)
    assert (last["done"], last["error"]) == (found["done"], None)
    assert told_by_designer(demo, "what-if-told", found["what_if"]) == found
    assert told_by_designer(demo, "what-if-stop", found["what_if"]) == found  # it is over: nothing is left to stop


def told_by_designer(app, *words: str):
    return json.loads(ran(app, "items", *words, "--as", "designer", "--json"))
