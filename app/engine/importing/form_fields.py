"""Form fields that stand in the diagram itself, as some modelers keep them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from app.engine.importing.xml_names import (
    ACTIVITI,
    BPMN,
    CAMUNDA,
    CAMUNDA_EARLY,
    FLOWABLE,
    OPERATON,
    ZEEBE,
    extension,
    extensions,
)
from app.engine.types import FormField

MAX_FIELDS = 200
"""Fields of one form that are read."""
_DATA = tuple(f"{namespace}formData" for namespace in (CAMUNDA, CAMUNDA_EARLY, OPERATON))
_FIELDS = tuple(f"{namespace}formField" for namespace in (CAMUNDA, CAMUNDA_EARLY, OPERATON))
_PROPERTIES = tuple(f"{namespace}formProperty" for namespace in (FLOWABLE, ACTIVITI))
_MAX_NESTING = 10

Forms = Mapping[str, tuple[FormField, ...]]


def fields_of(element: etree._Element, kept: Forms) -> tuple[FormField, ...]:
    """The fields of a step; `kept` are the forms that its process holds."""
    return tuple(_fields(element, kept))[:MAX_FIELDS]


def _fields(element: etree._Element, kept: Forms) -> Iterator[FormField]:
    for item in extensions(element):
        if item.tag in _DATA:
            yield from (_field(child) for child in item.iterchildren(*_FIELDS) if child.get("id"))
        elif item.tag in _PROPERTIES and item.get("id"):
            yield _field(item)
    definition = extension(element, f"{ZEEBE}formDefinition")
    key = definition.get("formKey", "") if definition is not None else ""
    yield from kept.get(key.rsplit(":", 1)[-1], ())


def _field(item: etree._Element) -> FormField:
    namespace = str(item.tag).partition("}")[0] + "}"
    # A form property may write another variable than the one that it is called by.
    name = (item.get("variable") or item.get("id") or "").strip()
    values = tuple(
        (value.get("id", ""), str(value.get("name") or value.get("id")))
        for value in item.iterchildren(f"{namespace}value")
        if value.get("id")
    )
    label = item.get("label") or item.get("name") or item.get("id") or name
    default = item.get("defaultValue") or item.get("default") or ""
    return FormField(name, label, item.get("type") or "string", values, default.strip())


def kept_forms(process: etree._Element) -> Forms:
    """The forms that Camunda Modeler keeps as JSON in the extensions of a process, by their ids."""
    found: dict[str, tuple[FormField, ...]] = {}
    for item in process.iterfind(f"{BPMN}extensionElements/{ZEEBE}userTaskForm"):
        try:
            form = json.loads("".join(str(part) for part in item.itertext()))
        except (ValueError, RecursionError):
            continue
        found[item.get("id", "")] = tuple(_components(form, _MAX_NESTING))[:MAX_FIELDS]
    return found


def _components(form: Any, depth: int) -> Iterator[FormField]:
    components = form.get("components") if isinstance(form, dict) else None
    for part in components if isinstance(components, list) and depth else ():
        if isinstance(part, dict) and isinstance(part.get("key"), str) and part["key"]:
            given = part.get("values")
            values = tuple(
                (str(value.get("value", "")), str(value.get("label", "")))
                for value in (given if isinstance(given, list) else ())
                if isinstance(value, dict)
            )
            label, default = str(part.get("label") or part["key"]), part.get("defaultValue")
            begins = json.dumps(default) if isinstance(default, int | float) else default
            yield FormField(
                part["key"], label, str(part.get("type") or ""), values, begins if isinstance(begins, str) else ""
            )
        yield from _components(part, depth - 1)
