"""What the expressions of a diagram read: outcomes and values that are never offered, and names that nobody knows."""

import builtins
import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping

from app.catalog.fields import CHOICES, SEVERAL, Field, Form, flat
from app.catalog.occasions import Slip
from app.catalog.types import Manifest
from app.engine import Written

_BUILT_IN = frozenset(name for name in dir(builtins) if name.islower())
"""Functions of the small Python."""


Choices = Mapping[str, tuple[str, Field]]
"""Variable → the form that offers its values, and the field."""


def choices(forms: Mapping[str, Form], given: Collection[str]) -> Choices:
    """The fields that offer values, by the names that expressions have for them. What is `given` by anything else than
    a form may have others."""
    found: dict[str, tuple[str, Field]] = {}
    for name, form in forms.items():
        for one in flat(form.fields):
            parts = flat(one.children) if one.type == "group" else ()
            within = {f"{one.key}.{part.key}": part for part in parts}
            for key, asked in {str(one.key): one, **within}.items():
                if asked.type in CHOICES | SEVERAL and asked.options and key.partition(".")[0] not in given:
                    found[key] = (name, asked)
    return found


def check(
    written: Iterable[Written], manifest: Manifest, known: Collection[str], offered: Choices | None = None
) -> Iterator[Slip]:
    """What each reads that is not there; `known` are the names that something gives."""
    for found in written:
        text = found.text[:200]
        for step, outcome in sorted(found.asked):
            spec = manifest.steps.get(step)
            if spec is None or outcome not in spec.outcomes:
                params = {"condition": text, "step": step, "outcome": outcome}
                yield Slip("condition-on-nothing", found.element, "", params, found.file)
        yield from _unoffered(found, offered or {})
        for name in sorted(unknown(found, known)):
            near = ", ".join(difflib.get_close_matches(name, known, 3)) or "-"
            params = {"condition": text, "name": name, "near": near}
            yield Slip("condition-unknown-name", found.element, "", params, found.file)


def _unoffered(found: Written, offered: Choices) -> Iterator[Slip]:
    for name, value in sorted(found.compared):
        form, field = offered.get(name, ("", None))
        if field is not None and field.option(value) is None:
            options = ", ".join(f"{option.value} ({option.label.zh})" for option in field.options)
            params = {"condition": found.text[:200], "field": f"{field.label.zh} ({name})", "form": form}
            params |= {"value": value[:80], "offered": options[:400]}
            yield Slip("condition-value-unoffered", found.element, "", params, found.file)


def unknown(found: Written, known: Collection[str]) -> frozenset[str]:
    """The names that an expression reads and nothing gives; a step whose outcome it asks for is told by that."""
    asked = {step for step, _outcome in found.asked}
    return frozenset(name for name in found.names if name not in known and name not in asked | _BUILT_IN)
