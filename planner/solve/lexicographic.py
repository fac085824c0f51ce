"""The audit: one term after the other, each held before the next is improved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planner.model.assembly import Model
from planner.model.build import set_objective
from planner.model.problem import Problem
from planner.solve.outcome import Outcome, term_values
from planner.solve.solver import SolverOptions, absolute_gap, relative_gap, solve
from planner.solve.weighted import NoPlanError, Solved, judged, read_outcome, tightened

HARD_STAGES = 2
HARD_TOLERANCE = 1e-4


def solve_lexicographic(
    problem: Problem, model: Model, weights: Mapping[str, float], options: SolverOptions
) -> Outcome:
    """Solve the terms of a built model in order (Ehrgott 2005, ch. 5).

    Stage k minimises term k with the later terms blended in small. After it the row term_k <= value_k + tolerance is
    added: 1e-4 for the first two stages, the absolute gap that the user asked for after that. Pure stages would leave
    ties for the next stage to sell, and a relative tolerance would let it sell mandatory needs. Each stage begins with
    the plan of the one before, so the clock never leaves it without one.

    Raises
    ------
    NoPlanError : infeasible, or no solution within the time limit of a stage.
    """
    bounds: dict[str, float | None] = {}
    ended, names = False, list(weights)
    result = None
    for k, name in enumerate(names):
        scale = 1.0 / weights[name]
        set_objective(model, problem, {later: weights[later] * scale for later in names[k:]})
        result = solve(model.lp, tightened(options), start=result.values if result else None)
        if result.objective is None:
            raise NoPlanError(result.status)
        ended |= result.clock_ended and judged(result, options) != "optimal"
        value = term_values(model, result)[name]
        distance = result.gap_abs
        bounds[name] = None if distance is None else value - distance
        tolerance = HARD_TOLERANCE if k < HARD_STAGES else max(options.gap_abs or 0.0, HARD_TOLERANCE)
        model.row(f"stage_{name}", model.terms[name], "<=", value + tolerance)
    if result is None:
        raise NoPlanError("no_plan")
    outcome = read_outcome(problem, Solved(model, result, weights), options, bounds)
    objective = sum(t.weight * (t.value - t.unavoidable) for t in outcome.terms)
    bound = sum(t.weight * ((t.bound or 0.0) - t.unavoidable) for t in outcome.terms)
    return replace(
        outcome,
        clock_ended=ended or outcome.clock_ended,
        objective=objective,
        bound=bound,
        gap_abs=absolute_gap(objective, bound),
        gap=relative_gap(objective, bound),
    )
