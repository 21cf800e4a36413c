"""What the engine room hands to the rooms above it: plain values without behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args
from uuid import UUID

Severity = Literal["error", "question", "warning", "rewritten"]
Colour = Literal["yellow", "red"]
Calendar = Literal["working", "civil"]


@dataclass(frozen=True)
class Finding:
    """Something about a diagram that its designer should know.

    An error keeps it from being loaded. A question is played with what is offered, and has to be answered before the
    diagram is published. What is rewritten says how something is read that is drawn in another way; nothing is lost.
    `message` and `remedy` are English msgids with named parameters, all of them in `params`.
    """

    severity: Severity
    code: str
    element: str | None
    file: str | None
    message: str
    params: Mapping[str, Any]
    remedy: str
    offer: str = ""
    """Of a question: the answer that is taken until one is given, as it would be written into the diagram."""

    @property
    def kind(self) -> str:
        """What it is called outside: refused, question, warning, rewritten."""
        return "refused" if self.severity == "error" else self.severity

    @property
    def weight(self) -> int:
        """By which findings are sorted, the gravest first."""
        return get_args(Severity).index(self.severity)

    @property
    def text(self) -> str:
        """The message in English, parameters filled in."""
        return self.message % self.params


@dataclass(frozen=True)
class FormField:
    """A field of a form that another modeler keeps in the diagram itself."""

    name: str
    label: str
    type: str
    """In the modeler's own word: string, long, boolean, enum, date, textfield, …"""
    values: tuple[tuple[str, str], ...] = ()
    """Of a choice: (value, label)."""
    default: str = ""
    """What it begins with, as written; "" for nothing."""


@dataclass(frozen=True)
class Element:
    """One node of a diagram, as its designer drew it."""

    id: str
    type: str
    """The local name of its BPMN tag: userTask, exclusiveGateway, …"""
    name: str
    lane: str | None = None
    """The name of its lane; a node of a subprocess lies in the lane of the subprocess."""
    lane_properties: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    form: str | None = None
    documentation: str | None = None
    scope: str | None = None
    """The id of the subprocess it lies in; None at the top."""
    process: str = ""
    """The id of the process it is drawn in (another one than the main process if that calls it)."""
    attached_to: str | None = None
    """Of a boundary event: the id of the activity that it hangs on."""
    interrupting: bool = True
    """Of a boundary event: whether it takes the activity away."""
    fields: tuple[FormField, ...] = ()
    """Of a step: the form fields that stand in the diagram."""
    called: str | None = None
    """Of a call activity: the id of the process that it opens."""
    times: int = 1
    """How often it is done one after the other, where the diagram says a number."""


@dataclass(frozen=True)
class Light:
    """A timer of a step that only says how late it is, lifted out of the tokens."""

    id: str
    step: str
    colour: Colour
    duration: str
    """ISO 8601, counted from the moment the step was entered."""
    calendar: Calendar


@dataclass(frozen=True)
class Write:
    """One assignment to a variable of a case."""

    scope: str
    """"" for the case, otherwise the token (hex) of the subprocess or multi-instance it belongs to."""
    name: str
    value: Any
    element: str | None = None


@dataclass(frozen=True)
class Activity:
    """Something that waits: a step for a person, a service task for its operation, an open subprocess.

    A step drawn as multi-instance has one activity of type "multiInstance" and, inside its scope, one for each item.
    """

    token: UUID
    element: str
    type: str
    scopes: tuple[str, ...] = ()
    """Tokens (hex) of the open subprocesses around it, outermost first."""
    item: Any = None


@dataclass(frozen=True)
class Timer:
    """A timer that waits to be fired. It fires once; a cycle arms the next one, with a token of its own."""

    token: UUID
    element: str
    kind: Literal["duration", "date", "cycle"]
    value: str
    """ISO 8601: P15D, 2026-05-01T09:00:00+08:00, R3/PT8H (three more times, the first after eight hours)."""
    calendar: Calendar
    attached: UUID | None
    """The token of the activity it hangs on; None for a timer in the flow."""
    light: Colour | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Left:
    """An activity that was open and is not any more."""

    token: UUID
    element: str
    type: str
    how: Literal["completed", "cancelled"]


@dataclass(frozen=True)
class Request:
    """A service task has been entered: run its operation after the commit, then `resume` the token."""

    token: UUID
    element: str
    operation: str
    scopes: tuple[str, ...]
    properties: Mapping[str, str]


@dataclass(frozen=True)
class Awaited:
    """A message or signal that something in the case waits for, its event subprocesses included."""

    kind: Literal["message", "signal"]
    name: str
    element: str
    token: UUID
    scopes: tuple[str, ...] = ()
    brings: Mapping[str, str] = field(default_factory=dict)
    """The variables that it sets: the kind of each (text, number, boolean), or "" for any."""


@dataclass(frozen=True)
class Sent:
    """A message that was thrown and that nothing in the case waited for: it goes out of the house."""

    element: str
    name: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Movement:
    """Everything that changed since the instance was started or restored, or since the last movement."""

    entered: tuple[Activity, ...] = ()
    """Activities that wait now and did not before. What was entered and left again is in `trace` only."""
    left: tuple[Left, ...] = ()
    armed: tuple[Timer, ...] = ()
    disarmed: tuple[UUID, ...] = ()
    """Timers that wait no longer, fired or cancelled."""
    requested: tuple[Request, ...] = ()
    milestones: tuple[tuple[str, str], ...] = ()
    """(element, milestone) in the order they were passed."""
    awaited: tuple[Awaited, ...] = ()
    """All messages and signals that are waited for now, longest first."""
    sent: tuple[Sent, ...] = ()
    trace: tuple[str, ...] = ()
    """Ids of the elements completed, in order."""
    ended: bool = False
    result: str | None = None
    """The `result` of the end event reached last in this movement."""


@dataclass(frozen=True)
class Mark:
    """How often an element of the diagram was completed, and how many tokens stand on it."""

    completed: int = 0
    active: int = 0
