"""Files from strangers: attacks, accidents and odd encodings. Nothing but findings comes back, and soon."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine import DiagramRefused, check, load
from tests.unit.engine.drawing import chain, codes, definitions, end, process, props, start, user

GOOD = definitions(process(start("始"), user("受理"), end("终"), chain("始", "受理", "终")))
TEXT = GOOD.decode()
BODY = TEXT.split("?>", 1)[1]
XXE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    '<!DOCTYPE d [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]>"
)


def refusal(data: bytes) -> set[str]:
    with pytest.raises(DiagramRefused):
        load({"d.bpmn": data})
    return {code for code, _element in codes(check({"d.bpmn": data}))}


@pytest.mark.parametrize("prolog", ["", "\n", "<!-- c -->", "<?xml-model x?>", '<?xml version="1.0"?>\n<!-- c -->'])
@pytest.mark.parametrize("doctype", [XXE, LAUGHS, '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/evil.dtd">'])
def test_a_document_type_is_not_read(prolog: str, doctype: str) -> None:
    attack = prolog + doctype + BODY.replace("受理", "&x;")
    assert refusal(attack.encode()) == {"doctype"}
    assert refusal(b"\xff\xfe" + attack.encode("utf-16-le")) == {"doctype"}


def test_an_undeclared_entity_is_not_read() -> None:
    assert refusal(TEXT.replace("<userTask", "&x;<userTask", 1).encode()) == {"not-xml"}


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD,
        BODY.encode(),
        TEXT.encode("utf-16"),
        TEXT.replace("UTF-8", "UTF-16").encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        BODY.encode("utf-16-le"),
        TEXT.replace("UTF-8", "GB18030").encode("gb18030"),
        TEXT.replace("UTF-8", "gb2312").encode("gb18030"),
        b"\n  " + GOOD,
    ],
)
def test_the_encodings_that_are_read(data: bytes) -> None:
    assert set(load({"d.bpmn": data}).elements) == {"始", "受理", "终"}


@pytest.mark.parametrize("encoding", ["windows-1252", "ISO-8859-1"])
def test_what_western_modelers_write_is_read(encoding: str) -> None:
    drawn = TEXT.replace("UTF-8", encoding)
    for name, plain in (("始", "début"), ("受理", "müßig"), ("终", "ende")):
        drawn = drawn.replace(name, plain)
    assert set(load({"d.bpmn": drawn.encode(encoding)}).elements) == {"début", "müßig", "ende"}


@pytest.mark.parametrize(
    "data",
    [
        TEXT.replace("UTF-8", "ISO-8859-2").encode(),
        TEXT.replace("UTF-8", "UTF-7").encode(),
        TEXT.replace("UTF-8", "undefined").encode(),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16")[:-1],
        b'<?xml version="1.0" encoding="\xff"?><a/>',
    ],
)
def test_the_encodings_that_are_not(data: bytes) -> None:
    assert refusal(data) == {"encoding"}


@pytest.mark.parametrize(
    "data", [b"", b"   ", b"\x00", b"%PDF-1.7", b"PK\x03\x04", b"<", b"<a>&lt;", b"<a xmlns:b=''/>"]
)
def test_what_is_no_xml(data: bytes) -> None:
    assert refusal(data) <= {"not-xml", "encoding"}


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" * 1_000 + b"</a>" * 1_000,
        b"<a>" * 300_000,
        b"<a>" + b"<b/>" * 400_000 + b"</a>",
        b"<a " + b" ".join(b'b%d="x"' % i for i in range(100_000)) + b"/>",
        b"<a b='" + b"x" * 1_900_000 + b"'/>",
        b"<!--" * 400_000,
        b"<?xml " * 300_000,
        b" " * 1_999_999,
    ],
)
def test_bulk_is_refused_in_bounded_time(data: bytes) -> None:
    began = time.process_time()
    assert refusal(data)
    assert time.process_time() - began < 4


def test_deep_subprocesses_are_refused_not_recursed_into() -> None:
    nested = "".join(f'<subProcess id="s{i}">' for i in range(97)) + "</subProcess>" * 97
    assert refusal(definitions(process(start(), nested))) == {"unreachable"}
    deeper = "".join(f'<subProcess id="s{i}">' for i in range(2_000)) + "</subProcess>" * 2_000
    assert refusal(definitions(process(start(), deeper))) & {"too-deep-xml", "not-xml"}


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    assert check({"d.bpmn": data})


@given(st.data())
def test_no_broken_diagram_raises(data: st.DataObject) -> None:
    """Swap pieces of a good file with each other, double and drop them: there are findings, or it loads."""
    good = definitions(
        process(
            start(),
            user("a"),
            '<subProcess id="s"><startEvent id="i"/><endEvent id="o"/></subProcess>',
            '<exclusiveGateway id="g" default="f"/><boundaryEvent id="b" attachedToRef="a"/>',
            '<userTask id="m"><multiInstanceLoopCharacteristics/></userTask><callActivity id="c" calledElement="p"/>',
            props(light="red"),
            end(),
            chain("start", "a", "s", "g", "m", "c", "end"),
        )
    ).decode()
    pieces = good.replace(">", ">\n").replace(" ", " \n").splitlines()
    for _change in range(data.draw(st.integers(1, 6))):
        first, second = (data.draw(st.integers(0, len(pieces) - 1)) for _end in range(2))
        kind = data.draw(st.sampled_from(["swap", "copy", "drop"]))
        if kind == "swap":
            pieces[first], pieces[second] = pieces[second], pieces[first]
        elif kind == "copy":
            pieces.insert(first, pieces[second])
        elif len(pieces) > 1:
            del pieces[first]
    broken = {"d.bpmn": "".join(pieces).encode()}
    if any(finding.severity == "error" for finding in check(broken)):
        with pytest.raises(DiagramRefused):
            load(broken)
    else:
        assert load(broken).elements


@given(st.data())
def test_no_tangled_graph_raises(data: st.DataObject) -> None:
    """Any nodes, any flows, any attachments: there are findings, or it loads."""
    kinds = st.sampled_from(
        [
            "userTask",
            "exclusiveGateway",
            "parallelGateway",
            "inclusiveGateway",
            "endEvent",
            "startEvent",
            "boundaryEvent",
        ]
    )
    drawn = data.draw(st.lists(kinds, min_size=1, max_size=8))
    names = st.integers(0, len(drawn)).map(lambda number: f"n{number}")
    parts = [f'<{kind} id="n{i}" attachedToRef="{data.draw(names)}"/>' for i, kind in enumerate(drawn)]
    flows = data.draw(st.lists(st.tuples(names, names, st.sampled_from(["", "x"])), max_size=12))
    for number, (source, target, when) in enumerate(flows):
        condition = f"<conditionExpression>{when}</conditionExpression>" if when else ""
        parts.append(
            f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{condition}</sequenceFlow>'
        )
    tangle = {"d.bpmn": definitions(process(start(), chain("start", "n0"), *parts))}
    if not codes(check(tangle)):
        assert load(tangle).elements


def test_a_namespace_that_is_no_address_is_a_name_like_any_other() -> None:
    odd = TEXT.replace("<definitions ", '<definitions xmlns:Our="http://office/First Import/Process" ')
    assert set(load({"d.bpmn": odd.encode()}).elements) == {"始", "受理", "终"}
    assert refusal(odd.replace("</process>", "").encode()) == {"not-xml"}


@pytest.mark.parametrize("name", ["ISO-8859-1", "windows-1252", "iso-8859-15"])
def test_the_encodings_of_western_europe(name: str) -> None:
    western = TEXT.replace("UTF-8", name).replace("始", "début").replace("受理", "prüfung").replace("终", "fin")
    assert set(load({"d.bpmn": western.encode(name)}).elements) == {"début", "prüfung", "fin"}
