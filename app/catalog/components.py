"""A component of a form-js file as it stands there, read value by value. What does not fit is a finding."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.catalog.findings import Report
from app.catalog.types import Wording

UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Given:
    """A component as it stands in the file, read value by value: what does not fit is a finding."""

    def __init__(self, given: dict[str, Any], file: str, report: Report) -> None:
        self.given, self._file, self._report = given, file, report
        self.id = self._name()
        self.properties = self.mapping("properties")
        self.validate = self.mapping("validate")

    def fault(self, rule_code: str, **params: Any) -> None:
        """Note a finding about this component."""
        self._report.add(rule_code, self.id, self._file, **params)

    def items(self, name: str) -> list[Any]:
        """A list of the component."""
        given = self.given.get(name)
        if not isinstance(given, list):
            self.fault("component-unreadable", part=name)
            return []
        return given

    def _name(self) -> str:
        for name in ("key", "path", "id"):
            given = self.given.get(name)
            if isinstance(given, str) and given:
                return UNSTORABLE.sub("", given)[:100]
        return str(self.given.get("type", "?"))[:50]

    def mapping(self, name: str) -> Mapping[str, Any]:
        """A part with keys of its own; empty where there is none."""
        given = self.given.get(name)
        if given is None:
            return {}
        if not isinstance(given, dict):
            self._report.add("component-unreadable", self.id, self._file, part=name)
            return {}
        return given

    def text(self, name: str, given: Any) -> str:
        """A text as it is shown: expressions and templates are not computed."""
        if given is None:
            return ""
        if not isinstance(given, str) or UNSTORABLE.search(given):
            self.fault("component-unreadable", part=name)
            return ""
        if given.startswith("=") or "{{" in given:
            self.fault("rule-computed", part=name)
        return given.strip()

    def words(self, name: str, english: str, given: Any = None) -> Wording:
        """A text, and its English from the properties."""
        chinese = self.text(name, self.given.get(name) if given is None else given)
        translated = self.text(english, self.properties.get(english))
        if chinese and not translated:
            self.fault("english-missing", part=english)
        return Wording(chinese, translated or chinese)

    def flag(self, name: str, where: Mapping[str, Any] | None = None, otherwise: bool = False) -> bool:
        """Yes or no."""
        given = (self.given if where is None else where).get(name, otherwise)
        if not isinstance(given, bool):
            self.fault("rule-computed", part=name)
            return otherwise
        return given

    def whole(self, name: str, where: Mapping[str, Any]) -> int | None:
        """A whole number, from nought to a million."""
        given = where.get(name)
        if given is None or given == "":
            return None
        if isinstance(given, str) and given.startswith("="):
            self.fault("rule-computed", part=name)
            return None
        if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= 1_000_000:
            self.fault("rule-bad", part=name)
            return None
        return given

    def decimal(self, name: str, where: Mapping[str, Any]) -> Decimal | None:
        """Any number, as JSON or as a text."""
        given = where.get(name)
        if given is None or given == "":
            return None
        if isinstance(given, str) and given.startswith("="):
            self.fault("rule-computed", part=name)
            return None
        try:
            if isinstance(given, bool) or not (value := Decimal(str(given)[:40])).is_finite():
                raise InvalidOperation
        except InvalidOperation:
            self.fault("rule-bad", part=name)
            return None
        return value

    def rows(self, name: str, otherwise: int) -> int:
        """A property that is a number of rows."""
        given = self.properties.get(name)
        if given is None:
            return otherwise
        if not isinstance(given, str) or not re.fullmatch("[0-9]{1,3}", given, re.ASCII):
            self.fault("property-bad", part=name, allowed="0–999")
            return otherwise
        return int(given)

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str | None:
        """A property that is one of some words."""
        given = self.properties.get(name)
        if given is None:
            return None
        if given not in allowed:
            self.fault("property-bad", part=name, allowed=", ".join(allowed))
            return None
        return str(given)
