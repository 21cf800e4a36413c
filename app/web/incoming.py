"""What a case waits for from outside, on its page: what each message brings, and what was typed of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import request

from app.cases.views import Overview
from app.catalog.types import Wording
from app.engine import Awaited, NotAwaited
from app.kernel.errors import DomainError
from app.web.formview import Fault
from app.web.words import faults_of

BEFORE: Final = "data."
"""Before the names of variables, in the names of the form's fields."""
_NUMBER: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,10})?", re.ASCII)
_TRUTH: Final = {"true": True, "false": False}


@dataclass(frozen=True)
class Brought:
    """One variable. `id` and `field` are those of what is typed; `label`: as a form of the item calls it, or else its
    name."""

    id: str
    field: str
    name: str
    label: Wording | str
    kind: str


@dataclass(frozen=True)
class Incoming:
    """A message or signal that may be delivered. `called`: its name; `where`: what waits for it, as it is drawn."""

    key: str
    awaited: Awaited
    called: Wording
    where: Wording
    brings: Sequence[Brought]


def awaited(view: Overview) -> Sequence[Incoming]:
    """Each message and signal once: what would take it first stands for it."""
    first: dict[tuple[str, str], Awaited] = {}
    for one in view.awaited:
        first.setdefault((one.kind, one.name), one)
    labels = {name: found.label for form in view.item.forms.values() for name, found in form.variables.items()}
    return [
        Incoming(
            f"{kind}:{name}",
            one,
            view.item.wording(name),
            view.item.step_name(one.element),
            [
                Brought(f"came-{number}-{place}", f"{BEFORE}{variable}", variable, labels.get(variable, variable), of)
                for place, (variable, of) in enumerate(brought(view, one).items(), 1)
            ],
        )
        for number, ((kind, name), one) in enumerate(first.items(), 1)
    ]


def brought(view: Overview, one: Awaited) -> Mapping[str, str]:
    """What a message brings to the one that takes it, a signal to all."""
    if one.kind == "message":
        return one.brings
    same = (other for other in view.awaited if (other.kind, other.name) == (one.kind, one.name))
    return {name: kind for other in same for name, kind in other.brings.items()}


def chosen(view: Overview) -> Incoming:
    """The one that the form is about. Raises NotAwaited."""
    key = request.form.get("what", "")
    found = next((one for one in awaited(view) if one.key == key), None)
    if found is None:
        kind, _colon, name = key.partition(":")
        raise NotAwaited(kind=kind if kind == "signal" else "message", name=name[:200])
    return found


def faults(found: Sequence[Incoming], refused: DomainError | None) -> list[Fault]:
    """What is wrong with what was typed, for the summary on top."""
    sent = next((one for one in found if request.form.get("what") == one.key), None)
    asked = sent.brings if sent else ()
    return [Fault(of.id, of.label, text) for of in asked for text in faults_of(refused, of.field)]


def typed(one: Incoming) -> dict[str, Any]:
    """What was typed; what was left empty is not known. What is of the wrong kind is left for the check to refuse."""
    return {found.name: _value(found.kind, request.form.get(found.field, "")) for found in one.brings}


def _value(kind: str, text: str) -> Any:
    text = text.strip()
    if not text:
        return None
    if kind == "number" and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return _TRUTH.get(text, text) if kind == "boolean" else text
