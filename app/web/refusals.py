"""What stood in the way of an act, in words: for the history of a case, where the record keeps a code only."""

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext

from app.kernel.marking import _

REFUSALS: Final[Mapping[str, str]] = {
    "forbidden": _("not allowed"),
    "not-found": _("not there, or not to be seen"),
    "invalid": _("some of what was entered did not fit"),
    "beyond-range": _("a number or a date was too large or too small"),
    "unkeepable-text": _("there were characters that cannot be kept"),
    "stale": _("somebody else had changed it in the meantime"),
    "wrong-state": _("the case was not in a state for it"),
    "case-closed": _("the case was closed"),
    "already-claimed": _("somebody else had claimed the step"),
    "not-claimed": _("nobody had claimed the step"),
    "not-yours": _("the step was claimed by somebody else"),
    "step-closed": _("the step was closed"),
    "materials-missing": _("materials were missing"),
    "unknown-outcome": _("the step offers no such outcome"),
    "opinion-needed": _("the reasons were not stated"),
    "not-extendable": _("the law allows no such extension"),
    "tenant-unknown": _("the region takes no applications"),
    "not-received-here": _("the item is received only where it is handled"),
    "not-decided": _("there was no decision yet"),
    "nothing-granted": _("nothing had been granted"),
    "file-refused": _("the file was not accepted"),
    "file-name-unusable": _("the file had a name that cannot be used"),
    "file-empty": _("the file was empty"),
    "file-too-large": _("the file was too large"),
    "file-format-not-allowed": _("the file was of a format that is not accepted"),
    "file-content-mismatch": _("the file was not what its name says"),
    "file-second-content": _("the file held something else besides"),
    "file-active-content": _("the file held a program"),
    "file-archive-unsafe": _("the archive could not be opened safely"),
    "file-damaged": _("the stored file is damaged"),
    "document-damaged": _("the stored file is damaged"),
    "limit-refused": _("a limit cannot be counted"),
    "no-calendar": _("the calendar of a year is not loaded"),
    "still-pending": _("what came before is still under way"),
    "no-post-there": _("nobody holds that post"),
    "stuck": _("the diagram leads nowhere"),
    "token-gone": _("the case had moved on"),
    "not-awaited": _("nothing in the case waited for it"),
    "no-material": _("there is no such file"),
    "no-document": _("there is no such document"),
    "idempotency-key-reused": _("the request was another one under the same key"),
    "too-deep": _("the diagram goes round without end"),
    "too-slow": _("the diagram has too much to work out"),
    "no-way-out": _("no condition of the diagram was true"),
    "expression-failed": _("a condition of the diagram could not be evaluated"),
}
"""By the code of the error."""

UNNAMED: Final = _("the rules do not allow it")
"""What is said of any other error."""


def refusal(code: str) -> str:
    """Why something was refused."""
    return str(gettext(REFUSALS.get(code, UNNAMED)))
