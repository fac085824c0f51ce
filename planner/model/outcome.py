"""Every facility gets exactly one outcome, from the uses it is eligible for."""

from __future__ import annotations

from planner.model.assembly import Model, grouped
from planner.model.problem import Problem


def add_eligibility(model: Model, problem: Problem) -> None:
    """Make one binary x_fu for each eligible pair, and no variable elsewhere: x_fu = 0 off A."""
    model.x = model.variables("x", problem.n_pairs, binary=True)


def add_outcome(model: Model, problem: Problem) -> None:
    """Sum over u of x_fu = 1 for every facility f; exits, the status quo and pending are uses."""
    for f, pairs in enumerate(grouped(problem.pair_facility, problem.eligible.shape[0])):
        model.row(f"outcome{f}", ((model.x[a], 1.0) for a in pairs), "=", 1.0)
