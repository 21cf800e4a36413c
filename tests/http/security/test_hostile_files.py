"""Documents that mean harm, where documents are handed in: the API and the page of a draft; a hundred megabytes too."""

import re
import struct
import zipfile
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest

from app.kernel import confine
from app.materials.inspection import BOUNDS
from tests.http.api.conftest import PDF, House
from tests.http.security.watch import form_of, within
from tests.office import APPLICATION, LAND, TENANT

MEGABYTE = 1 << 20
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


def packed(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def many(count: int) -> bytes:
    """A directory that announces more entries than there is room for."""
    plain = packed({"a.txt": b"x"})
    at = plain.rindex(b"PK\x05\x06")
    return plain[: at + 8] + struct.pack("<HH", count, count) + plain[at + 12 :]


def overlapping() -> bytes:
    """One compressed megabyte that every entry of the directory stands for."""
    made = bytearray(packed({"a.txt": bytes(MEGABYTE)}))
    start = made.index(b"PK\x01\x02")
    end = made.index(b"PK\x05\x06")
    entry = bytes(made[start:end])
    entries = b"".join(entry.replace(b"a.txt", f"{n:05}".encode()) for n in range(1000))
    tail = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1000, 1000, len(entries), start, 0)
    return bytes(made[:start]) + entries + tail


HARMFUL = {
    "bomb.zip": packed({"a.bin": bytes(200 * MEGABYTE)}),
    "nested.zip": packed({"b.zip": packed({"a": b"x"})}),
    "overlapping.zip": overlapping(),
    "many.zip": many(65_000),
    "outside.zip": packed({"../../etc/cron.d/x": b"x"}),
    "absolute.zip": packed({"/etc/cron.d/x": b"x"}),
    "program.zip": packed({"setup.exe": b"MZ"}),
    "turned.zip": packed({"invoice\u202egpj.exe": b"MZ"}),
    "picture.jpg": SVG,
    "script.pdf": b"<script>alert(1)</script>%PDF-1.7\n%%EOF",
    "both.pdf": PDF + packed({"a.txt": b"x"}),
    "page.jpg": JPEG[:20] + b"<html><script>alert(1)</script>" + JPEG[20:],
    "macro.docx": packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>", "word/vbaProject.bin": b"x"}),
    "doctype.docx": packed(
        {"[Content_Types].xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "word/document.xml": b"<x/>"}
    ),
    "types.docx": packed({"[Content_Types].xml": b"<x>" + bytes(50 * MEGABYTE), "word/document.xml": b"<x/>"}),
    "cut.pdf": PDF[:20],
    "drawing.svg": SVG,
    "empty.pdf": b"",
}


@pytest.fixture(scope="module")
def taking(house: House) -> str:
    """A draft of the applicant's."""
    client = house.app.test_client()
    client.token = house.tokens["applicant"]
    body = {"item": LAND, "tenant": TENANT, "title": "t", "applicant": "a", "data": APPLICATION}
    return str(client.post("/api/v1/cases", json=body).get_json()["id"])


@pytest.fixture(params=["api", "page"])
def hand_in(request, house: House, as_person, taking: str, monkeypatch):
    """Hand a form in at one of the doors; status and text of the answer."""
    monkeypatch.setitem(house.app.config, "WTF_CSRF_METHODS", [])
    path = {
        "api": f"/api/v1/cases/{taking}/materials?requirement=site-map",
        "page": f"/drafts/{taking}/materials/site-map",
    }[request.param]

    def send(form: dict[str, Any]) -> tuple[int, str]:
        answer = as_person("applicant").post(path, **form)
        return answer.status_code, answer.get_data(as_text=True)

    return send


@pytest.mark.parametrize("name", HARMFUL)
def test_it_is_refused_and_said_why(hand_in, name: str) -> None:
    form = form_of("file", {name: HARMFUL[name]})
    with within(5, 32):
        status, text = hand_in(form)
    assert status in (409, 422), text
    assert "alert(1)" not in text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("C:/temp/图纸.pdf", "图纸.pdf"),
        ("invoice\u202efdp.pdf", "invoicefdp.pdf"),
        ("𠮷野家㐂𰻞.pdf", "𠮷野家㐂𰻞.pdf"),
        ("e\u0301tude.pdf", "\u00e9tude.pdf"),
        ("=cmd|' /C calc'!A0.pdf", "=cmd_' _C calc'!A0.pdf"),
        ("a%0d%0aSet-Cookie: x=y.pdf", None),
    ],
    ids=lambda name: ascii(name)[:24],
)
def test_names_of_files(as_person, taking: str, given: str, kept: str | None) -> None:
    """Kept as they are called, without what deceives; and they end no header."""
    client = as_person("applicant")
    path = f"/api/v1/cases/{taking}/materials"
    answer = client.post(f"{path}?requirement=site-map", **form_of("file", {given: PDF}))
    assert answer.status_code == 201, answer.get_json()
    name = answer.get_json()["filename"]
    assert not re.search("[\u202a-\u202e\u2066-\u2069/\\\\\r\n]", name)
    if kept is not None and "|" not in given:
        assert name == kept
    content = client.get(f"{path}/{answer.get_json()['id']}/content")
    told = content.headers["Content-Disposition"]
    assert told.startswith("attachment;")
    assert name in (unquote(told.partition("UTF-8''")[2]), told.partition("filename=")[2].strip('"'))
    assert "Set-Cookie" not in content.headers


def test_a_hundred_megabytes_are_compared_without_being_held(house: House, monkeypatch) -> None:
    """At the one door that takes documents from everybody."""
    monkeypatch.setitem(house.app.config, "WTF_CSRF_METHODS", [])
    given = form_of("file", {"a.pdf": bytes(100 * MEGABYTE)}, code="AAAA-BBBB-CCCC-DDDD")
    with within(20, 48):
        answer = house.app.test_client().post("/verify", **given)
    assert answer.status_code == 404


def test_a_hundred_megabytes_are_looked_into_without_being_held(hand_in) -> None:
    form = form_of("file", {"a.pdf": b"%PDF-1.7\n" + bytes(100 * MEGABYTE) + b"%%EOF"})
    with within(20, 48):
        status, _text = hand_in(form)
    assert status in (201, 303, 409, 422)


def test_what_takes_too_long_is_ended_and_said(hand_in, monkeypatch) -> None:
    assert BOUNDS.seconds <= 10
    monkeypatch.setattr("app.materials.inspection.BOUNDS", confine.Bounds(seconds=0, megabytes=64))
    entries = {f"{n}.txt": b"x" for n in range(3_000)}
    status, text = hand_in(form_of("file", {"slow.zip": packed(entries)}))
    assert status == 422
    assert "slow.zip" in text
