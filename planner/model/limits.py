"""Numbers that the scenario sets by use, commune, owner or district."""

from __future__ import annotations

from planner.model.assembly import Model
from planner.model.problem import Problem


def add_limits(model: Model, problem: Problem) -> None:
    """Hold the sum of x over the named pairs at most, at least or exactly at a number."""
    for i, limit in enumerate(problem.limits):
        model.row(f"limit{i}", [(model.x[a], 1.0) for a in limit.pairs], limit.sense, limit.number)
