"""Numbers that the scenario sets by use, commune, owner or district."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import Problem


def add_limits(model: Model, problem: Problem) -> None:
    """Hold the sum of x over the named pairs at most, at least or exactly at a number."""
    for i, limit in enumerate(problem.limits):
        numbers = np.full(i + 1, limit.number)
        model.rows("limit", [(i, model.x[limit.pairs], 1.0)], limit.sense, numbers, np.array([i]))
