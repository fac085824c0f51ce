"""Amounts that a plan has, as expressions of the model's columns: a decision or a known number, read the same way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def _nothing() -> csr_array[Any]:
    return csr_array((0, 0))


@dataclass(frozen=True)
class Amounts:
    """(n,) amounts, constant + matrix x values of the columns.

    Attributes
    ----------
    constant : (n,) the part that no decision changes. matrix : (n, columns) coefficients.
    """

    constant: Floats = field(default_factory=lambda: np.zeros(0))
    matrix: csr_array[Any] = field(default_factory=_nothing)

    @classmethod
    def of_columns(cls, constant: Floats, numbers: Ints, columns: Ints, signs: Floats | float, width: int) -> Amounts:
        """Return amounts to which (m,) columns of `width` are added: each to the amount of its number, by its sign."""
        counted = np.broadcast_to(np.asarray(signs, dtype=float), columns.shape)
        return cls(constant, csr_array((counted, (numbers, columns)), shape=(len(constant), width)))

    def __add__(self, other: Amounts) -> Amounts:
        """Return the sums of as many amounts over as many columns."""
        return Amounts(self.constant + other.constant, self.matrix + other.matrix)

    def moved(self, count: int, rows: Ints, numbers: Ints) -> Amounts:
        """Return `count` amounts: some of these at other places, and nothing elsewhere."""
        (row, column, coefficient), known = self.in_rows(count, rows, numbers)
        return Amounts(known, csr_array((coefficient, (row, column)), shape=(count, self.matrix.shape[1])))

    def __len__(self) -> int:
        """Return how many amounts there are."""
        return len(self.constant)

    def at(self, values: Floats) -> Floats:
        """Return the amounts at the values of all columns."""
        return np.asarray(self.constant + self.matrix @ values[: self.matrix.shape[1]], dtype=float)

    def total(self, weights: Floats) -> tuple[Ints, Floats, float]:
        """Return the sum of weight x amount: its columns, their coefficients, and the constant."""
        coefficients = self.matrix.T @ weights
        columns = np.nonzero(coefficients)[0]
        return columns, coefficients[columns], float(self.constant @ weights)

    def in_rows(
        self, count: int, rows: Ints, numbers: Ints, weights: Floats | float = 1.0
    ) -> tuple[tuple[Any, Any, Any], Floats]:
        """Return the entries of weight x amount in rows of `count`, and (count,) what the constants add up to there."""
        weighted = np.broadcast_to(np.asarray(weights, dtype=float), rows.shape)
        picked = self.matrix[numbers].tocoo()
        entries = rows[picked.row], picked.col, weighted[picked.row] * picked.data
        return entries, np.bincount(rows, weighted * self.constant[numbers], count).astype(float)
