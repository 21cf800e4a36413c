"""What the order of the office does not allow."""

from app.kernel.errors import DomainError, Invalid


class InTheWay(DomainError):
    """What is still used is not closed. The numbers say what is in the way; `posts` are codes."""

    code = "in-the-way"
    message = "“%(key)s” is still used. In the way: posts %(posts)s; open steps %(steps)s; people %(people)s."
    remedy = "Let the steps be completed, let the people move or leave, and close the posts first."


class Fixed(DomainError):
    """The roles of app/org/roles.py are the same everywhere; a new release may change them, nobody else."""

    code = "role-fixed"
    message = "The role “%(key)s” is built in and cannot be changed."
    remedy = "Add a role of your own."


class Closed(DomainError):
    """Nothing new is put into what is closed."""

    code = "closed"
    message = "“%(key)s” is closed."
    remedy = "Open it again, or choose another."


class NoSuccessor(Invalid):
    """Whoever is to take something over must be able to work on it from that moment on."""

    code = "no-successor"

    def __init__(self, said: str) -> None:
        super().__init__({"successor": [said]})


class ImportRefused(Invalid):
    """A table with faults is not taken over, not even in part. `fields` names each by row and column."""

    code = "import-refused"
    message = "Nothing was taken over: the table has faults."
    remedy = "Correct the cells named below and hand the table in again."
