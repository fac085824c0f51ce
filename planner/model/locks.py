"""Decisions already taken."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import Problem


def add_locks(model: Model, problem: Problem) -> None:
    """Fix x = 1 for what is required or approved and x = 0 for what is forbidden; a release simply has no lock."""
    for name, pairs, value in (("require", problem.locks.require, 1.0), ("forbid", problem.locks.forbid, 0.0)):
        numbers = np.unique(pairs)
        model.rows(name, [(numbers, model.x[numbers], 1.0)], "=", np.full(problem.n_pairs, value), numbers)
