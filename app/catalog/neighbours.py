"""Whether an item fits the others of the catalogue: numbers of their own, one name for one main item."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.catalog.findings import Report
from app.catalog.types import Manifest, Wording
from app.engine import Finding
from app.kernel.codes import CodePattern


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The other items, by code, and the pattern of numbers, if one is settled."""

    items: Mapping[str, Manifest] = field(default_factory=dict)
    numbers: CodePattern | None = None


def fit(manifest: Manifest, beside: Neighbours) -> tuple[Finding, ...]:
    """What is to be said about an item among its neighbours, errors first."""
    report, file = Report(), f"processes/{manifest.code}/item.yaml"
    others = {code: other for code, other in beside.items.items() if code != manifest.code}
    if beside.numbers and manifest.number is None:
        report.add("no-number", "number", file, pattern=beside.numbers.text)
    if beside.numbers and manifest.number is not None and not beside.numbers.fits(manifest.number):
        report.add("number-unfit", "number", file, number=manifest.number, pattern=beside.numbers.text)
    for code, other in others.items():
        if manifest.number is not None and other.number == manifest.number:
            report.add("number-taken", "number", file, number=manifest.number, item=code)
        if manifest.main and other.main and other.main.code == manifest.main.code and other.main != manifest.main:
            report.add(
                "main-named-otherwise",
                "main.name",
                file,
                code=manifest.main.code,
                named=_both(manifest.main.name),
                other=_both(other.main.name),
                item=code,
            )
    return report.result()


def _both(name: Wording) -> str:
    """Either language may be the one in which the names differ."""
    return f"{name.zh} · {name.en}"
