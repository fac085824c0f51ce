"""Buildings of one site."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import Problem


def add_site(model: Model, problem: Problem) -> None:
    """Hold x_a = x_b where the whole site shares a use, and x_a + x_b <= 1 where two uses do not bear each other."""
    equal, exclusive = model.x[problem.site.equal], model.x[problem.site.exclusive]
    every = np.arange(len(equal))
    model.rows("whole_site", [(every, equal[:, 0], 1.0), (every, equal[:, 1], -1.0)], "=", np.zeros(len(equal)))
    every = np.arange(len(exclusive))
    model.rows(
        "exclusive", [(every, exclusive[:, 0], 1.0), (every, exclusive[:, 1], 1.0)], "<=", np.ones(len(exclusive))
    )
