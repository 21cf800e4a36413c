"""What can be wrong with a notice, with work in the outbox or with a document."""

from app.kernel.errors import DomainError, NotFound, WrongState


class UnknownOperation(DomainError):
    """The outbox holds work that this release has no handler for."""

    code = "unknown-operation"
    message = "Nothing here knows how to do “%(operation)s”."
    remedy = "Start the release that put this work in, or correct the name of the operation in the diagram."


class WorkerLost(DomainError):
    """Every try ended without a word: the process was killed, or the work outlasted its lease."""

    code = "worker-lost"
    message = "The process that did this work ended each time before the work did."
    remedy = "Look for a process killed for want of memory at these times, then try again."


class NotDelivered(DomainError):
    """A channel did not take a notice."""

    code = "not-delivered"
    message = "A channel out of the house did not take the notice."
    remedy = "Look into the log for the channel's answer, and correct its address in NOTICE_URLS."


class NoIncident(NotFound):
    """No such work in the outbox of this jurisdiction."""

    code = "no-incident"
    message = "There is no incident “%(key)s”, or you may not see it."


class NotFailed(WrongState):
    """Only what has failed for good is retried by hand."""

    code = "not-failed"
    message = "This work has not failed; its state is “%(state)s”."


class OtherDecisionStands(WrongState):
    """A case is decided once: another decision was already issued for it."""

    code = "other-decision-stands"
    message = "A document of the kind “%(state)s” was already issued for this case."
    remedy = "A decision that was issued is changed by revoking it, not by a second one."


class BadVerificationCode(DomainError):
    """The text is no verification code: mistyped, or never one."""

    code = "bad-verification-code"
    message = "“%(text)s” is not a verification code: at least one character is wrong or missing."
    remedy = "Compare it with the document, group by group, or scan the code beside it."


class NoDocument(NotFound):
    """No such document, or it belongs to somebody else's case."""

    code = "no-document"
    message = "There is no document “%(key)s”, or you may not see it."


class DocumentDamaged(DomainError):
    """The stored file is gone, or is no longer the one that was issued."""

    code = "document-damaged"
    message = "The stored file of document %(number)s is missing or no longer the one that was issued."
    remedy = "Tell the operator: the file has to come back from a backup."


class NoWebhook(NotFound):
    """No such webhook in this jurisdiction."""

    code = "no-webhook"
    message = "There is no webhook “%(key)s”, or you may not see it."


class NoDelivery(NotFound):
    """Nothing of this id was sent to the webhook."""

    code = "no-delivery"
    message = "Nothing with the id “%(key)s” was sent to this webhook."
    remedy = "What was sent is listed for thirty days."


class StillPending(DomainError):
    """What is still on its way is not sent again."""

    code = "still-pending"
    message = "This message is still being sent."
    remedy = "Wait for it: it is tried again by itself."


class TooManyWebhooks(DomainError):
    """A jurisdiction has a bounded number of webhooks: each costs a row for each event."""

    code = "too-many-webhooks"
    message = "There are %(most)s webhooks already."
    remedy = "Remove one that is no longer used."
