"""A demo that is built once, with every course once, and looked at by all commands."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.cli.demo.plan import courses
from tests.demo import application, ran


@pytest.fixture(scope="session")
def demo(databases, tmp_path_factory) -> Iterator[Flask]:
    """An application whose database is a demo."""
    with application(databases, tmp_path_factory.mktemp("demo")) as app:
        ran(app, "demo", "build", "--cases", str(sum(len(said["courses"]) for said in courses().values())))
        yield app


@pytest.fixture
def empty(databases, tmp_path) -> Iterator[Flask]:
    """An application whose database holds nothing but roles and the calendar."""
    with application(databases, tmp_path) as app:
        yield app
