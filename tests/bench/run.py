"""`make bench`: measure speed, show tables, keep the figures in var/bench/.

    python tests/bench/run.py [--quick] [SECTION …]      sections: in-process http size inbox lights

Works on databases of its own, on the server that DATABASE_URL names or else the embedded one, and drops them.
docs/performance.md says what the figures mean.
"""

import argparse
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[0] = str(ROOT)

import orjson  # noqa: E402

from tests.bench import http_load, in_process, inbox_queue, light_sweep, size  # noqa: E402
from tests.bench.bench import Bench  # noqa: E402
from tests.bench.ground import Ground, prepared  # noqa: E402
from tests.bench.machine import PostgresClock, Yardstick, facts  # noqa: E402

SECTIONS = {
    "in-process": in_process.measure,
    "http": http_load.measure,
    "size": size.measure,
    "inbox": inbox_queue.measure,
    "lights": light_sweep.measure,
}


def main() -> None:
    """Run the sections that were asked for."""
    parser = argparse.ArgumentParser(description="Measure speed.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="a trial: few of everything, no medians")
    wanted = parser.parse_args()
    if unknown := set(wanted.sections) - set(SECTIONS):
        parser.error(f"There is no section {', '.join(sorted(unknown))}.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was made is dropped then too
    began, at = monotonic(), datetime.now(UTC)
    with prepared() as ground:
        bench = _bench(ground, quick=wanted.quick, began=began)
        found = {"at": at.isoformat(timespec="seconds"), "quick": wanted.quick, "machine": facts(ground.server)}
        for name in wanted.sections or SECTIONS:
            bench.say(f"— {name}")
            found[name] = SECTIONS[name](bench)
            _keep(found, at)
    bench.say(f"done: {_keep(found, at)}")


def _bench(ground: Ground, *, quick: bool, began: float) -> Bench:
    yardstick = Yardstick(ground.fresh(), seconds=2 if quick else 4)
    return Bench(ground, PostgresClock(ground.server), yardstick, quick, began)


def _keep(found: dict[str, Any], at: datetime) -> Path:
    """Write what was found so far."""
    path = ROOT / "var" / "bench" / f"{at:%Y%m%d-%H%M%S}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))
    return path.relative_to(ROOT)


if __name__ == "__main__":
    main()
