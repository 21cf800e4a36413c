"""The reader's language: Chinese unless they chose English. Switching keeps the page.

Asked for in the address (`?lang=en`) it is kept in a cookie; else the cookie counts, the account, the browser.
Data such as an item's name comes in both languages and is picked here; what people wrote stays as they wrote it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from flask_babel import Babel, format_date, get_locale, gettext, ngettext

from app.catalog.errors import ItemRefused
from app.kernel.errors import DomainError
from app.kernel.marking import _
from app.notices.wording import articles
from app.web.choice import Choice

LANGUAGES = {"zh_CN": "中文", "en": "English"}
DEFAULT = "zh_CN"
CHOICE = Choice("lang", LANGUAGES)
ZONE = ZoneInfo("Asia/Shanghai")

_WORDS = ("kind", "state", "status", "verb")
"""Parameters of messages that are words of ours."""


THINGS = (
    *(_("account"), _("case"), _("department"), _("document"), _("form"), _("holder"), _("incident"), _("item")),
    *(_("material"), _("person"), _("post"), _("region"), _("role"), _("session"), _("step"), _("supervision entry")),
    *(_("batch"), _("schema"), _("table"), _("token"), _("what-if"), _("year")),
)
"""What a message may say is not there (`kind`)."""


def register(app: Flask) -> None:
    """Translate pages, and remember the language that a reader asks for."""
    Babel(
        app,
        default_locale=DEFAULT,
        default_timezone=str(ZONE),
        default_translation_directories=str(Path(__file__).parents[1] / "translations"),
        locale_selector=language,
        timezone_selector=lambda: str(ZONE),
    )
    app.after_request(CHOICE.remember)
    app.add_template_filter(pick)
    app.add_template_filter(day)
    app.add_template_filter(moment)
    app.add_template_filter(month_day)
    app.add_template_filter(distance)
    app.add_template_filter(size)
    app.add_template_filter(weekday)
    app.add_template_filter(iso_moment)
    app.add_template_filter(as_written)
    app.add_template_filter(dotted)
    app.add_template_filter(provisions)


def language() -> str:
    """The locale of this answer."""
    wanted = CHOICE.made() or _of_account()
    if wanted in LANGUAGES:
        return str(wanted)
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"])
    return "en" if best == "en" else DEFAULT


def is_chinese() -> bool:
    """Whether the answer is in Chinese."""
    return str(get_locale()).startswith("zh")


def pick(both: Any) -> str:
    """The text in the reader's language, of anything that comes in both: a Wording, {"zh", "en"}, a row with names."""
    if both is None or isinstance(both, str):
        return both or ""
    if isinstance(both, Mapping):
        return str(both["zh" if is_chinese() else "en"])
    if hasattr(both, "zh"):
        return str(both.zh if is_chinese() else both.en)
    return str(both.name_zh if is_chinese() else both.name_en)


def day(value: datetime | date | None) -> str:
    """2026年11月21日 · 21 Nov 2026"""
    return "" if value is None else format_date(value, "y年M月d日" if is_chinese() else "d MMM y")


def month_day(value: datetime | date | None) -> str:
    """11月21日 · 21 Nov"""
    return "" if value is None else format_date(value, "M月d日" if is_chinese() else "d MMM")


def moment(value: datetime | None) -> str:
    """2026年11月21日 17:00 · 21 Nov 2026, 17:00, in the office's time zone."""
    if value is None:
        return ""
    local = value.astimezone(ZONE)
    return f"{day(value)}{' ' if is_chinese() else ', '}{local:%H:%M}"


def weekday(value: date) -> str:
    """周三 · Wed"""
    return str(format_date(value, "EEE"))


def iso_moment(value: str) -> str:
    """An instant in ISO 8601, as `moment`."""
    return moment(datetime.fromisoformat(value))


def as_written(value: str, subtype: str) -> str:
    """The answer to a field of dates or times, in words."""
    if subtype == "time":
        return value
    if subtype == "date":
        return day(date.fromisoformat(value))
    found = datetime.fromisoformat(value)
    return moment(found if found.tzinfo else found.replace(tzinfo=ZONE))


def provisions(article: str) -> str:
    """第四十二条 · Article 42; what names no article (全文, a document's number) stays as it is written."""
    return article if is_chinese() else articles(article) or article


def dotted(extension: str) -> str:
    """pdf → .pdf, as browsers want to know which files to offer."""
    return f".{extension}"


def distance(value: datetime, now: datetime) -> str:
    """How far off a day is, in words: today, tomorrow, in 5 days, 2 days ago."""
    days = (value.astimezone(ZONE).date() - now.astimezone(ZONE).date()).days
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("tomorrow")
    if days == -1:
        return gettext("yesterday")
    if days > 0:
        return ngettext("in %(num)d day", "in %(num)d days", days)
    return ngettext("%(num)d day ago", "%(num)d days ago", -days)


def size(value: int) -> str:
    """Bytes as people write them."""
    if value < 1024 * 1024:
        return f"{max(1, round(value / 1024))} KB"
    return f"{value / 1024 / 1024:.1f} MB"


def wording(error: DomainError) -> str:
    """What an error says, in the reader's language."""
    if not error.params:
        return gettext(error.message)
    words = {name: gettext(str(error.params[name])) for name in _WORDS if error.params.get(name)}
    if isinstance(error, ItemRefused):
        words["first"] = gettext(error.findings[0].message) % error.findings[0].params
    return str(gettext(error.message)) % {**error.params, **words}


def remedy(error: DomainError) -> str:
    """What to do about an error, in the reader's language."""
    return str(gettext(error.remedy) % error.params) if error.remedy else ""


def _of_account() -> str | None:
    actor = g.get("actor")
    return actor.language if actor is not None and actor.account_id is not None else None
