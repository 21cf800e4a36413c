"""What can stand in the way of a verb of the case."""

from app.kernel.errors import DomainError


class MaterialsMissing(DomainError):
    """Key materials were not handed in."""

    code = "materials-missing"
    message = "These materials are still missing: %(names)s."
    remedy = "Upload them, then submit again."

    def __init__(self, codes: tuple[str, ...], names: str) -> None:
        self.codes = codes
        super().__init__(names=names)


class UnknownOutcome(DomainError):
    """The step does not offer this outcome."""

    code = "unknown-outcome"
    message = "The step “%(step)s” offers no outcome “%(outcome)s”; it offers: %(offered)s."


class NothingToReport(DomainError):
    """The diagram catches no such error on the step."""

    code = "nothing-to-report"
    message = "The diagram does not provide for “%(event)s” at the step “%(step)s”; it provides for: %(offered)s."
    remedy = "Choose one of these, or one of the step's outcomes."


class OpinionNeeded(DomainError):
    """This outcome must be reasoned (Art. 38 for a refusal)."""

    code = "opinion-needed"
    message = "This outcome needs a written opinion."
    remedy = "State the reasons."


class CaseClosed(DomainError):
    """Nothing more happens to the case."""

    code = "case-closed"
    message = "The case %(code)s is closed: its status is “%(status)s”."


class TenantUnknown(DomainError):
    """The jurisdiction does not run an office."""

    code = "tenant-unknown"
    message = "The region “%(tenant)s” takes no applications here."
    remedy = "Choose one of the regions listed with the item."


class NotReceivedHere(DomainError):
    """A window takes in for another jurisdiction only what the item says is received anywhere."""

    code = "not-received-here"
    message = "Applications of the item “%(item)s” to %(tenant)s are received only there."
    remedy = "Send the applicant there, or let them apply online."


class NotExtendable(DomainError):
    """An extension beyond what the law allows (Art. 42: 10 days, 15 where departments decide jointly)."""

    code = "not-extendable"
    message = "The limit can be extended by %(most)s working days at most, of which %(granted)s have been granted."


class NothingGranted(DomainError):
    """A diagram revokes a licence that was never granted."""

    code = "nothing-granted"
    message = "There is no licence to revoke: no decision to grant was issued for this case."
    remedy = "Let the operation “issue-decision” come before, on a way where the outcome is “grant”."


class NotDecided(DomainError):
    """A diagram asks for the decision's document before a step of the kind “decide” has granted or denied."""

    code = "not-decided"
    message = "There is no decision to make a document of: the last outcome is “%(outcome)s”."
    remedy = "Let a step of the kind “decide” with the outcomes “grant” and “deny” come before the service task."


class MovedOn(DomainError):
    """A case that was moved to another version went on there."""

    code = "moved-on"
    message = "The case %(code)s has gone on since it was moved, so that its earlier state cannot come back."
    remedy = "Move it by itself, from its present version to the earlier one: the preview says whether it can go."
