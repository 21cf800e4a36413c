"""The office's codes in words: statuses, lights, what a clock counts, why time is not counted, what was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from flask_babel import gettext, ngettext

from app.cases.tracking import Event
from app.cases.views import HistoryLine
from app.catalog.types import ServiceItem, Wording
from app.deadlines.types import EXCLUSIONS
from app.engine import Finding
from app.kernel.errors import DomainError, Invalid
from app.kernel.marking import _
from app.notices.documents import title_of
from app.notices.models import Document, Notice
from app.notices.templates import put_into_words
from app.studio import telling
from app.web.language import is_chinese, moment, pick
from app.web.refusals import refusal

LIGHTS = {"green": _("Green"), "yellow": _("Yellow"), "red": _("Red"), "still": _("Standing still")}

STATUSES = {
    "draft": _("Draft"),
    "received": _("Received"),
    "accepted": _("Accepted"),
    "decided": _("Decided"),
    "concluded": _("Concluded"),
    "delivered": _("Delivered"),
    "refused": _("Refused"),
    "withdrawn": _("Withdrawn"),
    "lapsed": _("Lapsed"),
}
STATUS_TONES = {"concluded": "good", "delivered": "good", "refused": "bad", "withdrawn": "", "lapsed": "bad"}

ENDED_EARLY = ("refused", "withdrawn", "lapsed")
RESULTS = {"granted": _("Granted"), "denied": _("Denied"), "refused": _("Refused")}
WAITING = {
    "received": _("Being received"),
    "accepted": _("Materials are being checked"),
    "decided": _("Under review"),
    "concluded": _("The document is being made"),
    "delivered": _("Waits to be delivered"),
}
"""What happens before the next milestone."""

HAPPENINGS = {
    "received": _("The application was received"),
    "accepted": _("The application was accepted"),
    "part": _("%(name)s: its part is done"),
    "still": _("The clock stopped: %(reason)s"),
    "over": _("Over: %(reason)s"),
    "again": _("The clock runs again; over: %(reason)s"),
    "decided": _("Decided: %(result)s"),
    "concluded": _("Concluded: the document is made"),
    "delivered": _("The result was delivered"),
    "revoked": _("What was granted was revoked"),
}
"""What happened to a case, as everybody is told."""

STEP_STATES = {
    "open": _("waiting"),
    "claimed": _("being worked on"),
    "done": _("done"),
    "cancelled": _("no longer needed"),
}
CHANNELS = {"online": _("Online"), "window": _("At the window")}
KINDS = {
    "instant": _("Decided on the spot"),
    "promised": _("Within a promised limit"),
    "referred-up": _("Decided above"),
}
AUDIENCES = {"person": _("For individuals"), "organisation": _("For organisations")}
GRADES = {
    "A": _("Issued by government: used as it is"),
    "B": _("The window checks it against the original"),
    "C": _("A copy; the original is checked later"),
    "D": _("Made by yourself; you vouch for it"),
}
BASES = {"promised": _("Promised limit"), "statutory": _("Limit by law"), "step": _("Limit of the step")}
ENTRY_STATES = {"open": _("Waits to be taken up"), "taken": _("Being looked into"), "closed": _("Closed")}
INCIDENT_STATES = {"pending": _("pending"), "done": _("done"), "failed": _("failed")}
FINDINGS = {"limit-moved": _("The limit moved: the light is no longer true.")}

VERSION_STATES = {
    "draft": _("draft"),
    "reviewed": _("reviewed"),
    "confirmed": _("confirmed"),
    "published": _("published"),
}
ITEM_ACTS = {
    "drafted": _("Handed in as a draft"),
    "reviewed": _("Reviewed"),
    "confirmed": _("Confirmed"),
    "published": _("Published"),
    "returned": _("Sent back"),
    "withdrawn": _("Withdrawn from the catalogue"),
    "restored": _("Brought back"),
    "waived": _("Answered for without a proof"),
    "cases-moved": _("Running cases moved"),
    "cases-moved-back": _("Running cases moved back"),
}

ACTS = {
    "case:drafted": _("Application begun"),
    "case:received": _("Application handed in"),
    "case:withdrawn": _("Application withdrawn"),
    "case:deemed-accepted": _("Accepted by the passing of time (Art. 32)"),
    "case:moved": _("Moved from version %(from)s of the item to version %(to)s"),
    "case:moved-back": _("Moved back from version %(from)s of the item to version %(to)s"),
    "licence:revoked": _("Licence revoked"),
    "case:extended": _("Limit extended"),
    "case:message-received": _("A message arrived: %(name)s"),
    "step:claimed": _("Claimed: %(step)s"),
    "step:released": _("Released: %(step)s"),
    "step:completed": _("Completed: %(step)s"),
    "step:reported": _("Reported at “%(step)s”: %(event)s"),
    "step:urged": _("Urged: %(step)s"),
    "light:raised": _("Lights turned: %(lights)s"),
    "limits:moved": _("Limits computed anew: the working calendar changed"),
    "timer:fired": _("A timer of the diagram fired: %(step)s"),
    "material:handed-in": _("Material handed in"),
    "document:issued": _("Document issued"),
    "operation:caught": _("Work of the office's own was refused, and the case went another way: %(step)s"),
    "operation:finished": _("Work of the office's own finished: %(step)s"),
    "incident:raised": _("Work failed and waits for the operator"),
    "incident:retried": _("Failed work started again"),
    "entry:opened": _("Supervision entry opened"),
    "entry:taken": _("Supervision entry taken up"),
    "entry:asked": _("Explanation asked for"),
    "entry:explained": _("Explanation given"),
    "entry:closed": _("Supervision entry closed"),
}
WRONGS = {
    "changed": _("The act is not the one that was written here."),
    "reordered": _("The act was written, but at another place."),
    "missing": _("An act between two others is gone."),
    "cut": _("Acts at the end are gone."),
    "surplus": _("An act that the chain does not count."),
    "head": _("The head is not that of the last act."),
    "gone": _("The whole chain is gone."),
    "rewritten": _("The chain is sound in itself, but not the one that was sealed."),
    "unsealed": _("What the chain says of its seal is not what the seals say."),
    "seal-changed": _("The seal is not the one that was written here."),
    "seal-missing": _("A seal is gone."),
}
SOURCES = {"web": _("page"), "api": _("API"), "cli": _("command"), "ticker": _("clock of the office")}


def light_word(colour: str) -> str:
    """The word that stands beside a light."""
    return str(gettext(LIGHTS[colour]))


def word(kind: Mapping[str, str], code: str | None) -> str:
    """A code in the reader's words; what is not known stays as it is."""
    return str(gettext(kind[code])) if code is not None and code in kind else code or ""


