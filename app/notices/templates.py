"""The texts of notices. A notice keeps its template and parameters; it is put into words in its reader's language.

English is the msgid; translations stand in app/translations.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Any, Final

from app.kernel.marking import _
from app.kernel.time import instant


class UnknownTemplate(LookupError):
    """A mistake of the caller: no template has this code."""


class MissingParams(LookupError):
    """A mistake of the caller: the template speaks of something that was not given."""


@dataclass(frozen=True, slots=True)
class Template:
    """Title and body of one kind of notice, as msgids with {named} parameters."""

    title: str
    body: str

    @property
    def params(self) -> frozenset[str]:
        """The names that the texts ask for."""
        return frozenset(name for _t, name, _f, _c in Formatter().parse(self.title + self.body) if name)


TEMPLATES: Final[Mapping[str, Template]] = {
    # to the applicant
    "case-received": Template(
        _("Application {code} has been received"),
        _(
            "Your application “{title}” ({item}) has been received. Its supervision code is {code}; "
            "with it you can see at any time where it stands."
        ),
    ),
    "case-accepted": Template(
        _("Application {code} has been accepted"),
        _("Your application “{title}” has been accepted. The decision is due by {due_at}."),
    ),
    "case-deemed-accepted": Template(
        _("Application {code} counts as accepted"),
        _(
            "You were not told in time whether anything is missing from your application “{title}”. So it counts as "
            "accepted since {accepted_at} (Administrative Licensing Law, Art. 32). The decision is due by {due_at}."
        ),
    ),
    "case-refused": Template(
        _("Application {code} was not accepted"),
        _(
            "Your application “{title}” was not accepted. "
            "The decision states the reasons and how to have them reviewed."
        ),
    ),
    "supplement-asked": Template(
        _("Application {code} needs further materials"),
        _(
            "Something is missing from your application “{title}”. "
            "The notice lists all of it at once; please hand it in by {due_at}."
        ),
    ),
    "supplement-or-lapse": Template(
        _("Application {code} needs further materials"),
        _(
            "Something is missing from your application “{title}”. The notice lists all of it at once; "
            "please hand it in by {due_at}. If it is not there by then, the application lapses."
        ),
    ),
    "clock-stopped": Template(
        _("Application {code}: time that is not counted has begun"),
        _(
            "“{procedure}” has begun for your application “{title}”. "
            "It is expected to take until {until_at}; this time is not counted."
        ),
    ),
    "clock-resumed": Template(
        _("Application {code}: the time runs again"),
        _("“{procedure}” has ended for your application “{title}”. The decision is now due by {due_at}."),
    ),
    "case-extended": Template(
        _("Application {code}: the time for the decision has been extended"),
        _("The time for deciding on your application “{title}” has been extended until {due_at}. Reason: {reason}"),
    ),
    "case-granted": Template(
        _("Application {code} has been granted"),
        _("Your application “{title}” has been granted. The decision can be downloaded and verified by its code."),
    ),
    "case-denied": Template(
        _("Application {code} has been denied"),
        _("Your application “{title}” has been denied. The decision states the reasons and how to have them reviewed."),
    ),
    "licence-revoked": Template(
        _("Application {code}: the licence has been revoked"),
        _(
            "The licence No. {number}, granted on your application “{title}”, has been revoked. "
            "The decision states the reasons and how to have them reviewed."
        ),
    ),
    "document-issued": Template(
        _("Application {code}: a document has been issued"),
        _("The document “{document}”, No. {number}, has been issued for your application “{title}”."),
    ),
    "case-delivered": Template(
        _("Application {code}: the result has been delivered"),
        _("The result of your application “{title}” has been delivered."),
    ),
    "case-withdrawn": Template(
        _("Application {code} has been withdrawn"),
        _("The application “{title}” has been withdrawn; it will not be worked on any further."),
    ),
    "case-lapsed": Template(
        _("Application {code} has lapsed"),
        _(
            "What was missing from your application “{title}” was not handed in in time, "
            "so it has lapsed. You can apply again."
        ),
    ),
    "step-for-applicant": Template(
        _("Application {code} waits for you"),
        _("“{step}” of your application “{title}” waits for you."),
    ),
    # to the office
    "step-arrived": Template(
        _("New in your inbox: {step}"),
        _("“{step}” of case {code} “{title}” waits for your department."),
    ),
    "step-transferred": Template(
        _("Transferred to you: {step}"),
        _("“{step}” of case {code} “{title}” was transferred to you by {sender}."),
    ),
    "step-handed-over": Template(
        _("Handed over to you: {step}"),
        _("“{step}” of case {code} “{title}” is yours now: whoever had claimed it has left the post."),
    ),
    "entry-handed-over": Template(
        _("Handed over to you: a supervision entry, case {code}"),
        _("The supervision entry of case {code} “{title}” is yours now: whoever had taken it up has left the post."),
    ),
    "light-yellow": Template(
        _("Yellow light: {subject}, case {code}"),
        _("“{subject}” of case {code} “{title}” has turned yellow. Its time ends at {due_at}."),
    ),
    "light-red": Template(
        _("Red light: {subject}, case {code}"),
        _("“{subject}” of case {code} “{title}” has turned red: its time ended at {due_at}."),
    ),
    "entry-opened": Template(
        _("New supervision entry: case {code}"),
        _("A supervision entry was opened for “{subject}” of case {code} “{title}”."),
    ),
    "case-urged": Template(
        _("Urged: {subject}, case {code}"),
        _("The supervisor urges “{subject}” of case {code} “{title}”: {message}"),
    ),
    "explanation-asked": Template(
        _("An explanation is asked for: case {code}"),
        _("The supervisor asks for an explanation of “{subject}”, case {code} “{title}”, by {due_at}: {message}"),
    ),
    "explanation-given": Template(
        _("An explanation was given: case {code}"),
        _("An explanation of “{subject}”, case {code} “{title}”, was given and can be read in the supervision entry."),
    ),
    # to the administrators
    "webhook-disabled": Template(
        _("The webhook to {host} was switched off"),
        _(
            "Nothing could be delivered to {host} since {since_at}. Nothing more is sent there until somebody "
            "switches the webhook on again."
        ),
    ),
}


def checked(template: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """`params` as they are stored, instants as ISO 8601. Raises UnknownTemplate, MissingParams."""
    known = TEMPLATES.get(template)
    if known is None:
        raise UnknownTemplate(template)
    if missing := known.params - params.keys():
        raise MissingParams(f"{template}: {', '.join(sorted(missing))}")
    return {
        name: instant(value).isoformat() if isinstance(value, datetime) else value for name, value in params.items()
    }


def put_into_words(
    template: str,
    params: Mapping[str, Any],
    *,
    chinese: bool,
    translate: Callable[[str], str],
    say_instant: Callable[[datetime], str],
) -> tuple[str, str]:
    """Title and body in the reader's language: plain text, to be escaped where it is shown.

    `translate` is gettext, `say_instant` writes an instant for the reader; both are the edge's.
    """
    known = TEMPLATES[template]
    words = {name: _say(name, value, chinese, say_instant) for name, value in params.items()}
    return translate(known.title).format(**words), translate(known.body).format(**words)


def _say(name: str, value: Any, chinese: bool, say_instant: Callable[[datetime], str]) -> str:
    if isinstance(value, Mapping):
        return str(value["zh" if chinese else "en"])
    if name.endswith("_at") and value:
        return say_instant(datetime.fromisoformat(value))
    return "—" if value is None else str(value)
