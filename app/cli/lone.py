"""The commands that need no office, for a machine that has neither a database nor settings: a designer's."""

from itertools import pairwise

from flask import Flask
from flask.cli import AppGroup

_ENOUGH = {("items", "check"), ("items", "play"), ("items", "test")}
_NOT = {"--catalogue"}


def is_enough(words: list[str]) -> bool:
    """Whether a process with this command line is `flask … items check` or the like."""
    program = words[0] if words else ""
    by_flask = program.endswith(("flask", "flask.exe", "flask/__main__.py", "flask\\__main__.py"))
    return by_flask and not _NOT.intersection(words) and bool(_ENOUGH.intersection(pairwise(words[1:])))


def application() -> Flask:
    """An application that has only these commands."""
    from app import logs
    from app.cli import drafts

    logs.configure()
    app = Flask("app", static_folder=None)
    group = AppGroup("items", help="Check and play service items.")
    for command in drafts.COMMANDS:
        group.add_command(command)
    app.cli.add_command(group)
    return app
