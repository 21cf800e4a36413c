"""Reading a form-js file. What cannot be shown or checked here is a finding, never dropped in silence."""

import keyword
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from app.catalog import entries, feel, patterns
from app.catalog.fields import (
    CHOICES,
    CONTAINERS,
    FILE,
    INPUTS,
    NO_WORDS,
    SEVERAL,
    SHOWN,
    TYPES,
    Field,
    Form,
    Option,
    Rules,
)
from app.catalog.findings import Report
from app.catalog.types import Wording

MAX_BYTES = 524_288
MAX_FIELDS = 500
MAX_DEPTH = 6
FORMATS = ("phone", "email")
CHECKS = ("credit-code", "citizen-number")
PERSONAL = ("name", "phone", "email", "address", "citizen-number", "account")

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}", re.ASCII)
_PASSED_OVER = frozenset({"button"})
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def read(content: bytes, form_id: str, file: str, report: Report) -> Form | None:
    """The form in `content`; None where it cannot be read at all. Faults are noted in `report`."""
    try:
        data = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        report.add("not-json", None, file, reason=str(error))
        return None
    if not isinstance(data, dict) or data.get("type") != "default" or not isinstance(data.get("components"), list):
        report.add("not-a-form", None, file)
        return None
    if data.get("id") != form_id:
        report.add("form-id", None, file, id=str(data.get("id", ""))[:100])
    return Form(form_id, _Reader(file, report).components(data["components"], {}, {}, 0), data)


class _Reader:
    """Reads the components of one form."""

    def __init__(self, file: str, report: Report) -> None:
        self._file, self._report, self._count = file, report, 0

    def components(
        self, given: list[Any], own: dict[str, Field], outer: Mapping[str, Field], depth: int
    ) -> tuple[Field, ...]:
        """The fields of one level. `own` gathers the keys of its scope; `outer` are those around it."""
        if depth > MAX_DEPTH:
            self._report.add("form-too-deep", None, self._file, limit=MAX_DEPTH)
            return ()
        found = []
        for component in given:
            self._count += 1
            if self._count > MAX_FIELDS:
                if self._count == MAX_FIELDS + 1:
                    self._report.add("form-too-large", None, self._file, limit=MAX_FIELDS)
                break
            if isinstance(component, dict) and str(component.get("type")) in _PASSED_OVER:
                continue
            field = self._component(component, own, outer, depth)
            if field is not None:
                found.append(field)
        return tuple(found)

    def _component(self, given: Any, own: dict[str, Field], outer: Mapping[str, Field], depth: int) -> Field | None:
        kind = given.get("type") if isinstance(given, dict) else None
        part = _Component(given if isinstance(given, dict) else {}, self._file, self._report)
        if not isinstance(kind, str) or kind not in TYPES:
            part.fault("component-unknown", type=str(kind)[:50], allowed=", ".join(sorted(TYPES)))
            return None
        hide = part.hide(own, outer)
        key = part.key(kind)
        children: tuple[Field, ...] = ()
        if kind in CONTAINERS:
            inner, around = (own, outer) if kind == "group" and key is None else ({}, {**outer, **own})
            children = self.components(part.items("components"), inner, around, depth + 1)
        field = part.field(kind, key, children, hide)
        if field.rules.at_most and not _is_number(own.get(field.rules.at_most)):
            part.fault("at-most-unknown", key=field.rules.at_most)
        if key is not None and kind != FILE:
            if key in own:
                part.fault("key-twice", key=key)
            own[key] = field
        return field


def _is_number(field: Field | None) -> bool:
    return field is not None and field.type == "number" and not field.rules.as_text


