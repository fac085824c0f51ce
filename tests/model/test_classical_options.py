"""Set covering, capacities and gradual decay against brute force on tiny random cases."""

from __future__ import annotations

import numpy as np
import pytest

from planner.model import capacitated_p_median, cover, p_median, set_cover
from tests.model.brute_force import (
    CASES,
    assert_proven,
    single_source_cost,
    site_sets,
    split_cost,
    tiny_distances,
)


@pytest.mark.parametrize("seed", range(CASES))
@pytest.mark.parametrize("priced", [False, True], ids=["count", "cost"])
def test_set_cover(priced: bool, seed: int) -> None:  # noqa: FBT001 - a parameter of the test
    rng = np.random.default_rng(seed)
    distance = tiny_distances(rng)
    radius = float(distance.min(axis=1).max() + rng.integers(0, 2))
    cost = rng.integers(0, 5, distance.shape[1]).astype(float) if priced else None
    price = np.ones(distance.shape[1]) if cost is None else cost
    reaches = distance <= radius
    best = min(price[s].sum() for s in site_sets(distance.shape[1], None) if reaches[:, s].any(axis=1).all())
    solution = set_cover(distance, radius, cost=cost)
    assert_proven(solution, best, None)
    assert (solution.assign.sum(axis=1) == 1).all()
    assert (distance[solution.assign > 0] <= radius).all()


@pytest.mark.parametrize("seed", range(CASES))
def test_gradual_cover(seed: int) -> None:
    rng = np.random.default_rng(seed)
    distance = tiny_distances(rng)
    weight = rng.integers(0, 4, len(distance)).astype(float)
    p = int(rng.integers(1, distance.shape[1] + 1))
    radius, outer = float(rng.integers(0, 3)), float(rng.integers(3, 6))
    share = np.interp(distance, [radius, outer], [1.0, 0.0])
    best = max(weight @ share[:, sites].max(axis=1) for sites in site_sets(distance.shape[1], p))
    solution = cover(distance, weight, radius, p, outer_radius=outer)
    assert_proven(solution, best, p)
    assert weight @ solution.assign.sum(axis=1) == pytest.approx(best)


@pytest.mark.parametrize("seed", range(CASES))
@pytest.mark.parametrize("single_source", [False, True], ids=["split", "single_source"])
@pytest.mark.parametrize("outer", [None, 4.0], ids=["plain", "gradual"])
def test_cover_within_capacity(outer: float | None, single_source: bool, seed: int) -> None:  # noqa: FBT001
    """Left-over weight goes to a site without limits and without worth, which turns covering into assignment."""
    rng = np.random.default_rng(seed)
    distance = tiny_distances(rng)[:4, :3]
    n_customers, n_sites = distance.shape
    weight = rng.integers(0, 4, n_customers).astype(float)
    capacity = rng.integers(0, 7, n_sites).astype(float)
    p = int(rng.integers(1, n_sites + 1))
    share = (distance <= 2).astype(float) if outer is None else np.interp(distance, [2, outer], [1.0, 0.0])
    worth = np.hstack([-weight[:, None] * share, np.zeros((n_customers, 1))])
    load = np.repeat(weight[:, None], n_sites + 1, axis=1)
    serve = single_source_cost if single_source else split_cost
    best = -min(
        serve(worth[:, [*s, -1]], load[:, [*s, -1]], np.append(capacity[s], weight.sum()))
        for s in site_sets(n_sites, p)
    )
    solution = cover(distance, weight, 2, p, outer_radius=outer, capacity=capacity, single_source=single_source)
    assert_proven(solution, best, p)
    assert weight @ solution.assign.sum(axis=1) == pytest.approx(best, abs=1e-6)
    used = np.divide(solution.assign, share, out=np.zeros_like(share), where=share > 0)
    assert (weight @ used <= capacity + 1e-6).all()
    assert (used.sum(axis=1) <= 1 + 1e-6).all()


@pytest.mark.parametrize("seed", range(CASES))
@pytest.mark.parametrize("single_source", [False, True], ids=["split", "single_source"])
def test_capacitated_p_median(single_source: bool, seed: int) -> None:  # noqa: FBT001
    rng = np.random.default_rng(seed)
    distance = tiny_distances(rng)[:4, :3]
    n_customers, n_sites = distance.shape
    demand = rng.integers(0, 5, n_customers).astype(float)
    weight = demand if rng.random() < 0.5 else None
    capacity = rng.integers(2, 9, n_sites).astype(float)
    p = int(rng.integers(1, n_sites + 1))
    cost = distance if weight is None else weight[:, None] * distance
    load = np.repeat(demand[:, None], n_sites, axis=1)
    serve = single_source_cost if single_source else split_cost
    best = min(serve(cost[:, s], load[:, s], capacity[s]) for s in site_sets(n_sites, p))
    solution = capacitated_p_median(distance, demand, capacity, p, weight=weight, single_source=single_source)
    if np.isinf(best):
        assert (solution.status, solution.objective) == ("infeasible", None)
        return
    assert_proven(solution, best, p)


def test_one_capacity_for_all_sites() -> None:
    solution = capacitated_p_median([[0, 9], [1, 9], [9, 0]], [1, 1, 1], 2, 2)
    assert solution.objective == 1
    assert solution.assign.tolist() == [[1, 0], [1, 0], [0, 1]]


def test_gradual_cover_takes_a_part() -> None:
    solution = cover([[1.0], [3.0], [5.0], [4.0]], [10, 10, 10, 10], 2, 1, outer_radius=4)
    assert solution.objective == 15
    assert solution.assign.ravel().tolist() == [1.0, 0.5, 0.0, 0.0]


def test_customers_alike_and_needless_sites_change_nothing() -> None:
    rng = np.random.default_rng(3)
    distance = rng.integers(0, 9, (20, 6)).astype(float)
    twice, weight = np.repeat(distance, 2, axis=0), rng.integers(1, 9, 40).astype(float)
    merged = weight.reshape(20, 2).sum(axis=1)
    assert p_median(twice, weight, 2).objective == p_median(distance, merged, 2).objective
    far = np.hstack([twice, np.full((40, 3), 99.0)])
    assert cover(far, weight, 3, 2).objective == cover(distance, merged, 3, 2).objective
    assert cover(far, weight, 3, 9).open.all()
