"""Published instances of the classical location problems, each solved to its published optimum within a proven gap.

Run with `python -m benchmarks.published [--folder FOLDER] [--only SET ...]`. The folder holds OR-Library's `pmed/`,
`pmedcap/`, `cap/` and `sscflp_orlib/`. The p-medians pmed21 to pmed40 are solved within 0.1 %, all others exactly.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from planner.model import Solution, capacitated_p_median, facility_location, p_center, p_median
from tests.bench.readers import read_cap, read_optima, read_pmed, read_pmedcap, read_single_source

BENCH = Path(__file__).parents[2] / "shared" / "bench"
EXACT, LARGE = range(1, 21), range(21, 41)
LARGE_GAP = 0.001
ROUNDED = 1e-6
"""Some values are published with seven digits."""


class Case(NamedTuple):
    """An instance of one set: its size, the published value, the gap asked for and how to solve it."""

    group: str
    name: str
    n: int
    p: int | None
    published: float
    gap: float
    solve: Callable[[], Solution]


def cases(folder: Path) -> Iterator[Case]:
    """Yield all instances, set by set."""
    medians, centers = (read_optima(folder / "pmed" / name) for name in ("pmedopt.txt", "kcenteropt.txt"))
    for k in (*EXACT, *LARGE):
        distance, p = read_pmed(folder / "pmed" / f"pmed{k}.txt")
        gap = LARGE_GAP if k in LARGE else 0.0
        solve = partial(p_median, distance, np.ones(len(distance)), p, gap=gap)
        yield Case("pmed", f"pmed{k}", len(distance), p, medians[f"pmed{k}"], gap, solve)
    for k in EXACT:
        distance, p = read_pmed(folder / "pmed" / f"pmed{k}.txt")
        yield Case("center", f"pmed{k}", len(distance), p, centers[f"pmed{k}"], 0.0, partial(p_center, distance, p))
    for name, published, distance, demand, capacity, p in read_pmedcap(folder / "pmedcap" / "pmedcap1.txt"):
        solve = partial(capacitated_p_median, distance, demand, capacity, p)
        yield Case("pmedcap", name, len(distance), p, published, 0.0, solve)
    optima = read_optima(folder / "bounds_facility_location.txt")
    for path in sorted((folder / "cap").glob("cap*.txt")):
        instance = read_cap(path)
        solve = partial(facility_location, *instance)
        yield Case("cap", path.stem, len(instance.cost), None, optima[path.stem], 0.0, solve)
    for path in sorted((folder / "sscflp_orlib").glob("cap*")):
        instance, published = read_single_source(path)
        solve = partial(facility_location, *instance, single_source=True)
        yield Case("single_source", path.name, len(instance.cost), None, published, 0.0, solve)


def holds(case: Case, solution: Solution) -> bool:
    """Return whether an answer is the published optimum, or within the gap that is asked for and proven."""
    if solution.status != "optimal" or solution.objective is None or solution.gap is None or solution.gap > case.gap:
        return False
    return abs(solution.objective - case.published) <= max(case.gap, ROUNDED) * case.published


def main(arguments: list[str]) -> int:
    """Solve all instances, print a line for each, and return 1 where one misses its bar."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.published", description=__doc__)
    parser.add_argument("--folder", type=Path, default=BENCH)
    parser.add_argument("--only", nargs="+", metavar="SET", help="pmed, center, pmedcap, cap, single_source")
    chosen = parser.parse_args(arguments)
    if not chosen.folder.is_dir():
        sys.stdout.write(f"the published instances are not at {chosen.folder}\n")
        return 0
    start, missed, count = time.perf_counter(), 0, 0
    row = "{:<14}{:<9}{:>5}{:>5}{:>16}{:>16}{:>11}  {:<9}{:>8}\n"
    sys.stdout.write(row.format("set", "name", "n", "p", "value", "published", "gap", "status", "seconds"))
    for case in cases(chosen.folder):
        if chosen.only and case.group not in chosen.only:
            continue
        solution = case.solve()
        good = holds(case, solution)
        missed, count = missed + (not good), count + 1
        value, gap = (np.nan if x is None else x for x in (solution.objective, solution.gap))
        sys.stdout.write(
            row.format(
                *(case.group, case.name, case.n, case.p or "", f"{value:.3f}", f"{case.published:.3f}", f"{gap:.2e}"),
                solution.status if good else f"{solution.status}!",
                f"{solution.seconds:.1f}",
            )
        )
        sys.stdout.flush()
    sys.stdout.write(f"{count - missed} of {count} at the bar, {time.perf_counter() - start:.0f} s\n")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
