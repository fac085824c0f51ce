"""Set covering: the cheapest sites that reach everybody."""

from __future__ import annotations

import time

import numpy as np
import pulp
from numpy.typing import ArrayLike

from planner.model.classical._lists import IntArray
from planner.model.classical._reductions import needed_rows, undominated
from planner.model.classical._solution import (
    BoolArray,
    FloatArray,
    Solution,
    assign_nearest,
    checked_distance,
    checked_options,
    checked_radius,
    checked_vector,
    chosen,
    no_solution,
    solution,
)
from planner.model.expression import linear
from planner.solve.solver import SolveResult, SolverOptions, solve

_NAMED = 10


def set_cover(  # noqa: PLR0913 - the data of the problem
    distance: ArrayLike,
    radius: float,
    *,
    cost: ArrayLike | None = None,
    gap: float = 0.0,
    time_limit: float | None = None,
    solver: str = "highs",
) -> Solution:
    """Choose the fewest, or the cheapest, sites that reach every customer within the radius.

    min Σ_j c_j x_j  subject to  Σ_{j: d_ij ≤ r} x_j ≥ 1 for every i, x binary (Toregas, Swain, ReVelle & Bergman 1971).

    A customer whose sites include all sites of another, and a site that reaches no more than another one at no less
    cost, are left out (Toregas & ReVelle 1973).

    Parameters
    ----------
    distance : (I, J) from customer to site.
    radius : in the unit of `distance`; a customer exactly at the radius is reached.
    cost : (J,) of opening a site; None counts sites.
    gap, time_limit, solver : as in `p_median`.

    Returns
    -------
    Solution with the cost of the open sites as objective; `assign` serves each customer from its nearest open site.

    Raises
    ------
    ValueError : some customers have no site within the radius; their indices are named.
    """
    start = time.perf_counter()
    distance = checked_distance(distance)
    options = checked_options(solver, gap, time_limit)
    reaches = distance <= checked_radius("radius", radius)
    n_sites = distance.shape[1]
    costs = np.ones(n_sites) if cost is None else checked_vector("cost", cost, n_sites, "site (column of distance)")
    alone = np.flatnonzero(~reaches.any(axis=1))
    if len(alone):
        names = ", ".join(map(str, alone[:_NAMED])) + (
            f" and {len(alone) - _NAMED} more" if len(alone) > _NAMED else ""
        )
        raise ValueError(f"no site reaches customer {names} within {radius}; leave them out or choose a larger radius")
    result, found = cover_all(reaches, costs, options)
    if found is None:
        return no_solution(result.status, result.bound, distance.shape, time.perf_counter() - start)
    return solution(
        float(costs @ found),
        result.bound,
        result.status,
        found,
        assign_nearest(distance, found),
        time.perf_counter() - start,
    )


def cover_all(
    reaches: BoolArray, cost: FloatArray, options: SolverOptions, most: int | None = None
) -> tuple[SolveResult, BoolArray | None]:
    """Ask for the cheapest sites, at most `most` of them, that reach every row; None where none were found."""
    rows, columns = reduced(reaches, cost)
    left = reaches[np.ix_(rows, columns)]
    problem = pulp.LpProblem("cover_all")
    sites = [problem.add_variable(f"x{j}", cat="Binary") for j in columns]
    problem += linear(zip(sites, cost[columns], strict=True))
    for row in left:
        problem += linear((sites[j], 1.0) for j in np.flatnonzero(row)) >= 1
    if most is not None:
        problem += linear((site, 1.0) for site in sites) <= most
    begin = greedy_cover(left, cost[columns])
    result = solve(problem, options, {site.name: float(x) for site, x in zip(sites, begin, strict=True)})
    if result.objective is None:
        return result, None
    is_open = np.zeros(reaches.shape[1], dtype=bool)
    is_open[columns[chosen(result, sites)]] = True
    return result, is_open


def reduced(reaches: BoolArray, cost: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the rows and columns that must be looked at, reduced in turn until nothing more is needless."""
    rows, columns = np.arange(reaches.shape[0]), np.arange(reaches.shape[1])
    while True:
        before = len(rows), len(columns)
        rows = rows[needed_rows(reaches[np.ix_(rows, columns)])]
        columns = columns[undominated(reaches[np.ix_(rows, columns)], cost[columns])]
        if (len(rows), len(columns)) == before:
            return rows, columns


def greedy_cover(reaches: BoolArray, cost: FloatArray) -> BoolArray:
    """Return columns that reach every row, each with the most rows not yet reached per cost (Chvátal 1979)."""
    is_open = np.zeros(reaches.shape[1], dtype=bool)
    missing = reaches.any(axis=1)
    while missing.any():
        new = reaches[missing].sum(axis=0)
        is_open[int((new / np.maximum(cost, 1e-12)).argmax())] = True
        missing &= ~reaches[:, is_open].any(axis=1)
    return is_open
