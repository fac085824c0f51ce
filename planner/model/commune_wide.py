"""Needs counted per commune: so many of a use, however far."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import CommuneWide, Floats, Problem


def add_commune_wide(model: Model, problem: Problem) -> None:
    """Sum of amount x_fu + existing + miss - over = d for every need; d = 0 says "no need here" and is not a wall.

    What exists beyond the need is nobody's choice and costs nothing.
    """
    needs = problem.commune_wide
    miss = model.miss = model.variables("miss", len(needs.need))
    over = model.variables("excess", len(needs.need))
    open_need = np.maximum(needs.need - needs.existing, 0.0)
    every = np.arange(len(needs.need))
    left = [(needs.pair_need, model.x[needs.pair], needs.pair_amount), (every, miss, 1.0), (every, over, -1.0)]
    model.rows("need", left, "=", open_need)
    cost = needs.value
    model.charge("mandatory", miss, np.where(needs.mandatory, cost, 0.0))
    model.charge("services", miss, np.where(needs.mandatory, 0.0, cost))
    model.charge("quality", over, needs.over_weight * cost)
    lost = cost * unavoidable_missing(needs)
    model.unavoidable["mandatory"] += float(lost[needs.mandatory].sum())
    model.unavoidable["services"] += float(lost[~needs.mandatory].sum())


def unavoidable_missing(needs: CommuneWide) -> Floats:
    """Return (M,) what stays missing even if every candidate served the need."""
    possible = np.bincount(needs.pair_need, needs.pair_amount, len(needs.need))
    return np.maximum(needs.need - needs.existing - possible, 0.0)
