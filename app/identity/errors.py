"""Why somebody is not let in, or may not do with an account what they want."""

from uuid import UUID

from app.kernel.errors import DomainError, Forbidden, Invalid


class LoginRefused(DomainError):
    """Name and password do not fit together, or the account is closed: which of them is not told.

    `account_id` is for the record only; None where there is no such account.
    """

    code = "login-refused"
    message = "This username and this password do not fit together, or the account is closed."
    remedy = "Check both. After several wrong attempts you have to wait a while."

    def __init__(self, account_id: UUID | None) -> None:
        self.account_id = account_id
        super().__init__()


class LoginNeeded(Forbidden):
    """What only a person who logged in may do: a token cannot lengthen its own life."""

    code = "login-needed"
    message = "This cannot be done with a token: it needs a person who has logged in."
    remedy = "Log in on the pages, or let an operator do it."


class WrongPassword(Invalid):
    """The present password was not given rightly."""

    code = "wrong-password"

    def __init__(self) -> None:
        super().__init__({"old": ["This is not your present password."]})
