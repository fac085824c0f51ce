"""The least share of something that a group must get: soft, with a price on what is missing."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import Bools, Floats


def add_least_share(  # noqa: PLR0913  what is shared out, to whom, how much, at what price
    model: Model, kind: str, amount: Floats, group: Bools, least: float, price: float
) -> None:
    """Charge what the group's share falls short: sum over the group of m x + slack >= least x sum over all of m x.

    The share is of what the plan gives out, not of what there is: as a share of all there is it could force waste or be
    infeasible.

    Parameters
    ----------
    kind : prefix of the names of the row and its slack.
    amount : (A,) what each pair gives out. group : (A,) pairs of the group. price : of one unit missing.
    """
    balance = np.where(group, amount, 0.0) - least * amount
    slack = model.variables(f"{kind}_slack", 1)
    counted = np.nonzero(balance)[0]
    model.rows(f"{kind}_share", [(0, model.x[counted], balance[counted]), (0, slack, 1.0)], ">=", np.zeros(1))
    model.charge("fairness", slack, price)


def missing(amount: Floats, group: Bools, least: float, x: Floats) -> float:
    """Return what a plan with (A,) x lacks of the group's least share, in the amount's unit."""
    return max(least * float(amount @ x) - float(amount[group] @ x[group]), 0.0)
