"""Documents as PDF/A-2a (archived, accessible), set by typst from app/notices/sheets/, one file for each kind.

Only the fonts that come with our packages are used, and the date inside is the date of issue: the same facts give the
same bytes on every machine.
"""

import io
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
import segno
import typst

from app.notices import wording
from app.notices.types import DOCUMENT_KINDS, DecisionFacts, Language, Text

SHEETS: Final = Path(__file__).parent / "sheets"

_PROJECT: Final[Text] = {"zh": "项目名称", "en": "Project"}
_FONTS: Final = ("noto_cjk_sans_otc", "noto_cjk_sans_jp_bold")
_NO_GLYPH: Final = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")


def render(
    kind: str, facts: DecisionFacts, language: Language, *, number: str, verification_code: str, issued_at: datetime
) -> bytes:
    """The document as PDF. Chinese is the original; English is marked as its translation."""
    given = _printable(_words(kind, facts, language, number, verification_code, issued_at))
    rare: dict[str, str] = {}
    while True:
        text = orjson.dumps(given).decode()
        for mark, spelled in rare.items():
            text = text.replace(mark, spelled)
        try:
            return _compile(kind, text, issued_at)
        except typst.TypstError as error:
            missing = _missing_marks(error) - rare.keys()
            if not missing:
                raise
            rare |= {mark: f"〔U+{ord(mark):04X}〕" for mark in missing}


def _compile(kind: str, facts: str, issued_at: datetime) -> bytes:
    return typst.compile(
        SHEETS / f"{kind}.typ",
        root=SHEETS,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"facts": facts},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=issued_at.replace(microsecond=0),
    )


@cache
def _fonts() -> typst.Fonts:
    """Noto Sans CJK: the regular of all regions, and a bold that has the forms of all regions too (chosen by the
    language of the text, whatever region its name says)."""
    folders = [str(files(package)) for package in _FONTS]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def _missing_marks(error: typst.TypstError) -> set[str]:
    """The characters that no font of ours has: rare ones of names. PDF/A allows no empty boxes, so they are spelled."""
    texts = _NO_GLYPH.findall(error.diagnostic)
    plain = (_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) for text in texts)
    return {mark for text in plain for mark in text if not mark.isascii()}


def _words(
    kind: str, facts: DecisionFacts, language: Language, number: str, verification_code: str, issued_at: datetime
) -> dict[str, Any]:
    """What the sheets ask for, in one language."""
    day = issued_at.astimezone(ZoneInfo(facts.timezone))
    address = facts.verify_url + verification_code

    texts = {
        "title": facts.title or DOCUMENT_KINDS[kind].title,
        "authority": facts.authority,
        "item": facts.item,
        "subject": facts.subject or _PROJECT,
        "review_body": facts.review_body,
        "court": facts.court,
        "procedure": facts.procedure,
        "approved_by": facts.approved_by,
        "manner": facts.manner,
        "window": facts.window,
        "listed": facts.listed,
    }
    return {
        **{name: wording.say(text, language) for name, text in texts.items()},
        **_dates(facts, language),
        **_lists(facts, language),
        "language": language,
        "number": number,
        "supervision_code": facts.supervision_code,
        "verification_code": verification_code,
        "verify_at": facts.verify_url.rstrip("/"),
        "verify_url": address,
        "qr": _qr(address),
        "date": wording.date(issued_at, facts.timezone, language),
        "issued": [day.year, day.month, day.day],
        "is_licence": facts.is_licence,
        "project": facts.project,
        "applicant": facts.applicant,
        "contact": facts.contact,
        "recipient": facts.recipient,
        "reasons": facts.reasons or wording.say(facts.listed, language),
        "deemed": facts.deemed,
        "licence": facts.licence,
        "conditions": facts.conditions,
        "withheld": facts.withheld,
        "valid": wording.validity(facts.valid, language),
    }


def _dates(facts: DecisionFacts, language: Language) -> dict[str, str]:
    instants = {
        "received": facts.received_at,
        "accepted": facts.accepted_at,
        "due": facts.due_at,
        "respond": facts.respond_at,
        "until": facts.until_at,
        "delivered": facts.delivered_at,
        "granted": facts.granted_at,
    }
    lengths = {"statutory": facts.statutory_days, "promised": facts.promised_days, "days": facts.days}
    return {
        **{name: wording.date(moment, facts.timezone, language) for name, moment in instants.items()},
        **{name: wording.working_days(days, language) for name, days in lengths.items()},
    }


def _lists(facts: DecisionFacts, language: Language) -> dict[str, list[Any]]:
    return {
        "basis": [wording.provision(basis, language) for basis in facts.basis],
        "opinions": [
            {
                "department": wording.say(opinion["department"], language),
                "outcome": wording.say(opinion["outcome"], language),
                "text": opinion["text"],
            }
            for opinion in facts.opinions
        ],
        "materials": [
            {"name": wording.say(line["name"], language), "remark": _remark(line["remark"], language)}
            for line in facts.materials
        ],
    }


def _remark(said: str | Text, language: Language) -> str:
    return said if isinstance(said, str) else wording.say(said, language)


def _qr(address: str) -> str:
    drawn = io.BytesIO()
    # Every mask can be read; to try all eight for the best would take most of the time.
    segno.make(address, error="m", micro=False, mask=3).save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()


def _printable(value: Any) -> Any:
    """Without control characters and invisible marks, which a person may have pasted; private-use ones stay."""
    match value:
        case str():
            return "".join(
                mark for mark in value if mark == "\n" or unicodedata.category(mark) not in ("Cc", "Cf", "Cs")
            )
        case list():
            return [_printable(each) for each in value]
        case Mapping():
            return {name: _printable(each) for name, each in value.items()}
        case _:
            return value
