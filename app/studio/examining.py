"""What the check finds in files from anywhere, found out in a child that is watched; nothing here reads a database.

This module is what a command at a designer's machine imports: only the child loads the engine.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from app.kernel.confine import Bounds, Unworkable, run

if TYPE_CHECKING:
    from app.engine import Proof

BOUNDS: Final = Bounds()

MOST_FINDINGS: Final = 500


def examine(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Every finding about the files of an item, or about diagrams that stand alone: `findings`, errors first, as plain
    data; `proof`, what was proven; `data`, item.yaml as it was read. What takes too much is a finding."""
    what = min(files, key=len, default="-")[:200]
    try:
        found: dict[str, Any] = run(examined, dict(files), what=what, bounds=BOUNDS)
    except Unworkable as error:
        slip = {"severity": "error", "code": error.code, "element": None, "file": what, "message": error.message}
        return {"findings": [{**slip, "params": error.params, "remedy": error.remedy}], "proof": {}, "data": {}}
    return found


def examined(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The child's part."""
    from app.studio.subject import read

    subject = read(files)
    proof = subject.proof
    return {
        "findings": [asdict(finding) for finding in subject.findings[:MOST_FINDINGS]],
        "proof": {} if proof is None else _told(proof),
        "data": subject.data,
    }


def _told(proof: "Proof") -> dict[str, Any]:
    told = {"sound": proof.sound, "states": proof.states, "seconds": proof.seconds, "whole": proof.whole}
    return {**told, "failures": [asdict(failure) for failure in proof.failures]}
