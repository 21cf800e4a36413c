"""An item's files, told apart: item.yaml, scenarios.yaml, *.bpmn, *.dmn of processes/<item>/, forms/<item>/*.json."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.catalog import form_files, manifest, scenarios
from app.catalog.fields import Form
from app.catalog.findings import Report
from app.catalog.scenarios import Scenario
from app.catalog.types import Manifest

MAX_FILES = 60
MAX_DIAGRAM_BYTES = 2_097_152

_PATH = re.compile(
    r"processes/(?P<item>[a-z0-9-]{1,60})/"
    r"(?:(?P<manifest>item\.yaml)|(?P<scenarios>scenarios\.yaml)|(?P<diagram>[\w.-]{1,80}\.(?:bpmn|dmn)))"
    r"|forms/(?P<form_item>[a-z0-9-]{1,60})/(?P<form>[a-z0-9-]{1,60})\.json"
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What an item's files hold. `data` is item.yaml as read, ready for a JSON column."""

    manifest_file: str = ""
    manifest: Manifest | None = None
    data: dict[str, Any] = field(default_factory=dict)
    diagrams: Mapping[str, bytes] = field(default_factory=dict)
    """With the decisions that they ask."""
    forms: Mapping[str, Form] = field(default_factory=dict)
    form_files: Mapping[str, str] = field(default_factory=dict)
    """The path of each form."""
    scenarios: tuple[Scenario, ...] = ()
    scenarios_file: str = ""


def read(files: Mapping[str, bytes], report: Report) -> Contents:
    """Read every file once; what is wrong with one is noted in `report`."""
    if len(files) > MAX_FILES:
        report.add("too-many-item-files", limit=MAX_FILES)
        return Contents()
    found = {path: match for path in sorted(files) if (match := _place(path, files[path], report))}
    folders = {match["item"] or match["form_item"] for match in found.values()}
    manifest_file = next((path for path, match in found.items() if match["manifest"]), "")
    if not manifest_file:
        report.add("no-manifest")
        return Contents()
    made, data = manifest.read(files[manifest_file], manifest_file, report)
    for folder in sorted(folders - {made.code if made else found[manifest_file]["item"]}):
        report.add("other-code", "code", manifest_file, code=made.code if made else "", folder=folder)
    diagrams = {path: files[path] for path, match in found.items() if match["diagram"]}
    if not any(path.endswith(".bpmn") for path in diagrams):
        report.add("no-diagram")
    form_paths = {match["form"]: path for path, match in found.items() if match["form"]}
    forms = {name: form_files.read(files[path], name, path, report) for name, path in form_paths.items()}
    told = next((path for path, match in found.items() if match["scenarios"]), "")
    return Contents(
        manifest_file,
        made,
        data,
        diagrams,
        {name: form for name, form in forms.items() if form},
        form_paths,
        scenarios.read(files[told], told, report) if told else (),
        told,
    )


def _place(path: str, content: bytes, report: Report) -> re.Match[str] | None:
    match = _PATH.fullmatch(path)
    if match is None:
        report.add("stray-file", file=path[:200])
        return None
    limits = {"manifest": manifest.MAX_BYTES, "scenarios": scenarios.MAX_BYTES}
    limits |= {"diagram": MAX_DIAGRAM_BYTES, "form": form_files.MAX_BYTES}
    limit = next(limit for name, limit in limits.items() if match[name])
    if len(content) > limit:
        report.add("item-file-too-large", file=path, limit=limit)
        return None
    return match
