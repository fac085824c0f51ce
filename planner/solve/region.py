"""The part of the model around a facility: decisions near it are free, everything else stays as planned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from planner.model.problem import Bools, Floats, Ints
from planner.solve.program import Program

MOST_FACILITIES = 40
"""Facilities whose decisions are free in a region; those that share most with its middle come first."""

_RINGS, _STEPS = 2, 6
"""How far a region reaches over facilities, and from there over flows. On 40 facilities of the sample
(drawn by seed 7, not those of the benchmark) one ring and two steps leave a mean error of 207, two rings and three
steps 204, two rings and six steps none."""


@dataclass(frozen=True, eq=False)
class Region:
    """A program around a facility.

    Attributes
    ----------
    program : minimises over some columns and rows of the whole one. columns : (n,) their numbers there.
    own : the facility's assignment columns, by number here. deciding : rows that say that it gets exactly one use, or
        the same as its neighbours on the site. locking : those of them that ask for one use.
    """

    program: Program
    columns: Ints
    own: Ints
    deciding: Ints
    locking: Ints


@dataclass(frozen=True, eq=False)
class Landscape:
    """The whole program with a plan, from which regions are cut.

    Attributes
    ----------
    program : the whole model. prices : (m,) shadow prices of the rows that couple the whole province, 0 elsewhere.
    values : (n,) the plan. owner : (n,) facility of each assignment column, -1 for all other columns.
    coupling : (m,) rows of the whole province; a region pays their price instead.
    """

    program: Program
    prices: Floats
    values: Floats
    owner: Ints
    coupling: Bools

    @property
    def assignments(self) -> Ints:
        """(A,) the assignment columns, in the order of their pairs."""
        return np.nonzero(self.owner >= 0)[0]

    def around(self, facility: int, near: Ints | None = None, *, within: bool = False) -> Region:
        """Return the region of a facility: those that share its villages or its commune, and their like, decide anew.

        Flows and shortages are free some steps further, so that others can fill in with the places that the plan leaves
        them.

        Parameters
        ----------
        near : facilities that decide anew besides those that are near here.
        within : the rows of the whole province hold, with what all others leave, instead of being paid for.
        """
        deciding = self.near(facility) if near is None else np.union1d(self.near(facility), near)
        columns = np.nonzero(np.isin(self.owner, deciding))[0]
        for _ in range(_STEPS):
            columns = self._with_flows(columns)
        touched = self._in_rows_of(columns)
        coupling = np.nonzero(self.coupling & within)[0]
        touched = np.union1d(touched, _cut(self.program.by_row, coupling))
        columns = np.union1d(columns, touched[self._alone[touched] & (self.owner[touched] < 0)])
        rows = np.union1d(self._rows(columns), coupling)
        program = self.program if within else self._priced
        return self._region(facility, program.part(rows, columns, self.values), columns)

    def whole(self, facility: int) -> Region:
        """Return the whole program as the region of a facility."""
        return self._region(facility, self.program, np.arange(len(self.values)))

    def depends(self, facility: int, column: int) -> bool:
        """Return whether an assignment stands in a row with a flow, a shortage or another facility."""
        rows = _cut(self.program.matrix, [column])
        return bool((self.owner[_cut(self.program.by_row, rows)] != facility).any())

    def near(self, facility: int) -> Ints:
        """Return the facility with those that stand in rows with it or with what depends on it, ring after ring."""
        found = np.array([facility], dtype=np.int64)
        for _ in range(_RINGS):
            found = np.append(found, self._beside(found)[: MOST_FACILITIES - len(found)])
        return found

    def _beside(self, facilities: Ints) -> Ints:
        """Return the other facilities that share rows with some, those that share most first."""
        columns = np.nonzero(np.isin(self.owner, facilities))[0]
        for _ in range(2):
            columns = self._with_flows(columns)
        owners = self.owner[_cut(self.program.by_row, self._rows(columns))]
        others, shared = np.unique(owners[(owners >= 0) & ~np.isin(owners, facilities)], return_counts=True)
        return others[np.lexsort((others, -shared))]

    def _rows(self, columns: Ints) -> Ints:
        rows = np.unique(_cut(self.program.matrix, columns))
        return rows[~self.coupling[rows]]

    def _in_rows_of(self, columns: Ints) -> Ints:
        return np.unique(_cut(self.program.by_row, self._rows(columns)))

    def _with_flows(self, columns: Ints) -> Ints:
        """Return the columns together with all that are no assignments in their rows."""
        touched = self._in_rows_of(columns)
        return np.union1d(columns, touched[self.owner[touched] < 0])

    @cached_property
    def _alone(self) -> Bools:
        """(n,) columns that stand in one row only: shortages, excesses and the like."""
        return np.asarray(np.diff(self.program.matrix.indptr) == 1)

    @cached_property
    def _priced(self) -> Program:
        """The program whose costs hold the prices."""
        return self.program.with_costs(self.program.costs - self.program.matrix.T @ self.prices)

    def _region(self, facility: int, program: Program, columns: Ints) -> Region:
        own = np.nonzero(self.owner[columns] == facility)[0]
        rows = np.unique(_cut(program.matrix, own))
        members = [self.owner[columns[_cut(program.by_row, [row])]] for row in rows]
        only = np.array([bool((owners >= 0).all()) for owners in members])
        deciding = rows[only & (program.row_lower[rows] == program.row_upper[rows])]
        single = np.diff(program.by_row.indptr)[deciding] == 1
        return Region(program, columns, own, deciding, deciding[single & (program.row_lower[deciding] > 0)])


def indices_of(matrix: Any, number: int) -> tuple[Ints, Floats]:  # noqa: ANN401  a matrix by column or by row
    """Return the indices and coefficients of one column of a matrix by column, or of one row of one by row."""
    place = slice(matrix.indptr[number], matrix.indptr[number + 1])
    return matrix.indices[place], matrix.data[place]


def _cut(matrix: Any, numbers: Iterable[int]) -> Ints:  # noqa: ANN401  a matrix by column or by row
    """Return the indices of some columns of a matrix by column, or of some rows of one by row."""
    starts, indices = matrix.indptr, matrix.indices
    parts = [indices[starts[n] : starts[n + 1]] for n in numbers]
    return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, dtype=np.int64)
