"""How near the estimates of evidence come to exact re-solves: 40 facilities of the sample drawn by seed.

Run with `python -m benchmarks.evidence [--seed N] [--count N]`. For each facility decided by need it prints the exact
best other use and loss, found by solving the whole plan again without the planned use, beside the estimate.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import NamedTuple

import numpy as np

from benchmarks.audit import SAMPLE
from benchmarks.machine import tell
from planner.plan.allocation import decided_by
from planner.plan.make import evidence_of
from planner.prepare import NoClock, Prepared, prepare
from planner.scenario import Scenario
from planner.solve import Outcome, solve_problem
from planner.solve.evidence import Evidence

SAME, ERROR = 0.85, 0.5
"""Least share of runner-ups that the estimate names as the exact solve does, and most mean error."""


class Pair(NamedTuple):
    """Exact and estimated best other use of a facility, loss with it, and importance."""

    facility: str
    uses: tuple[str, str]
    losses: tuple[float, float]
    importance: tuple[float, float]


def compared(prepared: Prepared, exact: Evidence, estimate: Evidence, drawn: list[int]) -> list[Pair]:
    """Return the exact figures of the drawn facilities beside the estimates."""
    ids, uses = prepared.case.facilities["facility_id"].tolist(), prepared.case.uses
    pairs = []
    for f in drawn:
        best = exact.found[f].others[0], estimate.found[f].others[0]
        without = [0.0 if c is None else c.loss for c in (exact.found[f].removed, estimate.found[f].removed)]
        named = uses[best[0].use].key, uses[best[1].use].key
        pairs.append(Pair(ids[f], named, (best[0].loss, best[1].loss), (without[0], without[1])))
    return pairs


def lines(pairs: list[Pair]) -> list[str]:
    """Return the table as lines."""
    row = "{:<10}{:<22}{:<22}{:>15}{:>15}{:>15}{:>15}"
    head = ("facility", "exact runner-up", "estimated", "exact loss", "estimate", "exact import.", "estimate")
    figures = [(p.facility, *p.uses, *(f"{x:.3f}" for x in (*p.losses, *p.importance))) for p in pairs]
    return [row.format(*cells) for cells in (head, *figures)]


def drawn_facilities(prepared: Prepared, outcome: Outcome, seed: int, count: int) -> list[int]:
    """Return facilities decided by need that have another use, drawn by seed."""
    by = decided_by(prepared.case, outcome)
    options = prepared.problem.eligible.sum(axis=1)
    needed = [f for f, reason in enumerate(by) if reason == "need" and options[f] > 1]
    return sorted(np.random.default_rng(seed).choice(needed, min(count, len(needed)), replace=False).tolist())


def main(arguments: list[str]) -> int:
    """Compare, print the table and return 0 where both bars hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    asked = parser.parse_args(arguments)
    scenario = Scenario.load(SAMPLE)
    prepared = prepare(scenario, scenario.read(), NoClock())
    outcome = solve_problem(prepared.problem, prepared.settings)
    began, used = time.perf_counter(), time.process_time()
    estimate = evidence_of(prepared, outcome, "estimate")
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    tell(f"estimates of {len(estimate.found)} facilities: {wall:.1f} s, {cpu:.1f} s of processor time")
    drawn = drawn_facilities(prepared, outcome, asked.seed, asked.count)
    began = time.perf_counter()
    exact = evidence_of(prepared, outcome, "exact", facilities=drawn)
    tell(f"exact, {len(drawn)} of them drawn by seed {asked.seed}: {time.perf_counter() - began:.1f} s")
    pairs = compared(prepared, exact, estimate, drawn)
    for line in lines(pairs):
        tell(line)
    same = float(np.mean([p.uses[0] == p.uses[1] for p in pairs]))
    error = np.array([abs(p.losses[0] - p.losses[1]) for p in pairs])
    importance = np.array([abs(p.importance[0] - p.importance[1]) for p in pairs])
    tell(f"same runner-up {100 * same:.1f} %, mean error {error.mean():.4f}, largest {error.max():.4f}")
    tell(f"importance: mean error {importance.mean():.4f}, largest {importance.max():.4f}")
    return 0 if same >= SAME and error.mean() < ERROR else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
