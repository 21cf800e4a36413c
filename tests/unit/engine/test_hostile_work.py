"""What diagrams have worked out: expressions, scripts and events that mean harm end soon, and take little memory.

These run in the office's own process when a case moves, so that no child stands around them.
"""

import time
import tracemalloc

import pytest

from app.engine import ExpressionFailed, TooDeep, TooSlow, expressions, load, sandbox, tokens
from tests.unit.engine.drawing import Office, chain, end, files, node, script, start, user, way, xor

LONG = (
    "{a: 'x', b: a+a+a+a+a+a+a+a+a+a, c: b+b+b+b+b+b+b+b+b+b, d: c+c+c+c+c+c+c+c+c+c, e: d+d+d+d+d+d+d+d+d+d, f: %s}.f"
)
MANY = "{l: for i in 1..9000 return i, f: %s}.f"
FEEL = {
    "texts": LONG % "for i in 1..9000 return e + e + string(i)",
    "texts by functions": LONG % "for i in 1..9000 return upper case(e)",
    "one text often": LONG % "for i in 1..9999 return e",
    "a text of texts": LONG % "string(for i in 1..9000 return e)",
    "lists": MANY % "for i in 1..9000 return concatenate(l, [i])",
    "lists turned round": MANY % "for i in 1..9000 return reverse(l)",
    "contexts": "for i in 1..9000 return if i = 1 then {} else context put(partial[-1], string(i), 1)",
    "a list in itself": "for i in 1..20 return [partial, partial]",
    "rounds": "for a in 1..1000, b in 1..1000, c in 1..1000 return 1",
    "a long range": "some x in 1..1000000000000 satisfies x < 0",
    "hard patterns": LONG % "for i in 1..9000 return matches(e, '(.*x){12}.{500}')",
    "many patterns": "for i in 1..9000 return matches('x', '(\\\\pL|\\\\pN){40}' + string(i))",
    "a hard replacement": LONG % "for i in 1..9000 return replace(e, '.{1000}', '')",
    "numbers without end": "for i in 1..9000 return string(1e-6000)",
}
JUEL = {"one text often": "${s}" * 490, "one list often": "${l}" * 490}
PYTHON = {
    "one text often": "['x' * 1000000] * 300",
    "lists of lists": "[[['x' * 1000] * 1000] * 1000] * 1000",
    "a class that lies": "(lambda: ['x' * 1000000] * 300)()",
}
SCRIPTS = {
    "variables": "s = 'x' * 200000\n" + "\n".join(f"v{number} = s" for number in range(600)),
    "doubled": "a = [1]\nfor i in range(25):\n  a = [a, a]",
    "under another name": "len = lambda x: 0\nrepr = lambda x: ''\nstr = repr\nx = ['x' * 1000000] * 300",
}
NAMES = {"s": "x" * 250_000, "l": ["y" * 1_000] * 250}


@pytest.mark.parametrize(
    "text",
    [
        *(pytest.param("=" + text.replace("'", '"'), id=f"FEEL: {name}") for name, text in FEEL.items()),
        *(pytest.param(text, id=f"JUEL: {name}") for name, text in JUEL.items()),
        *(pytest.param(text, id=f"Python: {name}") for name, text in PYTHON.items()),
    ],
)
def test_expressions_end_soon_and_small(text: str) -> None:
    assert expressions.expression(text)  # it is well formed: only its work is too much
    tracemalloc.start()
    began = time.process_time()
    try:
        with pytest.raises(expressions.Failed):
            expressions.evaluate(text, NAMES)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - began < 10
    assert most < 32 << 20


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_scripts_answer_is_weighed_before_it_comes_here(name: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(expressions.Failed):
            expressions.execute(SCRIPTS[name], {})
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 16 << 20


def test_a_class_could_lie_about_its_weight() -> None:
    with pytest.raises(expressions.Malformed, match="classes"):
        expressions.script("class A:\n  def __repr__(self): return ''\nx = A()")


@pytest.mark.parametrize(
    ("code", "value"),
    [("{1: 'a'}", {1: "a"}), ("{1, 2}", {1, 2}), ("x = 1\nx", 1), ("x = 1", None), ("'𰻞' * 3", "𰻞𰻞𰻞"), ("", None)],
)
def test_weighing_changes_nothing(code: str, value: object) -> None:
    assert sandbox.run(code, {}) == value


class TestTime:
    """Each of these is a loop that ends by itself, but late: the case is held locked for so long."""

    WORK = "for k in range(40000): pass\ni = 1"

    def round_and_round(self) -> dict[str, bytes]:
        ways = xor("m") + script("t", self.WORK) + xor("g", "back")
        flows = chain("start", "m", "t", "g") + way("g", "m", name="back") + way("g", "end", "i == 2")
        return files(start(), end("end"), ways, flows)

    def test_a_loop_of_scripts_is_stopped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tokens, "MAX_SECONDS", 0.3)
        began = time.monotonic()
        with pytest.raises((TooSlow, TooDeep)) as raised:
            Office(load(self.round_and_round(), proven=False))
        assert raised.type is TooSlow
        assert raised.value.params["bound"] == "0.3"
        assert time.monotonic() - began < 5

    def test_a_gateway_with_many_conditions_is_stopped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tokens, "MAX_SECONDS", 0.3)
        ways = "".join(
            way("g", "a", f"sum([k for k in range(100000)]) == {number}", f"w{number}") for number in range(200)
        )
        drawn = xor("g", "on") + user("a") + chain("start", "g") + ways + way("g", "end", name="on") + chain("a", "end")
        with pytest.raises(TooSlow):
            Office(load(files(start(), end("end"), drawn), proven=False))

    def test_time_between_two_acts_does_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tokens, "MAX_SECONDS", 1.0)
        office = Office(load(files(start(), end("end"), user("a", "b"), chain("start", "a", "b", "end"))))
        time.sleep(1.2)
        assert office.do("a").do("b").ended


def test_an_event_that_throws_itself_is_stopped() -> None:
    """A signal that starts an event subprocess which throws it."""
    signal = '<signalEventDefinition signalRef="go"/>'
    inner = node("startEvent", "es", signal, isInterrupting="false") + node("endEvent", "ee", signal)
    handler = node("subProcess", "again", inner + chain("es", "ee"), triggeredByEvent="true")
    drawn = node("intermediateThrowEvent", "th", signal) + chain("start", "th", "a", "end")
    with pytest.raises((TooDeep, TooSlow)):
        Office(load(files(start(), end("end"), user("a"), drawn, handler), proven=False))


def test_a_script_may_still_fail_by_its_own_fault() -> None:
    with pytest.raises(ExpressionFailed):
        Office(load(files(start(), end("end"), script("t", "x = 1 / 0"), chain("start", "t", "end")), proven=False))
