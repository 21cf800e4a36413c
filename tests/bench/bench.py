"""What every section has at hand."""

import sys
from dataclasses import dataclass
from time import monotonic

from tests.bench.ground import Ground
from tests.bench.machine import PostgresClock, Yardstick


@dataclass(frozen=True)
class Bench:
    """One run of the benchmark. `quick`: a trial, few of everything."""

    ground: Ground
    postgres: PostgresClock
    pgbench: Yardstick
    quick: bool
    began: float

    @property
    def runs(self) -> int:
        """How often each thing is measured; the median counts."""
        return self.some(3, 1)

    def some(self, many: int, few: int) -> int:
        """`many`, or `few` in a trial."""
        return few if self.quick else many

    def yardstick(self) -> dict[str, float]:
        """What pgbench reaches just now."""
        return self.pgbench.measure()

    def say(self, line: str) -> None:
        """A line of progress."""
        print(f"  [{monotonic() - self.began:5.0f} s] {line}", file=sys.stderr, flush=True)
