"""Why a concluded case could not be replayed, in words."""

from collections.abc import Mapping
from typing import Final

from app.kernel.marking import _

_WHY: Final[Mapping[str, str]] = {
    "never-done": _("These cases come to “%(element)s”, which nobody did in them: how it would have gone is unknown."),
    "waits": _("These cases would stop at “%(element)s” and wait."),
    "heard": _("A message or a report moved them; when it would have come is unknown."),
    "extended": _("Their limits had been extended by hand."),
    "unknown-outcome": _("“%(element)s” does not offer the outcome that they were given."),
    "expression-failed": _("“%(element)s” reads something that these cases never got."),
    "no-way-out": _("No way leads on from “%(element)s” with what these cases hold."),
    "too-slow": _("“%(element)s” has too much to work out."),
    "stuck": _("They would stop for ever at “%(element)s”."),
}
_OTHERWISE: Final = _("They come to no end on this version.")


def why(code: str) -> str:
    """The msgid of a reason; its parameter is `element`."""
    return _WHY.get(code, _OTHERWISE)
