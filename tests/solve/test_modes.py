"""Both modes against every assignment of tiny random problems: values, bounds, what is unavoidable, seeds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.model.build import build
from planner.model.problem import Limit, Problem
from planner.solve import NoPlanError, Outcome, SolverOptions, SolveSettings, solve_problem, with_attainable
from planner.solve.lexicographic import HARD_TOLERANCE
from tests.model.oracle import TERMS, Priced, least, lexicographic, plans
from tests.model.random_cases import GENERATORS, weights

CASES = 40
OPTIONS = SolverOptions(threads=1, gap_abs=1e-6)
STEEP = dict(zip(TERMS, (1e3, 30.0, 1.0, 1e-2, 1e-3, 1e-4), strict=True))


def drawn(seed: int) -> Problem:
    """Return a problem with every family that has at least one plan."""
    rng = np.random.default_rng([7, seed])
    while True:
        problem = GENERATORS["combined"](rng)
        if plans(problem, STEEP):
            return problem


def solved(problem: Problem, mode: str, prices: dict[str, float]) -> Outcome:
    return solve_problem(problem, SolveSettings(mode, prices, OPTIONS))  # type: ignore[arg-type]


def every_plan(problem: Problem) -> list[Priced]:
    return plans(problem, STEEP)


@pytest.mark.parametrize("seed", range(CASES))
def test_the_audit_is_the_best_plan_term_after_term(seed: int) -> None:
    problem = drawn(seed)
    best = lexicographic(problem, room=HARD_TOLERANCE)
    assert best is not None
    outcome = solved(problem, "lexicographic", STEEP)
    assert outcome.status == "optimal"
    for term in outcome.terms:
        assert term.value == pytest.approx(best[term.name], rel=1e-5, abs=20 * HARD_TOLERANCE), term.name


@pytest.mark.parametrize("seed", range(CASES))
def test_a_bound_holds_for_every_plan_that_keeps_the_earlier_terms(seed: int) -> None:
    problem = drawn(seed)
    prices = weights(np.random.default_rng(seed))
    outcome = solved(problem, "weighted", prices)
    for number, term in enumerate(outcome.terms):
        kept = {t.name: t.value + 1e-9 * max(1.0, abs(t.value)) for t in outcome.terms[:number]}
        reached = [least(problem, plan.uses, term.name, kept) for plan in every_plan(problem)]
        assert term.bound is not None
        assert term.bound <= term.value + 1e-5 * max(1.0, abs(term.value))
        assert all(term.bound <= value + 1e-5 * max(1.0, abs(value)) for value in reached if value is not None), (
            term.name
        )


@pytest.mark.parametrize("seed", range(CASES))
def test_no_plan_avoids_what_is_unavoidable(seed: int) -> None:
    problem = drawn(seed)
    unavoidable = build(problem, STEEP).unavoidable
    for plan in every_plan(problem):
        assert all(unavoidable[name] <= plan.terms[name] + 1e-6 for name in TERMS)


@pytest.mark.parametrize("seed", range(CASES))
def test_no_plan_serves_a_group_better_than_its_attainable_share(seed: int) -> None:
    problem = drawn(seed)
    service = replace(problem.service, travel_weight=0.0)
    problem = Problem(eligible=problem.eligible, service=service, office=problem.office, fairness=problem.fairness)
    for group, share in enumerate(with_attainable(problem, OPTIONS).fairness.attainable):
        inside = service.group == group
        asked = float(service.value[inside] @ service.demand[inside])
        alone = replace(problem, service=replace(service, value=np.where(inside, service.value, 0.0)))
        every = plans(alone, {**STEEP, "fairness": 0.0})
        first = min(plan.terms["mandatory"] for plan in every)
        missed = min(plan.terms["services"] for plan in every if plan.terms["mandatory"] <= first + 1e-9)
        assert 0.0 <= share <= 1.0
        assert share * asked >= asked - missed - 1e-6


@pytest.mark.parametrize("mode", ["weighted", "lexicographic"])
def test_a_contradiction_is_infeasible(mode: str) -> None:
    problem = replace(
        Problem(eligible=np.ones((2, 2), dtype=np.bool_)), limits=(Limit(np.array([0, 2]), ">=", 3, "too many"),)
    )
    with pytest.raises(NoPlanError) as raised:
        solved(problem, mode, STEEP)
    assert raised.value.status == "infeasible"


@pytest.mark.parametrize("seed", range(10))
def test_seeds_agree_where_a_tie_is_broken(seed: int) -> None:
    problem = drawn(seed)
    problem = replace(problem, tie=np.random.default_rng(seed).uniform(0, 1e-3, problem.n_pairs))
    found = {
        tuple(solve_problem(problem, SolveSettings("weighted", STEEP, replace(OPTIONS, seed=s))).use)
        for s in (1, 2, 3, 4)
    }
    assert len(found) == 1
