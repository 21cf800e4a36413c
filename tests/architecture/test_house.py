"""The rules of the house that a machine can see. docs/decisions/0001-floors.md says why they are kept."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
SOURCES = sorted(APP.rglob("*.py"))
EDGES = ("api", "web", "jobs", "cli", "edge.py", "office.py", "__init__.py")
MAKES_A_CLOCK = APP / "kernel" / "time.py"
TRANSACTIONS = APP / "kernel" / "database.py"

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
LONGEST_CLASS = 200

Function = ast.FunctionDef | ast.AsyncFunctionDef


def trees(*, below_the_edge: bool = False) -> Iterator[tuple[Path, ast.Module]]:
    """Every source of the application, parsed; those that only edges may be left out."""
    for path in SOURCES:
        if below_the_edge and path.relative_to(APP).parts[0] in EDGES:
            continue
        yield path, ast.parse(path.read_text())


def place(path: Path, node: ast.AST) -> str:
    """Where an editor finds it."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def test_there_are_sources() -> None:
    assert len(SOURCES) > 50


def test_the_floors_hold() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_are_short() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in SOURCES}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


@pytest.mark.parametrize(
    ("kinds", "limit"),
    [((ast.FunctionDef, ast.AsyncFunctionDef), LONGEST_FUNCTION), ((ast.ClassDef,), LONGEST_CLASS)],
    ids=["functions", "classes"],
)
def test_bodies_are_short(kinds: tuple[type[ast.stmt], ...], limit: int) -> None:
    over = {
        f"{place(path, node)} {getattr(node, 'name', '')}": length
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, kinds) and (length := (node.end_lineno or 0) - node.lineno + 1) > limit
    }
    assert over == {}


def test_only_edges_read_the_clock() -> None:
    """`now` is passed in: below the edges nothing asks the machine what time it is."""
    readers = {"now", "utcnow", "today", "real_now"}
    found = [
        place(path, node)
        for path, tree in trees(below_the_edge=True)
        if path != MAKES_A_CLOCK
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in readers and _is_clock(node.func.value))
            or (isinstance(node.func, ast.Name) and node.func.id == "real_now")
        )
    ]
    assert found == []


def _is_clock(node: ast.expr) -> bool:
    """`datetime`, `date`, `datetime.datetime`: not `office.now()` or SQL's `func.now()`."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in {"datetime", "date"}


def test_no_datetime_is_naive() -> None:
    """`datetime.now()` without a zone, `utcnow` and `utcfromtimestamp` are never right, at the edges either."""
    found = [
        place(path, node)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (
            node.func.attr in {"utcnow", "utcfromtimestamp"}
            or (node.func.attr == "now" and _is_clock(node.func.value) and not node.args and not node.keywords)
        )
    ]
    assert found == []


def test_only_edges_end_transactions() -> None:
    """One request, one transaction: what lies below the edges neither commits nor rolls back."""
    found = [
        place(path, node)
        for path, tree in trees(below_the_edge=True)
        if path != TRANSACTIONS
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"commit", "rollback"}
    ]
    assert found == []


def test_nothing_imports_the_whole_house() -> None:
    """`create_app` wires everything; who imports it from inside has found a way round the floors."""
    found = [
        place(path, node)
        for path, tree in trees()
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "app"
            and any(a.name == "create_app" for a in node.names)
        )
        or (isinstance(node, ast.Import) and any(alias.name == "app" for alias in node.names))
    ]
    assert found == []


def test_modules_are_named_after_something() -> None:
    dumps = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "base", "misc"}
    assert [path.relative_to(ROOT).as_posix() for path in SOURCES if {path.stem, path.parent.name} & dumps] == []
