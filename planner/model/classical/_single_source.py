"""Facility location with capacities and one site for each customer."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np

from planner.model.classical._assignment import Answer, Data, cost_of, solve_assignment
from planner.model.classical._knapsack import KnapsackDual, Packed
from planner.model.classical._tabu import search
from planner.solve.solver import SolverOptions

_NOISE = 1e-7
_UNITS = 4e6


def solve_single_source(data: Data, options: SolverOptions) -> Answer:
    """Find an answer by tabu search from the sites of the knapsack dual, then prove that there is none cheaper.

    The proof leaves out the pairs of customer and site that the dual rules out below the cost found (Pirkul 1987).
    Where there is no such dual, or nothing was found, the whole model is solved.
    """
    begun, dual = time.perf_counter(), _knapsack_dual(data)
    if dual is None:
        return solve_assignment(data, options)
    step = 1.0 if _in_units(data) else 0.0
    least = math.ceil(dual.bound - _NOISE * abs(dual.bound)) if step else dual.bound
    known = _found(data, dual, least, _left(options, begun))
    if known is None:
        return solve_assignment(data, _left(options, begun))
    most = known.objective - max(options.gap * abs(known.objective), step)
    if most < least:
        return known._replace(status="optimal", bound=min(least, known.objective))
    answer = _cheaper(data, dual, known, most, _left(options, begun))
    if answer.status == "infeasible":
        return known._replace(status="optimal", bound=max(most, math.floor(most) + step))
    bound = max(least, min(most, -math.inf if answer.bound is None else answer.bound))
    return (known if answer.assign is None else answer)._replace(bound=bound)


def _found(data: Data, dual: Packed, least: float, options: SolverOptions) -> Answer | None:
    """Return the best answer that the search meets before the clock or the bound ends it."""
    found = search(data, dual.sites, least, options.time_limit_s)
    if found is None:
        return None
    is_open, at = found
    assign = np.zeros(data.cost.shape)
    assign[np.arange(len(at)), at] = 1.0
    return Answer("feasible", dual.bound, cost_of(data, is_open, assign), is_open, assign)


def _cheaper(data: Data, dual: Packed, known: Answer, most: float, options: SolverOptions) -> Answer:
    """Solve on the pairs that an answer of at most this cost may use; the solver need not look for answers itself."""
    most += _NOISE * max(1.0, abs(most))
    quiet = replace(options, highs={**options.highs, "mip_heuristic_effort": 0.0})
    start = known if known.objective <= most else None
    return solve_assignment(data, quiet, dual.bound + dual.extra <= most, start, most)


def _in_units(data: Data) -> bool:
    """Return whether all costs are whole numbers, so that a cheaper answer is cheaper by one at least."""
    return bool((data.cost == np.rint(data.cost)).all() and (data.fixed_cost == np.rint(data.fixed_cost)).all())


def _left(options: SolverOptions, begun: float) -> SolverOptions:
    """Return the options with what the clock leaves."""
    if options.time_limit_s is None:
        return options
    return replace(options, time_limit_s=max(0.0, options.time_limit_s - (time.perf_counter() - begun)))


def _knapsack_dual(data: Data) -> Packed | None:
    """Return the dual where demand is whole, the same at every site, and few enough units to fill knapsacks."""
    demand = data.load[:, 0]
    if data.capacity is None or (data.load != demand[:, None]).any() or (demand != np.rint(demand)).any():
        return None
    if data.cost.size * min(float(data.capacity.max()), float(demand.sum())) > _UNITS:
        return None
    return KnapsackDual(data.cost, demand, np.floor(data.capacity), data.fixed_cost, data.p).ascend()
