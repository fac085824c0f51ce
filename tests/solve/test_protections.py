"""Prices of fairness against every plan of tiny random problems."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.model.build import build
from planner.model.problem import Problem, Source
from planner.solve import SolverOptions, SolveSettings, solve_problem
from planner.solve.lagging import Lifter, below
from planner.solve.protections import (
    AREA,
    MONEY,
    SHORTFALL,
    charge,
    in_force,
    lifted,
    protection_prices,
    with_tau,
)
from tests.model.oracle import (
    TERMS,
    Priced,
    allowed,
    assignments,
    chosen,
    fixed_terms,
    missing_area,
    missing_money,
    people,
    plans,
)
from tests.model.random_cases import GENERATORS, weights

CASES = 60
SETTINGS = SolveSettings("weighted", {}, SolverOptions(threads=1, gap_abs=1e-6))
Weights = dict[str, float]


def drawn(seed: int, family: str = "combined") -> tuple[Problem, SolveSettings, list[Priced]]:
    """Return a problem that has plans, and every plan of it."""
    rng = np.random.default_rng([23, seed])
    while True:
        problem = GENERATORS[family](rng)
        settings = replace(SETTINGS, weights=weights(rng))
        every = plans(problem, settings.weights)
        if every:
            return problem, settings, every


def best(every: list[Priced]) -> Priced:
    return min(every, key=lambda plan: plan.cost)


def own_charge(problem: Problem, plan: Priced, name: str) -> float:
    """Return the protection's part of the fairness term, which holds nothing but the three."""
    x = chosen(problem, plan.uses)
    parts = {MONEY: missing_money(problem, x), AREA: missing_area(problem, x)}
    return parts.get(name, plan.terms["fairness"] - sum(parts.values()))


@pytest.mark.parametrize("seed", range(CASES))
def test_a_protection_costs_what_the_best_plan_without_it_would_save(seed: int) -> None:
    problem, settings, every = drawn(seed)
    outcome, plan = solve_problem(problem, settings), best(every)
    names = in_force(problem)
    for found in protection_prices(problem, settings, outcome, names):
        own = own_charge(problem, plan, found.name)
        assert charge(problem, outcome, found.name) == pytest.approx(own, abs=1e-4)
        free = best(plans(lifted(problem, found.name), settings.weights)).cost
        expected = plan.cost - settings.weights["fairness"] * own - free
        assert found.price == pytest.approx(expected, rel=1e-6, abs=1e-3)
        assert found.price >= 0


def test_the_three_parts_are_the_whole_fairness_term() -> None:
    for seed in range(20):
        problem, settings, _ = drawn(seed)
        outcome = solve_problem(problem, settings)
        fairness = next(term.value for term in outcome.terms if term.name == "fairness")
        assert sum(charge(problem, outcome, name) for name in in_force(problem)) == pytest.approx(fairness, abs=1e-6)


def test_a_protection_that_is_not_there_is_not_priced() -> None:
    problem, _, _ = drawn(1)
    bare = lifted(lifted(lifted(problem, SHORTFALL), MONEY), AREA)
    assert in_force(bare) == []


def test_nothing_is_claimed_of_a_plan_that_is_not_proven() -> None:
    problem, settings, _ = drawn(2)
    outcome = replace(solve_problem(problem, settings), status="feasible")
    assert np.isnan([found.price for found in protection_prices(problem, settings, outcome, in_force(problem))]).all()


def test_without_any_plan_nothing_is_claimed() -> None:
    problem, settings, _ = drawn(3)
    outcome = solve_problem(problem, settings)
    poor = tuple(Source(s.name, s.cost + 1.0, 0.0) for s in problem.budget.sources)
    impossible = replace(problem, budget=replace(problem.budget, sources=poor))
    (found,) = protection_prices(impossible, settings, outcome, [SHORTFALL])
    assert found.outcome is None
    assert np.isnan(found.price)


@pytest.mark.parametrize("seed", range(20))
def test_a_stated_tau_costs_what_the_best_plan_without_any_would_save(seed: int) -> None:
    problem, settings, _ = drawn(seed, "fairness")
    free = lifted(problem, SHORTFALL)
    for tau in (0.5, 1.0):
        asked = with_tau(problem, tau)
        plan, without = best(plans(asked, settings.weights)), best(plans(free, settings.weights))
        (found,) = protection_prices(asked, settings, solve_problem(asked, settings), [SHORTFALL])
        expected = plan.cost - settings.weights["fairness"] * own_charge(asked, plan, SHORTFALL) - without.cost
        assert found.price == pytest.approx(expected, rel=1e-6, abs=1e-3)


def least_with(problem: Problem, prices: Weights, group: int, share: float) -> float:
    """Return the cost of the best plan in which a group gets a share of its demand, infinite where there is none."""
    costs = [np.inf]
    for uses in assignments(problem):
        x = chosen(problem, uses)
        if not allowed(problem, x):
            continue
        terms = fixed_terms(problem, x)
        services, fairness = people(
            problem, x, services=prices["services"], fairness=prices["fairness"], least_share=(group, share)
        )
        terms["services"] += services
        terms["fairness"] += fairness
        tie = 0.0 if problem.tie is None else float(problem.tie @ x)
        costs.append(sum(prices[name] * terms[name] for name in TERMS) + tie)
    return min(costs)


@pytest.mark.parametrize("seed", range(CASES))
def test_lifting_a_group_costs_what_the_best_plan_that_lifts_it_does(seed: int) -> None:
    problem, settings, every = drawn(seed)
    model = build(problem, settings.weights)
    outcome = solve_problem(problem, settings, model)
    unlimited = tuple(replace(source, limit=np.inf) for source in problem.budget.sources)
    richer = replace(problem, budget=replace(problem.budget, sources=unlimited))
    lifter = Lifter(problem, model, settings, outcome)
    for group in below(problem, outcome, 0.9).tolist():
        found = lifter.lift(group, 0.9)
        share = 0.9 * float(problem.fairness.attainable[group])
        expected = least_with(problem, settings.weights, group, share - 1e-9)
        if np.isfinite(expected):
            assert found.why in ("others", "free")
            assert found.price == pytest.approx(expected - best(every).cost, rel=1e-5, abs=1e-3)
        elif np.isfinite(least_with(richer, settings.weights, group, share - 1e-9)):
            assert found.why == "money"
            assert np.isnan(found.price)
        else:
            assert found.why == "walls"
            assert found.unserved is None


def test_lifting_meets_prices_money_and_walls_in_the_cases_above() -> None:
    met = set()
    for seed in range(CASES):
        problem, settings, _ = drawn(seed)
        model = build(problem, settings.weights)
        outcome = solve_problem(problem, settings, model)
        lifter = Lifter(problem, model, settings, outcome)
        met |= {lifter.lift(group, 0.9).why for group in below(problem, outcome, 0.9).tolist()}
    assert {"others", "money", "walls"} <= met
