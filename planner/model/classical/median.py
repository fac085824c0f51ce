"""The p-median problem: p sites that keep customers' total weighted distance least."""

from __future__ import annotations

import time

import numpy as np
import pulp
from numpy.typing import ArrayLike

from planner.model.classical._solution import (
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


def p_median(  # noqa: PLR0913 - the data of the problem
    distance: ArrayLike,
    weight: ArrayLike,
    p: int,
    *,
    gap: float = 0.0,
    time_limit: float | None = None,
    solver: str = "highs",
) -> Solution:
    """Choose p sites with the least total weighted distance from each customer to the nearest chosen one.

    min Σ_i w_i · min_{j open} d_ij  subject to  Σ_j x_j = p, x binary (Hakimi 1964).

    Solved in the radius formulation (Cornuéjols, Nemhauser & Wolsey 1980; its sparse form García, Labbé & Marín 2011):
    with customer i's distinct distances D_i1 < D_i2 < …, z_ik is 1 when no site within D_ik is open,

        min Σ_i w_i (D_i1 + Σ_k (D_i,k+1 − D_ik) z_ik),
        z_ik + Σ_{j: d_ij = D_ik} x_j ≥ z_i,k−1  with z_i0 = 1.

    Of the J − p + 1 sites nearest to a customer at least one is open, so farther ones never enter.

    Parameters
    ----------
    distance : (I, J) from customer to site, any unit.
    weight : (I,) of the customers.
    p : number of sites to open.
    gap : relative gap at which the answer counts as optimal.
    time_limit : seconds for the solver, None for no limit.
    solver : "highs", "cbc" or a name that PuLP knows.

    Returns
    -------
    Solution with the objective in units of weight × distance.
    """
    start = time.perf_counter()
    distance = checked_matrix("distance", distance)
    weight = checked_vector("weight", weight, distance.shape[0], "customer (row of distance)")
    p = checked_p(p, distance.shape[1])
    problem, sites = _radius_model(distance, weight, p)
    result = solve(problem, SolverOptions(name=solver, gap=gap, time_limit_s=time_limit))
    if result.objective is None:
        return no_solution(result, distance.shape, time.perf_counter() - start)
    is_open = chosen(result, sites)
    objective = float(weight @ distance[:, is_open].min(axis=1))
    return Solution(
        objective=objective,
        bound=result.bound,
        gap=relative_gap(objective, result.bound),
        status=result.status,
        open=is_open,
        assign=assign_nearest(distance, is_open),
        seconds=time.perf_counter() - start,
    )


def _radius_model(distance: FloatArray, weight: FloatArray, p: int) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    n_sites = distance.shape[1]
    problem = pulp.LpProblem("p_median")
    sites = [problem.add_variable(f"x{j}", cat="Binary") for j in range(n_sites)]
    costs = []
    rows = []
    nearest = float(weight @ distance.min(axis=1))
    for i in np.flatnonzero(weight):
        candidates = np.argsort(distance[i], kind="stable")[: n_sites - p + 1]
        radii = distance[i, candidates]
        rings = np.split(candidates, np.flatnonzero(np.diff(radii)) + 1)
        steps = np.diff(np.unique(radii))
        farther = None
        for k, ring in enumerate(rings):
            terms = [(sites[j], 1.0) for j in ring]
            if farther is not None:
                terms.append((farther, -1.0))
            first = farther is None
            if k < len(steps):
                farther = problem.add_variable(f"z{i}_{k}", lowBound=0)
                terms.append((farther, 1.0))
                costs.append((farther, weight[i] * steps[k]))
            rows.append(linear(terms) >= (1 if first else 0))
    problem += linear(costs, nearest)
    problem += linear((site, 1.0) for site in sites) == p
    for row in rows:
        problem += row
    return problem, sites
