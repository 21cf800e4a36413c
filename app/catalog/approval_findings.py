"""The findings about what a diagram means for an approval."""

from app.engine.rule import Rule
from app.kernel.marking import _

APPROVAL: dict[str, Rule] = {
    "path-too-long": Rule(
        "warning",
        _(
            "From acceptance to the decision the limits of the steps add up to %(days)s days, longer than the "
            "%(promised)s days promised: %(steps)s. Each step of the office counts once, of branches the longest; "
            "what is excluded and what the applicant does is not counted."
        ),
        _("Shorten a step, let steps run in parallel, or promise longer."),
    ),
    "decision-never-refuses": Rule(
        "warning",
        _("After the decision “%(step)s” no way leads to a refusal."),
        _("Draw the way of a denial, to an end event with the property result = denied."),
    ),
    "never-refused": Rule(
        "warning",
        _("The item is granted at “%(step)s”, no step is marked as the decision, and no way leads to a refusal."),
        _("Give the step that decides the property kind = decide, and draw an end event with result = denied."),
    ),
    "outcomes-unused": Rule(
        "warning",
        _("“%(step)s” offers %(outcomes)s, and no flow and no document depends on which of them is chosen."),
        _("Put a gateway behind it that asks for the outcome, or offer one of them only."),
    ),
    "supplement-twice": Rule(
        "warning",
        _("After “%(step)s” the applicant can be asked for a supplement again, at “%(other)s”."),
        _(
            "Whatever is missing is told once and completely (Administrative Licensing Law, Art. 32); a step that asks "
            "only for what could not be told at first is marked again = true."
        ),
    ),
    "parallel-unled": Rule(
        "warning",
        _("Several posts judge at the same time (%(steps)s), and none of them leads."),
        _("Give each branch the property leg, name the legs in item.yaml, and give one of them lead = true."),
    ),
    "materials-unseen": Rule(
        "warning",
        _("The material “%(material)s” is asked for, and no step of the office looks at it."),
        _(
            "Name it under “materials” of the step that looks at it, in its checklist, or show it in its form; the "
            "step is of the kind pre-review, accept, review, inspect, decide or verify."
        ),
    ),
    "material-unseen-later": Rule(
        "warning",
        _("The material “%(material)s” can be handed in at “%(step)s”, and no step after that looks at it."),
        _("Let a step look at it that comes after, or ask for it earlier."),
    ),
    "step-material-unknown": Rule(
        "error",
        _("The step “%(step)s” looks at the material “%(material)s”, which is not asked for."),
        _("Correct the code, or add it under “materials”."),
    ),
}
