"""What can be wrong with an expression."""


class Malformed(ValueError):
    """The text is no expression, or no script, of its language."""


class Failed(Exception):
    """The evaluation went wrong; the text says how."""
