"""Code from diagrams runs in pydantic-monty: a process without files, network or clock, with little time and memory.

What it answers is weighed there before it comes here: a list that holds one long text a thousand times is small there,
and would be a thousand texts here.
"""

import ast
import atexit
import os
import threading
from functools import lru_cache
from secrets import token_hex
from typing import Any

import orjson
from pydantic_monty import CollectString, Monty, MontyCrashedError, MontyError, OSPolicy, ResourceLimits

SECONDS = 0.25
MEGABYTES = 32
MOST_KEPT = 256 * 1024
"""Bytes of JSON that one variable may have."""
MOST_ANSWERED = 2 * 1024 * 1024
"""Characters of all that code answers, written out."""

_LIMITS = ResourceLimits(
    max_feed_duration_secs=SECONDS, max_memory=MEGABYTES << 20, max_recursion_depth=100, max_suspensions=20
)
_POLICY = OSPolicy(datetime="call_host", sleep="zero", random_start="call_host")
_PRINTED = 10_000


_MARK = token_hex(8)
_ANSWER = f"answer_{_MARK}"
_BEFORE = f"size_{_MARK}, shown_{_MARK} = len, repr"
_BEHIND = f"""
if size_{_MARK}(shown_{_MARK}({_ANSWER})) > {MOST_ANSWERED}:
    raise ValueError('the result is too large')
{_ANSWER}
"""


class Stopped(Exception):
    """The code failed or was stopped; the text says why."""


class _Pool:
    """The workers of this process, started when the first code is run.

    A process forked before that starts its own. In one forked later pydantic-monty hangs, so there code is refused.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: Monty | None = None
        self._inherited: Monty | None = None

    def get(self) -> Monty:
        if self._inherited is not None:
            raise Stopped("the sandbox cannot be used in a process forked after its first use")
        with self._lock:
            if self._pool is None:
                self._pool = Monty(min_processes=1, checkout_timeout=5.0, request_timeout=2.0).__enter__()
            return self._pool

    def close(self) -> None:
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.__exit__(None, None, None)

    def forked(self) -> None:
        """In a forked process the parent's workers are not ours to talk to (nor to end), nor is its lock."""
        self._lock = threading.Lock()
        self._inherited, self._pool = self._pool or self._inherited, None


_pool = _Pool()
atexit.register(_pool.close)
os.register_at_fork(after_in_child=_pool.forked)


def run(code: str, names: dict[str, Any]) -> Any:
    """The value of the last expression of `code`, run with `names` as its globals. Raises Stopped."""
    try:
        weighed = _weighed(code)
        with _pool.get().checkout(limits=_LIMITS, os_policy=_POLICY) as session:
            return session.feed_run(weighed, inputs=names, print_callback=CollectString(_PRINTED))
    except MontyCrashedError:
        raise Stopped("the sandbox had to be ended") from None
    except MontyError as error:
        raise Stopped(str(error)[:300]) from None
    except TimeoutError:
        raise Stopped("no sandbox was free") from None


@lru_cache(maxsize=1024)
def _weighed(code: str) -> str:
    """The code, with the weighing of what it answers behind it, under names that it cannot know. Raises Stopped."""
    try:
        parsed = ast.parse(code)
        if not parsed.body or not isinstance(parsed.body[-1], ast.Expr):
            return f"{code}\nNone"
        last = parsed.body.pop()
        begun = ast.unparse(parsed)
        answered = f"{_ANSWER} = ({ast.unparse(last)})"
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Stopped(f"it cannot be read: {error}"[:300]) from None
    return f"{_BEFORE}\n{begun}\n{answered}\n{_BEHIND}"


def keepable(name: str, value: Any) -> Any:
    """The value as it comes back from the database. Raises Stopped for what it cannot hold, or what is too large."""
    try:
        written = orjson.dumps(value)
        if len(written) > MOST_KEPT or b"\\u0000" in written:
            raise Stopped(f"the value of '{name}' is too large, or holds the character U+0000")
        return orjson.loads(written)
    except (orjson.JSONEncodeError, RecursionError):
        raise Stopped(f"the value of '{name}' ({type(value).__name__}) cannot be kept") from None
