"""Facilities that no row and no cost of the model can tell apart, so that what holds for one holds for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np

from planner.model.problem import Floats, Ints, Problem
from planner.solve.region import Landscape, indices_of

_DIGITS = 9


def alike(landscape: Landscape, problem: Problem, use: Ints, terms: Floats, facilities: Sequence[int]) -> list[Ints]:
    """Return the facilities in groups whose members have the same planned use and the same part in the model.

    Parameters
    ----------
    use : (F,) the plan. terms : (T, n) cost of each column in each term; ties between plans are no part of them.
    """
    look = _Look(landscape, terms)
    uses = np.full(len(landscape.owner), -1, dtype=np.int64)
    uses[landscape.assignments] = problem.pair_use
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for facility in facilities:
        own = np.nonzero(landscape.owner == facility)[0]
        parts = frozenset((int(uses[column]), look.of(int(column), facility)) for column in own)
        groups[int(use[facility]), parts].append(facility)
    return [np.array(members) for members in groups.values()]


class _Look:
    """How a column looks from outside, whichever facility it belongs to."""

    def __init__(self, landscape: Landscape, terms: Floats) -> None:
        self._at, self._costs = landscape, terms.round(_DIGITS)

    def of(self, column: int, facility: int) -> Hashable:
        """Return the costs of an assignment, the rows it shares with others, and what hangs on its own rows."""
        rows, coefficients = indices_of(self._at.program.matrix, column)
        entries = [self._entry(row, value, facility) for row, value in zip(rows, coefficients, strict=True)]
        return self._cost(column), frozenset(entries)

    def _cost(self, column: int) -> Hashable:
        return self._costs[:, column].tobytes()

    def _entry(self, row: int, value: float, facility: int) -> Hashable:
        columns, values = indices_of(self._at.program.by_row, row)
        owners = self._at.owner[columns]
        if ((owners >= 0) & (owners != facility)).any():
            return int(row), round(float(value), _DIGITS)
        hanging = [
            (round(float(v), _DIGITS), self._cost(c), float(self._at.program.upper[c]), self._elsewhere(c, facility))
            for c, v, owner in zip(columns, values, owners, strict=True)
            if owner < 0
        ]
        right = float(self._at.program.row_lower[row]), float(self._at.program.row_upper[row])
        return round(float(value), _DIGITS), right, frozenset(hanging)

    def _elsewhere(self, column: int, facility: int) -> Hashable:
        """Return the rows of a column that are not the facility's own."""
        rows, values = indices_of(self._at.program.matrix, column)
        shared = [(int(r), float(v)) for r, v in zip(rows, values, strict=True) if not self._is_own(r, facility)]
        return frozenset(shared)

    def _is_own(self, row: int, facility: int) -> bool:
        columns, _ = indices_of(self._at.program.by_row, row)
        owners = self._at.owner[columns]
        return bool((owners == facility).any() and ((owners == facility) | (owners < 0)).all())
