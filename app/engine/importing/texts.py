"""What is said of a diagram that is read in another way than it is drawn, and what its designer is asked."""

from app.engine.rule import Rule
from app.kernel.marking import _

_NOTHING = _("Nothing has to be done if that is what you mean.")

REWRITTEN: dict[str, Rule] = {
    "flow-without-id": Rule(
        "rewritten",
        _("A flow out of “%(element)s” has no id; it is known as “%(flow)s”."),
        _("Save the diagram with a modeler, which gives one."),
    ),
    "process-without-id": Rule(
        "rewritten",
        _("A process has no id; it is known as “%(element)s”."),
        _("Save the diagram with a modeler, which gives one."),
    ),
    "executable-assumed": Rule(
        "rewritten",
        _("The process “%(element)s” does not say whether it is executable; it is taken to be."),
        _("Mark it so in the modeler."),
    ),
    "reference-dangling": Rule(
        "rewritten",
        _("“%(element)s” names the %(trigger)s “%(reference)s”, which is not declared; the name stands for it."),
        _NOTHING,
    ),
    "flow-elsewhere": Rule(
        "rewritten",
        _("The flow “%(element)s” is written in another place than the elements it joins; it is read with them."),
        _NOTHING,
    ),
    "data-ignored": Rule(
        "rewritten",
        _("“%(element)s” and all of its kind (%(type)s, %(count)s in all) are a picture only; cases have variables."),
        _NOTHING,
    ),
    "fork-implicit": Rule(
        "rewritten",
        _("%(count)s flows leave “%(element)s” without a gateway; all are taken, as behind a parallel gateway."),
        _("Draw an exclusive gateway behind it if only one of them is meant."),
    ),
    "merge-implicit": Rule(
        "rewritten",
        _(
            "%(count)s flows lead to “%(element)s” without a gateway; it is done for each that comes, as behind an "
            "exclusive gateway."
        ),
        _("Draw a parallel gateway before it if it has to wait for all of them."),
    ),
    "events-thrown": Rule(
        "rewritten",
        _("“%(element)s” throws %(count)s things; they are thrown one after the other."),
        _NOTHING,
    ),
    "events-any": Rule(
        "rewritten",
        _("“%(element)s” waits for %(count)s things; the first that happens is enough."),
        _("Mark it as parallel if it has to wait for all of them."),
    ),
    "events-all": Rule(
        "rewritten",
        _("“%(element)s” waits for %(count)s things; all of them have to happen, in any order."),
        _NOTHING,
    ),
    "global-task": Rule(
        "rewritten",
        _("“%(element)s” calls the global task “%(task)s”, which is done in its place."),
        _NOTHING,
    ),
    "receive-first": Rule(
        "rewritten",
        _("A case begins with the receive task “%(element)s”; it is a start event that waits for its message."),
        _NOTHING,
    ),
    "default-condition": Rule(
        "warning",
        _("The default flow “%(element)s” has the condition “%(expression)s”, which is not asked."),
        _("Take the condition away, or mark another flow as the default."),
    ),
    "default-beside": Rule(
        "warning",
        _(
            "The default flow “%(element)s” out of “%(step)s” is taken whenever no condition is true, although "
            "“%(flow)s” is always taken too; other engines would not take it then."
        ),
        _("Draw an inclusive gateway behind the step, whose flows say when each is taken."),
    ),
    "start-implicit": Rule(
        "rewritten",
        _("“%(element)s” has no start event; it begins with what no flow leads to: %(names)s."),
        _("Draw a start event."),
    ),
    "starts-joined": Rule(
        "rewritten",
        _("“%(element)s” has %(count)s start events that lead to the same place; they are one."),
        _NOTHING,
    ),
    "starts-left-out": Rule(
        "rewritten",
        _("“%(element)s” is left out, since another start event is marked as the one where cases begin."),
        _NOTHING,
    ),
    "conditions-after-step": Rule(
        "rewritten",
        _("Flows out of “%(element)s” have conditions; they are read as if an %(type)s stood behind it."),
        _NOTHING,
    ),
    "link-joined": Rule("rewritten", _("The link “%(element)s” goes on at “%(target)s”, as by a flow."), _NOTHING),
    "language-declared": Rule(
        "rewritten",
        _("“%(element)s” is in the language that the diagram declares, and is read as “%(expression)s”."),
        _NOTHING,
    ),
    "words-of-juel": Rule(
        "rewritten",
        _("The bare expression of “%(element)s” is written with words of JUEL, and is read as “%(expression)s”."),
        _NOTHING,
    ),
    "form-key": Rule("rewritten", _("The form “%(key)s” of “%(element)s” is known as “%(form)s”."), _NOTHING),
    "form-drawn": Rule(
        "rewritten",
        _("“%(element)s” has %(count)s form fields in the diagram; its form is made of them where an item is."),
        _("Drop the diagram on the bench, which makes an item of it; or draw a form, and name it in “form”."),
    ),
    "spilled": Rule(
        "rewritten",
        _("What is set in “%(element)s” and asked for outside is handed out, as other engines do: %(names)s."),
        _("Say it by the property “hands-out” if it is to be otherwise."),
    ),
    "handed-out": Rule(
        "rewritten",
        _("“%(element)s” hands out %(names)s, as its output mapping says."),
        _NOTHING,
    ),
    "correlation-key": Rule(
        "rewritten",
        _(
            "The message of “%(element)s” is correlated by “%(key)s”. Here a message is delivered to a case by the "
            "number of the case, and what has waited for it longest takes it; the key is not read."
        ),
        _NOTHING,
    ),
}

