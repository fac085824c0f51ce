"""One steeply weighted solve, its proven distance, and the bound of each stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.assembly import Model
from planner.model.build import costs_of
from planner.model.problem import Problem
from planner.solve.live import Change, LiveSolver
from planner.solve.outcome import Outcome, Term, column_values, read_uses, term_values
from planner.solve.result import SolveResult, SolverOptions, Status
from planner.solve.solver import solve
from planner.solve.ties import settle_ties
from planner.solve.tighten import tighten

STEEPNESS = (1e3, 30.0, 1.0, 1e-2, 1e-3, 1e-4)
"""Default weights of the terms in their order: steep where a term could be sold for the next, and no steeper, because
the absolute gap is proven on their sum and a double holds 16 digits. By the audit the first two lose nothing."""

EXACT = 1e-3
"""The solver is asked for this share of the gap that counts as optimal, so that every seed gives the same plan."""

FAST = {"mip_heuristic_run_root_reduced_cost": False, "mip_allow_restart": False}
"""Options of HiGHS that cut the solve of this family of problems to a third: measured over seeds, see benchmarks."""


class NoPlanError(Exception):
    """The solver found no plan: infeasible, or the clock ended first."""

    def __init__(self, status: Status) -> None:
        self.status = status
        super().__init__(status)


@dataclass(frozen=True)
class Solved:
    """A problem with its model, the solver that holds it and what that found, before it is read into an outcome."""

    problem: Problem
    model: Model
    live: LiveSolver
    weights: Mapping[str, float]
    result: SolveResult


def steep_weights(terms: Sequence[str], given: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of each term: what the scenario gives, else the steep default by position."""
    return {name: float(given.get(name, STEEPNESS[i])) for i, name in enumerate(terms)}


def solve_weighted(problem: Problem, model: Model, weights: Mapping[str, float], options: SolverOptions) -> Outcome:
    """Solve the weighted objective of a built model and read the plan.

    Raises
    ------
    NoPlanError : infeasible, or no solution within the time limit.
    """
    solved = solve_tightened(problem, model, weights, options)
    if solved.result.objective is None:
        raise NoPlanError(solved.result.status)
    return read_outcome(solved, options)


def solve_tightened(problem: Problem, model: Model, weights: Mapping[str, float], options: SolverOptions) -> Solved:
    """Return a built model with what the solver found, read no further."""
    live = LiveSolver(model.lp, model.columns)
    tighten(model, problem.service, live, options)
    return Solved(problem, model, live, weights, solve(model.lp, tightened(options), live=live))


def tightened(options: SolverOptions) -> SolverOptions:
    """Return the options with which the solver is run: a smaller absolute gap than the one that counts as optimal."""
    return replace(options, gap_abs=None if options.gap_abs is None else options.gap_abs * EXACT, highs=FAST)


def judged(result: SolveResult, options: SolverOptions) -> Status:
    """Return "optimal" where the proven gap is within the one asked for, else what the solver proved."""
    asked_abs, asked = options.gap_abs or 0.0, options.gap
    close = result.gap_abs is not None and result.gap_abs <= asked_abs
    close_relative = result.gap is not None and asked > 0 and result.gap <= asked
    return "optimal" if result.status == "optimal" or close or close_relative else result.status


def read_outcome(solved: Solved, options: SolverOptions) -> Outcome:
    """Return the outcome of a solved model; flows come from a last solve with every decision fixed.

    Rows that the search holds bind those flows too, and are released before the bounds of the stages are sought.
    """
    problem, model, result = solved.problem, solved.model, solved.result
    plain = costs_of(model, problem, solved.weights, tie=False)[0][model.x]
    uses = settle_ties(problem, read_uses(model, problem, result), solved.live.rows_of(model.x), plain)
    chosen = np.zeros(problem.n_pairs)
    chosen[problem.pair_number[np.arange(len(uses)), uses]] = 1.0
    exact = replace(options, gap=0.0, gap_abs=None, time_limit_s=None, seed=1)
    decided = Change(*costs_of(model, problem, solved.weights), columns=model.x, values=chosen)
    final = solved.live.solve(exact, change=decided)
    if final.objective is None:
        raise NoPlanError(final.status)
    solved.live.release()
    values, found = term_values(model, final), column_values(model, final)
    bounds = _stage_bounds(solved, options)
    return Outcome(
        status=judged(result, options),
        objective=float(result.objective or 0.0),
        bound=result.bound,
        gap=result.gap,
        gap_abs=result.gap_abs,
        clock_ended=result.clock_ended,
        use=uses,
        unserved=model.unserved.at(found),
        flow=model.flow.at(found),
        main=found[model.main] > 0.5,  # noqa: PLR2004
        terms=tuple(
            Term(name=name, weight=weight, value=values[name], unavoidable=model.unavoidable[name], bound=bounds[name])
            for name, weight in solved.weights.items()
        ),
        solver=result.solver,
        version=result.version,
    )


def _stage_bounds(solved: Solved, options: SolverOptions) -> dict[str, float | None]:
    """Return a proven lower bound of each term while no earlier term gets worse than in this plan.

    The bound of stage k is the LP relaxation of: minimise term k subject to term j <= its value for every j < k. It
    holds for the lexicographic optimum too, whose earlier terms are no larger.
    """
    problem, model, live = solved.problem, solved.model, solved.live
    relaxation = replace(options, relax=True, time_limit_s=None, seed=1)
    values = term_values(model, solved.result)
    bounds: dict[str, float | None] = {}
    for name in solved.weights:
        relaxed = live.solve(relaxation, change=Change(*costs_of(model, problem, {name: 1.0}, tie=False)))
        bounds[name] = None if relaxed.objective is None else relaxed.objective + model.unavoidable[name]
        live.hold(*model.at_most(name, values[name] + 1e-6 * max(1.0, abs(values[name]))))
    live.release()
    return bounds
