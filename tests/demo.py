"""A demo, built once for the tests that look at it or move its clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask

from app import create_app
from app.config import Settings
from app.office import Office


def settings_for(url: Any, files: Path) -> Settings:
    """Settings on a database of a test."""
    return Settings(
        database_url=url.render_as_string(hide_password=False),
        secret_key="of these tests and nothing else",
        files_url=files.as_uri(),
        cookie_secure=False,
        public_url="http://localhost",
    )


@contextmanager
def application(databases: Any, files: Path) -> Iterator[Flask]:
    """The application on a fresh database with the current schema, roles and calendar."""
    url = databases.create()
    app = create_app(settings_for(url, files))
    ran(app, "db", "upgrade")
    yield app
    office_of(app).database.dispose()
    databases.drop(url)


def office_of(app: Flask) -> Office:
    """The office of an application."""
    office: Office = app.extensions["greenlight"]
    return office


def run(app: Flask, *words: str) -> Result:
    """Run a command; its result, whatever it is."""
    return app.test_cli_runner().invoke(args=list(words), env={"LANG": "en", "LC_ALL": "en"})


def ran(app: Flask, *words: str) -> str:
    """What a command printed; it must succeed."""
    result = run(app, *words)
    assert result.exit_code == 0, result.output + str(result.exception)
    return str(result.stdout)


Run = Callable[..., str]
