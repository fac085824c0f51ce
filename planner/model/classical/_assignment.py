"""The model of facility location, in arrays: which sites open, and who is served from which."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pulp

from planner.model.classical._solution import BoolArray, FloatArray, chosen
from planner.model.expression import linear
from planner.solve.solver import SolveResult, SolverOptions, Status, solve

_NOISE = 1e-7


class Data(NamedTuple):
    """The arrays of a problem, checked; `load` (I, J); `whole`: each customer has one site."""

    cost: FloatArray
    load: FloatArray
    capacity: FloatArray | None
    fixed_cost: FloatArray
    p: int | None
    whole: bool


class Answer(NamedTuple):
    """What is proven, and the answer in arrays, if any: `open` (J,), `assign` (I, J); without one it costs infinity."""

    status: Status
    bound: float | None
    objective: float
    open: BoolArray
    assign: FloatArray | None


def solve_assignment(
    data: Data,
    options: SolverOptions,
    allowed: BoolArray | None = None,
    known: Answer | None = None,
    most: float | None = None,
) -> Answer:
    """Solve the model on the allowed pairs (I, J) of customer and site, all where None, from a known answer.

    Where `most` is given, dearer answers count as none: Σ_j f_j x_j + Σ_ij c_ij y_ij ≤ most.
    """
    pairs = np.ones(data.cost.shape, dtype=bool) if allowed is None else allowed
    problem, sites, served = _model(data, pairs, most)
    begin = {}
    if known is not None and known.assign is not None:
        begin = {x.name: float(is_open) for x, is_open in zip(sites, known.open, strict=True)}
        begin |= {y.name: float(known.assign[pair]) for pair, y in served.items()}
    result = solve(problem, options, begin)
    if result.objective is None:
        return Answer(result.status, result.bound, math.inf, np.zeros(len(sites), dtype=bool), None)
    is_open = chosen(result, sites)
    assign = _assigned(result, served, is_open, data.cost.shape)
    return Answer(result.status, result.bound, cost_of(data, is_open, assign), is_open, assign)


def cost_of(data: Data, is_open: BoolArray, assign: FloatArray) -> float:
    """Return Σ_j f_j x_j + Σ_ij c_ij y_ij."""
    return float(data.fixed_cost @ is_open + (data.cost * assign).sum())


def _model(
    data: Data, allowed: BoolArray, most: float | None
) -> tuple[pulp.LpProblem, list[pulp.LpVariable], dict[tuple[int, int], pulp.LpVariable]]:
    """Return the problem, its site variables x_j and its service variables y_ij of the allowed pairs."""
    problem = pulp.LpProblem("facility_location")
    sites = [problem.add_variable(f"x{j}", cat="Binary") for j in range(data.cost.shape[1])]
    cat = "Binary" if data.whole else "Continuous"
    pairs = [(i, j) for i, j in np.argwhere(allowed).tolist()]
    served = {(i, j): problem.add_variable(f"y{i}_{j}", 0, None, cat) for i, j in pairs}
    terms = [*zip(sites, data.fixed_cost, strict=True), *((y, data.cost[pair]) for pair, y in served.items())]
    problem += linear(terms)
    if most is not None:
        problem += linear(terms) <= most
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
