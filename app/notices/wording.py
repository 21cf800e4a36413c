"""How dates, spans and provisions are written in a document, in Chinese and in English."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.notices.types import Basis, Language, Text

PROCEDURES: Final[Mapping[str, Text]] = {
    "hearing": {"zh": "听证", "en": "a hearing"},
    "tender": {"zh": "招标", "en": "a tender"},
    "auction": {"zh": "拍卖", "en": "an auction"},
    "inspection": {"zh": "检验", "en": "an inspection"},
    "testing": {"zh": "检测", "en": "testing"},
    "quarantine": {"zh": "检疫", "en": "quarantine"},
    "appraisal": {"zh": "鉴定", "en": "an appraisal"},
    "expert-review": {"zh": "专家评审", "en": "an expert review"},
}
"""The special procedures of Art. 45 of the Licensing Law, whose time is not counted."""

_MONTHS: Final = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_DIGITS: Final = {mark: value for value, mark in enumerate("零一二三四五六七八九")}
_PROVISION: Final = re.compile(r"(至?)第（?([零一二三四五六七八九十百]+)）?([条款项])")
_PERIOD: Final = re.compile(r"P(\d+)([YMD])")
_UNITS: Final = {"Y": ("年", "year"), "M": ("个月", "month"), "D": ("日", "day")}


def say(text: Text | None, language: Language) -> str:
    """The words in one language, or nothing."""
    return text[language] if text else ""


def date(moment: datetime | None, timezone: str, language: Language) -> str:
    """The day of an instant where the office is: 2026年11月21日, 21 November 2026."""
    if moment is None:
        return ""
    day = moment.astimezone(ZoneInfo(timezone))
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def working_days(count: int | None, language: Language) -> str:
    """A number of working days."""
    if count is None:
        return ""
    return f"{count}个工作日" if language == "zh" else f"{count} working day{'' if count == 1 else 's'}"


def validity(period: str, language: Language) -> str:
    """How long a licence holds; `period` is ISO 8601 in one unit: P3Y. Raises ValueError."""
    if not period:
        return ""
    found = _PERIOD.fullmatch(period)
    if not found:
        raise ValueError(f"{period!r} is no period of years, months or days")
    count, (chinese, english) = int(found[1]), _UNITS[found[2]]
    if language == "zh":
        return f"自作出决定之日起{count}{chinese}"
    return f"{count} {english}{'' if count == 1 else 's'} from the date of the decision"


def provision(basis: Basis, language: Language) -> str:
    """A provision with what it says: 《行政许可法》第四十二条：…; Administrative Licensing Law, Article 42: …"""
    law, text = say(basis["law"], language), say(basis["text"], language)
    if language == "zh":
        named = law if law.startswith("《") else f"《{law}》"
        return f"{named}{basis['article']}" + (f"：{text}" if text else "。")
    named = ", ".join(part for part in (law, articles(basis["article"])) if part)
    return f"{named}: {text}" if text else f"{named}."


def articles(chinese: str) -> str:
    """第三十二条、第四十二条第二款 → Articles 32, 42(2); 第四条至第六条 → Articles 4–6; 全文 names none: nothing."""
    found: list[str] = []
    article = ""
    for until, numeral, unit in _PROVISION.findall(chinese):
        if unit == "条" and until and found:
            found[-1] += f"–{number(numeral)}"
        elif unit == "条":
            article = str(number(numeral))
            found.append(article)
        elif found and unit == "款" and "(" in found[-1]:
            found.append(f"{article}({number(numeral)})")
        elif found:
            found[-1] += f"({number(numeral)})"
    if not found:
        return ""
    several = len(found) > 1 or "–" in found[0]
    return f"Article{'s' if several else ''} {', '.join(found)}"


def number(chinese: str) -> int:
    """A Chinese numeral below a thousand: 四十二 → 42, 一百零一 → 101."""
    total = pending = 0
    for mark in chinese:
        if mark in "十百":
            total += (pending or 1) * (10 if mark == "十" else 100)
            pending = 0
        else:
            pending = _DIGITS[mark]
    return total + pending
