"""Expressions: a small Python, walked here or run in the sandbox, with one meaning."""

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine import expressions, sandbox
from app.engine.languages import python

NAMES: dict[str, Any] = {
    "a": 3,
    "b": "x",
    "none": None,
    "yes": True,
    "no": False,
    "items": ["x", "y"],
    "review": {"outcome": "approved", "by": {"name": "李"}},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("True", True),
        ("a == 3", True),
        ("1 < a <= 3", True),
        ("a > 3 or b == 'x'", True),
        ("not yes", False),
        ("yes and not no", True),
        ("review.outcome == 'approved'", True),
        ("review.by.name == '李'", True),
        ("b in items", True),
        ("b not in ('y', 'z')", True),
        ("none is None", True),
        ("yes is not None", True),
        ("[a, b]", [3, "x"]),
        ("a or b", 3),
        ("no or none", None),
    ],
)
def test_what_is_walked_here(text: str, value: Any) -> None:
    assert expressions.expression(text).walk is not None
    assert expressions.evaluate(text, NAMES) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + 1", 4),
        ("len(items) == 2", True),
        ("review['outcome']", "approved"),
        ("review.outcome.upper()", "APPROVED"),
        ("review.by.name + b", "李x"),
        ("review.get('outcome')", "approved"),
        ("any(item == 'y' for item in items)", True),
        ("'yes' if a > 2 else 'no'", "yes"),
        ("max(a, 10)", 10),
        ("f'{b}-{review.outcome}'", "x-approved"),
        ("items[0]", "x"),
        ("{'n': a}.n", 3),
    ],
)
def test_what_is_run_in_the_sandbox(text: str, value: Any) -> None:
    assert expressions.expression(text).walk is None
    assert expressions.evaluate(text, NAMES) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("missing", "'missing'"),
        ("missing + 1", "missing"),
        ("review.verdict", "'verdict'"),
        ("review.verdict + 'x'", "verdict"),
        ("none.outcome", "NoneType has no member 'outcome'"),
        ("a.outcome", "int has no member 'outcome'"),
        ("a < b", "not supported"),
        ("a + b", "unsupported"),
        ("b in a", "not iterable|not a container"),
        ("items[7]", "index"),
        ("1 +", "invalid syntax"),
        ("a = 3", "syntax"),
        ("", "syntax"),
    ],
)
def test_what_fails_says_why(text: str, reason: str) -> None:
    with pytest.raises(expressions.Failed, match=f"(?i){reason}"):
        expressions.evaluate(text, NAMES)


LEAVES = st.sampled_from(
    ["a", "b", "yes", "no", "none", "review.outcome", "review.by.name", "3", "'x'", "True", "None"]
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["==", "!=", "and", "or", "is"]), inner).map(lambda t: f"({' '.join(t)})"),
        inner.map(lambda text: f"(not {text})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} in [{pair[1]}, 'y'])"),
    ),
    max_leaves=8,
)


@given(TREES)
def test_walked_and_run_mean_the_same(text: str) -> None:
    compiled = expressions.expression(text)
    assert compiled.walk is not None
    members = ast.unparse(python._Members().visit(ast.parse(text, mode="eval")))
    assert expressions.evaluate(text, NAMES) == sandbox.run(members, NAMES)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("x = a + 1", {"x": 4}),
        ("a = 3", {}),
        ("a += 1\nx = a", {"a": 4, "x": 4}),
        ("items.append('z')", {"items": ["x", "y", "z"]}),
        ("review.outcome = 'denied'", {"review": {"outcome": "denied", "by": {"name": "李"}}}),
        ("review['by'].name = '王'", {"review": {"outcome": "approved", "by": {"name": "王"}}}),
        ("for i in items:\n    last = i", {"i": "y", "last": "y"}),
        ("if a > 5:\n    x = 1", {}),
        ("def f(n):\n    return n * 2\nx = f(a)", {"x": 6}),
        ("x, y = 1, (2, 3)", {"x": 1, "y": [2, 3]}),
        ("", {}),
        ("pass", {}),
    ],
)
def test_what_a_script_assigns(text: str, changed: dict[str, Any]) -> None:
    before = repr(NAMES)
    assert expressions.execute(text, NAMES) == changed
    assert repr(NAMES) == before