class _Given:
    """A component as it stands in the file, read value by value: what does not fit is a finding."""

    def __init__(self, given: dict[str, Any], file: str, report: Report) -> None:
        self._given, self._file, self._report = given, file, report
        self.id = self._name()
        self._properties = self._mapping("properties")
        self._validate = self._mapping("validate")

    def fault(self, rule_code: str, **params: Any) -> None:
        """Note a finding about this component."""
        self._report.add(rule_code, self.id, self._file, **params)

    def items(self, name: str) -> list[Any]:
        """A list of the component."""
        given = self._given.get(name)
        if not isinstance(given, list):
            self.fault("component-unreadable", part=name)
            return []
        return given

    def _name(self) -> str:
        for name in ("key", "path", "id"):
            given = self._given.get(name)
            if isinstance(given, str) and given:
                return _UNSTORABLE.sub("", given)[:100]
        return str(self._given.get("type", "?"))[:50]

    def _mapping(self, name: str) -> Mapping[str, Any]:
        given = self._given.get(name)
        if given is None:
            return {}
        if not isinstance(given, dict):
            self._report.add("component-unreadable", self.id, self._file, part=name)
            return {}
        return given

    def _text(self, name: str, given: Any) -> str:
        if given is None:
            return ""
        if not isinstance(given, str) or _UNSTORABLE.search(given):
            self.fault("component-unreadable", part=name)
            return ""
        if given.startswith("=") or "{{" in given:
            self.fault("rule-computed", part=name)
        return given.strip()

    def _words(self, name: str, english: str, given: Any = None) -> Wording:
        chinese = self._text(name, self._given.get(name) if given is None else given)
        translated = self._text(english, self._properties.get(english))
        if chinese and not translated:
            self.fault("english-missing", part=english)
        return Wording(chinese, translated or chinese)

    def _flag(self, name: str, where: Mapping[str, Any] | None = None) -> bool:
        given = (self._given if where is None else where).get(name, False)
        if not isinstance(given, bool):
            self.fault("rule-computed", part=name)
            return False
        return given

    def _whole(self, name: str, where: Mapping[str, Any]) -> int | None:
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

    def _decimal(self, name: str) -> Decimal | None:
        given = self._validate.get(name)
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

    def _rows(self, name: str, otherwise: int) -> int:
        given = self._properties.get(name)
        if given is None:
            return otherwise
        if not isinstance(given, str) or not re.fullmatch("[0-9]{1,3}", given, re.ASCII):
            self.fault("property-bad", part=name, allowed="0–999")
            return otherwise
        return int(given)

    def _one_of(self, name: str, allowed: tuple[str, ...]) -> str | None:
        given = self._properties.get(name)
        if given is None:
            return None
        if given not in allowed:
            self.fault("property-bad", part=name, allowed=", ".join(allowed))
            return None
        return str(given)


