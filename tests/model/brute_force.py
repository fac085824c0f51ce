"""What the tests of the classical problems share: tiny cases, every choice of sites, and the best service of each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from planner.model import Solution

CASES = 200
FloatArray = NDArray[np.float64]


def tiny_distances(rng: np.random.Generator) -> FloatArray:
    """Distances with many ties, or none."""
    shape = (int(rng.integers(1, 7)), int(rng.integers(1, 6)))
    return rng.integers(0, 6, shape).astype(float) if rng.random() < 0.5 else rng.uniform(0, 5, shape)


def site_sets(n_sites: int, p: int | None) -> Iterator[list[int]]:
    for size in range(n_sites + 1) if p is None else (p,):
        yield from (list(sites) for sites in combinations(range(n_sites), size))


def assert_proven(solution: Solution, best: float, p: int | None) -> None:
    """HiGHS proves to 1e-6 in units of the objective, whatever gap is asked for."""
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(best, abs=1e-6)
    assert solution.bound == pytest.approx(best, abs=2e-6)
    assert solution.gap == pytest.approx(0, abs=2e-6)
    assert p is None or solution.open.sum() == p
    assert not solution.assign[:, ~solution.open].any()
    assert solution.seconds > 0


def nearest_cost(cost: FloatArray, _load: FloatArray, _capacity: FloatArray) -> float:
    return float(cost.min(axis=1).sum()) if cost.shape[1] else np.inf


def single_source_cost(cost: FloatArray, load: FloatArray, capacity: FloatArray) -> float:
    n_customers, n_sites = cost.shape
    everyone = np.arange(n_customers)
    best = np.inf
    for choice in product(range(n_sites), repeat=n_customers):
        used = np.bincount(choice, weights=load[everyone, choice], minlength=n_sites)
        if (used <= capacity).all():
            best = min(best, float(cost[everyone, choice].sum()))
    return best


def split_cost(cost: FloatArray, load: FloatArray, capacity: FloatArray) -> float:
    n_customers, n_sites = cost.shape
    if not n_sites:
        return np.inf
    whole = np.kron(np.eye(n_customers), np.ones(n_sites))
    used = np.tile(np.eye(n_sites), n_customers) * load.ravel()
    answer = linprog(cost.ravel(), A_ub=used, b_ub=capacity, A_eq=whole, b_eq=np.ones(n_customers))
    return float(answer.fun) if answer.status == 0 else np.inf
