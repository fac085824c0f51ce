"""The frontier of coverage against money, against every plan of tiny random problems."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from planner.model.problem import Problem
from planner.solve import SolverOptions, SolveSettings
from planner.solve.frontier import Point, marginal_prices, money_frontier
from tests.model.oracle import Priced, chosen, plans
from tests.model.random_cases import GENERATORS, weights

CASES = 40
Weights = dict[str, float]


def drawn(kind: str, seed: int) -> tuple[Problem, Weights, list[Priced]]:
    """Return a problem in which nothing limits the first source of money, and every plan of it."""
    rng = np.random.default_rng([23, seed])
    while True:
        problem, prices = GENERATORS[kind](rng), weights(rng)
        free = with_money(problem, np.inf)
        if every := plans(free, prices):
            return problem, prices, every


def with_money(problem: Problem, limit: float) -> Problem:
    sources = problem.budget.sources
    limited = (replace(sources[0], limit=limit), *sources[1:])
    return replace(problem, budget=replace(problem.budget, sources=limited))


def spent(problem: Problem, plan: Priced) -> float:
    return float(problem.budget.sources[0].cost @ chosen(problem, plan.uses))


def frontier(problem: Problem, prices: Weights, points: int = 6, most: float = np.inf) -> list[Point]:
    settings = SolveSettings("weighted", prices, SolverOptions(threads=1, gap_abs=1e-6))
    return money_frontier(problem, settings, 0, points, most)


@pytest.mark.parametrize("kind", ["budget", "combined"])
@pytest.mark.parametrize("seed", range(CASES))
def test_each_point_is_the_best_plan_of_its_money_and_none_is_dominated(kind: str, seed: int) -> None:
    problem, prices, every = drawn(kind, seed)
    found = frontier(problem, prices)
    money = [spent(problem, plan) for plan in every]
    least, best = min(money), min(every, key=lambda plan: plan.cost)
    assert found[0].available == pytest.approx(least)
    assert found[-1].spent == pytest.approx(spent(problem, best))
    constant = found[-1].objective - best.cost
    price = prices["money"] * problem.budget.weight
    for point in found:
        within = [plan.cost for plan, used in zip(every, money, strict=True) if used <= point.available + 1e-9]
        assert point.status == "optimal"
        assert point.objective - constant == pytest.approx(min(within), abs=1e-5)
        rest = point.objective - constant - price * point.spent
        assert not any(
            used <= point.spent + 1e-9
            and plan.cost - price * used <= rest + 1e-5
            and (used < point.spent - 1e-5 or plan.cost - price * used < rest - 1e-4)
            for plan, used in zip(every, money, strict=True)
        ), "a plan is no dearer and better, or no worse and cheaper"


@pytest.mark.parametrize("seed", range(CASES))
def test_more_money_is_never_worse_and_no_amount_comes_twice(seed: int) -> None:
    problem, prices, _ = drawn("combined", seed)
    found = frontier(problem, prices)
    assert len(found) <= 6
    assert all(first.available < second.available for first, second in pairwise(found))
    assert all(first.objective >= second.objective - 1e-6 for first, second in pairwise(found))
    assert all(point.spent <= point.available + 1e-6 for point in found)


def test_what_is_served_and_missing_is_that_of_the_plan() -> None:
    problem, prices, every = drawn("combined", 3)
    known = {plan.uses: plan for plan in every}
    for point in frontier(problem, prices):
        plan = known[tuple(int(use) for use in point.use)]
        assert spent(problem, plan) == pytest.approx(point.spent)
        differences = {name: plan.terms[name] - missing for name, missing in point.missing.items()}
        assert min(differences.values()) >= -1e-5  # what no plan can avoid is left out
        assert 0 <= point.served <= problem.service.demand.sum() + 1e-6


def test_nothing_is_asked_above_the_most() -> None:
    problem, prices, every = drawn("budget", 1)
    money = sorted({spent(problem, plan) for plan in every})
    assert [point.available for point in frontier(problem, prices, most=money[0] - 1)] == []
    assert max(point.available for point in frontier(problem, prices, most=money[1])) <= money[1]


def test_the_source_without_a_limit_is_asked_about_too() -> None:
    problem, prices, _ = drawn("budget", 2)
    open_ended = frontier(with_money(problem, np.inf), prices)
    assert [point.objective for point in open_ended] == pytest.approx([p.objective for p in frontier(problem, prices)])


def test_the_price_of_one_more_is_unknown_where_nobody_gains_or_nothing_is_proven() -> None:
    problem, prices, _ = drawn("budget", 1)
    point = frontier(problem, prices)[0]
    points = [replace(point, spent=money) for money in (10.0, 30.0, 70.0, 90.0)]
    points[3] = replace(points[3], status="feasible")
    found = marginal_prices(points, [100.0, 105.0, 104.0, 120.0])
    assert found.tolist() == pytest.approx([np.nan, 4.0, np.nan, np.nan], nan_ok=True)
