"""What `make translations` collects besides the calls of gettext: the messages and remedies of errors, and what is said
of a field.

An error's class states its message as a plain msgid, for the engine and the rules know no gettext.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import IO, Any

from babel.messages.extract import extract_python

MSGIDS = frozenset({"message", "remedy"})
FAULTS = "Invalid"
"""The error that carries messages by field: Invalid({"name": ["A person has a name."]})."""

Found = tuple[int, Any, Any, Any]


def extract(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Any
) -> Iterator[Found]:
    """Babel's extractor of Python files, and the class attributes named in MSGIDS."""
    source = file.read()
    yield from extract_python(BytesIO(source), keywords, comment_tags, options)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            yield from _attributes(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == FAULTS:
            yield from _faults(node)


def _attributes(node: ast.ClassDef) -> Iterator[Found]:
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        named = any(isinstance(target, ast.Name) and target.id in MSGIDS for target in targets)
        value = getattr(statement, "value", None)
        if named and isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
            yield statement.lineno, None, value.value, []


def _faults(node: ast.Call) -> Iterator[Found]:
    for argument in node.args:
        if isinstance(argument, ast.Dict):
            for said in argument.values:
                for one in said.elts if isinstance(said, ast.List) else ():
                    if isinstance(one, ast.Constant) and isinstance(one.value, str):
                        yield one.lineno, None, one.value, []
