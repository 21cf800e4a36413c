"""Items that mean harm, at the doors where items come in: the API and the operator's command.

Each is refused with a finding that names the file, or taken faithfully; within ten seconds and 128 MB.
"""

import json
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.catalog import patterns
from app.kernel import confine
from tests.http.api.conftest import House
from tests.http.security.watch import form_of, within
from tests.unit.catalog.small_item import DIAGRAM, MANIFEST, REVIEW, encoded, files

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
BPMN = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">{}</definitions>'
SECONDS, MEGABYTES = 10, 128

Answer = dict[str, Any]


@pytest.fixture
def checked(as_person) -> Callable[[dict[str, bytes]], Answer]:
    """What the API says of an item."""

    def check(given: dict[str, bytes]) -> Answer:
        with within(SECONDS, MEGABYTES):
            answer = as_person("designer").post("/api/v1/items/check", **form_of("files", given))
        assert answer.status_code in (200, 400, 422), answer.text
        found: Answer = answer.get_json()
        return found

    return check


def with_file(path: str, content: bytes | str) -> dict[str, bytes]:
    return {**encoded(files()), path: content.encode() if isinstance(content, str) else content}


def codes(answer: Answer) -> set[str]:
    return {finding["code"] for finding in answer.get("findings", ())} or {answer.get("code", "")}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that nobody should call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
QUADRATIC = f'<!DOCTYPE d [<!ENTITY a "{"a" * 100_000}">]>' + BPMN.format("&a;" * 20_000)

DIAGRAMS = {
    "a file": ('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + BPMN.format("&x;"), "doctype"),
    "a parameter entity": ('<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>' + BPMN.format(""), "doctype"),
    "an outer subset": ('<!DOCTYPE d SYSTEM "file:///etc/passwd">' + BPMN.format(""), "doctype"),
    "a bomb": (f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]>' + BPMN.format("&l11;"), "doctype"),
    "a long entity often": (QUADRATIC, "doctype"),
    "behind a comment": ("<!-- x --><?x y?>\n<!DOCTYPE d>" + BPMN.format(""), "doctype"),
    "xinclude": (
        BPMN.format('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'),
        "no-process",
    ),
    "a stylesheet": ('<?xml-stylesheet href="file:///etc/passwd"?>' + BPMN.format(""), "no-process"),
    "deep": (BPMN.format("<a>" * 90_000 + "</a>" * 90_000), "not-xml"),
    "rather deep": (BPMN.format("<a>" * 200 + "</a>" * 200), "too-deep-xml"),
    "many": (BPMN.format("<a/>" * 150_000), "too-many-elements"),
    "an attribute often": (BPMN.format("<a " + " ".join(f'b{n}=""' for n in range(120_000)) + "/>"), "no-process"),
    "namespaces": (BPMN.format("<a " + " ".join(f'xmlns:b{n}="x"' for n in range(60_000)) + "/>"), "no-process"),
    "nul": (BPMN.format("<process id='a\0b'/>"), "not-xml"),
    "a long id": (BPMN.format(f"<process id='{'x' * 1_000_000}'/>"), "no-start"),
    "nothing": ("", "not-xml"),
    "no xml": ("%PDF-1.7", "not-xml"),
}


@pytest.mark.parametrize("name", DIAGRAMS)
def test_diagrams(checked, name: str) -> None:
    drawn, code = DIAGRAMS[name]
    answer = checked(with_file(DIAGRAM, HEAD + drawn))
    assert code in codes(answer), answer
    assert answer["publishable"] is False
    assert "root:" not in json.dumps(answer)


@pytest.mark.parametrize(
    "subset",
    ['<!ENTITY x SYSTEM "{}">', '<!ENTITY % p SYSTEM "{}"> %p;', '<!ENTITY x PUBLIC "y" "{}">'],
)
def test_no_diagram_calls_anybody(checked, listener: socket.socket, subset: str) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/x.dtd"
    drawn = f"<!DOCTYPE d [{subset.format(address)}]>" + BPMN.format("&x;" if "% p" not in subset else "")
    assert codes(checked(with_file(DIAGRAM, HEAD + drawn))) == {"doctype"}
    with pytest.raises(TimeoutError):
        listener.accept()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ((HEAD + files()[DIAGRAM].partition("?>")[2]).encode("gbk"), "encoding"),
        (files()[DIAGRAM].replace("UTF-8", "UTF-7").encode("utf-7"), "encoding"),
        (files()[DIAGRAM].replace("UTF-8", "x" * 5000).encode(), "encoding"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d>'.encode("utf-16"), "doctype"),
        ('<?xml version="1.0"?><!DOCTYPE d>'.encode("utf-16-be"), "doctype"),
        (b"\xff\xfe\x00\xd8<\x00", "encoding"),
        (b"\xef\xbb\xbf\xed\xa0\x80", "encoding"),
    ],
    ids=[
        "gbk as utf-8",
        "utf-7",
        "an encoding that is none",
        "utf-16",
        "utf-16 undeclared",
        "half a pair",
        "surrogate",
    ],
)
def test_encodings_that_lie(checked, content: bytes, code: str) -> None:
    answer = checked(with_file(DIAGRAM, content))
    assert code in codes(answer), answer


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_encodings_that_tell_the_truth_are_read(checked, encoding: str) -> None:
    declared = {"gb18030": "GB18030", "utf-16": "UTF-16", "utf-8-sig": "UTF-8"}[encoding]
    drawn = files()[DIAGRAM].replace('encoding="UTF-8"', f'encoding="{declared}"').replace("bench", "bench", 1)
    assert checked(with_file(DIAGRAM, drawn.encode(encoding)))["publishable"] is True


