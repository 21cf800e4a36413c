"""What can go wrong while a diagram is read or a case moves."""

from app.engine.types import Finding
from app.kernel.errors import DomainError


class DiagramRefused(DomainError):
    """A diagram has errors; `findings` says which, and holds its warnings too."""

    code = "diagram-refused"
    message = "The diagram cannot be used: %(first)s"
    remedy = "Correct what the findings name, then upload it again."

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        errors = [finding for finding in findings if finding.severity == "error"]
        super().__init__(first=errors[0].text if errors else "")


class AnswerUnfit(DomainError):
    """What was answered to a question about a diagram is no answer to it, or there is no such question."""

    code = "answer-unfit"
    message = "“%(value)s” does not answer the question about “%(element)s”."
    remedy = "Check the diagram again, and answer in the form that is offered."


class TokenGone(DomainError):
    """The step, timer or operation is not waiting any more: somebody or something was faster."""

    code = "token-gone"
    message = "This step is no longer open."
    remedy = "Load the case again and look at where it stands."


class NotAwaited(DomainError):
    """Nothing in the case waits for this message or signal, or catches this error."""

    code = "not-awaited"
    message = "Nothing in the case waits for the %(kind)s “%(name)s” just now."
    remedy = "Load the case again and look at what it waits for."


class ExpressionFailed(DomainError):
    """An expression or script of the diagram could not be evaluated."""

    code = "expression-failed"
    message = "“%(element)s” could not be passed: the expression “%(expression)s” failed. %(reason)s"
    remedy = "Ask the designer of the diagram to correct the expression, or supply the value that it reads."


class NoWayOut(DomainError):
    """None of a gateway's conditions is true and it has no default flow."""

    code = "no-way-out"
    message = "No way leads on from the gateway “%(element)s”: none of its conditions is true and it has no default."
    remedy = "Ask the designer to mark one of its flows as the default."


class Stuck(DomainError):
    """Tokens are left that nothing can move: a joining gateway waits for a branch that was never taken."""

    code = "stuck"
    message = "The case would stop for ever at “%(element)s”, which waits for a branch that is not under way."
    remedy = "Ask the designer to join the branches by the kind of gateway that split them."


class TooDeep(DomainError):
    """The case passes more elements in one step, or holds more tokens at once, than any office's case would."""

    code = "too-deep"
    message = "The case was stopped at “%(element)s”: it does not come to rest within %(bound)s moves."
    remedy = "Ask the designer to look for a loop in which nobody has to do anything."


class TooSlow(DomainError):
    """What the diagram works out in one act takes longer than anybody could wait for."""

    code = "too-slow"
    message = "The case was stopped at “%(element)s”: what is worked out takes longer than %(bound)s seconds."
    remedy = "Ask the designer to make the scripts and conditions simpler."


class StateUnreadable(DomainError):
    """The stored tokens are damaged, or belong to another version of the diagram."""

    code = "state-unreadable"
    message = "The stored state of the case cannot be read: %(reason)s."
    remedy = "Restore the case from a backup, and report this to the operator."
