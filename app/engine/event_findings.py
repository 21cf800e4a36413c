"""The findings about events: what they wait for, what they throw, where they stand."""

from app.engine.rule import Rule
from app.kernel.marking import _

EVENT_RULES: dict[str, Rule] = {
    "event-gateway": Rule(
        "error",
        _("The event-based gateway “%(element)s” begins a process and needs all of its events."),
        _("A case is begun by its application: draw a start event, and a gateway that waits for the first event."),
    ),
    "event-gateway-arm": Rule(
        "error",
        _("“%(element)s” follows the event-based gateway “%(gateway)s”, but does not wait for an event alone."),
        _(
            "Behind the gateway draw timers, messages, signals, conditions or receive tasks without boundary events, "
            "and lead nothing else to them."
        ),
    ),
    "event-subprocess-place": Rule(
        "error",
        _("A flow, a boundary event or a loop belongs to the event subprocess “%(element)s”, which has none."),
        _("Take it away; an event subprocess is started by its start event alone."),
    ),
    "event-subprocess-start": Rule(
        "error",
        _("“%(element)s” starts an event subprocess, which a %(trigger)s event cannot do."),
        _("Let it wait for a message, timer, signal, condition, error or escalation."),
    ),
    "event-subprocess-never": Rule(
        "error",
        _("The event subprocess “%(handler)s” can never start: nothing around it throws the %(trigger)s it waits for."),
        _("Throw it by an event with the same code, or remove the event subprocess."),
    ),
    "start-unused": Rule(
        "warning",
        _("A case starts at “%(start)s”; what follows the start event “%(element)s” is not run."),
        _("Nothing has to be done if that is what you mean; otherwise let an event subprocess wait for it."),
    ),
    "start-by-itself": Rule(
        "warning",
        _("A case is begun by its application; it does not wait for the %(trigger)s of “%(element)s”."),
        _("Draw a plain start event, and the waiting behind it."),
    ),
    "condition-empty": Rule(
        "question",
        _("The conditional event “%(element)s” has no condition. It would be: %(offer)s"),
        _("Write what has to become true."),
    ),
    "signal-outside": Rule(
        "warning",
        _("“%(element)s” waits for the signal “%(name)s”, which nothing in the diagram throws."),
        _("Throw it by an event with the same name, unless a program outside does it."),
    ),
    "signal-unheard": Rule(
        "warning",
        _("“%(element)s” throws the signal “%(name)s”, for which nothing here waits; no other case hears it."),
        _("Let an event in the diagram wait for it. What other cases or programs shall hear is sent as a message."),
    ),
    "cancel-place": Rule(
        "error",
        _("“%(element)s” cancels a transaction, but does not lie in one."),
        _("Make the subprocess around it a transaction, or throw an error."),
    ),
    "cancel-uncaught": Rule(
        "error",
        _("“%(element)s” cancels a transaction that has no way out for it."),
        _("Put a cancel boundary event on the transaction."),
    ),
    "compensation": Rule(
        "error",
        _("“%(element)s” belongs to a compensation, which would never run."),
        _("Draw the steps that undo the work behind a gateway."),
    ),
    "link-event": Rule(
        "error",
        _("“%(element)s” is a link event; what follows the link would never be reached."),
        _("Join the two ends by a sequence flow."),
    ),
    "unsupported-event": Rule(
        "error",
        _("“%(element)s” is a %(trigger)s event, which is not supported at this place."),
        _(
            "Errors and escalations go to the end of a subprocess and onto it; timers, messages and signals into the "
            "flow, onto steps, or to the start of an event subprocess."
        ),
    ),
    "definition-missing": Rule(
        "error",
        _("“%(element)s” refers to the event definition “%(reference)s”, which is not declared."),
        _("Say in the event itself what it waits for or throws."),
    ),
    "timer-twice": Rule(
        "error",
        _("The timer “%(element)s” has two times, “%(first)s” and “%(second)s”."),
        _("Keep one of them."),
    ),
    "several-triggers": Rule(
        "error",
        _("“%(element)s” has several event definitions, which cannot be read at this place."),
        _("Draw one event for each of them."),
    ),
    "boundary-nowhere": Rule(
        "error",
        _("The boundary event “%(element)s” is attached to “%(host)s”, which is no activity of its level."),
        _("Put it on the border of a step or subprocess."),
    ),
    "boundary-empty": Rule(
        "error", _("The boundary event “%(element)s” waits for nothing."), _("Make it a timer, an error or escalation.")
    ),
    "catch-nothing": Rule(
        "warning",
        _("The event “%(element)s” is drawn as waiting, but not for what; it is passed at once."),
        _("Let it wait for a message, timer, signal or condition, or draw it as a throwing event."),
    ),
    "boundary-never": Rule(
        "error",
        _("The boundary event “%(element)s” can never happen: nothing in “%(host)s” throws it."),
        _("Throw it by an end event inside the subprocess, with the same code, or remove the boundary event."),
    ),
    "boundary-outside": Rule(
        "warning",
        _("Nothing in the diagram throws what the boundary event “%(element)s” on “%(host)s” catches."),
        _("Nothing has to be done if a program reports the error; otherwise draw an outcome and a gateway."),
    ),
    "error-continues": Rule(
        "error",
        _("“%(element)s” catches an error or a cancellation without interrupting, but these always do."),
        _("Make it interrupting, or use an escalation."),
    ),
    "error-uncaught": Rule(
        "error",
        _("The error that “%(element)s” throws is caught nowhere."),
        _("Put an error boundary event with its code on the subprocess around it."),
    ),
    "escalation-uncaught": Rule(
        "warning",
        _("The escalation that “%(element)s” throws is caught nowhere, so nothing will happen."),
        _("Put an escalation boundary event with its code on the subprocess around it."),
    ),
}
