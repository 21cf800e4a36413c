"""What is said of decisions and of the steps that ask them."""

from app.engine.rule import Rule
from app.kernel.marking import _

DECIDED: dict[str, Rule] = {
    "business-rule": Rule(
        "question",
        _("“%(element)s” is a business rule task that names no decision. A person would do it by hand instead."),
        _("Name a decision of a *.dmn file beside the diagram, or keep it as a manual step."),
    ),
    "decision-missing": Rule(
        "question",
        _("“%(element)s” asks “%(decision)s”, a decision in none of the files. A person would do it by hand instead."),
        _("Add its *.dmn file, or correct the name; those like it are: %(near)s."),
    ),
    "decision-changing": Rule(
        "error",
        _("“%(element)s” says by an expression which decision it asks: “%(decision)s”."),
        _("Name the decision itself."),
    ),
    "result-name": Rule(
        "error",
        _("“%(value)s”, which is to take the result of “%(element)s”, cannot be the name of a variable."),
        _("Use letters, digits and “_”."),
    ),
    "decision-twice": Rule(
        "error", _("The decision “%(element)s” is there twice."), _("Give one of the two another id.")
    ),
    "decision-empty": Rule("error", _("The decision “%(element)s” has no logic."), _("Draw a decision table for it.")),
    "decision-kind": Rule(
        "error",
        _("The decision “%(element)s” holds a “%(type)s”, which is not supported."),
        _("Use a decision table, or an expression in one of the boxes of DMN."),
    ),
    "decision-function": Rule(
        "error",
        _("“%(element)s” holds a function written in “%(kind)s”, which is not run here."),
        _("Write the function in FEEL."),
    ),
    "decision-service": Rule(
        "error",
        _("“%(element)s” calls the decision service “%(service)s”, which is not supported."),
        _("Require the decisions of the service themselves, or make a business knowledge model of it."),
    ),
    "decision-language": Rule(
        "error",
        _("The decision “%(element)s” is written in “%(language)s”, which is not read here."),
        _("Write it in FEEL."),
    ),
    "decision-cell": Rule(
        "error",
        _("Of the decision “%(element)s” the place “%(place)s” (“%(expression)s”) cannot be read: %(reason)s."),
        _('Write it in FEEL: numbers, "texts", ranges such as [1..5], comparisons such as > 5, or - for anything.'),
    ),
    "decision-row": Rule(
        "error",
        _("Row %(row)s of “%(element)s” does not have a cell for each column."),
        _("Save the table again with a DMN modeler."),
    ),
    "decision-large": Rule(
        "error",
        _("The tables of the file with “%(element)s” have more than %(limit)s cells."),
        _("Divide them into decisions that require each other."),
    ),
    "decision-long": Rule(
        "error",
        _("The expressions of the file with “%(element)s” have more than %(limit)s characters."),
        _("Divide them into files."),
    ),
    "decision-policy": Rule(
        "error",
        _("“%(element)s” has the hit policy “%(policy)s”, which DMN does not know."),
        _("Use UNIQUE, ANY, PRIORITY, FIRST, RULE ORDER, OUTPUT ORDER, or COLLECT with SUM, COUNT, MIN or MAX."),
    ),
    "decision-outputs": Rule(
        "error",
        _("The outputs of “%(element)s” cannot be told apart, or cannot be added up."),
        _("Give each a name of its own; what is added up or counted can only be one."),
    ),
    "decision-priorities": Rule(
        "error",
        _("“%(element)s” chooses by priority, but its outputs have no list of values to say which."),
        _("List the values of the output, the most important first."),
    ),
    "decision-required": Rule(
        "error",
        _("The decision “%(element)s” requires “%(decision)s”, which is in none of the files."),
        _("Add its *.dmn file, or remove the requirement."),
    ),
    "decision-cycle": Rule(
        "error",
        _("The decision “%(element)s” requires itself, by way of: %(path)s."),
        _("Remove one of the requirements."),
    ),
    "decision-overlap": Rule(
        "error",
        _("Rows %(one)s and %(other)s of “%(element)s” hold at once, for example for %(example)s, but only one may."),
        _("Let the rows exclude each other, or choose another hit policy."),
    ),
    "decision-contradiction": Rule(
        "error",
        _("Rows %(one)s and %(other)s of “%(element)s” hold at once, for example for %(example)s, and differ."),
        _("Let them give the same result, or exclude each other."),
    ),
    "decision-gap": Rule(
        "warning",
        _("No row of “%(element)s” holds for %(example)s; the result would be empty."),
        _("Add a row for the rest, or a default output."),
    ),
}