ASKED: dict[str, Rule] = {
    "starts-several": Rule(
        "question",
        _("“%(element)s” has %(count)s start events. Only what follows “%(offer)s” would be run."),
        _("Say which of them a case begins with: %(names)s."),
    ),
    "post-missing": Rule(
        "question",
        _("“%(name)s” has no post. The diagram names “%(people)s” for it; the post would be “%(offer)s”."),
        _("Give it a post, or bind its lane by name in item.yaml."),
    ),
    "service-foreign": Rule(
        "question",
        _("“%(element)s” runs %(what)s, which only another engine has. A person would do it by hand instead."),
        _("Keep it as a manual step, or name a registered operation."),
    ),
    "script-foreign": Rule(
        "question",
        _("“%(element)s” has a script in %(language)s, which is not run here. A person would do it by hand instead."),
        _("Keep it as a manual step, or write the script in the small Python."),
    ),
    "subprocess-empty": Rule(
        "question",
        _("The subprocess “%(element)s” has nothing in it. It would be one step, done by hand."),
        _("Keep it as a manual step, or draw what is in it."),
    ),
    "extension-foreign": Rule(
        "question",
        _("“%(element)s” has extensions of another engine that change what it does, and are not run here: %(what)s."),
        _("Leave them out if the process means the same without them; otherwise draw what they do as a step."),
    ),
}

TOLD: dict[str, Rule] = {
    "form-default": Rule(
        "warning",
        _("The field “%(name)s” of “%(element)s” begins with “%(value)s”, an expression, which is not taken over."),
        _("Write a plain value, or set the variable in a script before the step."),
    ),
    "passed-anyway": Rule(
        "warning",
        _(
            "“%(call)s” does not pass %(names)s to the process it calls, which reads it. Here a called process sees "
            "the variables of its caller; in the engine that the diagram is drawn for it would not."
        ),
        _(
            "Nothing has to be done if it is to see them, or pass them by an “in” mapping; otherwise give the "
            "variables of the called process names of their own."
        ),
    ),
    "extension-unknown": Rule(
        "warning",
        _("“%(element)s” has extensions of another engine that are not known here, and are left out: %(what)s."),
        _("Nothing has to be done if the process means the same without them; otherwise draw what they do."),
    ),
    "name-made-up": Rule(
        "error",
        _("“%(element)s” names the %(trigger)s “%(name)s”, which is an expression; a name is taken as it is written."),
        _("Give it a fixed name. What is thrown in a case stays in it, so the name need not tell cases apart."),
    ),
    "counted-otherwise": Rule(
        "error",
        _("“%(element)s” has the %(name)s “%(value)s”, which is not supported: a step is done once for each token."),
        _("Take it away, and draw with gateways and events what it means."),
    ),
}

IMPORTED = REWRITTEN | ASKED | TOLD
