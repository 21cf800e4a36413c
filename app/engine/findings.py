"""Every finding the engine room can make: its weight, what it says and what to do about it."""

from dataclasses import dataclass, field
from typing import Any

from app.engine.decisions.texts import DECIDED
from app.engine.diagram import drawn
from app.engine.event_findings import EVENT_RULES
from app.engine.importing.texts import IMPORTED
from app.engine.rule import Rule
from app.engine.types import Finding
from app.kernel.marking import _

RULES: dict[str, Rule] = IMPORTED | {
    **EVENT_RULES,
    **DECIDED,
    # --- the file
    "no-file": Rule("error", _("No diagram was given."), _("Choose a BPMN 2.0 file.")),
    "too-many-files": Rule(
        "error", _("More than %(limit)s files were given."), _("Upload only the diagrams that belong together.")
    ),
    "file-too-large": Rule(
        "error",
        _("The file is larger than %(limit)s bytes."),
        _("Remove pictures and exporter data from it, or split the process by call activities."),
    ),
    "encoding": Rule(
        "error",
        _(
            "The file declares the encoding “%(encoding)s” or breaks it; UTF-8, UTF-16, GB18030, Windows-1252 and "
            "ISO-8859-1 are read."
        ),
        _("Save it as UTF-8."),
    ),
    "doctype": Rule(
        "error",
        _("The file has a document type declaration, which can hide attacks and is not read."),
        _("Export the diagram from a BPMN modeler."),
    ),
    "not-xml": Rule("error", _("The file is not well-formed XML: %(reason)s"), _("Export it again from a modeler.")),
    "too-deep-xml": Rule(
        "error", _("Elements are nested more than %(limit)s deep."), _("Flatten the nested subprocesses.")
    ),
    "too-many-elements": Rule(
        "error",
        _("The file has more than %(limit)s XML elements."),
        _("Split the process by call activities."),
    ),
    "too-many-nodes": Rule(
        "error",
        _("The diagrams have more than %(limit)s steps, events and gateways together."),
        _("Split the process into items of their own."),
    ),
    "not-bpmn": Rule(
        "error",
        _("The file is XML, but its root is “%(root)s” and not the definitions of BPMN 2.0."),
        _("Export it as BPMN 2.0."),
    ),
    # --- which process, and what it is made of
    "no-process": Rule("error", _("There is no process in the diagram."), _("Draw one, from a start event to an end.")),
    "several-processes": Rule(
        "question",
        _("Several processes (%(names)s) could be the one a case starts with. It would be “%(offer)s”."),
        _("Mark exactly one as executable, or let it call the others by call activities."),
    ),
    "not-executable": Rule(
        "warning", _("The process “%(element)s” is not marked as executable."), _("Mark it so in the modeler.")
    ),
    "other-pools": Rule(
        "warning",
        _("The pools of other parties (%(names)s) are a picture only; their elements are not run."),
        _("Nothing has to be done if that is what you mean."),
    ),
    "id-missing": Rule("error", _("A %(type)s has no id."), _("Save the diagram with a modeler, which gives one.")),
    "id-twice": Rule("error", _("The id “%(element)s” is used twice."), _("Give one of the two another id.")),
    "id-invalid": Rule(
        "error",
        _("The id “%(element)s” is not allowed: letters, digits, “_”, “-” and “.”, the first a letter or “_”."),
        _("Change it in the modeler's properties."),
    ),
    "unknown-element": Rule(
        "error", _("“%(element)s” is a %(type)s, which is not supported."), _("Draw it as a user or service task.")
    ),
    "complex-gateway": Rule(
        "error",
        _("“%(element)s” is a complex gateway, which says in no standard way what it does."),
        _("Use an inclusive or a parallel gateway."),
    ),
    "ad-hoc": Rule(
        "error",
        _("“%(element)s” is an ad hoc subprocess, which is not supported."),
        _("Draw the order of its steps, or branches of an inclusive gateway."),
    ),
    # --- how it hangs together
    "flow-dangling": Rule(
        "error",
        _("The flow “%(element)s” does not join two elements of one level (from “%(source)s” to “%(target)s”)."),
        _("Draw it again; a flow does not cross the border of a subprocess or pool."),
    ),
    "default-dangling": Rule(
        "error",
        _("The default flow “%(flow)s” of “%(element)s” does not leave it."),
        _("Mark one of its own flows as the default."),
    ),
    "no-start": Rule("error", _("“%(element)s” has no start event."), _("Draw one.")),
    "several-starts": Rule(
        "error", _("“%(element)s” has %(count)s start events."), _("Keep one, with a gateway behind it.")
    ),
    "start-entered": Rule(
        "error", _("A flow leads into the start event “%(element)s”."), _("Lead it to the element behind the start.")
    ),
    "end-left": Rule(
        "error", _("A flow leads out of the end event “%(element)s”."), _("Make it an intermediate event.")
    ),
    "unreachable": Rule(
        "error", _("No way leads to “%(element)s”."), _("Join it by a flow, or take it out of the diagram.")
    ),
    "never-ends": Rule(
        "error", _("From “%(element)s” no way leads to an end."), _("Draw a way out of the loop, or an end event.")
    ),
    "dead-end": Rule(
        "rewritten",
        _("“%(element)s” has no way out; the case ends there, as at an end event."),
        _("Draw an end event behind it."),
    ),
    "flow-twice": Rule(
        "error",
        _("Two flows lead from “%(source)s” to the joining gateway “%(element)s”."),
        _("Draw one flow, or put a step into one of the two."),
    ),
    "deadlock": Rule(
        "error",
        _("The case can stop for ever at “%(element)s”, which waits for a branch that was not taken: %(path)s."),
        _("Join branches by the kind of gateway that split them: exclusive by exclusive, parallel by parallel."),
    ),
    "too-many-joins": Rule(
        "error",
        _("“%(element)s” has more than %(limit)s inclusive gateways that join flows."),
        _("Put parts of it into subprocesses, or use exclusive and parallel gateways where they say it as well."),
    ),
    "tokens-multiply": Rule(
        "warning",
        _("What follows “%(element)s” can be under way many times at once: %(path)s."),
        _("Join parallel branches by a parallel gateway before a flow leads back."),
    ),
    "no-way-on": Rule(
        "error",
        _("The case can stop for ever at “%(element)s”: by what was decided before, no flow out is open: %(path)s."),
        _("Mark one of its flows as the default, or give it a flow for this case."),
    ),
    "never-done": Rule(
        "error",
        _("The case can come to a state from which no way leads to an end, at “%(element)s”: %(path)s."),
        _("Let something change what the loop decides on, or draw a way out of it."),
    ),
    "step-dead": Rule(
        "error",
        _("No case can ever come to “%(element)s”; what is decided before excludes it. The way up to it: %(path)s."),
        _("Correct the conditions before it, or take it out of the diagram."),
    ),
    "written-at-once": Rule(
        "warning",
        _("%(one)s and %(other)s may be under way at the same time, and both set “%(name)s”: the last one wins."),
        _("Give each a variable of its own, or let one follow the other."),
    ),
    "not-proven": Rule(
        "warning",
        _("That every case of “%(element)s” ends is not proven: there are more than the %(states)s states looked at."),
        _(
            "Put parts of it into subprocesses, or join parallel branches earlier. To publish it as it is, "
            "a second person has to answer for it."
        ),
    ),
    # --- conditions, scripts, loops
    "conditional-flow": Rule(
        "error",
        _("The flow “%(flow)s” out of “%(element)s” has a condition, which only flows out of gateways can have."),
        _("Put an exclusive or an inclusive gateway behind “%(element)s”."),
    ),
    "condition-missing": Rule(
        "question",
        _("The flow “%(element)s” out of the gateway “%(gateway)s” has no condition. It would be: %(offer)s"),
        _("Give it a condition, or mark it as the default."),
    ),
    "default-missing": Rule(
        "warning",
        _("If no condition of the gateway “%(element)s” is true, the case cannot go on."),
        _("Mark one of its flows as the default."),
    ),
    "foreign-language": Rule(
        "error",
        _("“%(element)s” has “%(expression)s” in %(language)s, which is not read here."),
        _("Write conditions in FEEL (=…), JUEL (${…}) or Python, scripts in Python."),
    ),
    "expression-type": Rule(
        "error",
        _("“%(element)s” has the expression “%(expression)s”, which gives a %(kind)s; needed is: %(wanted)s."),
        _("Compare it with something, or correct it: a condition is true or false, a time is like P15D."),
    ),
    "expression-malformed": Rule(
        "error",
        _("“%(element)s” has the expression “%(expression)s”, which cannot be read: %(reason)s."),
        _('Write it like: review.outcome == "approved" and area > 500'),
    ),
    "script-empty": Rule(
        "question",
        _("The script task “%(element)s” has no script. A person would do it by hand instead."),
        _("Keep it as a manual step, or write the script."),
    ),
    "script-idle": Rule(
        "question",
        _("The script “%(expression)s” of “%(element)s” changes nothing. A person would do it by hand instead."),
        _("Keep it as a manual step, or let the script assign a variable."),
    ),
    "loop-endless": Rule(
        "error",
        _("The loop of “%(element)s” has neither a condition nor a maximum."),
        _("Give it one of them."),
    ),
    "loop-always": Rule(
        "error",
        _("“%(step)s” is done again for ever: its condition “%(condition)s” is always true."),
        _("Give the loop a maximum (loopMaximum), or let something in it change what it asks for."),
    ),
    "loop-unchanging": Rule(
        "error",
        _("“%(step)s” is done again for ever once “%(condition)s” is true: nothing in it changes %(names)s."),
        _("Give the loop a maximum (loopMaximum), or let something in it change what it asks for."),
    ),
    "loop-maximum": Rule(
        "error", _("The maximum of the loop of “%(element)s” is “%(value)s”."), _("Write a whole number above 0.")
    ),
    "loop-twice": Rule(
        "error",
        _("“%(element)s” is both a loop and a multi-instance."),
        _("Keep one of them, or put a subprocess with the one around a step with the other."),
    ),
    "items-number": Rule(
        "error",
        _("“%(element)s” would be done “%(value)s” times."),
        _("Write a whole number, 0 or more, or an expression that gives one."),
    ),
    "items-unclear": Rule(
        "error",
        _("The multi-instance “%(element)s” has both a collection and a cardinality."),
        _("Keep one: the list of what it is done for, or the number of times."),
    ),
    "items-missing": Rule(
        "question",
        _("It is not said how often “%(element)s” is done. It would be %(offer)s times."),
        _("Name the list of what it is done for, or the number of times."),
    ),
    "item-name": Rule(
        "error",
        _("“%(value)s” cannot be the name of the item of “%(element)s” in an expression."),
        _("Use letters, digits and “_”."),
    ),
    "items-output": Rule(
        "error",
        _("“%(element)s” collects in “%(name)s” what its items give, but does not say what that is."),
        _("Name it: the output element in Camunda 8, the outputDataItem in BPMN."),
    ),
    "called-missing": Rule(
        "question",
        _("“%(element)s” calls the process “%(called)s”, which is in no file. A person would do it by hand."),
        _("Upload the called process together with this one, or keep it as a manual step."),
    ),
    "called-again": Rule(
        "error",
        _("“%(element)s” calls the process “%(called)s”, in which it is itself."),
        _("Draw a loop instead."),
    ),
    # --- time
    "timer-empty": Rule(
        "question",
        _("The timer “%(element)s” has no time. It would be %(offer)s."),
        _("Give it a duration such as P15D, a date or a cycle."),
    ),
    "timer-invalid": Rule(
        "error",
        _("The timer “%(element)s” has the time “%(value)s”, which is no ISO 8601 %(kind)s."),
        _("Write P15D for fifteen days, PT4H for four hours, R3/PT8H for three times every eight hours."),
    ),
    "cycle-place": Rule(
        "error",
        _("The timer “%(element)s” repeats, which only one that does not interrupt a step can do."),
        _("Give it a duration, or make it a non-interrupting boundary event."),
    ),
    "light-interrupts": Rule(
        "error",
        _("The light “%(element)s” would end the step that it stands for."),
        _("Make the boundary event non-interrupting."),
    ),
    "light-twice": Rule(
        "error",
        _("“%(host)s” has two lights that turn %(colour)s; “%(element)s” is the second."),
        _("Keep one of them."),
    ),
    "light-duration": Rule(
        "error",
        _("The light “%(element)s” needs a fixed duration, such as P15D."),
        _("Write the duration itself; a limit that depends on the case belongs into the item's settings."),
    ),
    # --- the vocabulary
    "nobody": Rule(
        "question",
        _("“%(step)s” waits for a person, but has no post and lies in no lane. The post would be “%(offer)s”."),
        _("Put it into a lane, or give it the property “post”."),
    ),
    "form-missing": Rule("warning", _("The user task “%(step)s” has no form."), _("Give it the property “form”.")),
    "operation-missing": Rule(
        "question",
        _("The service task “%(element)s” has no operation. A person would do it by hand instead."),
        _("Keep it as a manual step, or give it the property “operation”."),
    ),
    "operation-unknown": Rule(
        "error",
        _("The operation “%(operation)s” of “%(element)s” is not registered."),
        _("Use one of: %(known)s."),
    ),
    "property-unknown": Rule(
        "warning",
        _("“%(element)s” has the property “%(name)s”, which nothing reads."),
        _("These are read there: %(known)s."),
    ),
    "property-value": Rule(
        "error",
        _("The property “%(name)s” of “%(element)s” is “%(value)s”, which is not allowed."),
        _("Allowed is: %(allowed)s."),
    ),
}


@dataclass
class Report:
    """Collects findings while a diagram is read and checked."""

    findings: list[Finding] = field(default_factory=list)

    def add(
        self, rule_code: str, element: str | None = None, file: str | None = None, offer: str = "", **params: Any
    ) -> None:
        """Note a finding; `element`, and `offer` where there is one, are parameters of every text.

        Of what a rewrite added, the drawn element is told that it stands for.
        """
        rule = RULES[rule_code]
        element = drawn(element) or element if element else element
        values = {"element": element or "", **params, **({"offer": offer} if offer else {})}
        self.findings.append(Finding(rule.severity, rule_code, element, file, rule.message, values, rule.remedy, offer))

    @property
    def refused(self) -> bool:
        """Whether there is an error among the findings."""
        return any(finding.severity == "error" for finding in self.findings)

    def result(self) -> tuple[Finding, ...]:
        """The findings: errors, questions, warnings, what was rewritten; each in the order they were made."""
        return tuple(sorted(self.findings, key=lambda finding: finding.weight))
