"""The audit is a yardstick only if the weights cannot move it: term after term, whatever they are."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np
import pytest

from planner.model.problem import CommuneWide, Problem
from planner.solve import NoPlanError, Outcome, SolverOptions, SolveSettings, solve_problem
from tests.model.oracle import TERMS, assignments, least, lexicographic
from tests.model.random_cases import GENERATORS

OPTIONS = SolverOptions(threads=1, gap_abs=1e-6)
DEFAULT = dict(zip(TERMS, (1e3, 30.0, 1.0, 1e-2, 1e-3, 1e-4), strict=True))
EQUAL = dict.fromkeys(TERMS, 1.0)
ROOM = 1e-4
FAMILIES = ("office", "fairness", "combined")


def drawn(family: str, seed: int) -> Problem:
    return GENERATORS[family](np.random.default_rng([list(GENERATORS).index(family), seed]))


def solved(problem: Problem, weights: dict[str, float]) -> Outcome | None:
    """Return the audit's outcome, None where there is no plan."""
    with contextlib.suppress(NoPlanError):
        return solve_problem(problem, SolveSettings("lexicographic", weights, OPTIONS))
    return None


@pytest.mark.parametrize("weights", [DEFAULT, EQUAL], ids=["default", "equal"])
@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("family", FAMILIES)
def test_is_the_best_plan_term_after_term_under_any_weights(family: str, seed: int, weights: dict[str, float]) -> None:
    problem = drawn(family, seed)
    best, outcome = lexicographic(problem, room=ROOM), solved(problem, weights)
    if best is None or outcome is None:
        assert best is None
        assert outcome is None
        return
    assert outcome.status == "optimal"
    values = {term.name: term.value for term in outcome.terms}
    assert values == pytest.approx(best, rel=1e-5, abs=50 * ROOM)


@pytest.mark.parametrize("weights", [DEFAULT, EQUAL], ids=["default", "equal"])
@pytest.mark.parametrize("seed", range(15))
def test_a_bound_holds_for_every_plan_that_keeps_the_earlier_terms(seed: int, weights: dict[str, float]) -> None:
    problem = drawn("combined", seed)
    outcome = solved(problem, weights)
    if outcome is None:
        return
    kept = {term.name: term.value + 1e-9 * max(1.0, abs(term.value)) for term in outcome.terms}
    for term in outcome.terms:
        reached = [least(problem, uses, term.name, kept) for uses in assignments(problem)]
        assert term.bound is not None
        assert term.bound <= term.value + 50 * ROOM
        assert all(term.bound <= value + 50 * ROOM for value in reached if value is not None), term.name


def test_a_small_mandatory_need_is_not_sold_for_a_large_saving() -> None:
    """A facility is a health station worth 1 or an exit that saves 5,000: weighted 1,000 to 1, the exit wins."""
    need = CommuneWide(
        group=np.zeros(1, dtype=np.int64),
        need=np.ones(1),
        existing=np.zeros(1),
        value=np.ones(1),
        mandatory=np.ones(1, dtype=np.bool_),
        pair=np.zeros(1, dtype=np.int64),
        pair_need=np.zeros(1, dtype=np.int64),
        pair_amount=np.ones(1),
    )
    problem = Problem(eligible=np.ones((1, 2), dtype=np.bool_), commune_wide=need, cascade_cost=np.array([5000.0, 0.0]))
    weights = DEFAULT | {"cascade": 1.0}
    weighted = solve_problem(problem, SolveSettings("weighted", weights, OPTIONS))
    audit = solved(problem, weights)
    assert audit is not None
    assert weighted.use.tolist() == [1]
    assert audit.use.tolist() == [0]


@pytest.mark.parametrize("seed", range(10))
def test_seeds_agree_where_a_tie_is_broken(seed: int) -> None:
    problem = drawn("service", seed)
    problem = replace(problem, tie=np.random.default_rng(seed).uniform(0, 1e-3, problem.n_pairs))
    found = {
        tuple(solve_problem(problem, SolveSettings("lexicographic", DEFAULT, replace(OPTIONS, seed=number))).use)
        for number in (1, 2, 3, 4)
    }
    assert len(found) == 1
