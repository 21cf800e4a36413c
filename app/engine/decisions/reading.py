"""From the XML of DMN 1.1–1.5 to decisions. What cannot be read is noted, and the decision left out."""

from collections.abc import Iterator

from lxml import etree

from app.engine.decisions.boxes import Unread
from app.engine.decisions.elements import aim, child, children, local
from app.engine.decisions.model import Decision
from app.engine.decisions.tables import Tables
from app.engine.findings import Report
from app.engine.languages import tree
from app.engine.languages.tree import Node, Type

_MODELS = frozenset({"decision", "businessKnowledgeModel"})
_BESIDE = frozenset(
    ("", "description", "extensionElements", "question", "allowedAnswers", "variable", "supportedObjective")
) | {
    *("informationRequirement", "knowledgeRequirement", "authorityRequirement", "impactedPerformanceIndicator"),
    *("decisionMaker", "decisionOwner", "usingProcess", "usingTask"),
}
"""What stands in a decision beside its logic."""


def is_decisions(root: etree._Element) -> bool:
    """Whether this is the root of a DMN file."""
    return local(root) == "definitions"


def read(root: etree._Element, file: str, report: Report) -> Iterator[Decision]:
    """The decisions of one file, as far as they can be read."""
    reader = _Reader(root, file, report)
    for element in root:
        if local(element) in _MODELS and (decision := reader.decision(element)):
            yield decision


class _Reader(Tables):
    """Reads one file."""

    def decision(self, element: etree._Element) -> Decision | None:
        """A decision, or a piece of knowledge, which is a function; None where it cannot be read."""
        self.deciding = element.get("id") or element.get("name") or ""
        self.name = element.get("name") or self.deciding
        self.depth = 0
        variable = child(element, "variable")
        named = (variable.get("name") if variable is not None else None) or self.name
        try:
            required = (*self.required(element, "requiredDecision"), *self.required(element, "requiredKnowledge"))
            kind = self.types.named(variable.get("typeRef")) if variable is not None else None
            if local(element) == "decision":
                logic, given = self.logic(element), kind
            else:
                logic, given = self.knowledge(element, variable), None
            inputs = self.inputs(element)
        except Unread:
            return None
        return Decision(
            self.deciding,
            element.get("name") or "",
            self.file,
            logic,
            named.strip(),
            tuple(aim(reference) for reference in required),
            tree.free_names(logic),
            given,
            inputs,
            {aim(reference): name for reference in required if (name := self.imported(reference))},
        )

    def required(self, element: etree._Element, kind: str) -> list[etree._Element]:
        """References to what a decision requires. A service of decisions cannot be called."""
        around = "knowledgeRequirement" if kind == "requiredKnowledge" else "informationRequirement"
        found = [needed for requirement in children(element, around) for needed in children(requirement, kind)]
        services = {service.get("id"): service for service in children(self.root, "decisionService")}
        for reference in found:
            service = services.get(aim(reference))
            if service is not None:
                raise self.unread("decision-service", service=service.get("name") or aim(reference))
        return found

    def imported(self, reference: etree._Element) -> str:
        """The name under which the file that a reference leads to is imported; "" where it is this one."""
        namespace = (reference.get("href") or "").partition("#")[0].strip()
        if namespace in ("", self.root.get("namespace")):
            return ""
        found = (part for part in children(self.root, "import") if part.get("namespace") == namespace)
        return next((part.get("name") or "" for part in found), "")

    def inputs(self, element: etree._Element) -> dict[str, Type]:
        """The types that are declared for the data that a decision requires, by its name."""
        data = {part.get("id"): child(part, "variable") for part in children(self.root, "inputData")}
        found: dict[str, Type] = {}
        for reference in self.required(element, "requiredInput"):
            variable = data.get(aim(reference))
            kind = self.types.named(variable.get("typeRef")) if variable is not None else None
            if variable is not None and kind is not None and kind.name != "Any":
                found[(variable.get("name") or "").strip()] = kind
        return found

    def logic(self, element: etree._Element) -> Node:
        for part in element:
            if local(part) not in _BESIDE:
                return self.boxed(part)
        raise self.unread("decision-empty")

    def knowledge(self, element: etree._Element, variable: etree._Element | None) -> Node:
        """What a business knowledge model encapsulates, its result as of the type that its variable has."""
        encapsulated = child(element, "encapsulatedLogic")
        if encapsulated is None:
            raise self.unread("decision-empty")
        found = self.function(encapsulated)
        if not isinstance(found, tree.Function):
            return found
        kind = self.types.named(variable.get("typeRef")) if variable is not None else None
        if kind is not None and kind.name == "function":
            kind = kind.of
        return found if kind is None else tree.Function(found.parameters, tree.Cast(found.body, kind))