def exclusion(reason: str) -> str:
    """Why time is not counted."""
    return str(gettext(EXCLUSIONS.get(reason, reason)))


def act(line: HistoryLine, item: ServiceItem) -> str:
    """What was done, in one line."""
    _source, _sep, what = line.tag.partition(":")
    if what.endswith(":refused"):
        return str(gettext("Refused: %(what)s", what=refusal(str(line.data.get("error", "")))))
    known = ACTS.get(what)
    if known is None:
        return what
    if what == "document:issued" and (issued := item.documents.get(str(line.data.get("kind")))):
        return str(gettext("Document issued: %(title)s", title=pick(issued.name)))
    said = gettext(known)
    return str(said) % _params(line.data, item) if "%(" in known else str(said)


def outcome_of(line: HistoryLine, item: ServiceItem) -> str:
    """The outcome that a completed step was given."""
    outcome = item.outcomes(str(line.data.get("element", ""))).get(str(line.data.get("outcome", "")))
    return pick(outcome.name) if outcome else ""


def _params(data: Mapping[str, Any], item: ServiceItem) -> dict[str, str]:
    lights = [
        f"{_step(one.get('element'), item)} {light_word(one['colour'])}".strip()
        for one in data.get("lights", ())
        if isinstance(one, Mapping) and one.get("colour") in LIGHTS
    ]
    said = {name: str(data[name]) for name in ("name", "from", "to") if name in data}
    shown = ("、" if is_chinese() else ", ").join(lights) or "—"
    reported = item.reports(str(data.get("element", ""))).get(str(data.get("event", "")))
    event = pick(reported.name) if reported else str(data.get("event", ""))
    return {"step": _step(data.get("element"), item), "lights": shown, "event": event, **said}


def _step(element: Any, item: ServiceItem) -> str:
    return pick(item.step_name(element)) if element else ""


