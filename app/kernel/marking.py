"""The mark of a text that people read. It is translated at the edges, where the reader's language is known."""


def _(msgid: str) -> str:
    return msgid
