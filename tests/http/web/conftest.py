"""One house for all tests of pages; each works on cases of its own."""

from collections.abc import Iterator

import pytest

from tests.http.web.house import House, Reader, open_house


@pytest.fixture(scope="session")
def house(databases, tmp_path_factory) -> Iterator[House]:
    with open_house(databases, tmp_path_factory.mktemp("files")) as opened:
        yield opened


@pytest.fixture
def stranger(house: House) -> Reader:
    """Somebody who is not logged in."""
    return house.reader()
