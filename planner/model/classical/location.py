"""Facility location with fixed costs, with or without capacities."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pulp
from numpy.typing import ArrayLike

from planner.model.classical._knapsack import KnapsackDual, Packed
from planner.model.classical._solution import (
    BoolArray,
    FloatArray,
    Solution,
    checked_matrix,
    checked_options,
    checked_p,
    checked_vector,
    chosen,
    no_solution,
    solution,
)
from planner.model.expression import linear
from planner.solve.solver import SolveResult, SolverOptions, Status, solve

_NOISE = 1e-7
_NODES, _MARGINS = 20, (0.02, 0.06, 0.2, math.inf)
_UNITS = 4e6


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
    With a single source and whole demand, pairs that the Lagrangian dual with knapsacks rules out are left out
    (Pirkul 1987).

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
    data = _Data(cost, load, capacity, fixed_cost, p, whole=single_source and capacity is not None)
    answer = _pruned(data, options) if data.whole else _solved(data, options, np.ones(cost.shape, dtype=bool))
    if answer.assign is None:
        return no_solution(answer.result, cost.shape, time.perf_counter() - start)
    is_open = answer.open
    bound, status = answer.result.bound, answer.result.status
    return solution(answer.objective, bound, status, is_open, answer.assign, time.perf_counter() - start)


class _Data(NamedTuple):
    """The arrays of a problem, checked; `load` (I, J)."""

    cost: FloatArray
    load: FloatArray
    capacity: FloatArray | None
    fixed_cost: FloatArray
    p: int | None
    whole: bool


class _Answer(NamedTuple):
    """What the solver said, and the answer in arrays, if any."""

    result: SolveResult
    objective: float
    open: BoolArray
    assign: FloatArray | None


def _pruned(data: _Data, options: SolverOptions) -> _Answer:
    """Solve on the pairs that answers up to some cost may use by the bound of `KnapsackDual`; a cost too low grows.

    Answers are first looked for on the sites that the dual chose at its best bounds.
    """
    every = np.ones(data.cost.shape, dtype=bool)
    begun, dual = time.perf_counter(), _knapsack_dual(data)
    if dual is None:
        return _solved(data, options, every)
    known: _Answer | None = None
    quick = {**options.highs, "mip_max_nodes": _NODES}
    for sites in dual.choices:
        found = _solved(data, replace(_left(options, begun), highs=quick), every & sites)
        if found.assign is not None and (known is None or found.objective < known.objective):
            known = found
    for margin in _MARGINS:
        most = min(dual.bound + margin * max(1.0, abs(dual.bound)), math.inf if known is None else known.objective)
        allowed = dual.bound + dual.extra <= most + _NOISE * max(1.0, abs(most))
        answer = _solved(data, _left(options, begun), allowed, known)
        proven = answer.result.status in {"optimal", "infeasible"}
        if known is None or answer.objective <= known.objective:
            known = answer
        if not proven:
            status: Status = "no_plan" if known.assign is None else "feasible"
            return known._replace(result=replace(known.result, status=status, bound=dual.bound))
        if known.assign is not None and known.objective <= most + _NOISE * max(1.0, abs(most)):
            bound = known.objective if answer.result.bound is None else min(known.objective, answer.result.bound)
            return known._replace(result=replace(known.result, status="optimal", bound=max(bound, dual.bound)))
    return _solved(data, _left(options, begun), every)


def _left(options: SolverOptions, begun: float) -> SolverOptions:
    """Return the options with what the clock leaves."""
    if options.time_limit_s is None:
        return options
    return replace(options, time_limit_s=max(0.0, options.time_limit_s - (time.perf_counter() - begun)))


def _knapsack_dual(data: _Data) -> Packed | None:
    """Return the dual where demand is whole, the same at every site, and few enough units to fill knapsacks."""
    demand = data.load[:, 0]
    if data.capacity is None or (data.load != demand[:, None]).any() or (demand != np.rint(demand)).any():
        return None
    if data.cost.size * min(float(data.capacity.max()), float(demand.sum())) > _UNITS:
        return None
    return KnapsackDual(data.cost, demand, np.floor(data.capacity), data.fixed_cost, data.p).ascend()


def _solved(data: _Data, options: SolverOptions, allowed: BoolArray, known: _Answer | None = None) -> _Answer:
    """Solve the model on the allowed pairs of customer and site, from a known answer where there is one."""
    problem, sites, served = _assignment_model(data, allowed)
    begin = {}
    if known is not None and known.assign is not None:
        begin = {x.name: float(is_open) for x, is_open in zip(sites, known.open, strict=True)}
        begin |= {y.name: float(known.assign[pair]) for pair, y in served.items()}
    result = solve(problem, options, begin)
    if result.objective is None:
        return _Answer(result, math.inf, np.zeros(len(sites), dtype=bool), None)
    is_open = chosen(result, sites)
    assign = _assigned(result, served, is_open, data.cost.shape)
    return _Answer(result, float(data.fixed_cost @ is_open + (data.cost * assign).sum()), is_open, assign)


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
    data: _Data, allowed: BoolArray
) -> tuple[pulp.LpProblem, list[pulp.LpVariable], dict[tuple[int, int], pulp.LpVariable]]:
    """Return the problem, its site variables x_j and its service variables y_ij of the allowed pairs."""
    problem = pulp.LpProblem("facility_location")
    sites = [problem.add_variable(f"x{j}", cat="Binary") for j in range(data.cost.shape[1])]
    cat = "Binary" if data.whole else "Continuous"
    pairs = [(i, j) for i, j in np.argwhere(allowed).tolist()]
    served = {(i, j): problem.add_variable(f"y{i}_{j}", 0, None, cat) for i, j in pairs}
    problem += linear(
        [*zip(sites, data.fixed_cost, strict=True), *((y, data.cost[pair]) for pair, y in served.items())]
    )
    for i, row in enumerate(allowed):
        problem += linear((served[i, j], 1.0) for j in np.flatnonzero(row).tolist()) == 1
    for (_, j), y in served.items():
        problem += linear([(y, 1.0), (sites[j], -1.0)]) <= 0
    if data.p is not None:
        problem += linear((x, 1.0) for x in sites) == data.p
    if data.capacity is not None:
        for j, (x, limit) in enumerate(zip(sites, data.capacity, strict=True)):
            mine = np.flatnonzero(allowed[:, j]).tolist()
            problem += linear([*((served[i, j], data.load[i, j]) for i in mine), (x, -limit)]) <= 0
        problem += linear(zip(sites, data.capacity, strict=True)) >= float(data.load.min(axis=1).sum())
    return problem, sites, served


def _assigned(
    result: SolveResult,
    served: dict[tuple[int, int], pulp.LpVariable],
    is_open: BoolArray,
    shape: tuple[int, ...],
) -> FloatArray:
    """Return (I, J) shares without the solver's rounding noise."""
    share = np.zeros(shape)
    for pair, y in served.items():
        share[pair] = result.values.get(y.name, 0.0)
    share[:, ~is_open] = 0.0
    share[share < _NOISE] = 0.0
    share /= share.sum(axis=1, keepdims=True)
    return share
