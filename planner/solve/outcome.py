"""What a solve decided, term by term: the same coefficients that the objective is made of give the figures reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.model.assembly import TERMS, Model
from planner.model.problem import Problem
from planner.solve.result import SolveResult, Status


@dataclass(frozen=True, kw_only=True)
class Term:
    """A term of the objective.

    Attributes
    ----------
    name, unit, weight : as in the objective; the unit is persons-equivalent.
    value : what the plan has. unavoidable : what no plan can avoid. bound : proven lower bound of the term while every
        earlier term keeps its value; None where it was not computed.
    """

    name: str
    weight: float
    value: float
    unavoidable: float
    bound: float | None
    unit: str = "persons-equivalent"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The decisions of a solve.

    Attributes
    ----------
    status, objective, bound, gap, gap_abs : of the weighted objective less the unavoidable part.
    clock_ended : the clock ended some solve, so the plan may not be the only one.
    use : (F,) number of the use of each facility. unserved : (N,) persons. flow : (R,) persons.
    main : (P,) whether an office candidate is the main office.
    terms : the objective by terms. solver, version : what solved it.
    """

    status: Status
    objective: float
    bound: float | None
    gap: float | None
    gap_abs: float | None
    clock_ended: bool
    use: NDArray[np.int64]
    unserved: NDArray[np.float64]
    flow: NDArray[np.float64]
    main: NDArray[np.bool_]
    terms: tuple[Term, ...]
    solver: str
    version: str | None


def term_values(model: Model, result: SolveResult) -> dict[str, float]:
    """Return the value of each term of the objective at a solution, the unavoidable part included."""
    values = column_values(model, result)
    return {name: float(model.costs(name) @ values) + model.known[name] for name in TERMS}


def column_values(model: Model, result: SolveResult) -> NDArray[np.float64]:
    """Return the value of each column; one that no row and no cost names is at its lower bound."""
    if result.columns is not None:
        return result.columns[: len(model.columns)]
    return np.array([result.values.get(variable.name, variable.lowBound) for variable in model.columns])


def read_uses(model: Model, problem: Problem, result: SolveResult) -> NDArray[np.int64]:
    """Return (F,) the use number of each facility."""
    chosen = column_values(model, result)[model.x] > 0.5  # noqa: PLR2004
    uses = np.full(problem.eligible.shape[0], -1, dtype=np.int64)
    uses[problem.pair_facility[chosen]] = problem.pair_use[chosen]
    return uses
