"""An item's files as strangers send them: checked in a watched child, so that no file can hold up the office."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from app.catalog import rules, schema
from app.catalog.errors import ItemRefused, NotProven
from app.catalog.neighbours import Neighbours, fit
from app.catalog.types import Manifest
from app.engine import UNSOUND, Finding
from app.kernel.confine import Bounds, run

BOUNDS: Final = Bounds()

MOST_FINDINGS: Final = 200
"""So many are told at once, errors first: nobody reads more, and what was made to fail has thousands."""

_NAMELESS: Final = "item.yaml"
_KEPT: Final = 64
_kept: OrderedDict[tuple[str, tuple[str, ...] | None], dict[str, Any]] = OrderedDict()
"""What the child said of files that never change, by their digest and the operations that there were."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every finding about an item's files, errors first, and item.yaml as it was read (`data`: for a JSON column)."""

    findings: tuple[Finding, ...]
    manifest: Manifest | None
    data: dict[str, Any]

    @property
    def refused(self) -> bool:
        """Whether there is an error."""
        return self.manifest is None or any(finding.severity == "error" for finding in self.findings)

    @property
    def open(self) -> bool:
        """Whether there is a question that the designer has not answered."""
        return any(finding.severity == "question" for finding in self.findings)


def check(
    files: Mapping[str, bytes],
    operations: Collection[str] | None = None,
    beside: Neighbours | None = None,
    digest: str = "",
) -> Verdict:
    """What `rules.check` says of the files, found out in a child, and how they fit what is `beside` them.

    `digest`: that of a version's files, which never change: the child reads them once in the life of a process.
    Raises Unworkable for files that take too much.
    """
    names = None if operations is None else tuple(sorted(operations))
    found = _kept.get((digest, names)) if digest else None
    if found is None:
        what = next((path for path in files if path.endswith("/item.yaml")), _NAMELESS)[:200]
        found = run(checked, dict(files), names, what=what, bounds=BOUNDS)
        if digest:
            _kept[digest, names] = found
            while len(_kept) > _KEPT:
                _kept.popitem(last=False)
    manifest, _faults = schema.load(found["data"]) if found["data"] else (None, ())
    findings = tuple(Finding(**finding) for finding in found["findings"])
    if manifest is not None and beside is not None:
        findings = tuple(sorted((*findings, *fit(manifest, beside)), key=lambda one: one.weight))
    return Verdict(findings, manifest, found["data"])


def sound(
    files: Mapping[str, bytes],
    operations: Collection[str] | None,
    beside: Neighbours,
    *,
    answered: bool = False,
    waived: bool = False,
    digest: str = "",
) -> tuple[Manifest, dict[str, Any]]:
    """item.yaml of files without errors, as a manifest and as data. Raises ItemRefused, Unworkable.

    What the proof finds does not keep a draft from being kept. `answered`: nor may it find anything, no question about
    the diagram may be open, and it must be proven that every case ends, or be `waived` (NotProven).
    `digest`: as for `check`.
    """
    verdict = check(files, operations, beside, digest)
    wrong = [finding.code for finding in verdict.findings if finding.severity == "error"]
    stopped = bool(wrong) if answered else not UNSOUND.issuperset(wrong)
    if verdict.manifest is None or stopped or (answered and verdict.open):
        raise ItemRefused(verdict.findings)
    if answered and not waived and any(finding.code == "not-proven" for finding in verdict.findings):
        raise NotProven(item=verdict.manifest.code)
    return verdict.manifest, verdict.data


def checked(files: Mapping[str, bytes], operations: Collection[str] | None) -> dict[str, Any]:
    """The child's part: the findings and item.yaml as plain data."""
    found = rules.check(files, operations)
    return {"findings": [asdict(finding) for finding in found.findings[:MOST_FINDINGS]], "data": found.contents.data}
