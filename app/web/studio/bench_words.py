"""The words of the editor, which speaks in the browser: English by which they are asked for, and how they read here."""

from collections.abc import Mapping

from flask_babel import gettext


def _(msgid: str) -> str:
    """Mark a msgid for the catalogue of translations."""
    return msgid


_SAID = (
    # the page
    _("Saved"), _("Not saved"), _("Saving …"),
    _("The office cannot be reached. What you did is kept in this browser."),
    _("nothing was found"), _("Read in another way (%(number)s)"), _("Answer"), _("Your answer"), _("Where to"),
    _("Changes that were not saved were put back."), _("Discard them"),
    _("%(who)s has this open, too, since %(since)s."),
    _("The diagram cannot be drawn: the findings say why. Its text can be edited."),
    _("Text"),
    _("Choose an element in the drawing or in the list above."),
    # kinds of findings
    _("Error"), _("Question"), _("Warning"), _("Rewritten"),
    # the panel
    _("Element"), _("Name in Chinese"), _("Name in English"), _("Post"), _("by its lane"), _("none"),
    _("Form"),
    _("Kind of step"), _("Outcomes"), _("Code"), _("Style"), _("an opinion is needed"), _("Add an outcome"),
    _("Remove"),
    _("Yellow light after"), _("Red light after"), _("Counted in"), _("working days"), _("all days"),
    _("P5D: five days; PT4H: four office hours. Left empty: no light."), _("Milestone"), _("Result"),
    _("Excluded time"), _("Announced length"), _("Part of the department"), _("It leads the others"),
    _("It may ask again"), _("Operation"),
    _("Condition"), _("Taken where no condition is true"), _("Choose an outcome …"), _("Duration"),
    _("The value is not an ISO 8601 duration."),
    # values
    _("pre-review"), _("accept"), _("supplement"), _("review"), _("inspect"), _("decide"), _("deliver"),
    _("verify"),
    _("received"), _("accepted"), _("decided"), _("concluded"), _("delivered"),
    _("granted"), _("denied"), _("refused"), _("withdrawn"), _("lapsed"),
    _("hearing"), _("tender"), _("auction"), _("inspection"), _("testing"), _("quarantine"), _("appraisal"),
    _("expert-review"),
    _("default"), _("primary"), _("danger"),
    # kinds of elements
    _("Step"), _("Automatic step"), _("Gateway"), _("Flow"), _("Lane"), _("Start"), _("End"), _("Event"),
    _("Timer"),
    _("Subprocess"), _("Pool"),
    # item.yaml and forms
    _("Essentials"), _("Summary in Chinese"), _("Summary in English"), _("Days by law"),
    _("Source of the days by law"),
    _("Days promised"), _("Source of the days promised"), _("Limits of steps stand in the diagram."),
    _("Fields"), _("Add a field"), _("Up"), _("Down"),
    _("Variable"), _("Kind"), _("Required"), _("Choices, one a line: value = Chinese = English"),
    _("The text cannot be read; correct it below."),
)  # fmt: skip


def words() -> Mapping[str, str]:
    """What the editor says, in the reader's language."""
    return {said: gettext(said) for said in dict.fromkeys(_SAID)}
