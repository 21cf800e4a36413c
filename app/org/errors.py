"""What the office's own order does not allow."""

from app.kernel.errors import DomainError


class CodeTaken(DomainError):
    """A code names one thing only."""

    code = "code-taken"
    message = "The code “%(key)s” is already taken."
    remedy = "Choose another code."


class AlreadyHeld(DomainError):
    """One person holds one post once at a time."""

    code = "post-already-held"
    message = "This person already holds the post “%(post)s” in that time."
    remedy = "Let the person leave the post first, or choose a later day."
