"""From a problem to its outcome: attainable shares, the baseline without the facilities, then the mode asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from planner.model.assembly import Model
from planner.model.build import build
from planner.model.problem import Floats, Problem, Service
from planner.solve.attainable import attainable_shares
from planner.solve.lexicographic import solve_lexicographic
from planner.solve.live import LiveSolver
from planner.solve.outcome import Outcome, column_values
from planner.solve.result import SolverOptions
from planner.solve.weighted import solve_weighted


@dataclass(frozen=True)
class SolveSettings:
    """Mode, weights of the terms in their order, and solver options."""

    mode: Literal["weighted", "lexicographic"]
    weights: Mapping[str, float]
    options: SolverOptions


def solve_problem(problem: Problem, settings: SolveSettings, model: Model | None = None) -> Outcome:
    """Solve in the mode asked for; `model` is the problem built with the settings' weights, where the caller has it.

    Raises
    ------
    NoPlanError : infeasible, or no solution within the time limit.
    """
    run = solve_weighted if settings.mode == "weighted" else solve_lexicographic
    return run(problem, model or build(problem, settings.weights), settings.weights, settings.options)


def with_attainable(problem: Problem, options: SolverOptions) -> Problem:
    """Return the problem with the attainable share of each group filled in."""
    if not len(problem.fairness.attainable) or not len(problem.service.demand):
        return replace(problem, fairness=replace(problem.fairness, attainable=np.zeros(len(problem.fairness.value))))
    return replace(problem, fairness=replace(problem.fairness, attainable=attainable_shares(problem, options)))


def baseline_unserved(service: Service, options: SolverOptions) -> Floats:
    """Return (N,) persons unserved by what exists anyway, each served as well as possible without the facilities."""
    if not len(service.demand):
        return np.zeros(0)
    kept = service.offer_pair[service.arc_offer] < 0
    bare = replace(
        service,
        offer_pair=np.full(len(service.offer_pair), -1),
        arc_node=service.arc_node[kept],
        arc_offer=service.arc_offer[kept],
        arc_travel=service.arc_travel[kept],
    )
    model = build(Problem(eligible=np.zeros((0, 1), dtype=np.bool_), service=bare), {"services": 1.0})
    result = LiveSolver(model.lp, model.columns).solve(replace(options, time_limit_s=None, relax=True, seed=1))
    return model.unserved.at(column_values(model, result))
