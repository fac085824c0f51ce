"""The weighted solve: steep weights keep the order of the first terms, and the figures are those of the plan."""

from __future__ import annotations

import numpy as np
import pytest

from planner.model.problem import Problem
from planner.solve import Outcome, SolverOptions, SolveSettings, solve_problem
from tests.model.oracle import TERMS, lexicographic, plans
from tests.model.random_cases import GENERATORS, weights

STEEP = dict(zip(TERMS, (1e6, 1e3, 1.0, 1e-2, 1e-3, 1e-4), strict=True))
SEEDS = range(30)


def drawn(seed: int) -> tuple[Problem, dict[str, float]]:
    """Return the first problem of a seed that has a plan, and weights within a factor of ten."""
    rng = np.random.default_rng([11, seed])
    while True:
        problem, prices = GENERATORS["combined"](rng), weights(rng)
        if plans(problem, prices):
            return problem, prices


def solved(problem: Problem, prices: dict[str, float]) -> Outcome:
    return solve_problem(problem, SolveSettings("weighted", prices, SolverOptions(threads=1, gap_abs=1e-6)))


@pytest.mark.parametrize("seed", SEEDS)
def test_steep_weights_lose_nothing_of_the_first_two_terms(seed: int) -> None:
    problem, _ = drawn(seed)
    best = lexicographic(problem)
    assert best is not None
    found = {term.name: term.value for term in solved(problem, STEEP).terms}
    for name in TERMS[:2]:
        assert found[name] == pytest.approx(best[name], rel=1e-6, abs=1e-4), name


@pytest.mark.parametrize("seed", SEEDS)
def test_reports_the_terms_of_its_own_plan(seed: int) -> None:
    problem, prices = drawn(seed)
    outcome = solved(problem, prices)
    plan = next(plan for plan in plans(problem, prices) if plan.uses == tuple(outcome.use.tolist()))
    assert {term.name: term.value for term in outcome.terms} == pytest.approx(plan.terms, rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_objective_and_bound_are_the_sum_less_what_is_unavoidable(seed: int) -> None:
    problem, prices = drawn(seed)
    outcome = solved(problem, prices)
    least = min(plan.cost for plan in plans(problem, prices))
    unavoidable = sum(term.weight * term.unavoidable for term in outcome.terms)
    assert outcome.status == "optimal"
    assert outcome.bound is not None
    assert outcome.objective == pytest.approx(least - unavoidable, rel=1e-6, abs=1e-5)
    assert outcome.bound <= outcome.objective + 1e-6
    assert all(term.unavoidable <= term.value + 1e-6 for term in outcome.terms)


@pytest.mark.parametrize("seed", SEEDS)
def test_flows_serve_whom_they_say(seed: int) -> None:
    """Flows and unserved add up to the demand, and no offer takes more than its places, or any while it is closed."""
    problem, prices = drawn(seed)
    outcome, service = solved(problem, prices), problem.service
    served = np.bincount(service.arc_node, outcome.flow, len(service.demand))
    taken = np.bincount(service.arc_offer, outcome.flow, len(service.offer_pair))
    chosen = problem.pair_number[np.arange(len(outcome.use)), outcome.use]
    there = (service.offer_pair < 0) | np.isin(service.offer_pair, chosen)
    assert served + outcome.unserved == pytest.approx(service.demand)
    assert (taken <= service.offer_capacity * there + 1e-6).all()
    assert np.isin(problem.office.pair[outcome.main], chosen).all()
