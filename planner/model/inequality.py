"""How unequal shares are: the Gini index and the lowest decile, by people."""

from __future__ import annotations

import numpy as np

from planner.model.problem import Floats

DECILE = 0.1


def gini(values: Floats, people: Floats) -> float:
    """Return the Gini index of values that people have, 0 where all have the same, near 1 where one has everything.

    G = sum over all i, j of p_i p_j |x_i - x_j| / (2 P^2 m), P the people and m their mean (Gini 1912, by people); read
    off the Lorenz curve, 1 - 2 x the area below it. NaN where nobody has a value or nobody has anything.
    """
    known = ~np.isnan(values) & (people > 0)
    order = np.argsort(values[known], kind="stable")
    x, p = values[known][order], people[known][order]
    total = float(x @ p)
    if total <= 0:
        return float("nan")
    held = np.cumsum(x * p) / total
    below = float((p / p.sum()) @ (held + np.append(0.0, held[:-1])))  # twice the area below the curve
    return max(1.0 - below, 0.0)


def lowest_decile(values: Floats, people: Floats) -> float:
    """Return the mean value of the tenth of the people who have least; NaN where nobody has a value."""
    known = ~np.isnan(values) & (people > 0)
    if not known.any():
        return float("nan")
    order = np.argsort(values[known], kind="stable")
    x, p = values[known][order], people[known][order]
    before = np.cumsum(p) - p
    counted = np.clip(DECILE * p.sum() - before, 0.0, p)
    return float(x @ counted / counted.sum())


def lowest(values: Floats) -> list[int]:
    """Return the positions of the known values, lowest first; equal ones in their order."""
    order = np.argsort(values, kind="stable")
    return [int(i) for i in order if not np.isnan(values[i])]
