"""Marks that turn the direction of writing (Unicode's embeddings, overrides and isolates) turn only what they stand in.

A text is shown as it was written, marks and all; where it leaves one open, it is closed behind the text, so that
nothing after it on the page reads the wrong way round. In codes and names of files such marks are refused or taken out.
"""

import re
from typing import Any, Final

_MARKS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_END_OF_EMBEDDING: Final = "\u202c"
_END_OF_ISOLATE: Final = "\u2069"
_ISOLATES: Final = "\u2066\u2067\u2068"


def closed(value: Any) -> Any:
    """What a template shows, its open marks closed. For Jinja's `finalize`."""
    if not isinstance(value, str) or value.isascii():
        return value
    marks = _MARKS.findall(value)
    return value + _ends(marks) if marks else value


def _ends(marks: list[str]) -> str:
    """What closes these, the innermost first. The end of an isolate closes the embeddings that were left open in it."""
    ends: list[str] = []
    for mark in marks:
        if mark == _END_OF_ISOLATE:
            if _END_OF_ISOLATE in ends:
                while ends.pop() != _END_OF_ISOLATE:
                    pass
        elif mark == _END_OF_EMBEDDING:
            if ends[-1:] == [_END_OF_EMBEDDING]:
                ends.pop()
        else:
            ends.append(_END_OF_ISOLATE if mark in _ISOLATES else _END_OF_EMBEDDING)
    return "".join(reversed(ends))
