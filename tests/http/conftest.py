"""The office in which there is something of every kind, and somebody of every role."""

from collections.abc import Iterator

import pytest

from tests.http.security.everybody import Everybody, opened


@pytest.fixture(scope="session")
def everybody(databases, tmp_path_factory) -> Iterator[Everybody]:
    """One for all tests that look or are undone; nothing that they do stays."""
    with opened(databases, tmp_path_factory.mktemp("files")) as office:
        yield office
