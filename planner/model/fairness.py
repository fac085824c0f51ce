"""No commune is left far below what it could have had: a convex price on the shortfall."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import Bools, Fairness, Floats, Problem, Service

HOPELESS = 0.01
"""A group that could get less than this share of what it asks, whatever the others lose, needs a building."""


def add_fairness(model: Model, problem: Problem) -> None:
    """Charge each group g for its shortfall below tau_g a_g, a share of its own best; the deeper half costs more.

    g1 + g2 >= tau_g a_g - (sum of value (q - v)) / (sum of value q), g1 <= tau_g a_g / 2.
    Plain max-min is pinned by the first hopeless group (see Marsh and Schilling 1994 on equity measures in location).
    """
    fairness, service = problem.fairness, problem.service
    count = len(fairness.attainable)
    target = targets(fairness)
    shallow = model.variables("near", count, target / 2)
    deep = model.variables("deep", count, target / 2)
    nodes = np.nonzero((service.group >= 0) & (count > 0))[0]
    group, value = service.group[nodes], service.value[nodes]
    asked = np.bincount(group, value * service.demand[nodes], count)
    weight = value / np.maximum(asked, 1e-9)[group]
    every = np.arange(count)
    missed, known = model.unserved.in_rows(count, group, nodes, -weight)
    model.rows("fair", [missed, (every, shallow, 1.0), (every, deep, 1.0)], ">=", target - 1.0 - known)
    model.charge("fairness", shallow, fairness.slopes[0] * fairness.value)
    model.charge("fairness", deep, fairness.slopes[1] * fairness.value)


def targets(fairness: Fairness) -> Floats:
    """Return (G,) the share tau a of its demand that each group should reach."""
    return np.asarray(fairness.tau * fairness.attainable, dtype=np.float64)


def shares(service: Service, groups: int, unserved: Floats) -> Floats:
    """Return (G,) the share of each group's demand that is served, by value; NaN where a group asks for nothing."""
    inside = service.group >= 0
    asked, missed = (
        np.bincount(service.group[inside], (service.value * amount)[inside], groups)
        for amount in (service.demand, unserved)
    )
    return np.where(asked > 0, 1.0 - missed / np.maximum(asked, 1e-9), np.nan)


def hopeless(fairness: Fairness, share: Floats) -> Bools:
    """Return (G,) which groups ask for something (their share is known) and can reach nothing."""
    return ~np.isnan(share) & (fairness.attainable < HOPELESS)


def own_best(fairness: Fairness, share: Floats) -> Floats:
    """Return (G,) the share served as a part of each group's own best; NaN where it is hopeless or asks for nothing."""
    able = fairness.attainable >= HOPELESS
    return np.where(able, share / np.where(able, fairness.attainable, 1.0), np.nan)


def shortfall_price(problem: Problem, unserved: Floats) -> float:
    """Return what the shortfalls of a plan cost in the fairness term, persons-equivalent, as `add_fairness` charges."""
    fairness, target = problem.fairness, targets(problem.fairness)
    if not len(problem.service.demand):
        return 0.0
    reached = np.nan_to_num(shares(problem.service, len(target), unserved), nan=1.0)
    short = np.maximum(target - reached, 0.0)
    deep = np.maximum(short - target / 2, 0.0)
    return float(fairness.value @ (fairness.slopes[0] * (short - deep) + fairness.slopes[1] * deep))
