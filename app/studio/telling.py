"""Findings and traces as the outside reads them: the published formats, texts in the reader's language."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from app.kernel.marking import _

Say = Callable[[str], str]
"""A msgid in the reader's language, its parameters not filled in."""

_TERMS: Final = frozenset(
    {
        *(_("timer"), _("message"), _("signal"), _("error"), _("escalation"), _("conditional"), _("cancel")),
        *(_("compensate"), _("terminate"), _("link"), _("multiple"), _("duration"), _("date"), _("cycle")),
        *(_("yellow"), _("red"), _("boolean"), _("number"), _("string"), _("list"), _("context"), _("null")),
        *(_("exclusive gateway"), _("inclusive gateway"), _("text")),
    }
)
_NAMING_TERMS: Final = ("trigger", "colour", "kind", "type", "wanted")
"""Parameters of findings that may be a word of ours; what the others hold is the designer's."""

_PAGES_ONLY = ("now", "open", "timers", "messages", "marks", "way")


def english(msgid: str) -> str:
    """For programs, and where no translation is at hand."""
    return msgid


def finding(found: Mapping[str, Any], say: Say = english) -> dict[str, Any]:
    """One finding of `greenlight-findings/1` and `greenlight-trace/1`, from a Finding as plain data."""
    told = {
        "kind": "refused" if found["severity"] == "error" else found["severity"],
        "code": found["code"],
        "element": found["element"],
        "file": found["file"],
        "text": filled(say(found["message"]), found["params"], say),
        "remedy": filled(say(found["remedy"]), found["params"], say) if found["remedy"] else "",
    }
    return {**told, "offer": found["offer"]} if found.get("offer") else told


def findings(
    files: Iterable[str], found: Iterable[Mapping[str, Any]], proof: Mapping[str, Any], say: Say = english
) -> dict[str, Any]:
    """The whole of `greenlight-findings/1`."""
    return {
        "format": "greenlight-findings/1",
        "files": list(files),
        "proof": dict(proof),
        "findings": [finding(one, say) for one in found],
    }


def trace(played: Mapping[str, Any], say: Say = english) -> dict[str, Any]:
    """The whole of `greenlight-trace/1` of what was played."""
    told = {name: value for name, value in played.items() if name not in _PAGES_ONLY}
    told["findings"] = [finding(one, say) for one in played["findings"]]
    if "error" in played:
        error = played["error"]
        text = filled(say(error["message"]), error["params"], say)
        told["error"] = {"code": error["code"], "element": error["element"], "text": text}
    return told


def scenarios(files: Iterable[str], tested: Mapping[str, Any], say: Say = english) -> dict[str, Any]:
    """The scenarios of one item, as `greenlight-scenarios/1` has them for each."""
    item = next((path.split("/")[1] for path in files if path.startswith("processes/")), "")
    coverage = tested["coverage"] or {"elements": {}, "flows": {}, "missed": []}
    return {
        "item": item,
        "passed": not any(one["severity"] == "error" for one in tested["findings"]),
        "findings": [finding(one, say) for one in tested["findings"]],
        "scenarios": [{**one, "trace": trace(one["trace"], say)} for one in tested["scenarios"]],
        "missed": coverage["missed"],
        "coverage": {"elements": coverage["elements"], "flows": coverage["flows"]},
    }


def filled(text: str, params: Mapping[str, Any], say: Say) -> str:
    """A finding's text with its parameters, the words of ours among them in the reader's language."""
    terms = {name: _terms(params[name], say) for name in _NAMING_TERMS if isinstance(params.get(name), str)}
    if isinstance(allowed := params.get("allowed"), str):
        terms["allowed"] = say(allowed) if allowed else ""
    return text % {**params, **terms} if params else text


def _terms(words: str, say: Say) -> str:
    return ", ".join(say(word) if word in _TERMS else word for word in words.split(", "))