def scripted(script: str) -> str:
    """The small item with a script before its first step."""
    step = '<sequenceFlow id="f1" sourceRef="start" targetRef="accept"/>'
    code = script.replace("&", "&amp;").replace("<", "&lt;")
    made = f"""<sequenceFlow id="f0" sourceRef="start" targetRef="works"/>
    <scriptTask id="works" name="算"><script>{code}</script></scriptTask>
    <sequenceFlow id="f1" sourceRef="works" targetRef="accept"/>"""
    drawn = files()[DIAGRAM].replace(step, made)
    assert drawn != files()[DIAGRAM]
    return drawn


@pytest.mark.parametrize(
    "script",
    [
        "import os",
        "from os import system",
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "-" * 15_000 + "1",
        "x = " + "[" * 9_000,
        "x = 1" * 10_000,
        "x = '" + "\\N{" * 5000,
    ],
    ids=lambda script: script[:12],
)
def test_scripts_that_can_never_run_are_findings(checked, script: str) -> None:
    answer = checked(with_file(DIAGRAM, scripted(script)))
    assert answer["publishable"] is False, answer


@pytest.mark.parametrize(
    "condition",
    ["__import__('os').system('true')", "(" * 900 + "1" + ")" * 900, "not " * 490 + "x", "x.y" * 600, "9" * 1_999],
    ids=lambda text: text[:12],
)
def test_conditions_are_answered_in_time(checked, condition: str) -> None:
    drawn = files()[DIAGRAM].replace('accept.outcome == "refuse"', condition)
    assert checked(with_file(DIAGRAM, drawn))["findings"] is not None


YAML = {
    "aliases": ("a: &a [x]\n" + "\n".join(f"{n}: &{n} [*a, *a]" for n in "bcdefgh"), "yaml-alias"),
    "tags": ("code: !!python/object/apply:os.system [id]", "yaml-tag"),
    "deep": ("a: " + "[" * 100_000, "yaml-too-deep"),
    "deep mapping": ("{a: " * 50_000, "yaml-too-deep"),
    "one key often": ("code: x\n" * 10_000, "twice"),
    "many values": ("a: [" + "1, " * 60_000 + "1]", "yaml-too-many"),
    "a long number": ("code: " + "9" * 200_000, ""),
    "a merge": ("<<: {code: x}\ncode: y", ""),
    "two documents": ("code: x\n---\ncode: y", "not-yaml"),
    "no utf-8": ("code: 许可".encode("gb18030"), "not-yaml"),
    "nul": ("code: a\0b", "not-yaml"),
    "a surrogate": (b"code: \xed\xa0\x80", "not-yaml"),
    "many keys": ("\n".join(f"k{n}: {{a: 1}}" for n in range(6_000)), ""),
    "too long": ("# " + "x" * 300_000, "item-file-too-large"),
}


@pytest.mark.parametrize("name", YAML)
def test_manifests(checked, name: str) -> None:
    text, code = YAML[name]
    answer = checked(with_file(MANIFEST, text))
    assert answer["publishable"] is False
    assert not code or code in codes(answer), answer


def form(components: str) -> str:
    return f'{{"type": "default", "id": "review", "components": [{components}]}}'


