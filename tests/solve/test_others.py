"""Near-optimal alternatives, against every plan of tiny random problems."""

from __future__ import annotations

import numpy as np
import pytest

from planner.model.problem import Problem
from planner.solve import Outcome, SolverOptions, SolveSettings, solve_problem
from planner.solve.others import OtherPlan, other_plans
from tests.model.oracle import Priced, plans
from tests.model.random_cases import GENERATORS, weights

CASES = 60
WITHIN = 2.0
Weights = dict[str, float]


def drawn(seed: int) -> tuple[Problem, SolveSettings, Outcome, list[Priced]]:
    """Return a problem that has a plan, its best plan, and every plan of it."""
    rng = np.random.default_rng([29, seed])
    while True:
        problem, prices = GENERATORS["combined"](rng), weights(rng)
        if every := plans(problem, prices):
            settings = SolveSettings("weighted", prices, SolverOptions(threads=1, gap_abs=1e-6))
            return problem, settings, solve_problem(problem, settings), every


def as_good(outcome: Outcome, every: list[Priced]) -> list[Priced]:
    """Return the plans in which no term is worse than allowed."""
    most = {t.name: t.value + WITHIN * max(t.value - t.unavoidable, 0.0) + 1e-4 for t in outcome.terms}
    return [plan for plan in every if all(plan.terms[name] <= value + 1e-6 for name, value in most.items())]


def distance(plan: Priced, known: list[tuple[int, ...]]) -> int:
    return min(sum(a != b for a, b in zip(plan.uses, other, strict=True)) for other in known)


def found_in(problem: Problem, settings: SolveSettings, outcome: Outcome) -> list[OtherPlan]:
    return other_plans(problem, settings, outcome, 2, WITHIN)


@pytest.mark.parametrize("seed", range(CASES))
def test_an_alternative_is_as_good_and_its_distance_and_bound_are_true(seed: int) -> None:
    problem, settings, outcome, every = drawn(seed)
    good = as_good(outcome, every)
    known = [tuple(outcome.use.tolist())]
    for other in found_in(problem, settings, outcome):
        uses = tuple(other.use.tolist())
        plan = next(plan for plan in good if plan.uses == uses)
        assert other.objective >= outcome.objective - 1e-5
        assert {name: other.terms[name] for name in plan.terms} == pytest.approx(plan.terms, abs=1e-4)
        largest = max(distance(candidate, known) for candidate in good)
        assert 0 < other.distance == distance(plan, known) <= largest <= other.bound
        assert not other.proven or other.distance == largest
        known.append(uses)


def test_where_another_plan_is_as_good_one_is_found() -> None:
    there = found = 0
    for seed in range(CASES):
        problem, settings, outcome, every = drawn(seed)
        if len(as_good(outcome, every)) > 1:
            there += 1
            found += bool(found_in(problem, settings, outcome))
    assert there > CASES / 4
    assert found == there
