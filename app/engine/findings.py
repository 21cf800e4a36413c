"""Every finding the engine room can make: its weight, what it says and what to do about it."""

from dataclasses import dataclass, field
from typing import Any

from app.engine.types import Finding, Severity


def _(msgid: str) -> str:
    """Mark a text for translation; the edges translate it."""
    return msgid


@dataclass(frozen=True)
class Rule:
    """A kind of finding."""

    severity: Severity
    message: str
    remedy: str


RULES: dict[str, Rule] = {
    # --- the file
    "no-file": Rule("error", _("No diagram was given."), _("Choose a BPMN 2.0 file.")),
    "too-many-files": Rule(
        "error", _("More than %(limit)s files were given."), _("Upload only the diagrams that belong together.")
    ),
    "file-too-large": Rule(
        "error",
        _("The file is larger than %(limit)s bytes."),
        _("Remove pictures and exporter data from it, or split the process by call activities."),
    ),
    "encoding": Rule(
        "error",
        _("The file declares the encoding “%(encoding)s” or breaks it; UTF-8, UTF-16 and GB18030 are read."),
        _("Save it as UTF-8."),
    ),
    "doctype": Rule(
        "error",
        _("The file has a document type declaration, which can hide attacks and is not read."),
        _("Export the diagram from a BPMN modeler."),
    ),
    "not-xml": Rule("error", _("The file is not well-formed XML: %(reason)s"), _("Export it again from a modeler.")),
    "too-deep-xml": Rule(
        "error", _("Elements are nested more than %(limit)s deep."), _("Flatten the nested subprocesses.")
    ),
    "too-many-elements": Rule(
        "error",
        _("The file has more than %(limit)s XML elements."),
        _("Split the process by call activities."),
    ),
    "not-bpmn": Rule(
        "error",
        _("The file is XML, but its root is “%(root)s” and not the definitions of BPMN 2.0."),
        _("Export it as BPMN 2.0."),
    ),
}


@dataclass
class Report:
    """Collects findings while a diagram is read and checked."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, rule_code: str, element: str | None = None, file: str | None = None, **params: Any) -> None:
        """Note a finding; `element` is a parameter of every text."""
        rule = RULES[rule_code]
        values = {"element": element or "", **params}
        self.findings.append(Finding(rule.severity, rule_code, element, file, rule.message, values, rule.remedy))

    @property
    def refused(self) -> bool:
        """Whether there is an error among the findings."""
        return any(finding.severity == "error" for finding in self.findings)

    def result(self) -> tuple[Finding, ...]:
        """The findings, errors first, otherwise in the order they were made."""
        return tuple(sorted(self.findings, key=lambda finding: finding.severity != "error"))
