"""The lock files answer to the lists that people write."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def names(path: Path) -> set[str]:
    """The normalised names at the beginnings of lines."""
    found = re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", path.read_text(), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


@pytest.mark.parametrize("source", sorted(ROOT.glob("requirements*.in")), ids=lambda path: path.name)
def test_every_dependency_is_locked(source: Path) -> None:
    assert names(source)
    assert names(source) - names(source.with_suffix(".txt")) == set(), "run `make lock`"


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.name)
def test_every_locked_version_has_a_hash_and_no_registry(lock: Path) -> None:
    text = lock.read_text()
    requirements = re.findall(r"^[A-Za-z0-9].*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert requirements
    assert [entry.split()[0] for entry in requirements if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert re.findall(r"https?://|--index-url|--find-links", text) == []


def test_tools_share_the_versions_of_the_product() -> None:
    def versions(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE))

    product, tools = versions("requirements.txt"), versions("requirements-dev.txt")
    assert {name for name in product.keys() & tools.keys() if product[name] != tools[name]} == set()
