"""Maximal covering: p sites that reach as much weight as possible, gradually or within capacities where wished."""

from __future__ import annotations

import time

import numpy as np
import pulp
from numpy.typing import ArrayLike

from planner.model.classical._choose import choose
from planner.model.classical._reductions import alike, undominated
from planner.model.classical._solution import (
    FloatArray,
    Solution,
    assign_nearest,
    checked_distance,
    checked_options,
    checked_p,
    checked_radius,
    checked_vector,
    chosen,
    no_solution,
    solution,
)
from planner.model.expression import linear
from planner.solve.solver import SolverOptions, solve

_NOISE = 1e-7


def cover(  # noqa: PLR0913 - the data of the problem
    distance: ArrayLike,
    weight: ArrayLike,
    radius: float,
    p: int,
    *,
    outer_radius: float | None = None,
    capacity: ArrayLike | None = None,
    single_source: bool = False,
    gap: float = 0.0,
    time_limit: float | None = None,
    solver: str = "highs",
) -> Solution:
    """Choose p sites that have as much customers' weight as possible within the radius.

    max Σ_i w_i (1 − u_i)  subject to  u_i + Σ_{j: d_ij ≤ r} x_j ≥ 1, Σ_j x_j = p, x binary, u ≥ 0
    (Church & ReVelle 1974). Customers who can be reached from the same sites share one u; a site that reaches no more
    than another is left out; the bound, the lists and the search are those of `p_median`, with the weight left
    uncovered as cost.

    Gradual decay: f_ij, 1 within the radius, falls evenly to 0 at the outer radius, and each customer counts with its
    best open site, max Σ_i w_i max_{j open} f_ij (Church & Roberts 1983; Berman & Krass 2002).

    Capacity: max Σ_ij w_i f_ij y_ij  subject to  Σ_j y_ij ≤ 1;  y_ij ≤ x_j;  Σ_i w_i y_ij ≤ k_j x_j;  Σ_j x_j = p;
    y ≥ 0 on the pairs within reach, binary with a single source (Current & Storbeck 1988).

    Parameters
    ----------
    distance : (I, J) from customer to site.
    weight : (I,) of the customers.
    radius : in the unit of `distance`; a customer exactly at the radius is covered.
    p : number of sites to open.
    outer_radius : where gradual cover ends, in the unit of `distance`; None: it ends at the radius.
    capacity : (J,) in the unit of weight; None for no limits.
    single_source : with capacities, each customer is covered by one site or not at all.
    gap, time_limit, solver : as in `p_median`.

    Returns
    -------
    Solution with the weight covered as objective and an upper limit of it as bound; `assign` holds the covered share of
    each customer at the site that covers it.
    """
    start = time.perf_counter()
    distance = checked_distance(distance)
    weight = checked_vector("weight", weight, distance.shape[0], "customer (row of distance)")
    p = checked_p(p, distance.shape[1])
    options = checked_options(solver, gap, time_limit)
    shares = _shares(distance, checked_radius("radius", radius), outer_radius)
    if capacity is not None:
        capacity = checked_vector("capacity", capacity, distance.shape[1], "site (column of distance)")
        return _cover_within(shares, weight, capacity, p, options, start, whole=single_source)
    columns = _useful(shares, p)
    first, kind = alike(shares[:, columns])
    weights = np.bincount(kind, weights=weight)
    cost = weights[:, None] * (1.0 - shares[np.ix_(first, columns)])
    choice = choose(cost, p, options, -float(weight.sum()))
    is_open = np.zeros(distance.shape[1], dtype=bool)
    is_open[columns[choice.open]] = True
    best = np.where(is_open, shares, 0.0).max(axis=1)
    return solution(
        float(weight @ best),
        -choice.bound,
        choice.status,
        is_open,
        assign_nearest(distance, is_open) * best[:, None],
        time.perf_counter() - start,
    )


def _shares(distance: FloatArray, radius: float, outer: float | None) -> FloatArray:
    """Return (I, J) how much of a customer a site covers."""
    if outer is None or outer == radius:
        return (distance <= radius).astype(float)
    if checked_radius("outer_radius", outer) < radius:
        raise ValueError(f"outer_radius is {outer}, below the radius of {radius}; cover decays outwards")
    return np.clip((outer - distance) / (outer - radius), 0.0, 1.0)


def _useful(shares: FloatArray, p: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the sites that no other makes needless, filled up to p."""
    reaches = shares > 0
    keep = undominated(reaches) if (shares == reaches).all() else np.ones(shares.shape[1], dtype=bool)
    keep[np.flatnonzero(~keep)[: max(0, p - int(keep.sum()))]] = True
    return np.flatnonzero(keep)


def _cover_within(  # noqa: PLR0913 - the data of the problem
    shares: FloatArray,
    weight: FloatArray,
    capacity: FloatArray,
    p: int,
    options: SolverOptions,
    start: float,
    *,
    whole: bool,
) -> Solution:
    """Solve the covering problem with capacities, minimised as the negative weight covered."""
    pairs = np.argwhere((shares > 0) & (weight > 0)[:, None])
    problem, sites, served = _capacitated_model(pairs, shares, weight, capacity, p, whole=whole)
    result = solve(problem, options)
    if result.objective is None:
        return no_solution(result.status, result.bound, shares.shape, time.perf_counter() - start)
    is_open = chosen(result, sites)
    assign = np.zeros(shares.shape)
    values = np.array([result.values.get(y.name, 0.0) for y in served])
    assign[tuple(pairs.T)] = np.where(values < _NOISE, 0.0, values)
    assign = np.where(is_open, assign, 0.0) * shares
    return solution(
        float(weight @ assign.sum(axis=1)),
        None if result.bound is None else -result.bound,
        result.status,
        is_open,
        assign,
        time.perf_counter() - start,
    )


def _capacitated_model(  # noqa: PLR0913 - the data of the problem
    pairs: np.ndarray[tuple[int, int], np.dtype[np.int64]],
    shares: FloatArray,
    weight: FloatArray,
    capacity: FloatArray,
    p: int,
    *,
    whole: bool,
) -> tuple[pulp.LpProblem, list[pulp.LpVariable], list[pulp.LpVariable]]:
    """Return the problem, its site variables x_j and its covering variables y, one for each pair."""
    problem = pulp.LpProblem("cover_within")
    sites = [problem.add_variable(f"x{j}", cat="Binary") for j in range(shares.shape[1])]
    cat = "Binary" if whole else "Continuous"
    served = [problem.add_variable(f"y{i}_{j}", 0, 1, cat) for i, j in pairs]
    problem += linear((y, -weight[i] * shares[i, j]) for y, (i, j) in zip(served, pairs, strict=True))
    for i in np.unique(pairs[:, 0]):
        problem += linear((served[k], 1.0) for k in np.flatnonzero(pairs[:, 0] == i)) <= 1
    for j, site in enumerate(sites):
        mine = np.flatnonzero(pairs[:, 1] == j)
        problem += linear([*((served[k], weight[pairs[k, 0]]) for k in mine), (site, -capacity[j])]) <= 0
        for k in mine:
            problem += linear([(served[k], 1.0), (site, -1.0)]) <= 0
    problem += linear((site, 1.0) for site in sites) == p
    return problem, sites, served
