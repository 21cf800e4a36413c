"""What a message says is not there is said in the reader's language."""

import ast
from pathlib import Path

import app
from app.web.language import THINGS


def test_every_kind_of_thing_is_marked_for_translation() -> None:
    named = set()
    for path in Path(app.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NotFound":
                named |= {
                    word.value
                    for argument in node.keywords
                    if argument.arg == "kind"
                    for word in ast.walk(argument.value)
                    if isinstance(word, ast.Constant) and isinstance(word.value, str)
                }
    assert len(named) > 10
    assert named <= set(THINGS)
