"""What the system keeps a child from, where the system can: beneath Python, whose own guard is out of the way here."""

import platform
import subprocess
import sys

import pytest

from app.kernel import walls
from app.kernel.confine import run
from tests.unit.kernel import hostile_work

BUILT = """
import sys
sys.path[:] = {path!r}
from app.kernel import walls
{before}
print(",".join(walls.build()))
"""


def built(before: str = "") -> list[str]:
    """The walls that a fresh process can put up."""
    code = BUILT.format(path=sys.path, before=before)
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return [name for name in done.stdout.strip().split(",") if name]


def test_what_stands_holds(tmp_path) -> None:
    """Each wall keeps out what it is for; what a job needs is left."""
    tmp_path.chmod(0o777)
    (tmp_path / "secret").write_text("do not tell")
    (tmp_path / "secret").chmod(0o666)
    reached = set(run(hostile_work.reaches_past_python, str(tmp_path), what="x"))
    standing = built()
    if "landlock" in standing:
        assert not reached & {"read", "list", "write", "other"}
    if "seccomp" in standing:
        assert not reached & {"socket", "datagram", "leave"}
    assert {"zone", "pipe"} <= reached


def test_seccomp_stands_wherever_its_calls_are_known() -> None:
    expected = sys.platform == "linux" and platform.machine() in walls._CALLS
    assert ("seccomp" in built()) is expected


@pytest.mark.parametrize(
    ("before", "left"),
    [
        ("sys.platform = 'darwin'", set()),
        ("walls.platform.machine = lambda: 'riscv64'", {"landlock"}),
        ("walls._CREATE_RULESET = 9999", {"seccomp"}),
    ],
)
def test_where_the_system_has_none_work_goes_on_without(before: str, left: set[str]) -> None:
    assert set(built(before)) <= left
