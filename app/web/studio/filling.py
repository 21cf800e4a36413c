"""Forms in a play: the application with which it begins, and those of the steps, filled in where one wants to.

The fields stand under a name of their own, so that none is taken for what leads the play. Gaps are no fault here.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import request

from app import edge
from app.catalog import forms
from app.catalog.fields import Field, Form
from app.catalog.scenarios import is_act
from app.catalog.types import ServiceItem
from app.web import formview
from app.web.language import ZONE

MOST_ACTS: Final = 200
LONGEST: Final = 16_000
"""Characters of what a play begins with, and of all its forms, as they stand in its address."""
_UNDER: Final = "form"


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed into a form: `clean` of it, and how the form is shown again."""

    clean: Mapping[str, Any]
    lines: formview.Lines
    is_faulty: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What a play's address says: what was chosen, the forms with it by the number of the act, how it began. `again`:
    the form that was sent with an act and has faults, so that the act was not done."""

    acts: Sequence[str]
    forms: Mapping[str, Mapping[str, Any]]
    data: Mapping[str, Any]
    at: datetime
    again: Filled | None = None

    @property
    def told(self) -> list[str | dict[str, Any]]:
        """The acts as a scenario keeps them."""
        given = {number: self.forms.get(str(number)) for number in range(len(self.acts))}
        return [{"act": act, "form": dict(form)} if (form := given[n]) else act for n, act in enumerate(self.acts)]

    def address(self, acts: int | None = None) -> dict[str, str]:
        """For links that lead on; `acts`: only so many of the first."""
        upto = len(self.acts) if acts is None else acts
        forms = {number: form for number, form in self.forms.items() if int(number) < upto}
        said = {"acts": " ".join(self.acts[:upto]), "data": _json(self.data), "forms": _json(forms)}
        return {"at": self.at.isoformat(), **{name: value for name, value in said.items() if value}}


def asked(item: ServiceItem) -> Asked:
    """The play as it is asked for, with the act that was just chosen and its form."""
    acts = [act for act in request.values.get("acts", "").split()[:MOST_ACTS] if is_act(act)]
    given = {key: form for key, form in _typed("forms").items() if key.isdigit() and isinstance(form, dict)}
    begun = filled(item.applicant_form) if request.args.get("begin") else None
    data = {**_typed("data"), **(begun.clean if begun else {})}
    act = request.values.get("act", "")
    step = act.partition("=")[0]
    form = item.form_of(step) if request.args.get("fill") == step else None
    sent = filled(form) if form is not None else None
    if is_act(act) and not (sent and sent.is_faulty):
        if sent and sent.clean:
            given[str(len(acts))] = dict(sent.clean)
        acts.append(act)
    again = next((one for one in (begun, sent) if one and one.is_faulty), None)
    return Asked(acts, given, data, _at(), again)


def open_form(
    item: ServiceItem, steps: Iterable[Mapping[str, Any]], again: Filled | None
) -> tuple[str, formview.Lines]:
    """The step whose form is shown, and the form: the step asked for, or the first that has one; "" for none."""
    having = [step["element"] for step in steps if asks(item.form_of(step["element"]))]
    wanted = request.args.get("fill", "")
    step = wanted if wanted in having else next(iter(having), "")
    form = item.form_of(step)
    if form is None:
        return "", ()
    return step, again.lines if again is not None and step == wanted else blank(form)


def filled(form: Form) -> Filled:
    """What the request brings for a form."""
    whole = _under(form)
    data = forms.posted(whole, request.args.items(multi=True))
    clean, errors = forms.validate(whole, data, complete=False)
    return Filled(_without_blanks(clean.get(_UNDER, {})), _inner(formview.shown(whole, data, errors)), bool(errors))


def blank(form: Form, data: Mapping[str, Any] | None = None) -> formview.Lines:
    """A form as it begins, or with answers."""
    return _inner(formview.shown(_under(form), {_UNDER: dict(data)} if data else {}, {}))


def asks(form: Form | None) -> bool:
    """Whether there is anything to fill in."""
    return form is not None and bool(form.variables)


def _under(form: Form) -> Form:
    return Form(form.id, (Field(id=_UNDER, type="group", key=_UNDER, children=form.fields),), {})


def _inner(lines: formview.Lines) -> formview.Lines:
    return lines[0][0].lines if lines else ()


def _typed(name: str) -> dict[str, Any]:
    """An object in JSON; none where what is typed cannot be read."""
    try:
        found = json.loads(request.values.get(name, "")[:LONGEST] or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if value else ""


def _at() -> datetime:
    """When the play begins: now, to the minute, until it is said."""
    try:
        found = datetime.fromisoformat(request.values.get("at", ""))
        if found.tzinfo is not None and 1900 < found.year < 9000:
            return found.astimezone(ZONE)
    except (ValueError, OverflowError):
        pass
    return edge.now().astimezone(ZONE).replace(second=0, microsecond=0)


def _without_blanks(clean: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in clean.items() if value not in (None, "", [], {})}
