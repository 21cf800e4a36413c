"""Reading a form-js file. What cannot be shown or checked here is a finding, never dropped in silence."""

import keyword
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson

from app.catalog import entries, feel, patterns, prose
from app.catalog.components import UNSTORABLE, Given
from app.catalog.fields import (
    CHOICES,
    COMPUTED,
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
    flat,
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
_FINEST = Decimal("1e-9")
_OWN_DOCUMENTS = "=defaultDocumentsEndpointKey"
"""What form-js writes where documents come from the office itself."""


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
            field = self._component(component, own, outer, depth)
            if field is not None:
                found.append(field)
        return tuple(found)

    def _component(self, given: Any, own: dict[str, Field], outer: Mapping[str, Field], depth: int) -> Field | None:
        kind = given.get("type") if isinstance(given, dict) else None
        part = _Component(given if isinstance(given, dict) else {}, self._file, self._report)
        if kind in ("button", "iframe"):
            part.pass_over(kind)
            return None
        if not isinstance(kind, str) or kind not in TYPES:
            part.fault("component-unknown", type=str(kind)[:50], allowed=", ".join(sorted(TYPES)))
            return None
        above = {**outer, **own}
        hide = part.hide(above)
        key = part.key(kind)
        children: tuple[Field, ...] = ()
        if kind in CONTAINERS:
            inner, around = (own, outer) if kind == "group" and key is None else ({}, above)
            children = self.components(part.items("components"), inner, around, depth + 1)
        field = part.field(kind, key, children, hide, above)
        if field.rules.at_most and not _is_number(own.get(field.rules.at_most)):
            part.fault("at-most-unknown", key=field.rules.at_most)
        if key is not None and kind != FILE:
            if key in own:
                part.fault("key-twice", key=key)
            own[key] = field
        return field


def _is_number(field: Field | None) -> bool:
    return field is not None and field.type == "number" and not field.rules.as_text


class _Asked(Given):
    """What a component says of answers: those to choose from, and what one must be."""

    def _options(self, kind: str) -> tuple[Option, ...]:
        if kind == "table":
            return self._columns()
        if kind not in CHOICES | SEVERAL:
            return ()
        if self.given.get("valuesKey") or self.given.get("valuesExpression"):
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
        if UNSTORABLE.search(value + label):
            return None
        english = self.text("label_en", entry.get("label_en"))
        if not english:
            self.fault("english-missing", part=f"label_en ({value})")
        return Option(value, Wording(label, english or label))

    def _columns(self) -> tuple[Option, ...]:
        if self.given.get("columnsExpression"):
            self.fault("options-computed")
            return ()
        found = []
        for entry in self.items("columns"):
            given = entry if isinstance(entry, dict) else {}
            found.append(self._option({**given, "value": given.get("key")}))
        if None in found:
            self.fault("options-bad")
        return tuple(option for option in found if option is not None)

    def _rules(self, kind: str) -> Rules:
        begins = self.whole("defaultRepetitions", self.given) if kind == "dynamiclist" else None
        fixed = begins or 1 if not self.flag("allowAddRemove", otherwise=True) else None
        return Rules(
            required=self.flag("required", self.validate),
            min_length=self.whole("minLength", self.validate),
            max_length=self.whole("maxLength", self.validate),
            pattern=self._pattern(),
            minimum=self.decimal("min", self.validate),
            maximum=self.decimal("max", self.validate),
            step=self._step() if kind == "number" else None,
            digits=self.whole("decimalDigits", self.given) if kind == "number" else None,
            as_text=self.flag("serializeToString"),
            format=self._format(),
            at_most=self.properties.get("at_most"),
            not_past=self.flag("disallowPassedDates"),
            minutes=self.whole("timeInterval", self.given) if kind == "datetime" else None,
            least_rows=self.rows("min_rows", 0),
            first_rows=min(begins or 1, 100),
            most_rows=fixed or self.rows("max_rows", 100),
        )

    def _step(self) -> Decimal | None:
        step = self.decimal("increment", self.given)
        if step is not None and step < _FINEST:
            self.fault("rule-bad", part="increment")
            return None
        return step

    def _pattern(self) -> str | None:
        given = self.validate.get("pattern")
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
        given = self.validate.get("validationType")
        if given not in (None, "", "custom", *FORMATS):
            self.fault("rule-bad", part="validationType")
        if given in FORMATS:
            return str(given)
        return self.one_of("check", CHECKS)


class _Component(_Asked):
    """What a component describes: a field."""

    def pass_over(self, kind: str) -> None:
        """Of buttons, those of the page send a form; a page of somebody else is never shown within one."""
        if kind == "iframe":
            self.fault("iframe-refused")
        elif self.given.get("action", "submit") != "submit":
            self.fault("button-reset")

    def field(
        self,
        kind: str,
        key: str | None,
        children: tuple[Field, ...],
        hide: feel.Expression | None,
        above: Mapping[str, Field],
    ) -> Field:
        """The field that the component describes; `above` are the fields that it may read."""
        label = self._label(kind)
        if kind in INPUTS and not label.zh:
            self.fault("label-missing")
        layout = self.mapping("layout")
        columns = layout.get("columns")
        made = Field(
            id=self.id,
            type=kind,
            key=key,
            label=label,
            description=self.words("description", "description_en"),
            prefix=self._beside("prefixAdorner", "prefix_en"),
            unit=self._beside("suffixAdorner", "suffix_en"),
            text=self._prose(kind),
            source=self._source(kind),
            compute=self._computed(above) if kind == COMPUTED else None,
            subtype=self._subtype() if kind == "datetime" else "",
            options=self._options(kind),
            children=children,
            hide=hide,
            rules=self._rules(kind),
            fixed=self.flag("readonly") or self.flag("disabled"),
            default=self.given.get("defaultValue"),
            personal=self.one_of("personal", PERSONAL),
            searchable=self.flag("searchable"),
            grows=self.flag("allowAddRemove", otherwise=True),
            height=min(self.whole("height", self.given) or 60, 480) if kind == "spacer" else 0,
            row=str(layout.get("row") or ""),
            columns=columns if isinstance(columns, int) and 1 <= columns <= 16 else 16,
        )
        if kind == FILE:
            self._file_rules()
        if kind == "table":
            made = replace(made, shows=self._shows(made, above))
        if made.default is not None and entries.read(made, made.default).fault:
            self.fault("rule-bad", part="defaultValue")
        return made

    def key(self, kind: str) -> str | None:
        """The name of its variable, from `key` or, of a container, `path`."""
        given = self.given.get("path" if kind in CONTAINERS else "key")
        if kind in SHOWN or (kind == "group" and given in (None, "")):
            return None
        if not isinstance(given, str) or not given:
            self.fault("key-missing")
            return None
        if kind != FILE and (not _KEY.fullmatch(given) or keyword.iskeyword(given)):
            self.fault("key-bad", key=given[:100])
            return None
        return given

    def hide(self, above: Mapping[str, Field]) -> feel.Expression | None:
        """When it is hidden. The condition may read what stands above it only, so that one pass decides."""
        conditional = self.mapping("conditional")
        given = conditional.get("hide")
        if given in (None, "", False):
            return None
        return self._expression(given, above, "condition-bad", "condition-reads-nothing")

    def _computed(self, above: Mapping[str, Field]) -> feel.Expression | None:
        return self._expression(self.given.get("expression"), above, "expression-bad", "expression-reads-nothing")

    def _expression(self, given: Any, above: Mapping[str, Field], bad: str, reads: str) -> feel.Expression | None:
        try:
            found = feel.read("" if given is None else str(given))
        except feel.NotUnderstood as error:
            self.fault(bad, reason=str(error))
            return None
        for name in sorted(found.names - above.keys()):
            self.fault(reads, key=name)
        return found

    def _label(self, kind: str) -> Wording:
        """A datetime has names for its parts, of which the first is used where it has none of its own."""
        if kind == "image":
            return self.words("alt", "alt_en")
        parts = [self.given.get(name) for name in ("dateLabel", "timeLabel")] if kind == "datetime" else []
        return self.words("label", "label_en", self.given.get("label") or next(filter(None, parts), None))

    def _beside(self, name: str, english: str) -> Wording:
        given = self.mapping("appearance").get(name)
        return self.words(name, english, given) if given else NO_WORDS

    def _prose(self, kind: str) -> Wording:
        if kind not in ("text", "html"):
            return NO_WORDS
        found = self.words("content" if kind == "html" else "text", "text_en")
        unsafe = sorted({part for text in (found.zh, found.en) for part in prose.refused(kind, text)})
        if unsafe:
            self.fault("text-unsafe", parts=", ".join(unsafe[:10]))
        return found

    def _source(self, kind: str) -> str:
        if kind == "image":
            source = str(self.given.get("source") or "")
            if not prose.is_picture(source):
                self.fault("image-elsewhere")
                return ""
            return source
        source = str(self.given.get("dataSource") or "").strip().removeprefix("=").strip()
        if kind == "documentPreview" and self.given.get("endpointKey") not in (None, "", _OWN_DOCUMENTS):
            self.fault("preview-elsewhere")
        return source

    def _shows(self, made: Field, above: Mapping[str, Field]) -> tuple[Field, ...]:
        """The fields of the list above that a table shows."""
        listed = above.get(made.source)
        if listed is None or listed.type != "dynamiclist":
            self.fault("table-source", key=made.source[:100])
            return ()
        known = {found.key: found for found in flat(listed.children)}
        for column in made.options:
            if column.value not in known:
                self.fault("table-column", key=column.value[:100])
        return tuple(known[column.value] for column in made.options if column.value in known)

    def _file_rules(self) -> None:
        """What form-js lets a file field say, and the material in item.yaml says here."""
        for part, where in (("accept", self.given), ("multiple", self.given), ("required", self.validate)):
            if where.get(part):
                self.fault("file-rule", part=part)

    def _subtype(self) -> str:
        subtype = self.given.get("subtype", "date")
        if subtype not in ("date", "time", "datetime"):
            self.fault("rule-bad", part="subtype")
            return "date"
        return str(subtype)
