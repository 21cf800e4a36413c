"""Operator commands, `flask …`: every step of the journey, done as a person (`--as`), and the care of the machine."""

from importlib import import_module

from flask import Flask

GROUPS = (
    "db",
    "demo.commands",
    "items",
    "case",
    "step",
    "supervision",
    "document",
    "incidents",
    "audit",
    "token",
    "account",
    "org",
    "calendar",
    "webhooks",
)
"""Modules with a `group` of commands. Imported when registered: the launcher beside them starts without them."""


def register(app: Flask) -> None:
    """Add the commands."""
    for name in GROUPS:
        app.cli.add_command(import_module(f"app.cli.{name}").group)
