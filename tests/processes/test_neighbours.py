"""The items of processes/ together: each has a number of its own, and sub-items give their main item one name."""

from app.catalog import folder, rules
from app.catalog.neighbours import Neighbours, fit
from tests.processes.conftest import CODES, ROOT


def test_items_fit_beside_each_other() -> None:
    checked = {code: rules.check(folder.read(ROOT, code)).contents.manifest for code in CODES}
    items = {code: found for code, found in checked.items() if found}
    assert items.keys() == set(CODES)
    assert [finding for found in items.values() for finding in fit(found, Neighbours(items))] == []
