"""Each way to choose p sites proves the same optimum: tree, solver, neighbourhoods, short lists, a bound of no use."""

from __future__ import annotations

import time

import numpy as np
import pytest

from planner.model.classical import _choose, _dual
from planner.model.classical._choose import choose
from planner.model.classical._dual import Lagrangian
from planner.model.classical._exchange import Exchange, exchange, greedy
from planner.model.classical._lists import nearest
from planner.model.classical._reductions import needed_rows, undominated
from planner.model.classical._reopen import reopen
from planner.solve.solver import SolverOptions
from tests.model.brute_force import FloatArray, site_sets

CASES = 60
WAYS = {
    "tree": {"_LONG": 0},
    "solver": {"_DENSE": 0},
    "neighbourhoods": {"_DENSE": 0, "_MANY": 0, "_FRUITLESS": 2},
    "no search": {"_EXCHANGES": 0, "_ROUNDS": 1, "_DENSE": 0},
}


def draw(seed: int) -> tuple[FloatArray, int, float]:
    """Costs, p and the optimum; every second case of whole numbers with ties, every third one of covering."""
    rng = np.random.default_rng(seed)
    cost = rng.uniform(0, 9, (12, 9))
    if seed % 2:
        cost = np.floor(cost)
    if seed % 3 == 0:
        cost = np.where(cost < 2, 0.0, rng.integers(1, 9, (12, 1)).astype(float))
    p = int(rng.integers(1, 9))
    return cost, p, min(float(cost[:, sites].min(axis=1).sum()) for sites in site_sets(9, p))


@pytest.mark.parametrize("seed", range(CASES))
@pytest.mark.parametrize("steps", [200, 5], ids=["bound", "weak bound"])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_proves_the_optimum(way: str, steps: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cost, p, best = draw(seed)
    for name, value in {**WAYS[way], "_STEPS": steps}.items():
        monkeypatch.setattr(_choose, name, value)
    monkeypatch.setattr(_choose, "_TIMES", 0)
    monkeypatch.setattr(_choose, "_MORE", 1)
    choice = choose(cost, p, SolverOptions(threads=1), constant=-3.0)
    assert choice.status == "optimal"
    assert choice.objective == pytest.approx(best - 3, abs=1e-6)
    assert choice.bound == pytest.approx(best - 3, abs=1e-5)
    assert choice.open.sum() == p


@pytest.mark.parametrize("seed", range(CASES))
def test_a_gap_is_kept_and_the_bound_holds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cost, p, best = draw(seed)
    monkeypatch.setattr(_choose, "_STEPS", 5)
    monkeypatch.setattr(_choose, "_LONG", 0)
    choice = choose(cost, p, SolverOptions(gap=0.1, threads=1))
    assert choice.status == "optimal"
    assert choice.bound <= best + 1e-6 <= choice.objective + 2e-6
    assert choice.objective - choice.bound <= 0.1 * choice.objective + 1e-6


@pytest.mark.parametrize("seed", range(CASES))
def test_bounds_of_short_lists_hold_at_any_price(seed: int) -> None:
    cost, p, best = draw(seed)
    rng = np.random.default_rng(seed)
    for width in (1, 3, 9):
        lists = nearest(cost, p, width)
        lagrangian = Lagrangian(lists, p)
        price = rng.uniform(0, 9, len(cost)).clip(0, lists.over)
        assert lagrangian.at(price)[0].bound <= best + 1e-9
        assert lagrangian.ascend(price, best, 300).bound <= best + 1e-9


@pytest.mark.parametrize("seed", range(CASES))
def test_gain_and_loss_follow_every_change(seed: int) -> None:
    cost, p, _ = draw(seed)
    lists = nearest(cost, p, 6)
    rng = np.random.default_rng(seed)
    search = Exchange(lists, np.zeros(9, dtype=bool))
    for site in rng.integers(0, 9, 30):
        search.flip(int(site))
        new = Exchange(lists, search.open[:-1])
        assert search.gain[:-1] == pytest.approx(new.gain[:-1])
        assert search.loss[:-1] == pytest.approx(new.loss[:-1])
        assert search.best == pytest.approx(new.best)
        assert search.second == pytest.approx(new.second)


def test_exchange_never_ends_worse_and_keeps_p() -> None:
    for seed in range(CASES):
        cost, p, best = draw(seed)
        lists = nearest(cost, p, 9)
        start = greedy(lists, p)
        end = exchange(lists, start, 30)
        assert end.sum() == start.sum() == p
        assert best - 1e-9 <= cost[:, end].min(axis=1).sum() <= cost[:, start].min(axis=1).sum()


def test_neighbourhoods_reach_the_optimum_of_a_small_case() -> None:
    cost, p, best = draw(1)
    found = reopen(
        nearest(cost, p, 9),
        np.arange(9) < p,
        SolverOptions(threads=1),
        lambda is_open: float(cost[:, is_open].min(axis=1).sum()),
        enough=0.0,
        fruitless=3,
        deadline=time.perf_counter() + 60,
    )
    assert cost[:, found].min(axis=1).sum() == pytest.approx(best)


@pytest.mark.parametrize("density", [0.05, 0.5])
def test_reductions_keep_what_is_needed(density: float) -> None:
    reaches = np.random.default_rng(0).random((60, 40)) < density
    keep = undominated(reaches)
    for j in np.flatnonzero(~keep):
        assert not reaches[:, j].any() or any((reaches[:, k] >= reaches[:, j]).all() for k in np.flatnonzero(keep))
    rows = needed_rows(reaches[reaches.any(axis=1)])
    assert len(rows) > 0


def test_a_dual_without_steps_still_is_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dual, "_PATIENCE", 1)
    cost, p, best = draw(2)
    lists = nearest(cost, p, 9)
    assert Lagrangian(lists, p).ascend(lists.over, best, 0).bound <= best + 1e-9
