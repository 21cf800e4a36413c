"""What is played: an item's files, or diagrams that stand alone, read once with everything that is found about them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app import engine
from app.cases.types import OPERATIONS
from app.catalog.types import LIST_REASON, ON_LIST, ServiceItem
from app.engine import Definition, Finding, Proof

_ITEM = re.compile(r"processes/[^/]+/item\.yaml")
_ASKED = re.compile(r"\b(?P<step>\w+)\.outcome\s*(?:==?|eq\b)\s*[\"'](?P<code>[\w-]+)[\"']")
_TAKES = (
    r"(?<![\w.]){name}\s*(?P<sign>==?|!=|>=|<=|>|<|(?:eq|ne|gt|ge|lt|le)\b)\s*"
    r"(?P<value>\"[^\"]*\"|'[^']*'|-?[\d.]+|(?i:true|false)\b)"
)
_MEMBERS = ("1", "2", "3")
"""Of a list that nobody gave."""
_SIGNS = {"eq": "=", "==": "=", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_STEP = {">": 1, "<": -1}
"""How far a number lies from the one that it is to pass."""


@dataclass(frozen=True)
class Subject:
    """`definition` is None where the files are refused for more than what the proof finds; `item` is None where a
    diagram stands alone."""

    definition: Definition | None
    item: ServiceItem | None
    findings: tuple[Finding, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    """item.yaml as it was read."""
    proof: Proof | None = None

    @property
    def refused(self) -> bool:
        """Whether there is an error, be it one that does not keep it from being played."""
        return any(finding.severity == "error" for finding in self.findings)

    def offered(self, element: str) -> tuple[str, ...]:
        """How a step can be completed, as item.yaml says, or the diagram."""
        if self.item and (named := self.item.outcomes(element)):
            return tuple(named)
        drawn = self.definition.elements.get(element) if self.definition else None
        return tuple(drawn.properties.get("outcomes", "").split()) if drawn else ()

    def outcomes(self, element: str) -> tuple[str, ...]:
        """How a step can be completed; where nothing says so, as conditions ask for it."""
        return self.offered(element) or self.asked(element)

    def asked(self, element: str) -> tuple[str, ...]:
        """The outcomes of a step that conditions compare."""
        texts = self.definition.conditions.values() if self.definition else ()
        asked = (found for text in texts for found in _ASKED.finditer(text))
        return tuple(dict.fromkeys(found["code"] for found in asked if found["step"] == element))

    def plausible(self, name: str, today: date) -> Any:
        """A value for a variable that nobody set: as its form would begin, or so that the first condition holds."""
        for form in self.item.forms.values() if self.item else ():
            found = form.variables.get(name)
            if found is None:
                continue
            if found.default is not None:
                return found.default
            first = found.options[0].value if found.options else ""
            by_type = {"number": float(found.rules.minimum or 0), "checkbox": False, "datetime": today.isoformat()}
            lists: dict[str, Any] = {"checklist": [], "taglist": [], "dynamiclist": [], "group": {}}
            return {**by_type, **lists}.get(found.type, first)
        if self.definition is not None and name in self.definition.gone_through:
            return list(_MEMBERS)
        return _fitting(name, self.definition.conditions.values() if self.definition else ())

    def struck(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What submission sets where the item has an elimination list."""
        if self.item is None or self.item.manifest.elimination is None:
            return {}
        from app.catalog import elimination

        found = elimination.struck(self.item.manifest.elimination, variables)
        return {ON_LIST: found is not None, LIST_REASON: found.reason if found else None}


def is_item(files: Iterable[str]) -> bool:
    """Whether files with these paths are those of an item."""
    return any(_ITEM.fullmatch(path) for path in files)


def read(files: Mapping[str, bytes]) -> Subject:
    """What can be played of the files."""
    if not is_item(files):
        examined = engine.examine(files, OPERATIONS)
        return Subject(examined.definition, None, examined.findings, proof=examined.proof)
    from app.catalog import rules  # a diagram alone does without

    checked = rules.check(files, OPERATIONS)
    manifest, definition = checked.contents.manifest, checked.definition
    wrong = {finding.code for finding in checked.findings if finding.severity == "error"}
    if manifest is None or definition is None or wrong - engine.UNSOUND:
        return Subject(None, None, checked.findings, checked.contents.data, checked.proof)
    item = ServiceItem(
        code=manifest.code,
        version=0,
        digest=definition.digest,
        manifest=manifest,
        definition=definition,
        forms=checked.contents.forms,
    )
    return Subject(definition, item, checked.findings, checked.contents.data, checked.proof)


def _fitting(name: str, texts: Iterable[str]) -> Any:
    """What makes the first comparison of `name` true; True where it is only asked for."""
    pattern = re.compile(_TAKES.format(name=re.escape(name)))
    found = next((match for text in texts if (match := pattern.search(text))), None)
    if found is None:
        return True
    sign, value = _SIGNS.get(found["sign"], found["sign"]), found["value"]
    if value.lower() in ("true", "false"):
        return (value.lower() == "true") is (sign == "=")
    if value[0] in "\"'":
        return value[1:-1] if sign == "=" else ""
    try:
        number = float(value) + _STEP.get(sign, 1 if sign == "!=" else 0)
    except ValueError:
        return True
    return int(number) if number.is_integer() else number
