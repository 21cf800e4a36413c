"""Code from diagrams: what it may do, and that everything else is stopped."""

import subprocess
import sys
import threading
import time

import pytest

from app.engine import expressions, sandbox


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.system('id')",
        "__import__('os').system('id')",
        "open('/etc/passwd').read()",
        "open('/tmp/greenlight-owned', 'w').write('x')",
        "from pathlib import Path\nPath('/etc/passwd').read_text()",
        "().__class__.__bases__[0].__subclasses__()",
        "''.__class__.__mro__",
        "(lambda: 0).__globals__",
        "'{0.__class__}'.format(1)",
        "getattr(1, '__class__').__base__.__subclasses__()",
        "globals()['__builtins__']",
        "eval('__import__(\"os\")')",
        "exec('import socket')\nsocket.socket()",
        "import subprocess\nsubprocess.run(['id'])",
        "import socket\nsocket.create_connection(('127.0.0.1', 80))",
        "import time\ntime.time()",
        "import datetime\ndatetime.datetime.now()",
        "import random\nrandom.random()",
        "import os\nos.environ['PATH']",
        "breakpoint()",
        "input()",
        "exit()",
    ],
)
def test_what_reaches_out_is_stopped(code: str) -> None:
    with pytest.raises(sandbox.Stopped):
        sandbox.run(code, {})


@pytest.mark.parametrize(
    "code",
    [
        "'x' * 10**10",
        "[0] * 10**10",
        "x = []\nwhile True: x.append('y' * 1000)",
        "10 ** 10 ** 8",
        "x = 2\nwhile True: x = x * x",
        "while True: pass",
        "sum(i for i in range(10**12))",
        "def f(): return f()\nf()",
        "x = []\nfor i in range(10**6): x = [x]\nstr(x)",
        "'a' * (1 << 62)",
        "''.join(str(i) for i in range(10**9))",
        "sorted(range(10**9))",
        "print('x' * 10**6)",
    ],
)
def test_bombs_are_stopped_soon(code: str) -> None:
    began = time.monotonic()
    with pytest.raises(sandbox.Stopped):
        sandbox.run(code, {})
    assert time.monotonic() - began < 5


def test_sleeping_does_not_hold_anybody_up() -> None:
    began = time.monotonic()
    sandbox.run("import time\ntime.sleep(60)", {})
    assert time.monotonic() - began < 2


def test_after_an_attack_the_next_one_is_served() -> None:
    for _attack in range(3):
        with pytest.raises(sandbox.Stopped):
            sandbox.run("while True: pass", {})
    assert sandbox.run("a + 1", {"a": 1}) == 2


def test_one_run_leaves_nothing_for_the_next() -> None:
    sandbox.run("secret = 1", {})
    with pytest.raises(sandbox.Stopped, match="secret"):
        sandbox.run("secret", {})


def test_what_was_handed_in_is_not_changed() -> None:
    given = {"a": [1]}
    assert sandbox.run("a.append(2)\na", given) == [1, 2]
    assert given == {"a": [1]}


def test_threads_share_the_workers() -> None:
    results: list[int] = []
    threads = [threading.Thread(target=lambda n=n: results.append(sandbox.run("n * 2", {"n": n}))) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [n * 2 for n in range(12)]


FORK = """
import os
from app.engine import sandbox
if {before}:
    sandbox.run("1", {{}})
child = os.fork()
if child == 0:
    try:
        os._exit(sandbox.run("40 + 2", {{}}))
    except sandbox.Stopped:
        os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), sandbox.run("2 + 1", {{}}))
"""


@pytest.mark.parametrize(("before", "printed"), [(False, "42 3"), (True, "7 3")])
def test_a_forked_process_has_workers_of_its_own_or_is_told_so(before: bool, printed: str) -> None:
    command = [sys.executable, "-c", FORK.format(before=before)]
    assert subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip() == printed


@pytest.mark.parametrize("value", [{1, 2}, b"x", 10**30, float, {1: 2}])
def test_what_json_cannot_hold_is_not_kept(value: object) -> None:
    with pytest.raises(sandbox.Stopped, match="'x'"):
        sandbox.keepable("x", value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import os", "imported"),
        ("from os import system", "imported"),
        ("x = " + "(" * 300 + ")" * 300, "parentheses"),
        ("not " * 1500 + "x", "deep"),
        ("x" * 21_000, "longer"),
        ("x = '", "line 1"),
        ("\x00", "null"),
    ],
)
def test_scripts_that_are_refused_unrun(text: str, reason: str) -> None:
    with pytest.raises(expressions.Malformed, match=reason):
        expressions.script(text)
    with pytest.raises(expressions.Failed):
        expressions.execute(text, {})
