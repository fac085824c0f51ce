"""A plan that somebody gives: uses as they are, flows and main offices the best for them, the figures of a solve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from planner.model.build import build, costs_of
from planner.model.problem import Ints, Locks, Problem, Site
from planner.solve.live import Change, LiveSolver
from planner.solve.outcome import Outcome, Term, column_values, term_values
from planner.solve.result import SolverOptions
from planner.solve.weighted import NoPlanError


def evaluate_uses(
    problem: Problem, uses: Ints, weights: Mapping[str, float], options: SolverOptions, yardstick: Problem
) -> Outcome:
    """Return the outcome of given uses, priced by the expressions that the objective is made of.

    Nothing is proven about other plans: the status is "feasible" and no bound is given. HiGHS solves what is left,
    whatever solver is named.

    Parameters
    ----------
    problem : every given pair is eligible in it; what it holds hard beside that is left out, see `without_walls`.
    uses : (F,) use number of each facility.
    weights : weight of each term of the objective.
    options : threads; the rest is of no use with every decision fixed.
    yardstick : the problem by whose rules the plan is judged; what no plan can avoid in it is subtracted.

    Raises
    ------
    NoPlanError : the solver failed; without walls some flow always exists.
    """
    model = build(without_walls(problem), weights)
    model.unavoidable = build(yardstick, weights).unavoidable
    chosen = np.zeros(problem.n_pairs)
    chosen[problem.pair_number[np.arange(len(uses)), uses]] = 1.0
    exact = replace(options, gap=0.0, gap_abs=None, time_limit_s=None, seed=1)
    decided = Change(*costs_of(model, problem, weights), columns=model.x, values=chosen)
    result = LiveSolver(model.lp, model.columns).solve(exact, change=decided)
    if result.objective is None:
        raise NoPlanError(result.status)
    values, found = term_values(model, result), column_values(model, result)
    return Outcome(
        status="feasible",
        objective=float(result.objective),
        bound=None,
        gap=None,
        gap_abs=None,
        clock_ended=False,
        use=uses,
        unserved=model.unserved.at(found),
        flow=model.flow.at(found),
        main=found[model.main] > 0.5,  # noqa: PLR2004
        terms=tuple(
            Term(name=name, weight=weight, value=values[name], unavoidable=model.unavoidable[name], bound=None)
            for name, weight in weights.items()
        ),
        solver=result.solver,
        version=result.version,
    )


def without_walls(problem: Problem) -> Problem:
    """Return the problem without the rows that a plan made by hand may break.

    These are locks, limits, whole and unfriendly sites, the money there is and the number of office sites; the costs of
    everything stay.
    """
    office, budget = problem.office, problem.budget
    candidates = np.bincount(office.pair_commune, minlength=len(office.need))
    return replace(
        problem,
        office=replace(office, max_sites=office.kept_sites + candidates),
        budget=replace(budget, sources=tuple(replace(source, limit=np.inf) for source in budget.sources)),
        locks=Locks(),
        limits=(),
        site=Site(),
    )
