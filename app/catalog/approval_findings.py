"""The findings about what a diagram means for an approval."""

from app.engine.rule import Rule, _

APPROVAL: dict[str, Rule] = {
    "path-too-long": Rule(
        "warning",
        _("The limits of the steps add up to %(days)s days, longer than the %(promised)s days promised: %(steps)s."),
        _("Shorten a step, let steps run in parallel, or promise longer."),
    ),
    "decision-never-refuses": Rule(
        "warning",
        _("After the decision “%(step)s” no way leads to a refusal."),
        _("Draw the way of a denial, to an end event with the property result = denied."),
    ),
    "outcomes-unused": Rule(
        "warning",
        _("“%(step)s” offers %(outcomes)s, and no flow and no document depends on which is chosen."),
        _("Put a gateway behind it that asks for the outcome, or offer one only."),
    ),
    "supplement-twice": Rule(
        "warning",
        _("After “%(step)s” the applicant can be asked for a supplement again, at “%(other)s”."),
        _(
            "Whatever is missing is told once and completely (Administrative Licensing Law, Art. 32); a step that asks "
            "only for what could not be told at first is marked again = true."
        ),
    ),
    "materials-unseen": Rule(
        "warning",
        _("Materials are asked for, and no step of the office looks at them."),
        _("Give a step that accepts or reviews a form or a checklist."),
    ),
}
