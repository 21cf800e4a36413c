"""Every finding about an item's files: its weight, what it says and what to do about it. One place for all of them.

What a diagram may be is the engine room's to say; here stands what item.yaml and the forms may be, and how the three
fit together.
"""

from dataclasses import dataclass, field
from typing import Any

from app.catalog.approval_findings import APPROVAL
from app.catalog.form_findings import FORMS
from app.engine import Finding
from app.engine.rule import Rule, error, warning
from app.kernel.marking import _

RULES: dict[str, Rule] = {
    **FORMS,
    **APPROVAL,
    # --- the files
    "no-manifest": error(
        _("There is no item.yaml."), _("Put an item.yaml into processes/<item>/, beside the diagram.")
    ),
    "no-diagram": error(_("There is no diagram."), _("Put a BPMN 2.0 file into processes/<item>/.")),
    "too-many-item-files": error(
        _("The item has more than %(limit)s files."), _("Keep only what belongs to the item.")
    ),
    "item-file-too-large": error(
        _("The file is larger than %(limit)s bytes."), _("Split the form, or shorten its texts.")
    ),
    "stray-file": error(
        _("This file belongs to no item: item.yaml, scenarios.yaml, *.bpmn, *.dmn and *.json of one are read."),
        _("Put it under processes/<item>/ or forms/<item>/, or leave it out."),
    ),
    "other-code": error(
        _("The code “%(code)s” is not the name of the folder, “%(folder)s”."),
        _("Let the folders under processes/ and forms/ bear the item's code."),
    ),
    # --- scenarios.yaml
    "scenario-malformed": error(
        _("“%(element)s” is not what may stand there: %(allowed)s."), _("Follow the layout of scenarios.yaml.")
    ),
    "scenario-unknown-element": error(
        _("The scenario “%(scenario)s” names “%(name)s”, which is not drawn."),
        _("Name an element of the diagram by its id."),
    ),
    "scenario-failed": error(
        _("The scenario “%(scenario)s” expects (%(what)s): %(expected)s. It got: %(got)s."),
        _("Correct the diagram, or what the scenario expects."),
    ),
    # --- item.yaml
    "not-yaml": error(_("The file cannot be read as YAML: %(reason)s"), _("Correct the line that is named.")),
    "yaml-alias": error(_("Anchors and aliases are not read."), _("Write the value out where it is needed.")),
    "yaml-tag": error(_("The tag “%(tag)s” is not read."), _("Write plain values.")),
    "unprintable": error(_("“%(element)s” has characters that cannot be printed."), _("Type the text anew.")),
    "yaml-too-many": error(_("There are more than %(limit)s values."), _("Follow the layout of item.yaml.")),
    "yaml-too-deep": error(_("Values are nested more than %(limit)s deep."), _("Follow the layout of item.yaml.")),
    "twice": error(_("“%(element)s” is written twice."), _("Remove one of the two.")),
    "unknown-key": error(_("“%(element)s” is not known."), _("Correct the name, or remove it.")),
    "missing-key": error(_("“%(element)s” is missing."), _("Add it.")),
    "not-a-text": error(_("“%(element)s” is not a text."), _("Write a text, in quotation marks if need be.")),
    "empty": error(_("“%(element)s” is empty."), _("Write something, or remove the key.")),
    "too-long": error(_("“%(element)s” is longer than %(allowed)s characters."), _("Shorten it.")),
    "not-a-number": error(_("“%(element)s” is not a whole number in the range %(allowed)s."), _("Correct it.")),
    "not-yes-or-no": error(_("“%(element)s” is neither true nor false."), _("Write true or false.")),
    "not-a-list": error(_("“%(element)s” is not a list."), _("Write a list, each entry after a dash.")),
    "not-a-mapping": error(_("“%(element)s” has no keys of its own."), _("Write its keys, with a colon after each.")),
    "not-one-of": error(_("“%(element)s” is none of: %(allowed)s."), _("Choose one of them.")),
    "not-a-code": error(
        _("“%(element)s” is not a code."), _("Use small Latin letters, digits and hyphens, beginning with a letter.")
    ),
    "not-an-item-number": error(
        _("“%(element)s” is not an item's number."),
        _("Use Latin letters, digits, points and hyphens, in quotation marks if it is digits only."),
    ),
    "not-a-threshold": error(
        _("“%(element)s” is no threshold."),
        _("Write P3D (after the start), -P1D (before the limit) or 20% (of the limit left)."),
    ),
    "not-a-duration": error(_("“%(element)s” is no duration."), _("Write it as ISO 8601, such as P3Y or P5D.")),
    "no-source": error(
        _("The figure “%(element)s” has no source."),
        _("Name its source, or mark it as illustrative: true."),
    ),
    "promise-too-long": error(
        _("The promised limit of %(promised)s days is longer than the %(statutory)s days that the law allows."),
        _("Promise no more than the statutory limit."),
    ),
    "leg-too-long": error(
        _("The leg “%(leg)s” may take %(days)s days, longer than the %(promised)s days promised for the case."),
        _("Shorten it: the case waits for its legs."),
    ),
    # --- the eight uniform elements (八统一); what every item must have is refused above
    "no-main-item": warning(
        _("The item names no main item (主项)."),
        _("Add main: {code, name: {zh, en}}; an item that stands alone is its own main item."),
    ),
    "no-materials": warning(
        _("Nothing is said about materials."),
        _("List them under “materials”; write materials: [] if none is asked for."),
    ),
    "no-service-flow": warning(
        _("The guide does not say how the applicant goes about it (办事流程)."),
        _("Add sections with title and text under “guide”."),
    ),
    "main-named-otherwise": warning(
        _("The main item “%(code)s” is called “%(named)s” here and “%(other)s” by “%(item)s”."),
        _("Give it one name in all of its sub-items; publish them one after the other."),
    ),
    "no-number": warning(_("The item has no number of the pattern %(pattern)s."), _('Add it: number: "…".')),
    "number-unfit": error(
        _("The number “%(number)s” is not of the pattern %(pattern)s, or its check characters are wrong."),
        _("Correct the number, or let the administrator of the platform change the pattern."),
    ),
    "number-taken": error(
        _("The number “%(number)s” is that of “%(item)s”."), _("Give each item a number of its own.")
    ),
    # --- archives
    "archive-unreadable": error(
        _("The archive cannot be read: it is no ZIP file, or damaged."),
        _("Pack the folders processes/ and forms/ anew."),
    ),
    "archive-too-large": error(
        _("The archive, or what it holds, is larger than %(limit)s bytes."), _("Pack only what belongs to the item.")
    ),
    "archive-too-many": error(
        _("The archive has more than %(limit)s entries."), _("Pack only what belongs to the item.")
    ),
    "archive-path": error(
        _("The archive names a place outside itself."), _("Let every name begin with processes/ or forms/.")
    ),
    "archive-link": error(_("This is a link or another special file."), _("Pack the file itself.")),
    "archive-twice": error(_("This name is there twice."), _("Send each file once.")),
    "archive-locked": error(_("This file is encrypted, or packed in an unusual way."), _("Pack it plainly (deflate).")),
    "material-twice": error(_("Two materials have the code “%(code)s”."), _("Give each material its own code.")),
    # --- item.yaml and the diagram
    "lane-unknown": error(
        _("The diagram has no lane “%(lane)s” in which a step is drawn."), _("Correct the name, or remove it.")
    ),
    "leg-unnamed": error(
        _("The diagram has the leg “%(leg)s”, which item.yaml does not name."), _("Add it under “legs”.")
    ),
    "leg-unknown": error(_("The diagram has no leg “%(leg)s”."), _("Correct the name, or remove it.")),
    "leg-twice": error(_("Two parts of the diagram are the leg “%(leg)s”."), _("Give each part its own kind.")),
    "no-lead": error(
        _("None of the legs leads: %(legs)s."), _("Give the leg of the leading department the property lead = true.")
    ),
    "several-leads": error(_("More than one leg leads: %(legs)s."), _("Leave lead = true on one of them.")),
    "step-unnamed": error(
        _("item.yaml says nothing about the step “%(step)s”."),
        _("Add it under “steps” with its names and outcomes."),
    ),
    "step-unknown": error(_("The diagram has no step “%(step)s” for a person."), _("Correct the id, or remove it.")),
    "step-named-otherwise": warning(
        _("The step is called “%(drawn)s” in the diagram and “%(named)s” in item.yaml."),
        _("Use one name in both."),
    ),
    "outcome-unnamed": error(
        _("The step “%(step)s” offers “%(outcome)s”, which item.yaml does not name."),
        _("Add its names under the step's outcomes."),
    ),
    "outcome-unknown": error(
        _("The diagram does not offer “%(outcome)s” at the step “%(step)s”."),
        _("Add it to the step's property “outcomes”, or remove it."),
    ),
    "no-outcome": error(
        _("The step “%(step)s” offers no outcome, so nobody could complete it."),
        _("Give it a property “outcomes”, the codes separated by spaces."),
    ),
    "reason-not-asked": error(
        _("The outcome “%(outcome)s” of “%(step)s” turns the applicant down and asks for no opinion."),
        _("Set requires_opinion: true; a refusal states its reasons (Administrative Licensing Law, Art. 38)."),
    ),
    "condition-on-nothing": error(
        _("The condition “%(condition)s” asks for the outcome “%(outcome)s” of “%(step)s”, which is never offered."),
        _("Correct the condition, or offer the outcome."),
    ),
    "condition-value-unoffered": warning(
        _(
            "The condition “%(condition)s” compares the field “%(field)s” with “%(value)s”, which the form “%(form)s” "
            "does not offer."
        ),
        _("Correct the value, or add it to the field. Offered is: %(offered)s."),
    ),
    "condition-unknown-name": error(
        _("The condition “%(condition)s” reads “%(name)s”, which no step, form or script provides."),
        _("Correct the name, or add the field to a form. Known and alike: %(near)s."),
    ),
    "light-twice": error(
        _("The step “%(step)s” has a limit in item.yaml and a light in the diagram."),
        _("Keep one of the two."),
    ),
    "yellow-not-before-red": error(
        _("The yellow light of “%(step)s” does not come before the red one."), _("Shorten the yellow limit.")
    ),
    "no-red-light": warning(
        _("The step “%(step)s” has no limit."),
        _("Draw a timer with the property light = red on it, or give it a limit in item.yaml."),
    ),
    "form-unknown": error(_("There is no form “%(form)s”."), _("Add it under forms/<item>/, or correct the id.")),
    "form-unused": warning(_("Nothing uses the form “%(form)s”."), _("Remove it, or name it where it belongs.")),
    "case-field-unknown": error(
        _("The applicant's form has no text field “%(field)s” that must be filled in."),
        _("Name a required text field of the form."),
    ),
    "field-twice-in-item": error(
        _("The field “%(field)s” stands in two forms, “%(first)s” and “%(second)s”: one would overwrite the other."),
        _("Begin its key with the step's id in each."),
    ),
    "field-like-step": error(
        _("The field “%(field)s” is called like a step, whose outcome is kept under that name."),
        _("Give the field another key."),
    ),
    "hand-out-unknown": error(
        _("“%(part)s” hands out “%(name)s”, which no step or form inside it provides."),
        _("Correct the property hands-out."),
    ),
    "milestone-unnamed": error(
        _("The milestone “%(milestone)s” of the diagram has no names in item.yaml."), _("Add it under “milestones”.")
    ),
    "milestone-unknown": error(
        _("The diagram has no milestone “%(milestone)s”."), _("Correct the name, or remove it.")
    ),
    "result-unnamed": error(
        _("The result “%(result)s” of the diagram has no names in item.yaml."), _("Add it under “results”.")
    ),
    "result-unknown": error(_("The diagram has no result “%(result)s”."), _("Correct the name, or remove it.")),
    "document-for-nothing": error(
        _("No step has the outcome “%(outcome)s” at which this document is issued."),
        _("Name an outcome that a step offers."),
    ),
    "document-without-occasion": error(
        _("Nothing in the diagram calls for the document “%(document)s”."),
        _(
            "“special” needs excluded time other than a supplement, “delivery” the milestone delivered, "
            "“revoke” the operation revoke-licence: draw it, or remove the document."
        ),
    ),
    "special-untold": warning(
        _("“%(step)s” takes time that is not counted, and the applicant gets no document that says how long."),
        _("Add “special” under “documents” (Administrative Licensing Law, Art. 45)."),
    ),
    "revocation-unwritten": error(
        _("The diagram revokes a licence, and item.yaml lists no document “%(document)s”."),
        _("Add it under “documents”: what is revoked was granted, and both are decided in writing."),
    ),
    "elimination-field-unknown": error(
        _("The elimination list is about “%(field)s”, which is no text or choice of the applicant's form."),
        _("Name a field of the applicant's form."),
    ),
    "elimination-value-unknown": error(
        _("The elimination list has “%(value)s”, which the field “%(field)s” does not offer."),
        _("Correct it: the list holds the values of the field, not their labels."),
    ),
    "elimination-twice": error(_("“%(value)s” is twice on the elimination list."), _("Remove one of the two.")),
    "field-reserved": error(
        _("The field “%(field)s” is called like a variable that the elimination list sets."),
        _("Give the field another key."),
    ),
}


@dataclass
class Report:
    """Collects findings while an item's files are read and checked."""

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
        """The findings: errors, questions, warnings, what is rewritten; each in the order they were made."""
        return tuple(sorted(self.findings, key=lambda finding: finding.weight))
