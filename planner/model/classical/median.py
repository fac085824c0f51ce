"""The p-median problem: p sites that keep customers' total weighted distance least."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import ArrayLike

from planner.model.classical._choose import choose
from planner.model.classical._reductions import alike
from planner.model.classical._solution import (
    Solution,
    assign_nearest,
    checked_distance,
    checked_options,
    checked_p,
    checked_vector,
    solution,
)
from planner.model.classical.location import facility_location


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

    A tabu search and the Lagrangian dual of Σ_j y_ij = 1 bound the optimum from both sides (Cornuéjols, Fisher &
    Nemhauser 1977); reduced costs settle most sites, and each customer keeps a list of the nearest ones, grown until
    the bound proves the rest needless. What is left is a small tree (Beasley 1985), or the radius formulation
    (García, Labbé & Marín 2011) for the solver.

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
    distance = checked_distance(distance)
    weight = checked_vector("weight", weight, distance.shape[0], "customer (row of distance)")
    p = checked_p(p, distance.shape[1])
    options = checked_options(solver, gap, time_limit)
    first, kind = alike(distance)
    weights = np.bincount(kind, weights=weight)
    choice = choose(weights[:, None] * distance[first], p, options)
    return solution(
        float(weight @ distance[:, choice.open].min(axis=1)),
        choice.bound,
        choice.status,
        choice.open,
        assign_nearest(distance, choice.open),
        time.perf_counter() - start,
    )


def capacitated_p_median(  # noqa: PLR0913 - the data of the problem
    distance: ArrayLike,
    demand: ArrayLike,
    capacity: ArrayLike,
    p: int,
    *,
    weight: ArrayLike | None = None,
    single_source: bool = True,
    gap: float = 0.0,
    time_limit: float | None = None,
    solver: str = "highs",
) -> Solution:
    """Choose p sites with the least total distance to customers, none of them serving more than its capacity.

    min Σ_ij w_i d_ij y_ij  subject to  Σ_j y_ij = 1;  y_ij ≤ x_j;  Σ_i q_i y_ij ≤ k_j x_j;  Σ_j x_j = p;  x binary;
    y binary with a single source (Mulvey & Beck 1984; Osman & Christofides 1994), y ≥ 0 where demand may be split.

    Parameters
    ----------
    distance : (I, J) from customer to site, any unit.
    demand : (I,) of the customers.
    capacity : (J,) in the unit of demand, or one number for all sites.
    p : number of sites to open.
    weight : (I,) of each customer's distance; None counts every customer once, whatever its demand, as published
        instances do. Give `demand` for person-kilometres.
    single_source : each customer is served from one site only.
    gap, time_limit, solver : as in `p_median`.

    Returns
    -------
    Solution; "infeasible" where p sites cannot hold the demand.
    """
    distance = checked_distance(distance)
    n_customers, n_sites = distance.shape
    if weight is not None:
        distance = distance * checked_vector("weight", weight, n_customers, "customer (row of distance)")[:, None]
    return facility_location(
        distance,
        checked_vector("demand", demand, n_customers, "customer (row of distance)"),
        np.full(n_sites, capacity) if np.ndim(capacity) == 0 else capacity,
        np.zeros(n_sites),
        single_source=single_source,
        p=checked_p(p, n_sites),
        gap=gap,
        time_limit=time_limit,
        solver=solver,
    )