class _Component(_Given):
    """What a component describes: a field."""

    def field(self, kind: str, key: str | None, children: tuple[Field, ...], hide: feel.Condition | None) -> Field:
        """The field that the component describes."""
        label = self._words("label", "label_en")
        if kind in INPUTS and not label.zh:
            self.fault("label-missing")
        layout = self._mapping("layout")
        columns = layout.get("columns")
        made = Field(
            id=self.id,
            type=kind,
            key=key,
            label=label,
            description=self._words("description", "description_en"),
            unit=self._unit(),
            text=self._words("content" if kind == "html" else "text", "text_en"),
            subtype=self._subtype() if kind == "datetime" else "",
            options=self._options(kind),
            children=children,
            hide=hide,
            rules=self._rules(kind),
            fixed=self._flag("readonly") or self._flag("disabled"),
            default=self._given.get("defaultValue"),
            personal=self._one_of("personal", PERSONAL),
            searchable=self._flag("searchable"),
            row=str(layout.get("row") or ""),
            columns=columns if isinstance(columns, int) and 1 <= columns <= 16 else 16,
        )
        if made.default is not None and entries.read(made, made.default).fault:
            self.fault("rule-bad", part="defaultValue")
        return made

    def key(self, kind: str) -> str | None:
        """The name of its variable, from `key` or, of a container, `path`."""
        given = self._given.get("path" if kind in CONTAINERS else "key")
        if kind in SHOWN or (kind == "group" and given in (None, "")):
            return None
        if not isinstance(given, str) or not given:
            self.fault("key-missing")
            return None
        if kind != FILE and (not _KEY.fullmatch(given) or keyword.iskeyword(given)):
            self.fault("key-bad", key=given[:100])
            return None
        return given

    def hide(self, own: Mapping[str, Field], outer: Mapping[str, Field]) -> feel.Condition | None:
        """When it is hidden. The condition may read what stands above it only, so that one pass decides."""
        conditional = self._mapping("conditional")
        given = conditional.get("hide")
        if given in (None, "", False):
            return None
        try:
            condition = feel.read(str(given))
        except feel.NotUnderstood as error:
            self.fault("condition-bad", reason=str(error))
            return None
        for name in sorted(condition.names - own.keys() - outer.keys()):
            self.fault("condition-reads-nothing", key=name)
        return condition

    def _unit(self) -> Wording:
        appearance = self._mapping("appearance")
        unit = appearance.get("suffixAdorner") or appearance.get("prefixAdorner")
        return self._words("suffixAdorner", "suffix_en", unit) if unit else NO_WORDS

    def _subtype(self) -> str:
        subtype = self._given.get("subtype", "date")
        if subtype not in ("date", "time", "datetime"):
            self.fault("rule-bad", part="subtype")
            return "date"
        return str(subtype)

    def _options(self, kind: str) -> tuple[Option, ...]:
        if kind == "table":
            return self._columns()
        if kind not in CHOICES | SEVERAL:
            return ()
        if self._given.get("valuesKey") or self._given.get("valuesExpression"):
            self.fault("options-computed")
            return ()
        found = [self._option(entry) for entry in self.items("values")]
        options = tuple(option for option in found if option is not None)
        if not options:
            self.fault("options-missing")
        if len(options) < len(found) or len({option.value for option in options}) < len(options):
            self.fault("options-bad")
        return options

    def _option(self, given: Any) -> Option | None:
        entry = given if isinstance(given, dict) else {}
        value, label = entry.get("value"), entry.get("label")
        if not isinstance(value, str) or not value or not isinstance(label, str) or not label:
            return None
        if _UNSTORABLE.search(value + label):
            return None
        english = self._text("label_en", entry.get("label_en"))
        if not english:
            self.fault("english-missing", part=f"label_en ({value})")
        return Option(value, Wording(label, english or label))

    def _columns(self) -> tuple[Option, ...]:
        found = []
        for entry in self.items("columns"):
            given = entry if isinstance(entry, dict) else {}
            found.append(self._option({**given, "value": given.get("key")}))
        if None in found:
            self.fault("options-bad")
        return tuple(option for option in found if option is not None)

    def _rules(self, kind: str) -> Rules:
        return Rules(
            required=self._flag("required", self._validate),
            min_length=self._whole("minLength", self._validate),
            max_length=self._whole("maxLength", self._validate),
            pattern=self._pattern(),
            minimum=self._decimal("min"),
            maximum=self._decimal("max"),
            digits=self._whole("decimalDigits", self._given) if kind == "number" else None,
            as_text=self._flag("serializeToString"),
            format=self._format(),
            at_most=self._properties.get("at_most"),
            not_past=self._flag("disallowPassedDates"),
            least_rows=self._rows("min_rows", 0),
            most_rows=self._rows("max_rows", 100),
        )

    def _pattern(self) -> str | None:
        given = self._validate.get("pattern")
        if given is None or given == "":
            return None
        if not isinstance(given, str) or len(given) > patterns.LONGEST:
            self.fault("rule-bad", part="pattern")
            return None
        try:
            patterns.check(given)
        except patterns.BadPattern as error:
            self.fault("pattern-bad", reason=str(error))
            return None
        return given

    def _format(self) -> str | None:
        given = self._validate.get("validationType")
        if given not in (None, "", "custom", *FORMATS):
            self.fault("rule-bad", part="validationType")
        if given in FORMATS:
            return str(given)
        return self._one_of("check", CHECKS)
