"""What `make run` does before it serves, in one process because loading the house takes longest.

The schema is brought up to date and the demo built (both do nothing where nothing is to do); then it is said who can
log in.
"""

import sys

import click
from flask.cli import ScriptInfo

from wsgi import app

STEPS = (
    ("Bringing the database up to date …", "db", "upgrade"),
    ("Building the demo …", "demo", "build"),
    ("Who can log in:", "demo", "accounts"),
)


def main() -> None:
    """Run the commands as `flask` would; the first that fails says why and ends the process."""
    for line, *words in STEPS:
        click.echo(line)
        try:
            app.cli.main(words, "flask", standalone_mode=False, obj=ScriptInfo(create_app=lambda: app))
        except click.ClickException as refused:
            refused.show()
            sys.exit(refused.exit_code)


if __name__ == "__main__":
    main()
