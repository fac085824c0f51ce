"""Solving: the only place that calls a solver."""

from planner.solve.outcome import Outcome, Term
from planner.solve.run import SolveSettings, baseline_unserved, solve_problem, with_attainable
from planner.solve.solver import SolverOptions
from planner.solve.weighted import NoPlanError, steep_weights

__all__ = [
    "NoPlanError", "Outcome", "SolveSettings", "SolverOptions", "Term", "baseline_unserved", "solve_problem",
    "steep_weights", "with_attainable",
]  # fmt: skip
