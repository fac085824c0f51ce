"""What no need claims follows the order of tiers and exits."""

from __future__ import annotations

from planner.model.assembly import Model
from planner.model.problem import Problem


def add_cascade(model: Model, problem: Problem) -> None:
    """Charge each exit by its place in the order (Decree 186/2025 Art. 37.7); only the status quo is free."""
    if problem.cascade_cost is not None:
        model.charge("cascade", model.x, problem.cascade_cost)
