"""The words of the editor, which speaks in the browser: English by which they are asked for, and how they read here."""

from collections.abc import Mapping

from flask_babel import gettext

from app.kernel.marking import _

_SAID = (
    # the page
    _("Saved"), _("Not saved"), _("Saving …"),
    _("The office cannot be reached. What you did is kept in this browser."),
    _("Sign in in another tab, then try again."), _("Try again"),
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
    _("It may ask again"), _("Operation"), _("What it brings"),
    _("Names of variables with spaces between them; after a name, :text, :number or :boolean says what it must be. "
      "Whoever delivers it is asked for each. Left empty: nothing."),
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
    _("Fields"), _("Add a field"),
    _("Variable"), _("Kind"), _("Required"),
    _("The text cannot be read; correct it below."),
    _("None yet. Choose a kind and add a field."), _("As it will be seen"), _("hidden at times"),
    _("Choose a field to set what it asks."), _("In the step “%(step)s”: %(outcomes)s"),
    _("Line of text"), _("Longer text"), _("Number"), _("Date or time"), _("Tick"), _("One of several"),
    _("One from a list"), _("Several"), _("Several from a list"), _("File of a material"), _("Explanation"),
    _("Group"), _("List of rows"), _("Computed value"), _("Line between"), _("Space"), _("Table of a list"),
    _("Preview of a file"), _("Picture"), _("Button"),
    _("The whole line"), _("Half a line"), _("A third of a line"), _("Width"),
    _("A narrower field stands beside the one above it, where there is room."),
    _("Computed (FEEL)"), _("Personal data"), _("It is masked where it is listed or exported."),
    _("name"), _("phone"), _("email"), _("address"), _("citizen-number"), _("account"), _("credit-code"), _("any"),
    _("Text in Chinese"), _("Text in English"), _("Hint in Chinese"), _("Hint in English"),
    _("Material"), _("Formats, size and whether it must be there stand in item.yaml."),
    _("At least"), _("At most"), _("Digits after the point"), _("Unit"), _("The same in English"),
    _("Characters at least"), _("Characters at most"), _("Written as"), _("Pattern"), _("Asked for"), _("a day"),
    _("a time"), _("a day and a time"), _("Rows at least"), _("Rows at most"), _("Choices"), _("Add a choice"),
    _("Hidden where (FEEL)"),
    _("Such as =kind = \"house\"; it reads fields that stand above. Left empty: always shown."),
    # durations
    _("%(number)s years"), _("%(number)s months"), _("%(number)s weeks"), _("%(number)s days"),
    _("%(number)s working days"), _("%(number)s hours"), _("%(number)s office hours"), _("%(number)s minutes"),
    _("%(number)s seconds"), _(", "), _("%(times)s times, every %(time)s"), _("again and again, every %(time)s"),
    _("Instant"), _("Repeated"),
    # conditions
    _("Put a condition together"), _("Outcome of %(step)s"), _("What is asked"), _("Comparison"), _("Value"),
    _("Take it as the condition"), _("and also"), _("or else"), _("and"), _("or"), _("yes"), _("no"),
    _("is"), _("is not"), _("is more than"), _("is at least"), _("is less than"), _("is at most"),
    _("A number is needed."),
    # files that come and go
    _("Taken to the working copy; nothing is saved yet."),
    _("Not taken: %(files)s. Diagrams, decisions, forms (JSON), item.yaml and scenarios.yaml belong to an item."),
    _("%(file)s was taken from the working copy."), _("Put it back"), _("New form"), _("Open the form"),
    # decisions
    _("Decision"), _("New decision"), _("Open the decision"), _("Add a decision"), _("Remove the decision"),
    _("Variable for the result"), _("Left empty: each result column is a variable of its own."),
    _("Process that is called"), _("Decision table"), _("This decision is no table; edit it as text."),
    _("Where all of these hold"), _("Then"), _("Row"), _("Note"), _("Change the row"), _("Change the column"),
    _("Add a condition column"), _("Add a result column"), _("Add a row"),
    _("Cells: “-” anything; \"A\", \"B\" one of these; [1..5] from 1 to 5; > 5; not(\"A\"). "
      "Enter goes to the next row; Alt with an arrow moves the row."),
    _("Row %(row)s, %(column)s"), _("Row %(row)s, note"), _("Move up"), _("Move down"), _("Copy below"),
    _("Move up: row %(row)s"), _("Move down: row %(row)s"), _("Copy below: row %(row)s"), _("Remove: row %(row)s"),
    _("Expression in FEEL"), _("Name"), _("Hit policy"), _("Taken together"), _("a list of all"),
    _("the sum"), _("the least"), _("the greatest"), _("how many"),
    _("Only one row may hold."), _("Several rows may hold, if they give the same."),
    _("Of the rows that hold, the most important result counts."),
    _("The first row from above that holds counts."),
    _("All rows that hold count, in the order of the rows."),
    _("All rows that hold count, the most important result first."),
    _("All rows that hold count: as a list, or added up, counted, the least or the greatest."),
    _("It reads the results of"), _("Condition column"), _("Result column"), _("To the left"), _("To the right"),
    _("Type"), _("not said"), _("Value asked for (FEEL)"),
    _("A variable of the case, such as a field of its form, or an expression."), _("Heading"),
    _("Values that it may have"), _("The most important first, where the hit policy goes by priority."),
    _("Where no row holds"),
    _("string"), _("number"), _("boolean"), _("date"), _("time"), _("dateTime"), _("dayTimeDuration"),
    _("yearMonthDuration"),
)  # fmt: skip


def words() -> Mapping[str, str]:
    """What the editor says, in the reader's language."""
    return {said: gettext(said) for said in dict.fromkeys(_SAID)}
