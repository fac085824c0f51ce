"""Needs counted per commune: so many of a use, however far."""

from __future__ import annotations

import numpy as np

from planner.model.amounts import Amounts
from planner.model.assembly import Model
from planner.model.problem import CommuneWide, Floats, Problem


def add_commune_wide(model: Model, problem: Problem) -> None:
    """Sum of amount x_fu + existing + miss - over = d for every need; d = 0 says "no need here" and is not a wall.

    What exists beyond the need is nobody's choice and costs nothing. Without candidates miss is known, and the need has
    neither row nor variable; it has over only where its candidates could be too many.
    """
    needs = problem.commune_wide
    open_need = np.maximum(needs.need - needs.existing, 0.0)
    possible = _possible(needs)
    choice, able = np.nonzero(possible > 0)[0], np.nonzero(possible > open_need)[0]
    miss = model.variables("miss", choice, open_need[choice])
    over = model.variables("excess", able)
    left = [(needs.pair_need, model.x[needs.pair], needs.pair_amount), (choice, miss, 1.0), (able, over, -1.0)]
    model.rows("need", left, "=", open_need, choice)
    model.miss = Amounts.of_columns(np.where(possible > 0, 0.0, open_need), choice, miss, 1.0, len(model.columns))
    cost = needs.value
    model.charge_amounts("mandatory", model.miss, np.where(needs.mandatory, cost, 0.0))
    model.charge_amounts("services", model.miss, np.where(needs.mandatory, 0.0, cost))
    model.charge("quality", over, needs.over_weight * cost[able])
    lost = cost * unavoidable_missing(needs)
    model.unavoidable["mandatory"] += float(lost[needs.mandatory].sum())
    model.unavoidable["services"] += float(lost[~needs.mandatory].sum())


def unavoidable_missing(needs: CommuneWide) -> Floats:
    """Return (M,) what stays missing even if every candidate served the need."""
    return np.maximum(needs.need - needs.existing - _possible(needs), 0.0)


def _possible(needs: CommuneWide) -> Floats:
    """Return (M,) the amount if every candidate served the need."""
    return np.bincount(needs.pair_need, needs.pair_amount, len(needs.need)).astype(float)
