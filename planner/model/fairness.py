"""No commune is left far below what it could have had: a convex price on the shortfall."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import Problem


def add_fairness(model: Model, problem: Problem) -> None:
    """Charge each group g for its shortfall below tau_g a_g, a share of its own best; the deeper half costs more.

    g1 + g2 >= tau_g a_g - (sum of value (q - v)) / (sum of value q), g1 <= tau_g a_g / 2.
    Plain max-min is pinned by the first hopeless group (see Marsh and Schilling 1994 on equity measures in location).
    """
    fairness, service = problem.fairness, problem.service
    count = len(fairness.attainable)
    target = fairness.tau * fairness.attainable
    shallow = model.variables("near", count, target / 2)
    deep = model.variables("deep", count, target / 2)
    nodes = np.nonzero((service.group >= 0) & (count > 0))[0]
    group, value = service.group[nodes], service.value[nodes]
    asked = np.bincount(group, value * service.demand[nodes], count)
    weight = value / np.maximum(asked, 1e-9)[group]
    every = np.arange(count)
    left = [(group, model.unserved[nodes], -weight), (every, shallow, 1.0), (every, deep, 1.0)]
    model.rows("fair", left, ">=", target - 1.0)
    model.charge("fairness", shallow, fairness.slopes[0] * fairness.value)
    model.charge("fairness", deep, fairness.slopes[1] * fairness.value)
