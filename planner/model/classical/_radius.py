"""The radius formulation on lists of sites, which is the model of p-median and of covering at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pulp

from planner.model.classical._lists import Core, Lists
from planner.model.classical._solution import BoolArray
from planner.model.expression import linear
from planner.solve.solver import SolveResult, SolverOptions, solve


class Rings(NamedTuple):
    """Sites around one kind of customer, nearest first: `ends[k]` of them within the k-th distinct cost.

    Where `closed`, one of the sites must be open, and nothing is charged beyond the last ring.
    """

    sites: tuple[int, ...]
    ends: tuple[int, ...]
    closed: bool


class RadiusModel(NamedTuple):
    """The problem, its variable x of each site, and the variables z of each kind of customer."""

    problem: pulp.LpProblem
    opened: dict[int, pulp.LpVariable]
    unserved: dict[Rings, list[pulp.LpVariable]]


def radius_model(lists: Lists, left: Core, p: int, constant: float = 0.0) -> RadiusModel:
    """Return the problem of opening p sites at the least cost of all customers.

    With customer i's distinct costs D_i1 < D_i2 < …, z_ik is 1 when no site within D_ik is open:

        min Σ_i (D_i1 + Σ_k (D_i,k+1 − D_ik) z_ik),
        z_ik + Σ_{j: c_ij = D_ik} x_j ≥ z_i,k−1  with z_i0 = 1, Σ_j x_j = p, x binary

    (Cornuéjols, Nemhauser & Wolsey 1980; García, Labbé & Marín 2011). Customers with the same rings share their z.
    """
    problem = pulp.LpProblem("sites")
    sites = np.flatnonzero(left.keep & ~left.forced)
    opened = {int(j): problem.add_variable(f"x{j}", cat="Binary") for j in sites}
    charges: dict[Rings, list[float]] = {}
    for rings, steps in _rings(lists, left):
        known = charges.setdefault(rings, [0.0] * len(steps))
        charges[rings] = [a + b for a, b in zip(known, steps, strict=True)]
    unserved = {
        rings: [problem.add_variable(f"z{n}_{k}", lowBound=0) for k in range(len(steps))]
        for n, (rings, steps) in enumerate(charges.items())
    }
    begins = np.where(left.allowed.any(axis=1), np.where(left.allowed, lists.cost, np.inf).min(axis=1), left.end)
    problem += linear(
        ((z, c) for rings, chain in unserved.items() for z, c in zip(chain, charges[rings], strict=True)),
        float(begins.sum()) + constant,
    )
    problem += linear((x, 1.0) for x in opened.values()) == p - int(left.forced.sum())
    for rings, chain in unserved.items():
        begin = 0
        for k, end in enumerate(rings.ends):
            terms = [(opened[j], 1.0) for j in rings.sites[begin:end]]
            terms += [(z, 1.0) for z in chain[k : k + 1]]
            terms += [(chain[k - 1], -1.0)] if k else []
            problem += linear(terms) >= (0 if k else 1)
            begin = end
    return RadiusModel(problem, opened, unserved)


def _rings(lists: Lists, left: Core) -> Iterator[tuple[Rings, list[float]]]:
    """Yield the rings of each customer who is not settled, and the cost from each ring to the next."""
    customer, _ = np.nonzero(left.allowed)
    sites, costs = lists.site[left.allowed], lists.cost[left.allowed]
    last = np.append((np.diff(customer) > 0) | (np.diff(costs) > 0), True)[: len(sites)]
    starts = np.searchsorted(customer, np.arange(len(left.end) + 1)).tolist()
    listed = sites.tolist()
    for i in np.unique(customer).tolist():
        begin, end = starts[i], starts[i + 1]
        ends = np.flatnonzero(last[begin:end])
        levels = costs[begin:end][ends].tolist()
        closed = bool(np.isinf(left.end[i]))
        levels += [] if closed else [float(left.end[i])]
        steps = [farther - nearer for nearer, farther in pairwise(levels)]
        yield Rings(tuple(listed[begin:end]), tuple((ends + 1).tolist()), closed), steps


def solve_core(  # noqa: PLR0913 - the problem, its start and how to solve it
    lists: Lists, left: Core, p: int, options: SolverOptions, begin: BoolArray, constant: float = 0.0
) -> tuple[SolveResult, BoolArray]:
    """Solve what is left from a known choice; return the result and the open sites, `begin` where none was found."""
    problem, opened, unserved = radius_model(lists, left, p, constant)
    known = {x.name: float(begin[j]) for j, x in opened.items()}
    for rings, chain in unserved.items():
        nearest = next((k for k, j in enumerate(rings.sites) if begin[j]), len(rings.sites))
        known |= {z.name: float(end <= nearest) for z, end in zip(chain, rings.ends, strict=False)}
    result = solve(problem, options, known)
    if result.objective is None:
        return result, begin
    is_open = left.forced.copy()
    is_open[[j for j, x in opened.items() if result.values.get(x.name, 0.0) > 0.5]] = True  # noqa: PLR2004 - binary
    return result, is_open
