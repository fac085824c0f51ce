"""Solving: the only place that calls a solver."""

from planner.solve.outcome import Outcome, Term
from planner.solve.run import SolveSettings, baseline_unserved, solve_problem, with_attainable
from planner.solve.solver import SolverOptions, available_solvers, find_solver
from planner.solve.weighted import NoPlanError, steep_weights

__all__ = [
    "NoPlanError", "Outcome", "SolveSettings", "SolverOptions", "Term", "available_solvers", "baseline_unserved",
    "find_solver", "solve_problem", "steep_weights", "with_attainable",
]  # fmt: skip
