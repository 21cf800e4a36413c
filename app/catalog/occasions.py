"""Documents that no outcome calls for, but a moment in the life of a case; and what must be said in writing."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from app.catalog.types import OCCASIONS, Manifest
from app.engine import Element

REVOKE_LICENCE: Final = "revoke-licence"
"""The operation that revokes what was granted (Art. 69)."""


class Slip(NamedTuple):
    """A finding: its code, what it is about (None: the manifest's `path`), its parameters, and the form's file if it
    is about one."""

    code: str
    element: str | None
    path: str
    params: Mapping[str, str]
    file: str = ""


def check(manifest: Manifest, elements: Mapping[str, Element]) -> Iterator[Slip]:
    """Each document has something that calls for it, and what the law wants in writing has a document."""
    listed = manifest.documents
    offered = {code for step in manifest.steps.values() for code in step.outcomes}
    for kind in listed:
        if kind not in offered | OCCASIONS:
            yield Slip("document-for-nothing", None, f"documents.{kind}", {"outcome": kind})
    special = _having(elements, "excluded", excepted="supplement")
    revoking = _having(elements, "operation", only=REVOKE_LICENCE)
    called = {"special": special, "delivery": _having(elements, "milestone", only="delivered"), "revoke": revoking}
    for kind, places in called.items():
        if kind in listed and not places:
            yield Slip("document-without-occasion", None, f"documents.{kind}", {"document": kind})
    if special and "special" not in listed:
        yield Slip("special-untold", special[0], "", {"step": special[0]})
    for kind in ("grant", "revoke") if revoking else ():
        if kind not in listed:
            yield Slip("revocation-unwritten", revoking[0], "", {"document": kind})


def _having(
    elements: Mapping[str, Element], name: str, only: str | None = None, excepted: str | None = None
) -> list[str]:
    """The elements that have the property, with this value or without that one."""
    return [
        element.id
        for element in elements.values()
        if (value := element.properties.get(name)) and value != excepted and only in (None, value)
    ]