@dataclass(frozen=True)
class Milestone:
    """One mark on the way of a case. `state`: past, now, ahead, bad."""

    label: str
    at: datetime | None
    state: str
    note: str = ""


def marks_of(
    status: str, reached: Mapping[str, datetime | None], result: str | None, results: Mapping[str, Wording]
) -> list[Milestone]:
    """The way of a case, like a parcel's: what lies behind, where it is, what is still ahead. `results`: the item's."""
    names = ("received", "accepted", "decided", "concluded", "delivered")
    behind = [
        Milestone(_named(name, result, results), at, "bad" if (name, result) == ("decided", "denied") else "past")
        for name in names
        if (at := reached.get(name)) is not None
    ]
    if status in ENDED_EARLY:
        ended = reached.get("concluded")
        return [*(mark for mark in behind if mark.at != ended), Milestone(word(STATUSES, status), ended, "bad")]
    ahead = [name for name in names if reached.get(name) is None]
    now = [Milestone(str(gettext(WAITING[ahead[0]])), None, "now")] if ahead else []
    return [*behind, *now, *(Milestone(word(STATUSES, name), None, "ahead") for name in ahead[1:])]


def happening(event: Event, status: str, result: str | None, results: Mapping[str, Wording]) -> str:
    """What happened, in one line."""
    if event.what == "extended":
        return str(
            ngettext("The limit was extended by %(num)d day", "The limit was extended by %(num)d days", event.days)
        )
    if event.what == "ended":
        return word(STATUSES, status)
    known = {
        "name": pick(event.name),
        "reason": exclusion(event.reason) if event.reason else "",
        "result": result_word(result, results) if result else "",
    }
    return str(gettext(HAPPENINGS[event.what])) % known


def _named(name: str, result: str | None, results: Mapping[str, Wording]) -> str:
    if name == "decided" and result in RESULTS:
        return result_word(result, results)
    return word(STATUSES, name)


def result_word(result: str, results: Mapping[str, Wording]) -> str:
    """What a case came to, as its item says it (a move is granted, not licensed)."""
    return pick(results[result]) if result in results else word(RESULTS, result)


def notice_words(notice: Notice) -> tuple[str, str]:
    """Title and body of a notice in the reader's language."""
    return put_into_words(
        notice.template,
        notice.params,
        chinese=is_chinese(),
        translate=lambda text: str(gettext(text)),
        say_instant=moment,
    )


def document_title(document: Document) -> str:
    """What a document is called."""
    return pick(title_of(document))


def finding_words(finding: Finding) -> str:
    """What a finding about a diagram or an item says, in the reader's language."""
    return telling.filled(gettext(finding.message), finding.params, gettext)


def finding_remedy(finding: Finding) -> str:
    """What to do about a finding, in the reader's language."""
    return telling.filled(gettext(finding.remedy), finding.params, gettext) if finding.remedy else ""


def faults_of(problem: DomainError | None, field: str) -> list[str]:
    """What is wrong with one field of a plain form."""
    found = problem.fields.get(field, []) if isinstance(problem, Invalid) else []
    return [str(gettext(str(message)) % getattr(message, "params", {})) for message in found]


def register(app: Flask) -> None:
    """Let templates put codes into words."""
    kinds: dict[str, Mapping[str, str]] = {
        "statuses": STATUSES,
        "step_states": STEP_STATES,
        "channels": CHANNELS,
        "kinds": KINDS,
        "audiences": AUDIENCES,
        "waiting": WAITING,
        "grades": GRADES,
        "bases": BASES,
        "entry_states": ENTRY_STATES,
        "findings": FINDINGS,
        "sources": SOURCES,
        "results": RESULTS,
        "wrongs": WRONGS,
        "version_states": VERSION_STATES,
        "item_acts": ITEM_ACTS,
    }
    app.jinja_env.globals.update(
        word=lambda kind, code: word(kinds[kind], code),
        tone=STATUS_TONES.get,
        light_word=light_word,
        exclusion=exclusion,
        act=act,
        outcome_of=outcome_of,
        marks_of=marks_of,
        happening=happening,
        result_word=result_word,
        notice_words=notice_words,
        document_title=document_title,
        faults_of=faults_of,
        finding_words=finding_words,
        finding_remedy=finding_remedy,
    )
