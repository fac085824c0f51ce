"""Decisions already taken."""

from __future__ import annotations

from planner.model.assembly import Model
from planner.model.problem import Problem


def add_locks(model: Model, problem: Problem) -> None:
    """Fix x = 1 for what is required or approved and x = 0 for what is forbidden; a release simply has no lock."""
    for a in problem.locks.require:
        model.row(f"require{a}", [(model.x[a], 1.0)], "=", 1.0)
    for a in problem.locks.forbid:
        model.row(f"forbid{a}", [(model.x[a], 1.0)], "=", 0.0)
