"""Every facility gets exactly one outcome, from the uses it is eligible for."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import Problem


def add_eligibility(model: Model, problem: Problem) -> None:
    """Make one binary x_fu for each eligible pair, and no variable elsewhere: x_fu = 0 off A."""
    model.x = model.variables("x", problem.n_pairs, binary=True)


def add_outcome(model: Model, problem: Problem) -> None:
    """Sum over u of x_fu = 1 for every facility f; exits, the status quo and pending are uses."""
    model.rows("outcome", [(problem.pair_facility, model.x, 1.0)], "=", np.ones(problem.eligible.shape[0]))
