"""How long 50 joint variations of the sample take, and how much of its plan holds in them.

Run with `python -m benchmarks.variation [--runs N] [--workers N]`. The bar is 600 s for 50 runs by two processes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from benchmarks.audit import SAMPLE
from benchmarks.machine import tell
from planner.prepare import NoClock, prepare
from planner.scenario import Scenario
from planner.solve import solve_problem
from planner.studies.parallel import each
from planner.studies.sensitivity import carry_out, make_holds, run_of
from planner.studies.variation import drawn, ranges_in_use

MOST_SECONDS, SURE = 600.0, 0.9
"""Bar for 50 runs, and the share of runs from which a decision counts as one that holds."""


def main(arguments: list[str]) -> int:
    """Vary the sample, print what came of it and return 0 where the bar holds; runs may end unproven by their clock."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.variation", description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args(arguments)
    scenario = Scenario.load(SAMPLE)
    prepared = prepare(scenario, scenario.read(), NoClock())
    outcome = solve_problem(prepared.problem, prepared.settings)
    began = time.perf_counter()
    variations = [drawn(prepared, 1, n) for n in range(1, asked.runs + 1)]
    runs = each(carry_out, prepared, variations, asked.workers)
    seconds = time.perf_counter() - began
    tell(f"{len(runs)} joint runs of {len(ranges_in_use(prepared))} ranges, {asked.workers} processes: {seconds:.1f} s")
    statuses = Counter(run.status for run in runs)
    tell("statuses: " + ", ".join(f"{status} {count}" for status, count in sorted(statuses.items())))
    holds = make_holds(prepared, run_of(outcome, prepared.problem.service.demand, prepared.case.cost), runs)
    if len(holds):
        sure = (holds["holds_share"] >= SURE).mean()
        tell(f"decisions that hold in at least {SURE:.0%} of the proven runs: {sure:.1%} of {len(holds)}")
    return 0 if seconds <= MOST_SECONDS * asked.runs / 50 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
