"""The price of a lock against every plan of tiny random problems."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.model.build import build
from planner.model.problem import Locks, Problem
from planner.solve import SolverOptions, SolveSettings, solve_problem
from planner.solve.prices import Lock, LockPrices, lock_prices
from tests.model.oracle import Priced, chosen, plans
from tests.model.random_cases import GENERATORS, weights

CASES = 40
SETTINGS = SolveSettings("weighted", {}, SolverOptions(threads=1, gap_abs=1e-6))
Weights = dict[str, float]


def drawn(seed: int) -> tuple[Problem, list[Lock], Weights, list[Priced]]:
    """Return a problem with two required pairs and a forbidden one, one of them opened by its lock, and every plan."""
    rng = np.random.default_rng([11, seed])
    while True:
        problem = replace(GENERATORS["combined"](rng), locks=Locks())
        prices = weights(rng)
        pairs = rng.permutation(problem.n_pairs)
        facilities = problem.pair_facility[pairs]
        first = [int(pairs[np.argmax(facilities == f)]) for f in np.unique(facilities)[:3]]
        if len(first) < 3:
            continue
        locks = [Lock(first[0], "require"), Lock(first[1], "require", opened=True), Lock(first[2], "forbid")]
        require, forbid = np.array(first[:2]), np.array(first[2:])
        every = plans(problem, prices)
        if any(holds(problem, plan, locks) for plan in every):
            return replace(problem, locks=Locks(require=require, forbid=forbid)), locks, prices, every


def holds(problem: Problem, plan: Priced, locks: list[Lock]) -> bool:
    has = chosen(problem, plan.uses)
    return all(bool(has[lock.pair]) == (lock.kind == "require") for lock in locks)


def least(problem: Problem, every: list[Priced], locks: list[Lock], lifted: list[Lock]) -> float:
    """Return the cost of the best plan in which some locks are lifted, and with them the pairs that they opened."""
    closed = [Lock(lock.pair, "forbid") for lock in lifted if lock.opened]
    held = [lock for lock in locks if lock not in lifted]
    return min((plan.cost for plan in every if holds(problem, plan, [*held, *closed])), default=np.nan)


def priced(problem: Problem, locks: list[Lock], prices: Weights) -> LockPrices:
    settings = replace(SETTINGS, weights=prices)
    model = build(problem, prices)
    outcome = solve_problem(problem, settings, model)
    return lock_prices(problem, model, settings, outcome, locks)


@pytest.mark.parametrize("seed", range(CASES))
def test_a_price_is_what_the_best_plan_without_the_lock_would_save(seed: int) -> None:
    problem, locks, prices, every = drawn(seed)
    found = priced(problem, locks, prices)
    bound = least(problem, every, locks, [])
    free = least(problem, every, locks, locks)
    assert found.together == pytest.approx(np.maximum(0.0, bound - free), rel=1e-6, abs=1e-5, nan_ok=True)
    for lock, price in zip(locks, found.each, strict=True):
        expected = np.maximum(0.0, bound - least(problem, every, locks, [lock]))
        assert price == pytest.approx(expected, rel=1e-6, abs=1e-5, nan_ok=True)
    assert [bool(term) for term in found.term] == [bool(price > found.resolution) for price in found.each]


def test_the_locks_hold_again_after_they_were_priced() -> None:
    problem, locks, prices, _ = drawn(1)
    assert priced(problem, locks, prices) is not None
    model = build(problem, prices)
    settings = replace(SETTINGS, weights=prices)
    outcome = solve_problem(problem, settings, model)
    first, second = (lock_prices(problem, model, settings, outcome, locks) for _ in range(2))
    assert first.each.tolist() == pytest.approx(second.each.tolist(), nan_ok=True)
    assert outcome.use[problem.pair_facility[locks[0].pair]] == problem.pair_use[locks[0].pair]


def test_nothing_is_claimed_of_a_plan_that_is_not_proven() -> None:
    problem, locks, prices, _ = drawn(2)
    settings = replace(SETTINGS, weights=prices)
    model = build(problem, prices)
    outcome = replace(solve_problem(problem, settings, model), status="feasible")
    found = lock_prices(problem, model, settings, outcome, locks)
    assert np.isnan([found.together, *found.each]).all()


def test_what_is_not_eligible_anyway_costs_nothing_to_forbid() -> None:
    problem, _, prices, _ = drawn(3)
    plain = replace(problem, locks=Locks())
    assert priced(plain, [Lock(-1, "forbid")], prices).each.tolist() == [0.0]
