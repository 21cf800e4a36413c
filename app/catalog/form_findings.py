"""What is said of forms: one part of all that is said of an item's files (see findings)."""

from app.engine.rule import Rule, error, warning
from app.kernel.marking import _

FORMS: dict[str, Rule] = {
    "not-json": error(_("The file cannot be read as JSON: %(reason)s"), _("Save the form again from the editor.")),
    "not-a-form": error(
        _("The file is not a form: “type” is not “default” or “components” is no list."),
        _("Save the form again from the editor."),
    ),
    "form-id": error(_("The form's id “%(id)s” is not the name of its file."), _("Let both be the same.")),
    "form-too-large": error(_("The form has more than %(limit)s fields."), _("Split it.")),
    "form-too-deep": error(_("Groups and lists are nested more than %(limit)s deep."), _("Flatten the form.")),
    "component-unreadable": error(
        _("The component “%(element)s” is damaged: “%(part)s” is not as form-js writes it."),
        _("Save the form again from the editor."),
    ),
    "component-unknown": error(
        _("A field of the type “%(type)s” cannot be filled in and checked here."),
        _("Use one of: %(allowed)s."),
    ),
    "iframe-refused": error(
        _("“%(element)s” shows a page of somebody else within the form, which is never done here."),
        _("Remove it, or name the page in a text, with a link."),
    ),
    "button-reset": warning(
        _("The button “%(element)s” would empty the form; it is not shown."),
        _("Remove it: the page has its own buttons."),
    ),
    "text-unsafe": error(
        _("“%(element)s” has parts that are not shown here: %(parts)s."),
        _("Keep to paragraphs, headings, lists, tables, emphasis and links to https addresses."),
    ),
    "image-elsewhere": error(
        _("The picture “%(element)s” is not in the form itself."),
        _("Put it in as data:image/png;base64,… (PNG, JPEG, GIF or WebP): nothing is fetched from elsewhere."),
    ),
    "table-source": error(
        _("The table “%(element)s” shows “%(key)s”, which is no list above it."),
        _("Let its data source be the path of a dynamic list that stands above."),
    ),
    "table-column": error(
        _("The table “%(element)s” has a column “%(key)s”, which the list does not have."),
        _("Let the key of each column be that of a field of the list."),
    ),
    "preview-elsewhere": error(
        _("The documents of “%(element)s” would come from another place."),
        _("Remove the endpoint key: the files of the case itself are shown."),
    ),
    "preview-unknown": error(
        _("The preview “%(element)s” shows “%(key)s”, which is no material of the item."),
        _("Let its data source be the code of a material."),
    ),
    "file-rule": warning(
        _("“%(part)s” of the file field “%(element)s” is not read."),
        _("Remove it: the material in item.yaml says which files are taken, and whether one is needed."),
    ),
    "expression-bad": error(
        _("The expression of “%(element)s” is not understood: %(reason)s"),
        _("Compute with +, -, *, /, sum, count, min, max, if … then … else, and comparisons of fields above."),
    ),
    "expression-reads-nothing": error(
        _("The expression of “%(element)s” reads “%(key)s”, which is no field above it."),
        _("Move the fields that it reads above it."),
    ),
    "key-missing": error(_("The field “%(element)s” has no key."), _("Give it a key.")),
    "key-bad": error(
        _("The key “%(key)s” cannot be the name of a variable."),
        _("Use Latin letters, digits and underscores, beginning with a letter."),
    ),
    "key-twice": error(_("Two fields have the key “%(key)s”."), _("Give each field its own key.")),
    "label-missing": error(_("The field “%(element)s” has no label."), _("Give it a label; nobody could fill it in.")),
    "english-missing": warning(
        _("“%(element)s” has no English text: %(part)s is missing."),
        _("Add it, so that both languages can be read."),
    ),
    "options-missing": error(_("The field “%(element)s” has nothing to choose from."), _("Add its values.")),
    "options-bad": error(
        _("A value of “%(element)s” has no label or no text as its value, or stands twice."),
        _("Give each value a label and a code of its own."),
    ),
    "options-computed": error(
        _("The values of “%(element)s” come from an expression or from data."), _("Write them out as static values.")
    ),
    "rule-computed": error(
        _("“%(part)s” of “%(element)s” is an expression, which is not computed."), _("Write a plain value.")
    ),
    "rule-bad": error(_("“%(part)s” of “%(element)s” has a value that cannot be checked."), _("Correct it.")),
    "pattern-bad": error(
        _("The pattern of “%(element)s” is not understood: %(reason)s"),
        _("Use a regular expression without look-ahead and back-references."),
    ),
    "condition-bad": error(
        _("The condition of “%(element)s” is not understood: %(reason)s"),
        _("Compare fields with values: =, !=, <, <=, >, >=, joined by and, or, not(…), list contains(…)."),
    ),
    "condition-reads-nothing": error(
        _("The condition of “%(element)s” reads “%(key)s”, which is no field above it."),
        _("Move the field that decides above the one that it hides."),
    ),
    "at-most-unknown": error(
        _("“%(element)s” is to be at most “%(key)s”, which is no number beside it."),
        _("Name a number field of the same group."),
    ),
    "property-bad": error(
        _("The property “%(part)s” of “%(element)s” has no known value."), _("Use one of: %(allowed)s.")
    ),
    "file-slot-unknown": error(
        _("The file field “%(key)s” is no material of the item."), _("Let its key be the code of a material.")
    ),
}
