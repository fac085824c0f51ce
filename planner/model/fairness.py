"""No commune is left far below what it could have had: a convex price on the shortfall."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model, grouped
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
    inside = service.group >= 0
    nodes_of_group = grouped(service.group[inside], count) if count else []
    numbers = np.nonzero(inside)[0]
    for g, members in enumerate(nodes_of_group):
        nodes = numbers[members]
        weight = service.value[nodes] / max(float(service.value[nodes] @ service.demand[nodes]), 1e-9)
        missing = [(model.unserved[n], -w) for n, w in zip(nodes, weight, strict=True)]
        model.row(f"fair{g}", [*missing, (shallow[g], 1.0), (deep[g], 1.0)], ">=", float(target[g] - 1.0))
    model.charge("fairness", shallow, fairness.slopes[0] * fairness.value)
    model.charge("fairness", deep, fairness.slopes[1] * fairness.value)
