"""Facility location with fixed costs, with or without capacities."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import ArrayLike

from planner.model.classical._assignment import Data, solve_assignment
from planner.model.classical._single_source import solve_single_source
from planner.model.classical._solution import (
    FloatArray,
    Solution,
    checked_matrix,
    checked_options,
    checked_p,
    checked_vector,
    no_solution,
    solution,
)


def facility_location(  # noqa: PLR0913 - the data of the problem
    cost: ArrayLike,
    demand: ArrayLike,
    capacity: ArrayLike | None,
    fixed_cost: ArrayLike,
    *,
    single_source: bool = False,
    p: int | None = None,
    gap: float = 0.0,
    time_limit: float | None = None,
    solver: str = "highs",
) -> Solution:
    """Choose sites and who serves whom at the least fixed and service cost.

    min Σ_j f_j x_j + Σ_ij c_ij y_ij  subject to
    Σ_j y_ij = 1;  y_ij ≤ x_j (Balinski 1965);  Σ_i q_ij y_ij ≤ k_j x_j;  Σ_j x_j = p where p is given;
    x binary, y ≥ 0, and y binary with a single source. Redundant but tightening: Σ_j k_j x_j ≥ Σ_i min_j q_ij.
    With a single source and whole demand an answer is looked for by tabu search, and the proof that none is cheaper
    leaves out the pairs that the Lagrangian dual with knapsacks rules out (Pirkul 1987).

    Parameters
    ----------
    cost : (I, J) of serving all of customer i from site j.
    demand : (I,), or (I, J) where it depends on the site (generalised assignment).
    capacity : (J,) in the unit of demand; None for no limits, and demand then plays no part.
    fixed_cost : (J,) of opening a site.
    single_source : each customer is served from one site only.
    p : open exactly this many sites; None leaves the number free.
    gap, time_limit, solver : as in `p_median`.

    Returns
    -------
    Solution; "infeasible" where the capacities cannot hold the demand.
    """
    start = time.perf_counter()
    cost = checked_matrix("cost", cost)
    fixed_cost = checked_vector("fixed_cost", fixed_cost, cost.shape[1], "site (column of cost)")
    load = _checked_load(demand, cost.shape)
    if capacity is not None:
        capacity = checked_vector("capacity", capacity, cost.shape[1], "site (column of cost)")
    p = None if p is None else checked_p(p, cost.shape[1])
    options = checked_options(solver, gap, time_limit)
    data = Data(cost, load, capacity, fixed_cost, p, whole=single_source and capacity is not None)
    answer = solve_single_source(data, options) if data.whole else solve_assignment(data, options)
    seconds = time.perf_counter() - start
    if answer.assign is None:
        return no_solution(answer.status, answer.bound, cost.shape, seconds)
    return solution(answer.objective, answer.bound, answer.status, answer.open, answer.assign, seconds)


def _checked_load(demand: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    """Return (I, J) demand of each customer at each site."""
    if np.ndim(demand) == 1:
        vector = checked_vector("demand", demand, shape[0], "customer (row of cost)")
        return np.repeat(vector[:, None], shape[1], axis=1)
    load = checked_matrix("demand", demand)
    if load.shape != shape:
        raise ValueError(f"demand has shape {load.shape}; give one number per customer, or the shape of cost, {shape}")
    return load
