"""What lies in the folder of a diagram and is named by it: called processes, decisions. Nothing else is opened for it.

Only the command at a designer's machine looks there, before the confined child begins; what it took is told.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from app.kernel.marking import _

MOST_FILES: Final = 200
"""Neighbours that are looked at."""
MOST_BYTES: Final = 20_000_000
"""Of all of them together."""

_CALLED = re.compile(rb"""(?:calledElement|processId)\s*=\s*["']([^"']+)["']""")
_PROCESS = re.compile(rb"""<(?:[\w.-]+:)?process\b[^<>]*?\sid\s*=\s*["']([^"']+)["']""")
_DECISION = re.compile(rb"""<(?:[\w.-]+:)?decision\b[^<>]*?\sid\s*=\s*["']([^"']+)["']""")
_ASKED = (
    re.compile(rb"""(?:decisionRef|decisionId)\s*=\s*["']([^"']+)["']"""),
    re.compile(rb"""calledDecisionId\s*>\s*([^<\s]+)\s*<"""),
    re.compile(rb"""name\s*=\s*["']decision["']\s+value\s*=\s*["']([^"']+)["']"""),
    re.compile(
        rb"""decisionTableReferenceKey["']\s*>\s{0,80}<[\w:]{0,40}string>\s{0,80}(?:<!\[CDATA\[)?([^<\]\s]{1,200})"""
    ),
)


def together(given: Mapping[str, bytes]) -> list[dict[str, bytes]]:
    """Diagrams that call each other belong together, and every decision table to each of them."""
    tables = {name: content for name, content in given.items() if name.endswith(".dmn")}
    groups: list[dict[str, bytes]] = []
    for name, content in given.items():
        if name not in tables:
            joined = [group for group in groups if any(_call(content, other) for other in group.values())]
            groups = [group for group in groups if group not in joined]
            groups.append({key: value for group in joined for key, value in group.items()} | {name: content})
    return [{**group, **tables} for group in groups] or ([tables] if tables else [])


def found_beside(path: Path, given: Mapping[str, bytes]) -> dict[str, bytes]:
    """By their names, the files in the folder of the diagram at `path` that have what the `given` files name and do not
    have; and what those name in turn. What two files there have is taken from neither."""
    taken: dict[str, bytes] = {}
    neighbours = {name: content for name, content in _neighbours(path) if name not in given}
    while True:
        missing = _named([*given.values(), *taken.values()])
        having = {
            name: content for name, content in neighbours.items() if name not in taken and _has(content) & missing
        }
        more = {
            name: content
            for name, content in having.items()
            if not any(_has(content) & _has(other) & missing for twin, other in having.items() if twin != name)
        }
        if not more:
            return taken
        taken |= more


def told(name: str, diagram: str) -> dict[str, Any]:
    """That a file was taken, as a finding."""
    return {
        "severity": "rewritten",
        "code": "taken-beside",
        "element": None,
        "file": name,
        "message": _("“%(file)s” lies beside “%(diagram)s”, which names what is in it; it was taken with it."),
        "params": {"file": name, "diagram": diagram},
        "remedy": _("Name all files yourself if others are meant."),
    }


def _neighbours(path: Path) -> Iterator[tuple[str, bytes]]:
    looked = size = 0
    for found in sorted(path.resolve().parent.iterdir()):
        if found.suffix not in (".bpmn", ".dmn") or found.is_symlink() or not found.is_file():
            continue
        looked, size = looked + 1, size + found.stat().st_size
        if looked > MOST_FILES or size > MOST_BYTES:
            return
        yield found.name, found.read_bytes()


def _named(contents: list[bytes]) -> set[bytes]:
    """What diagrams call and ask, and none of them has."""
    called = {name for content in contents for name in _CALLED.findall(content)}
    asked = {name for content in contents for pattern in _ASKED for name in pattern.findall(content)}
    return (called | asked).difference(*map(_has, contents))


def _has(content: bytes) -> set[bytes]:
    return {*_PROCESS.findall(content), *_DECISION.findall(content)}


def _call(one: bytes, other: bytes) -> bool:
    made = [set(_PROCESS.findall(content)) for content in (one, other)]
    return bool(made[1] & set(_CALLED.findall(one)) or made[0] & set(_CALLED.findall(other)))
