"""In which language an expression is: said by itself at its beginning (=… FEEL, ${…} JUEL), or declared around it.

What is declared around it is written into it here, so that nothing behind this pass has to know where it came from.
"""

import ast
import re

from app.engine.diagram import Diagram, Flow, Node

_OURS = re.compile(r"(?:(?:text|application)/(?:x-)?)?python[\d.]*", re.IGNORECASE)
_FEEL = re.compile(r"feel", re.IGNORECASE)
_JUEL = re.compile(r"juel|unified|expression-?language|\bu?el\b", re.IGNORECASE)
_IGNORED = re.compile(r"xpath|xmlschema", re.IGNORECASE)
"""What most exporters declare without anybody having chosen it."""
_STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")
_WORDS = re.compile(r"&&|\|\||!(?!=)|\b(?:eq|ne|lt|gt|le|ge|empty|div|mod)\b")


def is_ours(language: str | None) -> bool:
    """Whether a declared language is the small Python; so is one that is not declared."""
    return not language or _OURS.fullmatch(language.strip()) is not None


def marked(text: str) -> bool:
    """Whether an expression says its language itself."""
    return text.startswith(("${", "#{")) or (text.startswith("=") and not text.startswith("=="))


def spoken(text: str, declared: str | None, around: str | None) -> tuple[str, str | None, str | None]:
    """An expression as it is read from here on, the rule that this follows, and a declared language that is foreign.

    `declared` stands on the expression, `around` on the whole file.
    """
    if marked(text):
        return text, None, None
    language = next((name for name in (declared, around) if name and not _IGNORED.search(name)), None)
    if language and _FEEL.search(language):
        return f"={text}", "language-declared", None
    if language and _JUEL.search(language):
        return f"${{{text}}}", "language-declared", None
    if declared and not is_ours(declared) and not _IGNORED.search(declared):
        return text, None, declared
    if _has_words_of_juel(text):
        return f"${{{text}}}", "words-of-juel", None
    return text, None, None


def _has_words_of_juel(text: str) -> bool:
    if len(text) > 2_000 or not _WORDS.search(_STRINGS.sub("''", text)):
        return False
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False


def say(diagram: Diagram, node: Node, text: str | None, declared: str | None, around: str | None) -> str | None:
    """What is written in a node, as it is read from here on."""
    if text is None:
        return None
    read, rule, foreign = spoken(text, declared, around)
    if foreign:
        params = {"expression": read[:80], "language": foreign}
        diagram.note("foreign-language", node.id, node.file, node.scope, **params)
    if rule:
        diagram.note(rule, node.id, node.file, node.scope, expression=read[:80])
    return read


def say_condition(diagram: Diagram, flow: Flow, declared: str | None, around: str | None) -> None:
    """Let the condition of a flow say its language."""
    if flow.condition is None:
        return
    flow.condition, rule, flow.language = spoken(flow.condition, declared, around)
    if rule:
        diagram.note(rule, flow.id, flow.file, flow.scope, expression=flow.condition[:80])
