"""Everything of a scenario that comes before its decisions."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from planner.catalogue import Catalogue
from planner.catalogue.messages import message
from planner.errors import PlannerError, Record
from planner.inputs.tables import Inputs
from planner.model.problem import Problem
from planner.problem import Case, make_case
from planner.problem.doubts import find_doubts
from planner.scenario import Scenario
from planner.solve import (
    SolverOptions,
    SolveSettings,
    available_solvers,
    baseline_unserved,
    find_solver,
    steep_weights,
    with_attainable,
)


class Clock(Protocol):
    """Something that counts the time of named laps."""

    def lap(self, name: str) -> AbstractContextManager[None]:
        """Count the time of the block under a name."""

    def tick(self, share: float) -> None:
        """Tell how much of the open lap is done, 0 to 1."""

    def warn(self, records: Sequence[Record]) -> None:
        """Tell what is doubtful before the solve begins."""


class NoClock:
    """Counts nothing."""

    def tick(self, share: float) -> None:
        """Tell nobody."""

    def warn(self, records: Sequence[Record]) -> None:
        """Warn nobody."""

    def lap(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002
        """Count nothing."""
        return nullcontext()


@dataclass(frozen=True)
class PartOf:
    """A part of an open lap: what is done of it, 0 to 1, is told as a share of the whole lap."""

    clock: Clock
    begin: float
    share: float

    def lap(self, name: str) -> AbstractContextManager[None]:
        """Count the time of the block under a name."""
        return self.clock.lap(name)

    def warn(self, records: Sequence[Record]) -> None:
        """Tell what is doubtful."""
        self.clock.warn(records)

    def tick(self, share: float) -> None:
        """Tell how much of the whole lap is done."""
        self.clock.tick(self.begin + share * self.share)


@dataclass(frozen=True)
class Prepared:
    """A scenario on its way to a plan: everything but the decisions.

    Attributes
    ----------
    case : the problem with the tables behind its numbers. problem : the same with the attainable shares filled in.
    baseline : (N,) persons unserved by what exists anyway. settings : how to solve.
    """

    scenario: Scenario
    inputs: Inputs
    catalogue: Catalogue
    case: Case
    problem: Problem
    baseline: np.ndarray
    settings: SolveSettings


def prepare(scenario: Scenario, inputs: Inputs, clock: Clock) -> Prepared:
    """Return the problem of a scenario with what is the same for every plan of it.

    Raises
    ------
    PlannerError : this machine has no such solver.
    """
    _refuse_unknown_solver(scenario)
    catalogue = scenario.load_catalogue()
    with clock.lap("travel"):
        case = make_case(scenario, inputs, catalogue)
    settings = solve_settings(scenario)
    doubts = find_doubts(case, scenario, settings.weights)
    clock.warn(doubts)
    case = replace(case, records=[*case.records, *doubts])
    with clock.lap("solve"):
        problem = with_attainable(case.problem, settings.options)
        baseline = baseline_unserved(problem.service, settings.options)
    return Prepared(scenario, inputs, catalogue, case, problem, baseline, settings)


def foresee(scenario: Scenario, inputs: Inputs) -> list[Record]:
    """Return what is doubtful about a scenario, or the errors for which no plan could be made; nothing is solved."""
    try:
        case = make_case(scenario, inputs, scenario.load_catalogue())
    except PlannerError as error:
        return error.records
    return find_doubts(case, scenario, solve_settings(scenario).weights)


def _refuse_unknown_solver(scenario: Scenario) -> None:
    name = scenario.solver.name
    if name.lower() != "highs" and find_solver(name) is None:
        known = ", ".join(["highs", *available_solvers()])
        text = message("solver_unknown", scenario.language, name=name, known=known)
        record = Record(
            table="scenario",
            rule="solver-unknown",
            severity="error",
            file=scenario.path.name,
            column="solver.name",
            value=name,
            message=text.text,
            fix=text.fix,
        )
        raise PlannerError([record])


def solve_settings(scenario: Scenario) -> SolveSettings:
    """Return mode, weights and solver options of a scenario; a relative gap replaces the absolute one."""
    solver = scenario.solver
    options = SolverOptions(
        name=solver.name,
        gap=solver.gap or 0.0,
        gap_abs=None if solver.gap is not None else solver.gap_abs,
        time_limit_s=solver.time_limit_s,
        threads=solver.threads,
        seed=solver.seed,
    )
    given = {str(term): weight for term, weight in scenario.objective.weights.items()}
    weights = steep_weights(scenario.objective.terms, given)
    return SolveSettings(scenario.objective.mode, weights, options)
