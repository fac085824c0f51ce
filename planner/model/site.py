"""Buildings of one site."""

from __future__ import annotations

from planner.model.assembly import Model
from planner.model.problem import Problem


def add_site(model: Model, problem: Problem) -> None:
    """Hold x_a = x_b where the whole site shares a use, and x_a + x_b <= 1 where two uses do not bear each other."""
    for e, (a, b) in enumerate(problem.site.equal):
        model.row(f"whole_site{e}", [(model.x[a], 1.0), (model.x[b], -1.0)], "=", 0.0)
    for e, (a, b) in enumerate(problem.site.exclusive):
        model.row(f"exclusive{e}", [(model.x[a], 1.0), (model.x[b], 1.0)], "<=", 1.0)
