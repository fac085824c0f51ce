"""Maximal covering: p sites that reach as much weight as possible."""

from __future__ import annotations

import math
import time

import numpy as np
import pulp
from numpy.typing import ArrayLike

from planner.model.classical._solution import (
    BoolArray,
    FloatArray,
    Solution,
    assign_nearest,
    checked_matrix,
    checked_p,
    checked_vector,
    chosen,
    no_solution,
)
from planner.model.expression import linear
from planner.solve.solver import SolverOptions, relative_gap, solve


def cover(  # noqa: PLR0913 - the data of the problem
    distance: ArrayLike,
    weight: ArrayLike,
    radius: float,
    p: int,
    *,
    gap: float = 0.0,
    time_limit: float | None = None,
    solver: str = "highs",
) -> Solution:
    """Choose p sites that have as much customers' weight as possible within the radius.

    max Σ_i w_i (1 − u_i)  subject to  u_i + Σ_{j: d_ij ≤ r} x_j ≥ 1, Σ_j x_j = p, x binary, u ≥ 0
    (Church & ReVelle 1974), minimised as the weight left uncovered less all weight. Customers who can be reached from
    the same sites share one u.

    Parameters
    ----------
    distance : (I, J) from customer to site.
    weight : (I,) of the customers.
    radius : in the unit of `distance`; a customer exactly at the radius is covered.
    p : number of sites to open.
    gap, time_limit, solver : as in `p_median`.

    Returns
    -------
    Solution with the weight covered as objective and an upper limit of it as bound; `assign` serves covered customers
    from their nearest open site and leaves the others out.
    """
    start = time.perf_counter()
    distance = checked_matrix("distance", distance)
    weight = checked_vector("weight", weight, distance.shape[0], "customer (row of distance)")
    p = checked_p(p, distance.shape[1])
    if not (math.isfinite(radius) and radius >= 0):
        raise ValueError(f"radius is {radius!r}; give a finite number of zero or more in the unit of distance")
    reaches = distance <= radius
    problem, sites = _covering_model(reaches, weight, p)
    result = solve(problem, SolverOptions(name=solver, gap=gap, time_limit_s=time_limit))
    if result.objective is None:
        return no_solution(result, distance.shape, time.perf_counter() - start)
    is_open = chosen(result, sites)
    covered = np.any(reaches[:, is_open], axis=1)
    objective = float(weight @ covered)
    bound = None if result.bound is None else -result.bound
    return Solution(
        objective=objective,
        bound=bound,
        gap=relative_gap(objective, bound),
        status=result.status,
        open=is_open,
        assign=assign_nearest(distance, is_open) * covered[:, None],
        seconds=time.perf_counter() - start,
    )


def _covering_model(reaches: BoolArray, weight: FloatArray, p: int) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    patterns, members = np.unique(reaches, axis=0, return_inverse=True)
    weights = np.bincount(members.ravel(), weights=weight)
    problem = pulp.LpProblem("cover")
    sites = [problem.add_variable(f"x{j}", cat="Binary") for j in range(reaches.shape[1])]
    missed = [problem.add_variable(f"u{i}", lowBound=0) for i in range(len(patterns))]
    problem += linear(zip(missed, weights, strict=True), -float(weight.sum()))
    problem += linear((site, 1.0) for site in sites) == p
    for u, pattern in zip(missed, patterns, strict=True):
        problem += linear([(u, 1.0), *((sites[j], 1.0) for j in np.flatnonzero(pattern))]) >= 1
    return problem, sites
