"""How an error is written down where operators read it: what it was and where, without anybody's data.

An exception's message may carry whatever was being handled (a name, a row's values). So only messages known to be free
of that are kept: our own msgids, unfilled, and what the operating system or the database says about itself.
"""

import traceback
from typing import Final

from sqlalchemy.exc import DBAPIError

from app.kernel.errors import DomainError

LONGEST: Final = 2000
DEEPEST: Final = 6


def describe(error: BaseException) -> str:
    """Kind, safe message and place of an error, and of what caused it; at most LONGEST characters."""
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(lines) < DEEPEST:
        lines.append(f"{type(seen).__name__}{_message(seen)}{_place(seen)}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\ncaused by ".join(lines)[:LONGEST]


def _message(error: BaseException) -> str:
    match error:
        case DomainError():
            return f" ({error.code}): {error.message}"
        case DBAPIError(orig=cause) if cause is not None:
            diagnostic = getattr(cause, "diag", None)
            facts = [getattr(diagnostic, name, None) for name in ("sqlstate", "table_name", "constraint_name")]
            return ": " + " ".join([type(cause).__name__, *(str(fact) for fact in facts if fact)])
        case OSError(strerror=str(text)):
            return f": {text}"
        case _:
            return ""


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    ours = [frame for frame in frames if "/app/" in frame.filename]
    places = [*ours[-2:], *(frames[-1:] if frames[-1] not in ours else [])]
    return "".join(f"\n  at {'/'.join(place.filename.split('/')[-3:])}:{place.lineno} {place.name}" for place in places)
