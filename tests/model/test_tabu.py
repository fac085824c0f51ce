"""Tabu search for single sources: what it returns holds, and on tiny cases it is nearly always the best there is."""

from __future__ import annotations

import numpy as np

from planner.model.classical._assignment import Data, cost_of
from planner.model.classical._tabu import search
from tests.model.brute_force import single_source_cost, site_sets, tiny_distances

CASES = 60


def drawn(seed: int) -> tuple[Data, float]:
    """Return a case of a seed and what its best answer costs, infinite without one."""
    rng = np.random.default_rng(seed)
    cost = tiny_distances(rng)[:5, :4]
    customers, sites = cost.shape
    load = np.repeat(rng.integers(1, 5, customers).astype(float)[:, None], sites, axis=1)
    capacity, fixed = rng.integers(3, 10, sites).astype(float), rng.integers(0, 6, sites).astype(float)
    p = int(rng.integers(1, sites + 1)) if rng.random() < 0.5 else None
    best = min(fixed[s].sum() + single_source_cost(cost[:, s], load[:, s], capacity[s]) for s in site_sets(sites, p))
    return Data(cost, load, capacity, fixed, p, whole=True), float(best)


def start(data: Data) -> np.ndarray:
    """Return the first sites, as many as have to be open."""
    return np.arange(data.cost.shape[1]) < (data.p or 1)


def test_what_it_returns_holds_and_is_nearly_always_the_best() -> None:
    met = []
    for data, best in map(drawn, range(CASES)):
        found = search(data, start(data), -np.inf, None)
        if found is None:
            met.append(np.isinf(best))
            continue
        is_open, at = found
        assign = np.eye(data.cost.shape[1])[at]
        assert ((data.load * assign).sum(axis=0) <= data.capacity).all()
        assert is_open[at].all()
        assert data.p is None or is_open.sum() == data.p
        assert cost_of(data, is_open, assign) >= best - 1e-9
        met.append(cost_of(data, is_open, assign) <= best + 1e-9)
    assert sum(met) >= 0.95 * CASES


def test_it_ends_at_a_cost_that_is_enough_and_by_the_clock() -> None:
    data, best = next(case for case in map(drawn, range(CASES)) if np.isfinite(case[1]))
    dear = search(data, start(data), np.inf, None)
    assert dear is None
    assert search(data, start(data), best, 0.0) is None
    found = search(data, start(data), best, None)
    assert found is not None
    assert cost_of(data, found[0], np.eye(data.cost.shape[1])[found[1]]) == best


def test_the_same_case_has_the_same_answer() -> None:
    data, _ = drawn(3)
    first, second = (search(data, start(data), -np.inf, None) for _ in range(2))
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert (first[0] == second[0]).all()
        assert (first[1] == second[1]).all()
