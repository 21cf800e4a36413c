"""Conditions as form-js writes them. The rows agree with feelin, the FEEL of form-js."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import feel

SCOPE = {"way": "post", "area": 12, "ratio": 0.3, "agreed": True, "kinds": ["a", "b"], "none": None, "group": {"x": 1}}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('=way = "post"', True),
        ('way = "window"', False),
        ('=way != "window"', True),
        ('="post" = way', True),
        ("=area > 10", True),
        ("=area >= 12 and area <= 12", True),
        ("=area < 12 or area = 12", True),
        ("=ratio = 0.3", True),
        ("=ratio < 0.3", False),
        ("=-1 < area", True),
        ("=agreed", True),
        ("=agreed = false", False),
        ("=not(agreed)", False),
        ("=not (agreed = false)", True),
        ("=none = null", True),
        ("=none != null", False),
        ("=area = null", False),
        ("=area != null", True),
        ("=missing = null", True),
        ("=missing = null or missing = 0", True),
        ('=none != "post"', True),
        # what cannot be compared is null, which hides nothing and whose opposite hides nothing
        ("=none > 1", False),
        ("=not(none > 1)", False),
        ("=way > 1", False),
        ('=area = "12"', False),
        ("=none", False),
        ("=not(none)", False),
        # and binds more closely than or
        ("=agreed or none and agreed", True),
        ("=(agreed or none) and none", False),
        ("=none and not(agreed)", False),
        ('=list contains(kinds, "a")', True),
        ('=list contains(kinds, "c")', False),
        ('=list contains(way, "post")', True),
        ('=list contains(none, "post")', False),
        ("=group.x = 1", True),
        ("=group.y = null", True),
        ("=way.x = null", True),
        ('=way = "po\\"st"', False),
    ],
)
def test_what_holds(text: str, holds: bool) -> None:
    assert feel.read(text).holds(SCOPE) is holds


PLOTS = {"plots": [{"area": 2.5, "use": "a"}, {"area": 4}], "price": 3, "name": "井", "none": None, "rows": []}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("=price * 2 + 1", 7),
        ("=1 + price * 2", 7),
        ("=(1 + price) * 2", 8),
        ("=10 - price - 2", 5),
        ("=-price", -3),
        ("=10 / 4", 2.5),
        ("=price / 0", None),
        ("=0.1 + 0.2", 0.3),
        ('=name + "位"', "井位"),
        ("=name + 1", None),
        ("=none + 1", None),
        ("=sum(plots.area)", 6.5),
        ("=sum(plots.area) * price", 19.5),
        ("=sum(plots.use)", None),
        ("=sum(rows.area)", None),
        ("=count(plots)", 2),
        ("=min(plots.area)", 2.5),
        ("=max(plots.area)", 4),
        ('=list contains(plots.use, "a")', True),
        ('=if price > 2 then "dear" else "cheap"', "dear"),
        ('=if none then "a" else if price = 3 then "b" else "c"', "b"),
        ("=plots", None),
        ("=price > 2", True),
        ("=9007199254740991 + 1", None),
    ],
)
def test_what_is_computed(text: str, value: Any) -> None:
    found = feel.read(text).value(PLOTS)
    assert (found, type(found)) == (value, type(value))


def test_the_names_that_it_reads() -> None:
    assert feel.read('=a = 1 and not(b.c > d) or list contains(e, "f")').names == {"a", "b", "d", "e"}


NOT_UNDERSTOOD = ["", "=", "=a =", "=a = = 1", "=(a = 1", "=a = 1)", "=a + = 2", "=if a then b", '=a = "x']
NOT_UNDERSTOOD += [
    "=and",
    "=not a",
    "=a in [1, 2]",
    "=sum(a, b) = 3",
    "=sum() = 3",
    "=a * / b",
    "=if a then b else",
    "=a = 1 b",
    "=list contains(a)",
    "=not()",
    "=.a = 1",
]


@pytest.mark.parametrize("text", [*NOT_UNDERSTOOD, "=" + "(" * 400, "a" * 501])
def test_what_is_not_understood_is_said(text: str) -> None:
    with pytest.raises(feel.NotUnderstood, match=r"it is|“"):
        feel.read(text)


def test_nesting_has_an_end() -> None:
    deepest = feel.MAX_DEPTH - 1
    assert feel.read("(" * deepest + "agreed" + ")" * deepest).holds(SCOPE)
    with pytest.raises(feel.NotUnderstood, match="deep"):
        feel.read("not(" * 60 + "agreed" + ")" * 60)


@given(
    st.text(alphabet='ab =!<>()"1.,-+*/ndort\\', max_size=60), st.dictionaries(st.sampled_from("abn"), st.integers())
)
def test_any_text_is_read_or_not_understood(text: str, scope: dict[str, Any]) -> None:
    try:
        condition = feel.read(text)
    except feel.NotUnderstood:
        return
    assert condition.holds(scope) in (True, False)
    assert isinstance(condition.value(scope), str | bool | int | float | None)
