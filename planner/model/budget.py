"""Money by source, and the share of the money spent that disadvantaged communes must get."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import Bools, Budget, Floats, Problem


def add_budget(model: Model, problem: Problem) -> None:
    """Sum of c_fu x_fu <= B for every source; money has a price even where it is not scarce.

    Share: sum over the group of c x + slack >= share x sum over all of c x. The share is of the money *spent*: as a
    share of B it could force waste or be infeasible.
    """
    budget = problem.budget
    limits = np.array([source.limit for source in budget.sources])
    limited = np.nonzero(np.isfinite(limits))[0]
    spent = [(s, np.nonzero(budget.sources[s].cost)[0]) for s in limited.tolist()]
    model.rows("money", [(s, model.x[a], budget.sources[s].cost[a]) for s, a in spent], "<=", limits, limited)
    for source in budget.sources:
        model.charge("money", model.x, budget.weight * source.cost)
    if budget.group is not None and budget.share_min > 0 and budget.sources:
        _add_share(model, budget, budget.group)


def total_cost(budget: Budget) -> Floats:
    """Return (A,) cost of each pair over all sources, million VND."""
    return np.asarray(np.sum([source.cost for source in budget.sources], axis=0), dtype=np.float64)


def _add_share(model: Model, budget: Budget, group: Bools) -> None:
    total = total_cost(budget)
    balance = np.where(group, total, 0.0) - budget.share_min * total
    slack = model.variables("share_slack", 1)
    counted = np.nonzero(balance)[0]
    model.rows("money_share", [(0, model.x[counted], balance[counted]), (0, slack, 1.0)], ">=", np.zeros(1))
    model.charge("fairness", slack, budget.slack_weight)
