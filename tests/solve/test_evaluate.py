"""A given plan priced: any assignment, with and against the rules, costs what an independent reading says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.model.problem import Problem
from planner.solve import Outcome, SolverOptions, SolveSettings, solve_problem
from planner.solve.evaluate import evaluate_uses
from tests.model.oracle import TERMS, Uses, assignments, chosen, fixed_terms, people, plans
from tests.model.random_cases import GENERATORS, weights

OPTIONS = SolverOptions(threads=1)
CASES = 200
FEW = 25


def drawn(family: str, seed: int) -> tuple[Problem, dict[str, float]]:
    rng = np.random.default_rng([21, list(GENERATORS).index(family), seed])
    return GENERATORS[family](rng), weights(rng)


def price(problem: Problem, uses: Uses, prices: dict[str, float]) -> dict[str, float]:
    """Return the terms of an assignment by the oracle, whatever rule it breaks."""
    x = chosen(problem, uses)
    services, fairness = people(problem, x, services=prices["services"], fairness=prices["fairness"])
    terms = fixed_terms(problem, x)
    return terms | {"services": terms["services"] + services, "fairness": terms["fairness"] + fairness}


def evaluated(problem: Problem, uses: Uses, prices: dict[str, float], yardstick: Problem | None = None) -> Outcome:
    return evaluate_uses(problem, np.array(uses), prices, OPTIONS, yardstick or problem)


def assert_priced(problem: Problem, uses: Uses, prices: dict[str, float]) -> None:
    found, expected = evaluated(problem, uses, prices), price(problem, uses, prices)
    tie = 0.0 if problem.tie is None else float(problem.tie @ chosen(problem, uses))
    whole = sum(prices[name] * expected[name] for name in TERMS) + tie
    unavoidable = sum(term.weight * term.unavoidable for term in found.terms)
    assert found.objective + unavoidable == pytest.approx(whole, rel=1e-6, abs=1e-6)
    assert found.use.tolist() == list(uses)
    for term in found.terms:
        if term.name not in ("services", "fairness"):  # how these two share the weighted sum is not always unique
            assert term.value == pytest.approx(expected[term.name], rel=1e-6, abs=1e-6), term.name


@pytest.mark.parametrize("seed", range(CASES))
def test_every_assignment_has_its_price(seed: int) -> None:
    problem, prices = drawn("combined", seed)
    for uses in list(assignments(problem))[:4]:
        assert_priced(problem, uses, prices)


@pytest.mark.parametrize("seed", range(FEW))
@pytest.mark.parametrize("family", [family for family in GENERATORS if family != "eligibility"])
def test_what_a_plan_breaks_keeps_it_from_no_price(family: str, seed: int) -> None:
    problem, prices = drawn(family, seed)
    rng = np.random.default_rng(seed)
    every = list(assignments(problem))
    for i in rng.permutation(len(every))[:4]:
        assert_priced(problem, every[int(i)], prices)


@pytest.mark.parametrize("seed", range(FEW))
def test_the_best_plan_has_the_figures_of_its_solve(seed: int) -> None:
    problem, prices = drawn("combined", seed)
    if not plans(problem, prices):
        return
    settings = SolveSettings("weighted", prices, SolverOptions(threads=1, gap_abs=1e-6))
    best = solve_problem(problem, settings)
    again = evaluated(problem, tuple(best.use.tolist()), prices)
    assert again.objective == pytest.approx(best.objective, rel=1e-6, abs=1e-6)
    assert [(t.name, t.unavoidable) for t in again.terms] == [(t.name, t.unavoidable) for t in best.terms]
    assert (again.status, again.bound, again.gap, again.gap_abs) == ("feasible", None, None, None)


@pytest.mark.parametrize("seed", range(FEW))
def test_an_excluded_pair_is_priced_against_what_the_rules_leave_unavoidable(seed: int) -> None:
    opened, prices = drawn("commune_wide", seed)
    pair = int(opened.commune_wide.pair[0])
    f, u = int(opened.pair_facility[pair]), int(opened.pair_use[pair])
    counted = opened.commune_wide
    ruled = replace(
        opened,
        commune_wide=replace(
            counted,
            pair=counted.pair[counted.pair != pair],
            pair_need=counted.pair_need[counted.pair != pair],
            pair_amount=counted.pair_amount[counted.pair != pair],
        ),
    )
    uses = next(uses for uses in assignments(opened) if uses[f] == u)
    found = evaluated(opened, uses, prices, ruled)
    bare = evaluated(ruled, next(iter(assignments(ruled))), prices)
    assert [t.unavoidable for t in found.terms] == [t.unavoidable for t in bare.terms]
    expected = price(opened, uses, prices)
    assert {t.name: t.value for t in found.terms} == pytest.approx(expected, rel=1e-6, abs=1e-6)
