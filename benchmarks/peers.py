"""The classical problems beside spopt: the same case, machine, run and solver, in turn.

Run with `python -m benchmarks.peers [--pairs 5] [--only p_median cover large_cover] [--seconds 150]` after
`pip install .[bench]`. Prints the medians of build, solve and both together, and their ratios. spopt's build is its
problem made from the matrix; ours is the model on the first lists of nearest sites, before anything is settled, made
once more by itself. "Both" is for us all that a call takes. The large covering runs once, as all need the whole time;
beside it runs the textbook's matrix, handed to the same HiGHS as it stands.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, hstack, vstack

from planner.model import Solution, cover, p_median
from planner.model.classical._lists import core, nearest
from planner.model.classical._radius import radius_model
from planner.model.classical._reductions import alike

BENCH = Path(__file__).parents[2] / "shared" / "bench"
RADIUS = 8.0
FloatArray = NDArray[np.float64]


class Case(NamedTuple):
    """What is compared: demand points, sites, sites to open, seconds for the solver, the ratio wanted of both."""

    kind: str
    n_demand: int
    n_sites: int
    p: int
    limit: float | None
    least_ratio: float


class Run(NamedTuple):
    """Seconds of building and of all together, the objective, and its proven relative gap."""

    build: float
    both: float
    objective: float
    gap: float


def ours(case: Case, distance: FloatArray, weight: FloatArray) -> Run:
    """Solve with `planner.model`; the model is built once more by itself to know its share."""
    start = time.perf_counter()
    if case.kind == "p_median":
        whole = weight[:, None] * distance
    else:
        reaches = distance <= RADIUS
        first, kind = alike(reaches)
        whole = np.where(reaches[first], 0.0, np.bincount(kind, weights=weight)[:, None])
    width = 4 * case.n_sites // case.p + 10
    lists = nearest(whole, case.p, width)
    every = np.ones(case.n_sites, dtype=bool)
    radius_model(lists, core(lists, every, ~every, np.full(len(whole), np.inf), np.zeros(case.n_sites)), case.p)
    build = time.perf_counter() - start
    solution = solved(case, distance, weight)
    if solution.objective is None or solution.gap is None:
        raise RuntimeError(f"{case.kind}: {solution.status}")
    return Run(build, solution.seconds, solution.objective, solution.gap)


def solved(case: Case, distance: FloatArray, weight: FloatArray) -> Solution:
    """Return our answer."""
    if case.kind == "p_median":
        return p_median(distance, weight, case.p, time_limit=case.limit)
    return cover(distance, weight, RADIUS, case.p, time_limit=case.limit)


def spopt(case: Case, distance: FloatArray, weight: FloatArray) -> Run:
    """Solve with spopt and the same solver, gap and threads."""
    from spopt.locate import MCLP, PMedian

    start = time.perf_counter()
    model: Any
    if case.kind == "p_median":
        model = PMedian.from_cost_matrix(distance, weight, p_facilities=case.p)
    else:
        model = MCLP.from_cost_matrix(distance, weight, service_radius=RADIUS, p_facilities=case.p)
    build = time.perf_counter() - start
    solver = pulp.HiGHS(msg=False, threads=2, gapRel=0.0, timeLimit=case.limit)
    model.problem.solve(solver)
    both = time.perf_counter() - start
    info = model.problem.solverModel.getInfo()
    objective = abs(float(info.objective_function_value))
    return Run(build, both, objective, abs(abs(info.mip_dual_bound) - objective) / objective)


def plain(case: Case, distance: FloatArray, weight: FloatArray) -> Run:
    """Solve the covering as it stands in the textbook, handed to HiGHS as one matrix, without any reduction.

    max sum of w y  subject to  y_i <= sum of x_j within the radius, sum of x_j = p, y <= 1, x binary.
    """
    start = time.perf_counter()
    served, sites = distance.shape
    rows = hstack([eye_array(served), -csr_array((distance <= RADIUS).astype(float))])
    matrix = csr_array(vstack([rows, csr_array(np.append(np.zeros(served), np.ones(sites))[None, :])]))
    highs, none = highspy.Highs(), np.zeros(0, dtype=np.int32)  # type: ignore[no-untyped-call]
    options = {"output_flag": False, "threads": 2, "mip_rel_gap": 0.0, "time_limit": float(case.limit or np.inf)}
    for name, value in options.items():
        highs.setOptionValue(name, value)
    cost, many = np.append(-weight, np.zeros(sites)), served + sites
    highs.addCols(many, cost, np.zeros(many), np.ones(many), 0, none, none, np.zeros(0))
    lower, upper = (np.append(np.full(served, end), float(case.p)) for end in (-np.inf, 0.0))
    starts, columns = (part.astype(np.int32) for part in (matrix.indptr[:-1], matrix.indices))
    highs.addRows(served + 1, lower, upper, matrix.nnz, starts, columns, matrix.data)
    highs.changeColsIntegrality(sites, np.arange(served, many, dtype=np.int32), np.ones(sites, dtype=np.uint8))
    build = time.perf_counter() - start
    highs.run()
    info, both = highs.getInfo(), time.perf_counter() - start
    objective = abs(float(info.objective_function_value))
    return Run(build, both, objective, abs(abs(info.mip_dual_bound) - objective) / objective)


CASES = {
    "p_median": Case("p_median", 1000, 300, 40, None, 20.0),
    "cover": Case("cover", 1000, 300, 40, None, 5.0),
    "large_cover": Case("cover", 4000, 1000, 100, 150.0, 50.0),
}


def compare(name: str, case: Case, make: Callable[..., tuple[FloatArray, FloatArray]], pairs: int) -> bool:
    """Run a case in turn, print medians and ratios, and return whether the bar is met."""
    distance, weight = make(case.n_demand, case.n_sites)
    runs = [(ours(case, distance, weight), spopt(case, distance, weight)) for _ in range(pairs)]
    mine, theirs = ([pair[side] for pair in runs] for side in (0, 1))

    def middle(of: list[Run], part: Callable[[Run], float]) -> float:
        return median(part(run) for run in of)

    sys.stdout.write(f"\n{name}: {case.n_demand} x {case.n_sites}, p {case.p}, {pairs} pair(s), median seconds\n")
    parts: dict[str, Callable[[Run], float]] = {
        "build": lambda run: run.build,
        "solve": lambda run: run.both - run.build,
        "both": lambda run: run.both,
    }
    ratios = {}
    for part, value in parts.items():
        here, there = middle(mine, value), middle(theirs, value)
        ratios[part] = there / here
        sys.stdout.write(f"  {part:<6} ours {here:9.3f}  spopt {there:9.3f}  ratio {ratios[part]:7.1f}\n")
    for who, of in (("ours", mine), ("spopt", theirs)):
        sys.stdout.write(f"  {who:<6} objective {of[0].objective:.3f}  gap {of[0].gap:.4%}\n")
    sys.stdout.flush()
    if case.limit is not None:
        matrix = plain(case, distance, weight)
        sys.stdout.write(f"  matrix objective {matrix.objective:.3f}  gap {matrix.gap:.4%}\n")
        others = (theirs[0], matrix)
        better = all(mine[0].objective >= run.objective and mine[0].gap < run.gap for run in others)
        return better and ratios["build"] >= case.least_ratio
    same = all(abs(a.objective - b.objective) <= 1e-6 * abs(b.objective) for a, b in runs)
    return same and ratios["both"] >= case.least_ratio


def main(arguments: list[str]) -> int:
    """Compare all cases; return 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--seconds", type=float, default=150.0, help="time of each solver for the large covering")
    chosen = parser.parse_args(arguments)
    if not (BENCH / "peer_case.py").is_file() or importlib.util.find_spec("spopt") is None:
        sys.stdout.write(f"skipped: needs {BENCH / 'peer_case.py'} and spopt (pip install .[bench])\n")
        return 0
    sys.path.insert(0, str(BENCH))
    from peer_case import peer_case

    start = time.perf_counter()
    total = 0
    for number in range(10_000_000):
        total += number
    sys.stdout.write(f"ten million additions in a loop: {time.perf_counter() - start:.2f} s\n")
    missed = []
    for name in chosen.only:
        case = CASES[name]
        if case.limit is not None:
            case = case._replace(limit=chosen.seconds)
        if not compare(name, case, peer_case, chosen.pairs if case.limit is None else 1):
            missed.append(name)
    sys.stdout.write(f"\nbars missed: {', '.join(missed) or 'none'}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
