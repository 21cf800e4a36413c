"""Why somebody is not let in, or may not do with an account what they want."""

from uuid import UUID

from app.kernel.errors import DomainError, Forbidden, Invalid
from app.kernel.marking import _


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


class PasswordMustChange(Forbidden):
    """Somebody else knows the password: nothing is done with it but choosing another."""

    code = "password-must-change"
    message = "Choose a new password first: somebody else has set the one that you used."
    remedy = "Change it on the page that opens after you log in, or with PUT /api/v1/me/password."

    def __init__(self) -> None:
        super().__init__(permission="token.manage")


class OwnAccount(DomainError):
    """What one does for others one does for oneself at one's own account."""

    code = "own-account"
    message = "This is your own account: change your password where you find your account."


class WrongPassword(Invalid):
    """The present password was not given rightly."""

    code = "wrong-password"

    def __init__(self) -> None:
        super().__init__({"old": [_("This is not your present password.")]})


class BeyondLending(Forbidden):
    """The rule of lending (app/org/roles.py): nobody lends what reaches beyond what they administer."""

    code = "beyond-lending"
    message = "You may not give or take the permission “%(permission)s”: it reaches over all jurisdictions."
    remedy = "Ask the administrator of the platform."


class WorksElsewhere(Forbidden):
    """An account that is used in several jurisdictions is no single one's to administer."""

    code = "works-elsewhere"
    message = "This person also holds a post in another jurisdiction, so you cannot change or close the account."
    remedy = "End what the person holds here, or ask the administrator of the platform."

    def __init__(self) -> None:
        super().__init__(permission="role.manage")


class LastAdministrator(DomainError):
    """Somebody must be able to administer each jurisdiction at any time."""

    code = "last-administrator"
    message = "This would leave the jurisdiction %(tenant)s without an administrator."
    remedy = "Give somebody else a post that administers it first, from the same day on."


class LastPlatformAdministrator(DomainError):
    """Somebody must be able to administer what all jurisdictions share."""

    code = "last-platform-administrator"
    message = "This would leave the platform without an administrator."
    remedy = "Give somebody else a post that administers the platform first, from the same day on."
