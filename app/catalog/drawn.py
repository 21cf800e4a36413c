"""The beginning of an item of which there is nothing but its diagram: item.yaml and forms as the drawing has them.

Steps, outcomes, milestones and results are those drawn; lanes are bound to posts that are called the same. What the
drawing does not say (limits, legal basis, materials) stands there as in the skeleton, marked as illustrative.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import PurePosixPath
from typing import Any, Final

import yaml

from app import engine
from app.catalog import skeleton
from app.catalog.drawn_fields import components
from app.catalog.schema import CODE
from app.catalog.types import APPLICANT, Wording
from app.engine import FOR_PEOPLE, Element
from app.kernel.confine import run

MOST_FORMS: Final = 30
"""Steps that are given a form each; those of a larger diagram share one, so that the item stays one to work on."""
SHARED: Final = "step"
_ASKED: Final = re.compile(r"""([A-Za-z_][\w-]*)\.outcome\s*==\s*["']([A-Za-z_][\w-]*)["']""")
_APPLICANTS: Final = ("申请人", "applicant", "申请单位")
_DIAGRAMS: Final = frozenset({".bpmn", ".xml"})
_DONE: Final = {"done": {"zh": "完成", "en": "Done", "style": "primary"}}
_OCCASIONS: Final = {"receipt", "extend"}
"""Documents that every case may call for."""
_HEADER: Final = (
    "# 由流程图生成：标有 illustrative 的数字须换成有依据的。 Made from a diagram; figures need a source.\n"
)


def is_bare(files: Mapping[str, bytes]) -> bool:
    """Whether somebody sent diagrams, with the decisions that they ask, and nothing else."""
    kinds = {PurePosixPath(path).suffix.lower() for path in files}
    return bool(kinds & _DIAGRAMS) and kinds <= _DIAGRAMS | {".dmn"}


def code_of(files: Mapping[str, bytes]) -> str:
    """A code for the item, by the name of its diagram's file."""
    diagram = min(path for path in files if PurePosixPath(path).suffix.lower() in _DIAGRAMS)
    stem = unicodedata.normalize("NFKD", PurePosixPath(diagram).stem).lower()
    code = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:40].strip("-")
    return code if re.fullmatch(CODE, code) else "drawn-item"


def item(files: Mapping[str, bytes], code: str, posts: Mapping[str, str]) -> dict[str, bytes]:
    """The files of an item with these diagrams, by path. `posts`: codes by what posts are called, in either language.

    Read in a watched child. Raises BadItemCode, Unworkable.
    """
    skeleton.check_code(code)
    home = f"processes/{code}"
    diagrams = {f"{home}/{_file(path)}": content for path, content in files.items()}
    made: dict[str, bytes] = run(drawn, diagrams, code, dict(posts), what="BPMN")
    return made


def drawn(diagrams: Mapping[str, bytes], code: str, posts: Mapping[str, str]) -> dict[str, bytes]:
    """The child's part."""
    found = [(element, more) for _file, element, more in engine.outline(diagrams)]
    elements = [element for element, _more in found]
    steps = {element.id: element for element in elements if element.type in FOR_PEOPLE}
    outcomes = _outcomes(steps, (more.get("condition", "") for _element, more in found))
    is_large = len(steps) > MOST_FORMS
    forms = {
        step.id: step.form or (SHARED if is_large else step.id.lower().replace("_", "-")) for step in steps.values()
    }
    own = {
        step: {"outcomes": " ".join(outcomes[step]), **({} if steps[step].form else {"form": forms[step]})}
        for step in steps
    }
    begun = skeleton.new(code, Wording(code, code))
    manifest = _manifest(begun[f"processes/{code}/item.yaml"], elements, outcomes, posts)
    files = {f"processes/{code}/item.yaml": (_HEADER + manifest).encode(), **engine.put(diagrams, own)}
    apply = json.loads(begun[f"forms/{code}/apply.json"])
    taken = {*steps, *re.findall(r'"key": "(\w+)"', json.dumps(apply))}
    asked = [field for element in elements if element.type == "startEvent" for field in element.fields]
    apply["components"][-1:-1] = components(asked, taken)
    files[f"forms/{code}/apply.json"] = _written(apply)
    for step, form in forms.items():
        path = f"forms/{code}/{form}.json"
        if re.fullmatch(r"[a-z0-9-]{1,60}", form) and path not in files:
            fields = () if is_large else steps[step].fields
            files[path] = _form(form, [*components(fields, taken)])
    return files


def _outcomes(steps: Mapping[str, Element], conditions: Iterable[str]) -> dict[str, dict[str, Any]]:
    asked: dict[str, dict[str, Any]] = {step: {} for step in steps}
    for step, element in steps.items():
        for outcome in element.properties.get("outcomes", "").split():
            asked[step][outcome] = {"zh": outcome, "en": outcome}
    for condition in conditions:
        for step, outcome in _ASKED.findall(condition):
            if step in asked:
                asked[step].setdefault(outcome, {"zh": outcome, "en": outcome})
    return {step: own or deepcopy(_DONE) for step, own in asked.items()}


def _manifest(begun: bytes, elements: list[Element], outcomes: Mapping[str, Any], posts: Mapping[str, str]) -> str:
    data = yaml.safe_load(begun)
    lanes = dict.fromkeys(element.lane for element in elements if element.lane)
    bound = {lane: APPLICANT if lane.casefold() in _APPLICANTS else posts.get(lane) for lane in lanes if lane}
    data["lanes"] = {lane: post for lane, post in bound.items() if post}
    data["steps"] = {
        element.id: {"name": _both(element), "outcomes": outcomes[element.id]}
        for element in elements
        if element.id in outcomes
    }
    for kind, names in (("milestone", "milestones"), ("result", "results")):
        known = {element.properties[kind]: element for element in elements if kind in element.properties}
        data[names] = {value: data[names].get(value, _both(element)) for value, element in known.items()}
    data["drawn"] = {}
    written = {outcome for own in outcomes.values() for outcome in own} | _OCCASIONS
    if any(element.properties.get("milestone") == "delivered" for element in elements):
        written.add("delivery")
    data["documents"] = {kind: said for kind, said in data["documents"].items() if kind in written}
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)


def _both(element: Element) -> dict[str, str]:
    name = " ".join(element.name.split()) or element.id
    return {"zh": name, "en": name if name.isascii() else element.id}


def _form(form: str, fields: list[dict[str, Any]]) -> bytes:
    key = f"{re.sub(r'[^A-Za-z0-9_]', '_', form)}_note"
    note = {
        "type": "textarea",
        "id": key,
        "key": key,
        "label": "办理说明",
        "validate": {"maxLength": 1000},
        "properties": {"label_en": "Remarks"},
        "layout": {"row": f"row_{key}", "columns": None},
    }
    made = {"type": "default", "id": form, "schemaVersion": 18, "components": [*fields, note]}
    return _written(made)


def _written(form: Mapping[str, Any]) -> bytes:
    return (json.dumps(form, ensure_ascii=False, indent=2) + "\n").encode()


def _file(path: str) -> str:
    suffix = ".dmn" if PurePosixPath(path).suffix.lower() == ".dmn" else ".bpmn"
    stem = re.sub(r"[^\w.-]+", "-", PurePosixPath(path).stem)[:60] or "diagram"
    return f"{stem}{suffix}"
