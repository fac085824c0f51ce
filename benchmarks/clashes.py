"""How long it takes to find what clashes among 300 locks in the sample, and the ways out, without their prices.

Run with `python -m benchmarks.clashes [--locks N] [--seed N]`. Three scenarios without a plan: little money for random
locks, the dearest use locked on the first facilities (too many seats, neighbours that exclude each other), and more
locks on one use than a limit allows.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np

from benchmarks.audit import SAMPLE
from benchmarks.machine import tell
from planner.model.problem import Limit, Locks, Problem
from planner.prepare import NoClock, prepare
from planner.scenario import Scenario
from planner.solve.clash import find_clashes
from planner.solve.ways_out import ways_out


def scenarios(problem: Problem, count: int, seed: int) -> dict[str, Problem]:
    """Return problems that no plan can keep, by name."""
    rng = np.random.default_rng(seed)
    cost, of = problem.budget.sources[0].cost, problem.pair_facility
    drawn = rng.permutation(len(problem.eligible))[:count]
    random = np.array([rng.choice(np.flatnonzero(of == f)) for f in drawn])
    dear = np.array([np.flatnonzero(of == f)[np.argmax(cost[of == f])] for f in range(count)])
    same = np.flatnonzero(problem.pair_use == np.bincount(problem.pair_use).argmax())
    poor = replace(problem.budget, sources=(replace(problem.budget.sources[0], limit=cost[random].sum() / 2),))
    locked = [replace(problem, locks=Locks(require=pairs)) for pairs in (random, dear, same[:count])]
    return {
        "half the money": replace(locked[0], budget=poor),
        "dearest uses": locked[1],
        "a limit of a third": replace(locked[2], limits=(Limit(same, "<=", float(count // 3)),)),
    }


def main() -> None:
    """Print a line for each scenario."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--locks", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    scenario = Scenario.load(SAMPLE)
    problem = prepare(scenario, scenario.read(), NoClock()).problem
    row = "{:<20}{:>10}{:>10}{:>10}{:>12}{:>12}{:>12}"
    tell(row.format("scenario", "clashes", "smallest", "members", "seconds", "ways out", "seconds"))
    for name, clashing in scenarios(problem, asked.locks, asked.seed).items():
        began = time.perf_counter()
        found = find_clashes(clashing)
        between = time.perf_counter()
        ways = ways_out(clashing).ways
        seconds = f"{between - began:.1f}", f"{time.perf_counter() - between:.1f}"
        proven, members = sum(clash.smallest for clash in found), sum(len(clash.members) for clash in found)
        tell(row.format(name, len(found), proven, members, seconds[0], len(ways), seconds[1]))


if __name__ == "__main__":
    main()