GROUP = '{"type": "group", "label": "g", "components": ['
TEXT = '{"type": "textfield", "key": "review_x", "label": "x", "properties": {"label_en": "x"}'
WIDTH = TEXT.replace("review_x", "review_width")
FORMS = {
    "deep": (form(GROUP * 5_000 + "]}" * 5_000), "not-json"),
    "rather deep": (form(GROUP * 30 + "]}" * 30), "form-too-deep"),
    "many fields": (
        form(",".join(TEXT.replace("review_x", f"review_{n}") + "}" for n in range(3_000))),
        "form-too-large",
    ),
    "no json": ("{'type': 1}", "not-json"),
    "nan": (form(TEXT + ', "validate": {"minLength": NaN}}'), "not-json"),
    "a huge number": (form(TEXT + ', "validate": {"minLength": 1e400}}'), "not-json"),
    "a large number": (form(TEXT + f', "validate": {{"minLength": {"9" * 60}}}}}'), "rule-bad"),
    "a surrogate": (form(TEXT.replace('"x"', '"\\ud800"', 1) + "}"), "not-json"),
    "a back reference": (form(TEXT + r', "validate": {"pattern": "(a)\\1"}}'), "pattern-bad"),
    "a long pattern": (form(TEXT + f', "validate": {{"pattern": "{"a?" * 400}"}}}}'), "rule-bad"),
    "repeats of repeats": (form(TEXT + ', "validate": {"pattern": "((a{1000}){1000}){1000}"}}'), "pattern-bad"),
    "a condition": (form(TEXT + f', "conditional": {{"hide": "={"(" * 400}"}}}}'), "condition-bad"),
    "a step's name": (form(TEXT.replace("review_x", "accept") + "}"), "field-like-step"),
    "no name": (form(TEXT.replace("review_x", "__proto__") + "}"), "key-bad"),
    "a word of the language": (form(TEXT.replace("review_x", "import") + "}"), "key-bad"),
    "twice": (form(TEXT + "}," + TEXT + "}"), "key-twice"),
    "gbk": (form(TEXT + "}").replace("label_en", "标签").encode("gbk"), "not-json"),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(checked, name: str) -> None:
    text, code = FORMS[name]
    answer = checked(with_file(REVIEW, text))
    assert code in codes(answer), answer
    assert answer["publishable"] is False


@pytest.mark.parametrize(
    "path",
    [
        "../item.yaml",
        "processes/../../etc/passwd",
        "/etc/passwd",
        "processes/bench-permit/a/b.bpmn",
        "processes/bench-permit/\u202enpmb.exe",
        "C:\\windows\\x.bpmn",
        "processes/bench-permit/" + "x" * 3000 + ".bpmn",
    ],
    ids=lambda path: ascii(path)[:30],
)
def test_paths_that_lead_elsewhere(checked, path: str) -> None:
    answer = checked(with_file(path, "x"))
    assert "stray-file" in codes(answer), answer


def test_what_takes_too_long_is_ended_and_said(as_person, monkeypatch) -> None:
    """Not known how to reach with what is let in: so with less time than there is."""
    monkeypatch.setattr("app.catalog.checking.BOUNDS", confine.Bounds(seconds=0, megabytes=64))
    answer = as_person("designer").post("/api/v1/items/check", **form_of("files", encoded(files())))
    told = answer.get_json()
    assert (answer.status_code, told["code"]) == (422, "took-too-long")
    assert MANIFEST in told["detail"]


def test_the_operator_is_told_the_same(house: House, tmp_path: Path) -> None:
    for path, content in with_file(DIAGRAM, HEAD + DIAGRAMS["a bomb"][0]).items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    with within(SECONDS, MEGABYTES):
        done = house.app.test_cli_runner().invoke(args=["items", "check", "bench-permit", "--root", str(tmp_path)])
    assert done.exit_code == 1
    assert "doctype" in done.output


RARE = "𠮷野家㐂𰻞 e\u0301 ﷽ \U0002ebf0\ue863"
"""Extension B, A and G, a combining accent, Arabic, extension I, the private use area: all of GB 18030 has a place."""


def test_rare_characters_stay_as_they_are(checked, as_person) -> None:
    text = files()[MANIFEST].replace("长椅设置许可", RARE)
    answer = checked(with_file(MANIFEST, text))
    assert answer["publishable"] is True, answer
    drawn = files()[DIAGRAM].replace('name="审查"', f'name="{RARE}"')
    told = checked(with_file(DIAGRAM, drawn))
    (finding,) = [one for one in told["findings"] if one["code"] == "step-named-otherwise"]
    assert RARE in finding["text"]


@pytest.mark.parametrize("name", ["Root", "Start", "constructor", "prototype", "toString", "accept2", "Accept"])
def test_ids_that_mean_something_elsewhere_are_only_ids(checked, name: str) -> None:
    """Two that differ by case are two."""
    drawn = re.sub('(id|sourceRef|targetRef|attachedToRef)="review"', rf'\1="{name}"', files()[DIAGRAM])
    drawn = drawn.replace("review review_width", f"{name} review_width")
    text = files()[MANIFEST].replace("  review:\n", f"  {name}:\n")
    assert text != files()[MANIFEST]
    given = {**encoded(files()), DIAGRAM: drawn.encode(), MANIFEST: text.encode()}
    answer = checked(given)
    assert [one for one in answer["findings"] if one["severity"] == "error"] == []


@pytest.mark.parametrize(
    ("old", "new"), [('id="leg_end"', 'id="start"'), ('id="f3"', 'id="accept"'), ('id="leg"', 'id="bench"')]
)
def test_ids_that_stand_twice_are_findings(checked, old: str, new: str) -> None:
    drawn = files()[DIAGRAM]
    assert "id-twice" in codes(checked(with_file(DIAGRAM, drawn.replace(old, new))))


def test_a_pattern_cannot_stall_the_office(checked) -> None:
    """Matching takes time in proportion to the answer, whatever the pattern is."""
    given = form(WIDTH + ', "validate": {"pattern": "^(([a-z])+.)+[A-Z]([a-z])+$"}}')
    assert checked(with_file(REVIEW, given))["publishable"] is True
    with within(2, 64):
        assert not patterns.found("^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 200_000)
