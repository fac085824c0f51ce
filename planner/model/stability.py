"""What an earlier plan decided changes only at a cost."""

from __future__ import annotations

import numpy as np

from planner.model.assembly import Model
from planner.model.problem import Ints, Problem


def add_stability(model: Model, problem: Problem) -> None:
    """Charge the quality term for each facility f whose use differs from its earlier use p_f: price x (1 - x_f,p).

    Written as price x (sum over u other than p_f of x_fu), since each facility has one use. Free are facilities that
    the earlier plan does not know, and those that may no longer have their earlier use: nobody chooses to change them.
    """
    model.charge("quality", model.x[changing_pairs(problem)], problem.stability.price)


def changing_pairs(problem: Problem) -> Ints:
    """Return the pairs whose choice changes an earlier decision that could be kept."""
    earlier = problem.stability.earlier
    if not len(earlier):
        return np.zeros(0, dtype=np.int64)
    facilities = np.arange(len(earlier))
    kept = (earlier >= 0) & (problem.pair_number[facilities, earlier] >= 0)
    facility, use = problem.pair_facility, problem.pair_use
    return np.nonzero(kept[facility] & (use != earlier[facility]))[0].astype(np.int64)
