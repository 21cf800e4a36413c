"""No file makes the import fail or hang: diagrams of every dialect, parts dropped, moved, doubled, renamed."""

import json
import time
from contextlib import suppress
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.engine import AnswerUnfit, answer, check, load
from app.kernel.errors import DomainError
from tests.unit.engine.drawing import Office, chain, end, files, node, start, user, way, xor
from tests.unit.engine.importing.test_diagrams import DRAWN

SECONDS = 5
WORDS = ("", "start", "end", "approval", "${", "=", "a b", "P5D", "不同意", "true", "-1", "x" * 300, ":", "a:b")


def mutated(data: bytes, random: Random) -> bytes:
    """The diagram with some of its elements and attributes changed as no modeler would."""
    root = etree.fromstring(data)
    for _change in range(random.randint(1, 6)):
        elements = [element for element in root.iter() if isinstance(element.tag, str)]
        element = random.choice(elements)
        above = element.getparent()
        what = random.randrange(7)
        if what == 0 and above is not None:
            above.remove(element)
        elif what == 1 and above is not None:
            random.choice(elements).append(etree.fromstring(etree.tostring(element)))
        elif what == 2 and element.attrib:
            del element.attrib[random.choice(sorted(element.attrib))]
        elif what == 3 and element.attrib:
            element.set(random.choice(sorted(element.attrib)), random.choice(WORDS))
        elif what == 4:
            element.tag = random.choice(elements).tag
        elif what == 5:
            element.text = random.choice(WORDS)
        else:
            children = list(element)
            random.shuffle(children)
            element[:] = children
    return etree.tostring(root)


def tried(drawn: dict[str, bytes]) -> None:
    """Check, load and start it, and take every offer, within the time that a file may take."""
    begun = time.monotonic()
    found = check(drawn)
    for finding in found:
        assert finding.text
        assert finding.remedy % finding.params
        json.dumps(finding.params, default=str)
        if finding.severity == "question":
            assert finding.offer
            try:
                answer(drawn, finding.element or "", finding.code, finding.offer)
            except AnswerUnfit:
                assert any(f.severity == "error" for f in found), finding
    with suppress(DomainError):
        Office(load(drawn))
    assert time.monotonic() - begun < SECONDS


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(DRAWN), st.integers(0, 2**32))
def test_a_diagram_that_is_changed_at_random_is_read_or_refused(path: Path, seed: int) -> None:
    data = path.read_bytes()
    tried({"d.bpmn": mutated(data, Random(seed))})


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(DRAWN), st.integers(0, 10_000), st.binary(max_size=8))
def test_a_file_with_broken_bytes_is_read_or_refused(path: Path, at: int, noise: bytes) -> None:
    data = path.read_bytes()
    at %= len(data)
    tried({"d.bpmn": data[:at] + noise + data[at + len(noise) :]})


def test_a_thousand_open_gateways_are_asked_about_in_time() -> None:
    gateways = [f"g{number}" for number in range(900)]
    ways = "".join(way(name, "end", name=f"{name}_a") + way(name, "end", name=f"{name}_b") for name in gateways)
    drawn = files(start(), "".join(xor(name) for name in gateways), end(), ways, user("a"), chain("start", "a"))
    begun = time.monotonic()
    assert check(drawn)
    assert time.monotonic() - begun < SECONDS


def test_a_form_nested_without_end_is_read_to_a_depth() -> None:
    form = '{"components":[' * 2_000 + "]}" * 2_000
    inner = f'<extensionElements><zeebe:userTaskForm id="f">{form}</zeebe:userTaskForm></extensionElements>'
    step = '<extensionElements><zeebe:formDefinition formKey="camunda-forms:bpmn:f"/></extensionElements>'
    tried(files(inner, start(), node("userTask", "a", step), end(), chain("start", "a", "end")))
