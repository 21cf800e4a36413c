"""Every item of processes/ is a test case; finding none is a failure."""

from pathlib import Path

import pytest

from app.catalog import folder

ROOT = Path(__file__).parents[2]
CODES = folder.items(ROOT)
FORMS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("forms/*/*.json"))
DIAGRAMS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("processes/*/*.bpmn"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`code`, `form_path`, `diagram_path`: one test for each there is."""
    for name, cases in (("code", CODES), ("form_path", FORMS), ("diagram_path", DIAGRAMS)):
        if name in metafunc.fixturenames:
            assert cases, f"nothing found for {name}"
            metafunc.parametrize(name, cases)


@pytest.fixture
def item_files(code: str) -> dict[str, bytes]:
    """The files of one item."""
    return folder.read(ROOT, code)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder above processes/ and forms/."""
    return ROOT
