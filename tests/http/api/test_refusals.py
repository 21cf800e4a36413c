"""Every operation says how it may refuse: no more and no less than its sources can raise."""

from collections.abc import Mapping
from typing import Any

from app.api import refusals
from app.api.refusals_own import OWN
from tests.http.api.reachable import errors_of

BROKEN: Mapping[str, str] = {
    "bad-code-pattern": "the pattern of codes is checked when it is set",
    "calendar-refused": "calendars are checked when they are loaded",
    "diagram-refused": "diagrams are checked before they are published",
    "exclusion-refused": "reasons of excluded time are checked with the diagram",
    "extension-refused": "its own schema asks for a day or more",
    "item-act-forbidden": "it is how a permission is refused",
    "limit-refused": "limits are checked with the item",
    "state-unreadable": "what the engine wrote it can read",
    "threshold-refused": "thresholds are checked with the item",
    "too-deep": "calls of diagrams are checked with the item",
    "too-slow": "a published item is known to move",
    "unknown-calendar": "an item names a calendar that there is",
}
"""What only a broken office raises, where nobody hands in calendars or diagrams; and why."""

HAND_IN_SUCH = ("publishing", "catalogue", "calendars", "calendar-sheets", "studio")


def wanted(house: Any, endpoint: str, path: str, method: str) -> str:
    """What should stand in OWN."""
    spec = house.app.extensions["api"].spec.to_dict()
    codes = {error.code for error in errors_of(house.app.view_functions[endpoint])}
    if not endpoint.startswith(HAND_IN_SUCH):
        codes -= BROKEN.keys()
    if method == "get":
        codes -= {"stale"}
    return " ".join(sorted(codes - set(refusals.of_its_kind(spec["paths"][path][method], path, method))))


def test_what_an_operation_can_raise_is_what_it_says(house) -> None:
    found = {
        endpoint: wanted(house, endpoint, path, method) for endpoint, path, method in refusals.operations(house.app)
    }
    lines = [f'    "{endpoint}": "{codes}",' for endpoint, codes in found.items() if OWN.get(endpoint) != codes]
    assert lines == [], "put these into app/api/refusals_own.py:\n" + "\n".join(lines)
    assert OWN.keys() - found.keys() == set(), "these are no operations any more"


def test_every_code_is_known_and_has_a_status(house) -> None:
    known = refusals.known()
    paths = house.app.extensions["api"].spec.to_dict()["paths"]
    for endpoint, path, method in refusals.operations(house.app):
        operation = paths[path][method]
        assert operation["x-problems"], endpoint
        assert "default" not in operation["responses"]
        for code in operation["x-problems"]:
            assert f"`{code}`" in operation["responses"][str(known[code].status)]["description"]
