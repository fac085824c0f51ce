"""The p-center problem: p sites that keep the worst-off customer's distance least."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from planner.model.classical._solution import (
    BoolArray,
    FloatArray,
    Solution,
    assign_nearest,
    checked_distance,
    checked_options,
    checked_p,
    solution,
)
from planner.model.classical.covering import cover_all, greedy_cover
from planner.solve.solver import SolveResult, SolverOptions, Status


def p_center(
    distance: ArrayLike,
    p: int,
    *,
    gap: float = 0.0,
    time_limit: float | None = None,
    solver: str = "highs",
) -> Solution:
    """Choose p sites with the least distance from the worst-off customer to its nearest chosen site.

    min r  subject to  Σ_{j: d_ij ≤ r} x_j ≥ 1 for every i, Σ_j x_j = p, x binary (Hakimi 1964).

    The optimum is one of the distances, so r is found by bisection over them; each step asks whether p sites can cover
    everybody within r, a set covering problem (Minieka 1970; Toregas et al. 1971).

    Parameters
    ----------
    distance : (I, J) from customer to site.
    p : number of sites to open.
    gap, time_limit, solver : as in `p_median`; the time limit is for all steps together.

    Returns
    -------
    Solution with the largest distance as objective and the least radius not ruled out as bound.
    """
    start = time.perf_counter()
    distance = checked_distance(distance)
    p = checked_p(p, distance.shape[1])
    options = checked_options(solver, gap, time_limit)
    is_open = _greedy(distance, p)
    radii = np.unique(distance)
    low = int(np.searchsorted(radii, distance.min(axis=1).max()))
    high = int(np.searchsorted(radii, _radius(distance, is_open)))
    status: Status = "optimal"
    while low < high and radii[high] - radii[low] > gap * radii[high]:
        middle = (low + high) // 2
        left = None if time_limit is None else max(0.0, time_limit - (time.perf_counter() - start))
        result, found = _within(distance <= radii[middle], p, replace(options, time_limit_s=left))
        if found is not None:
            is_open = found
            high = int(np.searchsorted(radii, _radius(distance, is_open)))
        elif result is not None and result.status == "infeasible":
            low = middle + 1
        else:
            status = "feasible"
            break
    objective, bound = float(radii[high]), float(radii[low])
    return solution(objective, bound, status, is_open, assign_nearest(distance, is_open), time.perf_counter() - start)


def _radius(distance: FloatArray, is_open: BoolArray) -> float:
    return float(distance[:, is_open].min(axis=1).max())


def _greedy(distance: FloatArray, p: int) -> BoolArray:
    """Return p sites, each the one that then leaves the least worst distance: a start that needs no solver."""
    is_open = np.zeros(distance.shape[1], dtype=bool)
    reached = np.full(len(distance), np.inf)
    for _ in range(p):
        worst = np.minimum(distance, reached[:, None]).max(axis=0)
        site = int(np.where(is_open, np.inf, worst).argmin())
        is_open[site] = True
        reached = np.minimum(reached, distance[:, site])
    return is_open


def _within(reaches: BoolArray, p: int, options: SolverOptions) -> tuple[SolveResult | None, BoolArray | None]:
    """Ask for p sites that reach every customer: by greed, then by the solver; None where none were found."""
    even = np.ones(reaches.shape[1])
    result: SolveResult | None = None
    found: BoolArray | None = greedy_cover(reaches, even)
    if found is not None and found.sum() > p:
        result, found = cover_all(reaches, even, options, most=p)
    if found is None:
        return result, None
    found[np.flatnonzero(~found)[: p - int(found.sum())]] = True
    return result, found
