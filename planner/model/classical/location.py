"""Facility location with fixed costs, with or without capacities."""

from __future__ import annotations

import time

import numpy as np
import pulp
from numpy.typing import ArrayLike

from planner.model.classical._solution import (
    BoolArray,
    FloatArray,
    Solution,
    checked_matrix,
    checked_p,
    checked_vector,
    chosen,
    no_solution,
)
from planner.model.expression import linear
from planner.solve.solver import SolveResult, SolverOptions, relative_gap, solve

Variables = list[pulp.LpVariable]

_NOISE = 1e-7


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
    problem, sites, served = _assignment_model(cost, fixed_cost, p, whole=single_source and capacity is not None)
    if capacity is not None:
        _limit(problem, sites, served, load, capacity)
    result = solve(problem, SolverOptions(name=solver, gap=gap, time_limit_s=time_limit))
    if result.objective is None:
        return no_solution(result, cost.shape, time.perf_counter() - start)
    is_open = chosen(result, sites)
    assign = _shares(result, served, is_open)
    objective = float(fixed_cost @ is_open + (cost * assign).sum())
    return Solution(
        objective=objective,
        bound=result.bound,
        gap=relative_gap(objective, result.bound),
        status=result.status,
        open=is_open,
        assign=assign,
        seconds=time.perf_counter() - start,
    )


def _checked_load(demand: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    """Return (I, J) demand of each customer at each site."""
    if np.ndim(demand) == 1:
        vector = checked_vector("demand", demand, shape[0], "customer (row of cost)")
        return np.repeat(vector[:, None], shape[1], axis=1)
    load = checked_matrix("demand", demand)
    if load.shape != shape:
        raise ValueError(f"demand has shape {load.shape}; give one number per customer, or the shape of cost, {shape}")
    return load


def _assignment_model(
    cost: FloatArray, fixed_cost: FloatArray, p: int | None, *, whole: bool
) -> tuple[pulp.LpProblem, Variables, list[Variables]]:
    """Return the uncapacitated model, its site variables x_j and its service variables y_ij by customer."""
    problem = pulp.LpProblem("facility_location")
    sites = [problem.add_variable(f"x{j}", cat="Binary") for j in range(cost.shape[1])]
    cat = "Binary" if whole else "Continuous"
    served = [[problem.add_variable(f"y{i}_{j}", 0, None, cat) for j in range(len(sites))] for i in range(len(cost))]
    service = (pair for row, costs in zip(served, cost, strict=True) for pair in zip(row, costs, strict=True))
    problem += linear([*zip(sites, fixed_cost, strict=True), *service])
    for row in served:
        problem += linear((y, 1.0) for y in row) == 1
        for y, x in zip(row, sites, strict=True):
            problem += linear([(y, 1.0), (x, -1.0)]) <= 0
    if p is not None:
        problem += linear((x, 1.0) for x in sites) == p
    return problem, sites, served


def _limit(
    problem: pulp.LpProblem, sites: Variables, served: list[Variables], load: FloatArray, capacity: FloatArray
) -> None:
    """Add the capacity of each site, and that the open sites together can hold all customers at their least demand."""
    for j, (x, limit) in enumerate(zip(sites, capacity, strict=True)):
        problem += linear([*((row[j], q) for row, q in zip(served, load[:, j], strict=True)), (x, -limit)]) <= 0
    problem += linear(zip(sites, capacity, strict=True)) >= float(load.min(axis=1).sum())


def _shares(result: SolveResult, served: list[Variables], is_open: BoolArray) -> FloatArray:
    """Return (I, J) shares without the solver's rounding noise."""
    share: FloatArray = np.array([[result.values.get(y.name, 0.0) for y in row] for row in served])
    share[:, ~is_open] = 0.0
    share[share < _NOISE] = 0.0
    share /= share.sum(axis=1, keepdims=True)
    return share
