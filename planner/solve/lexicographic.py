"""The audit: one term after the other, each held before the next is improved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from planner.model.assembly import Model
from planner.model.build import costs_of
from planner.model.problem import Problem
from planner.solve.live import Change, LiveSolver
from planner.solve.outcome import Outcome, term_values
from planner.solve.result import SolveResult, SolverOptions, absolute_gap, relative_gap
from planner.solve.tighten import tighten
from planner.solve.weighted import NoPlanError, Solved, judged, read_outcome, tightened

HARD_STAGES = 2
HARD_TOLERANCE = 1e-4

BLEND = 1e-3
"""Later terms count in a stage by their weight against the stage's own, times this: they only break its ties."""


def solve_lexicographic(
    problem: Problem, model: Model, weights: Mapping[str, float], options: SolverOptions
) -> Outcome:
    """Solve the terms of a built model in order (Ehrgott 2005, ch. 5).

    Stage k minimises term k with the later terms blended in small. After it the row term_k <= value_k + tolerance is
    added: 1e-4 for the first two stages, the absolute gap that the user asked for after that. Pure stages would leave
    ties for the next stage to sell, and a relative tolerance would let it sell mandatory needs. Each stage begins with
    the plan of the one before, so the clock never leaves it without one. HiGHS solves all stages, whatever solver is
    named: the model is built and handed over once.

    Raises
    ------
    NoPlanError : infeasible, or no solution within the time limit of a stage.
    """
    live = LiveSolver(model.lp, model.columns)
    tighten(model, problem.service, live, options)
    result: SolveResult | None = None
    proofs: list[SolveResult] = []
    for k, (name, weight) in enumerate(weights.items()):
        later = list(weights.items())[k + 1 :]
        blended = {name: 1.0} | {term: BLEND * value / weight for term, value in later}
        stage = Change(*costs_of(model, problem, blended))
        result = live.solve(tightened(options), start=result.values if result else None, change=stage)
        if result.objective is None:
            raise NoPlanError(result.status)
        proofs.append(result)
        tolerance = HARD_TOLERANCE if k < HARD_STAGES else max(options.gap_abs or 0.0, HARD_TOLERANCE)
        live.hold(*model.at_most(name, term_values(model, result)[name] + tolerance))
    if result is None:
        raise NoPlanError("no_plan")
    return _summed(problem, read_outcome(Solved(problem, model, live, weights, result), options), proofs, options)


def _summed(problem: Problem, outcome: Outcome, proofs: Sequence[SolveResult], options: SolverOptions) -> Outcome:
    """Return the outcome judged by its stages: "optimal" where each was proven within the gap asked for.

    The gap is the widest of the stages, each in persons-equivalent of its own term; the objective is the weighted sum.
    """
    chosen = problem.pair_number[np.arange(len(outcome.use)), outcome.use]
    tie = 0.0 if problem.tie is None else float(problem.tie[chosen].sum())
    objective = tie + sum(term.weight * (term.value - term.unavoidable) for term in outcome.terms)
    gaps = [stage.gap_abs for stage in proofs]
    bound = None if None in gaps else objective - max(gap or 0.0 for gap in gaps)
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
