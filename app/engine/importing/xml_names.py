"""Namespaces, and how the parts of an element are found whatever prefix they have."""

import re
from collections.abc import Iterator
from itertools import count

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
GREENLIGHT = "{urn:greenlight:bpmn:1}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
CAMUNDA_EARLY = "{http://camunda.org/bpmn}"
OPERATON = "{http://operaton.org/schema/1.0/bpmn}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
FLOWABLE = "{http://flowable.org/bpmn}"
ACTIVITI = "{http://activiti.org/bpmn}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def text_of(element: etree._Element | None) -> str | None:
    """The text of an element without the spaces around it; None where there is none."""
    return "".join(str(part) for part in element.itertext()).strip() or None if element is not None else None


def local(element: etree._Element) -> str:
    """The local name of a BPMN element; "" for an element of another namespace."""
    tag = str(element.tag)
    return tag[len(BPMN) :] if tag.startswith(BPMN) else ""


def is_true(value: str | None, otherwise: bool) -> bool:
    """An xsd:boolean."""
    return otherwise if value is None else value.strip().lower() in {"true", "1"}


def extensions(element: etree._Element) -> Iterator[etree._Element]:
    """What stands in an element's extensionElements, one level deep."""
    for within in element.findall(f"{BPMN}extensionElements"):
        yield from within


def extension(element: etree._Element, tag: str) -> etree._Element | None:
    """The first extension with this tag."""
    return next((item for item in extensions(element) if item.tag == tag), None)


def name_what_has_no_id(root: etree._Element) -> dict[etree._Element, str]:
    """Give an id to each process, lane and flow of a file that has none, the same at each reading; what was given."""
    taken = {element.get("id") for element in root.iter(f"{BPMN}*")}
    given: dict[etree._Element, str] = {}
    numbers: dict[str, Iterator[int]] = {}
    for kind in ("process", "lane", "sequenceFlow"):
        for element in root.iter(f"{BPMN}{kind}"):
            if not element.get("id"):
                source = element.get("sourceRef")
                plain = re.sub(r"[^\w.-]", "_", f"flow-from-{source}") if source else kind
                free = numbers.setdefault(plain, count(1))
                given[element] = next(name for number in free if (name := f"{plain}-{number}") not in taken)
                element.set("id", given[element])
    return given
