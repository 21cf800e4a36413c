"""Forms as designers draw them in form-js, read into what pages can show and the server can check."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.catalog.feel import Expression
from app.catalog.types import Wording

TEXTS = frozenset({"textfield", "textarea"})
CHOICES = frozenset({"radio", "select"})
SEVERAL = frozenset({"checklist", "taglist"})
INPUTS = TEXTS | CHOICES | SEVERAL | {"number", "checkbox", "datetime"}
CONTAINERS = frozenset({"group", "dynamiclist"})
SHOWN = frozenset({"text", "html", "separator", "spacer", "table", "image", "documentPreview"})
FILE = "filepicker"
"""Its key is the code of a material; the file goes to the materials, not into the answers."""
COMPUTED = "expression"
"""Nobody fills it in: the server computes it from what stands above. Shown where it has a label."""
TYPES = INPUTS | CONTAINERS | SHOWN | {FILE, COMPUTED}

NO_WORDS = Wording("", "")


@dataclass(frozen=True, slots=True)
class Option:
    """One value to choose, or one column of a table."""

    value: str
    label: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an answer must be. Lengths in characters, bounds inclusive."""

    required: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    step: Decimal | None = None
    """What a number goes up by, counted from `minimum` or from nought."""
    digits: int | None = None
    """Digits after the point; None: as many as given."""
    as_text: bool = False
    """A number that is kept as a text, digit by digit."""
    format: str | None = None
    """phone, email, credit-code or citizen-number."""
    at_most: str | None = None
    """The key of the number beside it that this one must not exceed."""
    not_past: bool = False
    minutes: int | None = None
    """What a time goes up by where it is picked; any other may be typed."""
    least_rows: int = 0
    first_rows: int = 1
    """Rows that stand there from the start, empty."""
    most_rows: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One component. `key` is the name of its variable; None where it only shows or groups."""

    id: str
    type: str
    key: str | None = None
    label: Wording = NO_WORDS
    description: Wording = NO_WORDS
    prefix: Wording = NO_WORDS
    unit: Wording = NO_WORDS
    text: Wording = NO_WORDS
    """What a text (Markdown) or html shows. It is the designer's: show it by app.catalog.prose only."""
    source: str = ""
    """Of an image: the picture itself (data:). Of a table: the key of the list above that it shows. Of a
    documentPreview: the code of the material whose files it shows."""
    compute: Expression | None = None
    subtype: str = ""
    """Of a datetime: date, time or datetime."""
    options: tuple[Option, ...] = ()
    children: tuple["Field", ...] = ()
    hide: Expression | None = None
    rules: Rules = Rules()
    fixed: bool = False
    """Read-only or disabled: shown with its default; what is sent for it is dropped."""
    default: Any = None
    shows: tuple["Field", ...] = ()
    """Of a table: the fields of its list that its columns show, as `options` name them."""
    personal: str | None = None
    """The kind of personal data that it holds: masked where it is listed, logged or exported."""
    searchable: bool = False
    """A select: one may type to find a value."""
    grows: bool = True
    """A list: rows are added and removed by whoever fills it in."""
    height: int = 0
    """Of a spacer, in pixels."""
    row: str = ""
    columns: int = 16
    """Of the 16 columns of its row."""

    @property
    def is_input(self) -> bool:
        """Whether it gives a variable a value of its own."""
        return self.type in INPUTS and self.key is not None

    def option(self, value: Any) -> Option | None:
        """The option with this value."""
        return next((found for found in self.options if found.value == value), None)


@dataclass(frozen=True, slots=True)
class Form:
    """A form; `schema` is the JSON it was read from, for the editor."""

    id: str
    fields: tuple[Field, ...]
    schema: Mapping[str, Any] = field(repr=False, compare=False)

    def walk(self) -> Iterator[Field]:
        """Every field, groups and lists before what they hold."""
        waiting = list(reversed(self.fields))
        while waiting:
            found = waiting.pop()
            yield found
            waiting.extend(reversed(found.children))

    @property
    def variables(self) -> Mapping[str, Field]:
        """The variables that the form writes, in order. A group with a path and a list are one variable each."""
        return {found.key: found for found in flat(self.fields) if found.key and found.type != FILE}

    @property
    def previews(self) -> tuple[Field, ...]:
        """The places where files that were handed in are shown."""
        return tuple(found for found in self.walk() if found.type == "documentPreview")

    @property
    def file_slots(self) -> tuple[Field, ...]:
        """The places where a material is asked for."""
        return tuple(found for found in self.walk() if found.type == FILE)


def flat(fields: tuple[Field, ...]) -> Iterator[Field]:
    """The fields of one level of data: what a group without a path holds belongs to the level around it."""
    for found in fields:
        yield found
        if found.type == "group" and found.key is None:
            yield from flat(found.children)


def rows(fields: tuple[Field, ...]) -> list[list[Field]]:
    """The fields as they stand side by side; neighbours with the same row belong together."""
    lines: list[list[Field]] = []
    for found in fields:
        if lines and found.row and lines[-1][-1].row == found.row:
            lines[-1].append(found)
        else:
            lines.append([found])
    return lines


def wording(found: Field, value: Any) -> Wording:
    """An answer in words: the labels of what was chosen, yes or no, a number with its unit."""
    if value is None or value == []:
        return NO_WORDS
    if isinstance(value, bool):
        return Wording("是", "Yes") if value else Wording("否", "No")
    if found.options:
        chosen = [found.option(entry) for entry in (value if isinstance(value, list) else [value])]
        labels = [option.label for option in chosen if option is not None]
        return Wording("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))
    text = f"{value:,}" if isinstance(value, int | float) else str(value)
    return Wording(
        *(
            " ".join(filter(None, parts))
            for parts in ((found.prefix.zh, text, found.unit.zh), (found.prefix.en, text, found.unit.en))
        )
    )
