"""Finding the items that come with the project, as a citizen looks for one."""

from pathlib import Path

import pytest
import yaml
from sqlalchemy.orm import Session

from app.catalog import schema, search
from app.catalog.queries import Entry
from app.catalog.search import Found, Wanted

SHIPPED = Path(__file__).parents[3] / "processes"


@pytest.fixture
def find(monkeypatch: pytest.MonkeyPatch):
    entries = []
    for path in sorted(SHIPPED.glob("*/item.yaml")):
        manifest, faults = schema.load(yaml.safe_load(path.read_text(encoding="utf-8")))
        assert manifest is not None, faults
        entries.append(Entry(manifest.code, 1, "", None, manifest))
    assert len(entries) > 1
    monkeypatch.setattr(search, "current", lambda _session: entries)

    def find(text: str = "", audience: str | None = None, department: str | None = None) -> Found:
        return search.find(Session(), Wanted(text, audience, department))

    return find


def codes(found: Found) -> list[str]:
    return [entry.code for entry in found.entries]


def test_without_a_wish_everything_is_there_and_sub_items_of_one_main_item_stand_together(find) -> None:
    found = find()
    assert len(found.entries) == found.whole
    mains = [entry.manifest.main.code for entry in found.entries if entry.manifest.main]
    assert mains == sorted(mains)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("户口", "household-transfer"),
        ("HOUSEHOLD", "household-transfer"),
        ("household-transfer", "household-transfer"),
        ("food licence", "food-drug-licence"),
        ("电梯", "special-equipment-licence"),
    ],
)
def test_an_item_is_found_by_words_of_its_name_or_of_what_it_is_about(find, text: str, code: str) -> None:
    assert codes(find(text))[0] == code


def test_each_word_must_occur(find) -> None:
    assert codes(find("户口 电梯")) == []


def test_what_is_nearer_comes_first(find) -> None:
    """An item that is called so stands before one that merely asks for such a thing."""
    assert codes(find("许可证"))[0] == "product-licence-by-commitment"


def test_who_and_department_narrow_and_each_choice_tells_what_it_would_leave(find) -> None:
    everything = find()
    for audience, number in everything.audiences.items():
        assert len(find(audience=audience).entries) == number
    for name, number in everything.departments:
        assert len(find(department=name.zh).entries) == number > 0
    both = find(audience="person", department="公安局")
    assert set(codes(both)) <= set(codes(find(audience="person")))
    assert dict(both.audiences)["person"] == len(both.entries)


def test_an_item_that_does_not_say_for_whom_is_for_everybody(find, monkeypatch: pytest.MonkeyPatch) -> None:
    number = find(audience="person").audiences["person"]
    assert "land-preliminary-review" not in codes(find(audience="person"))
    assert number == len(find(audience="person").entries)
