"""Coverage against money on the sample province: points, seconds and the proven gap of each.

Run with `python -m benchmarks.frontier [--points N]`. It ends with code 1 where a point is not proven, or all
take four minutes or more.
"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.audit import SAMPLE
from benchmarks.machine import tell
from planner.prepare import NoClock, prepare
from planner.scenario import Scenario
from planner.sections import Frontier
from planner.studies.frontier import make_frontier

MOST_SECONDS = 240
COLUMNS = ("money_million_vnd", "spent_million_vnd", "persons_served", "mandatory", "services", "person_million_vnd",
           "equivalent_million_vnd", "gap_abs", "status")  # fmt: skip


def main(arguments: list[str]) -> int:
    """Trace the frontier and return 0 where every point is proven in time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.frontier", description=__doc__)
    parser.add_argument("--points", type=int, default=Frontier().points)
    asked = parser.parse_args(arguments)
    scenario = Scenario.load(SAMPLE)
    prepared = prepare(scenario, scenario.read(), NoClock())
    began, used = time.perf_counter(), time.process_time()
    table = make_frontier(prepared, Frontier(points=asked.points))
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    threads = scenario.solver.threads
    tell(f"{len(table)} points: {wall:.1f} s, {cpu:.1f} s of processor time, {threads} threads")
    for line in table[list(COLUMNS)].to_string(index=False, float_format="{:,.3f}".format).splitlines():
        tell(line)
    proven = bool((table["status"] == "optimal").all())
    tell(f"every point proven within {scenario.solver.gap_abs} persons-equivalent: {'yes' if proven else 'no'}")
    return 0 if proven and wall < MOST_SECONDS else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
