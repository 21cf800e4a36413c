"""Whether a diagram can be run, and whether it says what its designer meant."""

from collections.abc import Collection

from app.engine.diagram import Diagram
from app.engine.findings import Report


def check(diagram: Diagram, report: Report, operations: Collection[str]) -> None:
    """Note in `report` what is wrong with `diagram`, and choose its main process."""
    executable = [scope for scope in diagram.processes if scope.executable]
    if len(executable) == 1:
        diagram.main = executable[0].id
