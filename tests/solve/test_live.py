"""A solver that goes on finds what a fresh one finds: after other costs, fixed columns, held rows and whole solves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.model.assembly import TERMS, Model
from planner.model.build import build, costs_of
from planner.model.problem import Problem
from planner.solve import SolverOptions
from planner.solve.live import Change, LiveSolver
from planner.solve.outcome import column_values
from tests.model.random_cases import GENERATORS, weights

WHOLE = SolverOptions(threads=1)
RELAXED = replace(WHOLE, relax=True)


def drawn(seed: int) -> tuple[Problem, Model, LiveSolver, np.random.Generator]:
    """Return a random problem, its model, a solver that holds it, and the generator that goes on."""
    rng = np.random.default_rng(seed)
    problem, prices = GENERATORS["combined"](rng), weights(rng)
    model = build(problem, prices)
    return problem, model, LiveSolver(model.lp, model.columns), rng


@pytest.mark.parametrize("seed", range(40))
def test_every_solve_of_a_long_life_is_that_of_a_fresh_solver(seed: int) -> None:
    problem, model, live, rng = drawn(seed)
    start = live.solve(WHOLE)
    if start.objective is None:
        return
    for _ in range(12):
        name = TERMS[rng.integers(len(TERMS))]
        fixed = model.x[rng.random(len(model.x)) < 0.3]
        values = column_values(model, start)[fixed]
        changes = (None, Change(*costs_of(model, problem, {name: 1.0})), Change(columns=fixed, values=values))
        change, options = changes[rng.integers(len(changes))], (WHOLE, RELAXED)[rng.integers(2)]
        expected = LiveSolver(model.lp, model.columns).solve(options, change=change)
        assert live.solve(options, change=change).objective == pytest.approx(expected.objective, rel=1e-7, abs=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_a_row_limited_otherwise_is_so_for_one_solve_only(seed: int) -> None:
    problem, model, live, _ = drawn(seed)
    before = live.solve(WHOLE)
    row = next(i for i, found in enumerate(model.lp.constraints()) if found.name == "money0")
    spent = problem.budget.sources[0].cost
    for limit in (0.5 * problem.budget.sources[0].limit, np.inf):
        found = live.solve(WHOLE, change=Change(limited=np.array([row]), limits=np.array([limit])))
        if found.objective is not None:
            assert spent @ column_values(model, found)[model.x] <= limit + 1e-6
    assert live.solve(WHOLE).objective == pytest.approx(before.objective)


@pytest.mark.parametrize("seed", range(20))
def test_held_terms_hold_and_are_released(seed: int) -> None:
    problem, model, live, _ = drawn(seed)
    plan = live.solve(WHOLE)
    if plan.objective is None:
        return
    other = Change(*costs_of(model, problem, {"money": 1.0}))
    free = live.solve(RELAXED, change=other).objective
    found = column_values(model, plan)
    for name in ("mandatory", "services"):
        live.hold(model.costs(name), float(model.costs(name) @ found) + 1e-6)
    held = live.solve(RELAXED, change=other)
    for name in ("mandatory", "services"):
        costs = model.costs(name)
        assert costs @ column_values(model, held) <= costs @ found + 1e-4
    assert held.objective is not None
    assert free is not None
    assert held.objective >= free - 1e-6
    live.release()
    assert live.solve(RELAXED, change=other).objective == pytest.approx(free, abs=1e-5)
    assert live.solve(WHOLE).objective == pytest.approx(plan.objective, abs=1e-5)
