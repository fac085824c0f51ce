"""One plan of many equal ones: uses that two facilities may exchange go where the tie costs say, whoever solved it."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import Any

    from scipy.sparse import csc_array

    from planner.model.problem import Floats, Ints, Problem

_Entries = frozenset[tuple[int, float]]
_Move = tuple[int, int, _Entries, _Entries, float]
_DIGITS = 9
"""Decimals of a cost, in persons-equivalent, up to which two are the same: what a double holds beside the objective."""


def settle_ties(problem: Problem, uses: Ints, columns: csc_array[Any], costs: Floats) -> Ints:
    """Return the uses (F,) with every free exchange of two uses settled by the ties.

    Two plans whose ties differ by less than a double holds beside the objective are one to a solver. Facilities f and g
    may exchange the uses u and v freely where column(f, u) - column(f, v) = column(g, u) - column(g, v), costs
    included: then no row and no cost can tell who has which.

    Parameters
    ----------
    uses : use number of each facility in the plan found.
    columns : (rows, A) what each pair has in every row of the model.
    costs : (A,) weighted cost of each pair without its tie.
    """
    if problem.tie is None:
        return uses
    groups = _exchangeable(problem, columns, costs)
    settled, before = uses.copy(), None
    while before is None or (settled != before).any():
        before = settled.copy()
        for (first, second, *_), members in groups.items():
            _exchange(problem, settled, [f for f in members if settled[f] in {first, second}], first, second)
    return settled


def _exchange(problem: Problem, uses: Ints, facilities: list[int], first: int, second: int) -> None:
    """Give the first of two uses to as many of the facilities as have it now, to those where it is least dear."""
    count = sum(uses[f] == first for f in facilities)
    dearer = {f: _tie(problem, f, first) - _tie(problem, f, second) for f in facilities}
    for rank, f in enumerate(sorted(facilities, key=lambda f: (dearer[f], f))):
        uses[f] = first if rank < count else second


def _tie(problem: Problem, facility: int, use: int) -> float:
    ties = problem.tie
    return 0.0 if ties is None else float(ties[problem.pair_number[facility, use]])


def _exchangeable(problem: Problem, columns: csc_array[Any], costs: Floats) -> dict[_Move, list[int]]:
    """Return the facilities by what it changes that they have the first use instead of the second."""
    starts, rows, values = columns.indptr.tolist(), columns.indices.tolist(), columns.data.tolist()
    entries = [set(zip(rows[start:end], values[start:end], strict=True)) for start, end in pairwise(starts)]
    groups: dict[_Move, list[int]] = defaultdict(list)
    for facility in range(len(problem.eligible)):
        for first, second in combinations(np.nonzero(problem.eligible[facility])[0].tolist(), 2):
            one, other = (int(problem.pair_number[facility, u]) for u in (first, second))
            added, lost = frozenset(entries[one] - entries[other]), frozenset(entries[other] - entries[one])
            groups[first, second, added, lost, round(float(costs[one] - costs[other]), _DIGITS)].append(facility)
    return {move: members for move, members in groups.items() if len(members) > 1}
