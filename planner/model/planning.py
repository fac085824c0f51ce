"""A public use against the plan is a work item: planning is updated after the conversion."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import Problem


def add_planning(model: Model, problem: Problem) -> None:
    """Charge each chosen pair that needs a planning update; a commercial exit against the plan is not eligible."""
    if problem.planning_update is not None:
        model.charge("quality", model.x, np.where(problem.planning_update, problem.planning_weight, 0.0))
