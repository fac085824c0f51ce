"""Money by source, and the share of the money spent that disadvantaged communes must get."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import Budget, Floats, Problem
from planner.model.share import add_least_share, missing


def add_budget(model: Model, problem: Problem) -> None:
    """Sum of c_fu x_fu <= B for every source; money has a price even where it is not scarce.

    Of the money spent from all sources a group must get a share, see `add_least_share`.
    """
    budget = problem.budget
    limits = np.array([source.limit for source in budget.sources])
    limited = np.nonzero(np.isfinite(limits))[0]
    spent = [(s, np.nonzero(budget.sources[s].cost)[0]) for s in limited.tolist()]
    model.rows("money", [(s, model.x[a], budget.sources[s].cost[a]) for s, a in spent], "<=", limits, limited)
    for source in budget.sources:
        model.charge("money", model.x, budget.weight * source.cost)
    if budget.group is not None and budget.share_min > 0 and budget.sources:
        share = (total_cost(budget), budget.group, budget.share_min, budget.slack_weight)
        add_least_share(model, "money", *share)


def missing_money(problem: Problem, x: Floats) -> float:
    """Return what a plan with (A,) x is charged for the least share of money, persons-equivalent."""
    budget = problem.budget
    if budget.group is None or not budget.sources:
        return 0.0
    return budget.slack_weight * missing(total_cost(budget), budget.group, budget.share_min, x)


def total_cost(budget: Budget) -> Floats:
    """Return (A,) cost of each pair over all sources, million VND."""
    return np.asarray(np.sum([source.cost for source in budget.sources], axis=0), dtype=np.float64)
