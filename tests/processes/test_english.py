"""Whoever reads English reads the diagrams in English: whatever is written in one has an English text in item.yaml."""

from collections.abc import Mapping

from lxml import etree

from app.catalog import skeleton
from app.catalog.types import ServiceItem
from tests.processes.test_items import service_item

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def unread(item: ServiceItem) -> set[str]:
    """What is written in the diagram of an item, and stays Chinese for whoever reads English."""
    root = etree.fromstring(item.definition.xml)
    drawn = [one for one in root.iter(f"{BPMN}*") if one.get("id") and one.get("name")]
    notes = {one.get("id") for one in root.iter(f"{BPMN}textAnnotation")} - item.english.keys()
    frames = (f"{BPMN}process", f"{BPMN}collaboration")
    return notes | {
        one.get("name")
        for one in drawn
        if one.tag not in frames and not {one.get("id"), one.get("name")} & item.english.keys()
    }


def test_a_diagram_is_read_in_english(item_files: Mapping[str, bytes]) -> None:
    item = service_item(item_files)
    assert unread(item) == set()
    assert not any("\u4e00" <= sign <= "\u9fff" for text in item.english.values() for sign in text)


def test_what_a_beginning_is_drawn_with_is_read_in_english() -> None:
    assert unread(service_item(skeleton.new("a-beginning"))) == set()
