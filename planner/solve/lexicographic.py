"""The audit: one term after the other, each held before the next is improved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from planner.model.assembly import Model
from planner.model.build import build, set_objective
from planner.model.problem import Problem
from planner.solve.outcome import Outcome, term_values
from planner.solve.solver import SolveResult, SolverOptions, absolute_gap, relative_gap, solve
from planner.solve.weighted import NoPlanError, Solved, judged, read_outcome, stage_bounds, tightened

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
    result: SolveResult | None = None
    proofs: list[SolveResult] = []
    for k, (name, weight) in enumerate(weights.items()):
        scale = min(weight, 1.0)
        later = dict(list(weights.items())[k:])
        set_objective(model, problem, {term: value / scale for term, value in later.items()})
        result = solve(model.lp, tightened(options), start=result.values if result else None)
        if result.objective is None:
            raise NoPlanError(result.status)
        proofs.append(result)
        tolerance = HARD_TOLERANCE if k < HARD_STAGES else max(options.gap_abs or 0.0, HARD_TOLERANCE)
        model.row(f"stage_{name}", model.terms[name], "<=", term_values(model, result)[name] + tolerance)
    if result is None:
        raise NoPlanError("no_plan")
    fresh = build(problem, weights)
    bounds = stage_bounds(fresh, problem, weights, result, options)
    return _summed(problem, read_outcome(problem, Solved(model, result, weights), options, bounds), proofs, options)


def _summed(problem: Problem, outcome: Outcome, proofs: Sequence[SolveResult], options: SolverOptions) -> Outcome:
    """Return the outcome judged by its stages: the first one minimises the weighted sum, so its bound is the sum's.

    "optimal" means that every stage was proven within the gap asked for; the sum itself may lie above its bound,
    because an earlier term was not sold for later ones.
    """
    chosen = problem.pair_number[np.arange(len(outcome.use)), outcome.use]
    tie = 0.0 if problem.tie is None else float(problem.tie[chosen].sum())
    objective = tie + sum(term.weight * (term.value - term.unavoidable) for term in outcome.terms)
    bound = proofs[0].bound
    proven = all(judged(stage, options) == "optimal" for stage in proofs)
    return replace(
        outcome,
        status="optimal" if proven else "feasible",
        clock_ended=any(stage.clock_ended for stage in proofs),
        objective=objective,
        bound=bound,
        gap_abs=absolute_gap(objective, bound),
        gap=relative_gap(objective, bound),
    )
