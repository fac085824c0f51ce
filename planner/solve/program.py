"""A linear or mixed-integer program as arrays, solved once by HiGHS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from planner.model.problem import Bools, Floats, Ints

Options = Mapping[str, bool | int | float | str]

_OPTIMAL = highspy.HighsModelStatus.kOptimal
_NO_INTS = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class Program:
    """Minimise costs x subject to row_lower <= matrix x <= row_upper, lower <= x <= upper.

    Attributes
    ----------
    costs, lower, upper, integer : (n,) by column. matrix : (m, n). row_lower, row_upper : (m,).
    """

    costs: Floats
    matrix: csc_array[Any]
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: Bools

    @cached_property
    def by_row(self) -> csr_array[Any]:
        """The matrix row by row."""
        return self.matrix.tocsr()

    def with_costs(self, costs: Floats) -> Program:
        """Return the program with other costs."""
        return replace(self, costs=costs)

    def part(self, rows: Ints, columns: Ints, values: Floats) -> Program:
        """Return the program of some columns and rows while all other columns keep their (n,) values."""
        kept = values.copy()
        kept[columns] = 0.0
        chosen = self.by_row[rows]
        used = chosen @ kept
        return Program(
            costs=self.costs[columns],
            matrix=chosen[:, columns].tocsc(),
            row_lower=self.row_lower[rows] - used,
            row_upper=self.row_upper[rows] - used,
            lower=self.lower[columns],
            upper=self.upper[columns],
            integer=self.integer[columns],
        )


@dataclass(frozen=True, eq=False)
class Alteration:
    """What one solve changes: columns that are fixed, and at what; rows that do not count."""

    columns: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    values: Floats = field(default_factory=lambda: np.zeros(0))
    freed: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


class Optimum(NamedTuple):
    """A proven optimum: its objective and the (n,) values of the columns."""

    objective: float
    values: NDArray[np.float64]


class UndecidedError(Exception):
    """HiGHS proved neither that there is a solution nor that there is none."""


def solve_program(program: Program, alteration: Alteration, options: Options) -> Optimum | None:
    """Return the optimum on one thread, or None where HiGHS proved none.

    Several may be solved at the same time, each in a thread of its own: HiGHS computes outside the interpreter.

    Raises
    ------
    RuntimeError : HiGHS refused the program.
    """
    highs = _run(program, alteration, options)
    if highs.getModelStatus() != _OPTIMAL:
        return None
    values = np.array(highs.getSolution().col_value, dtype=float)
    values = np.where(program.integer, values.round(), values)
    return Optimum(float(highs.getInfo().objective_function_value), values)


def has_solution(program: Program, alteration: Alteration, options: Options) -> bool:
    """Return whether the rows of a program can hold together.

    Raises
    ------
    UndecidedError : HiGHS proved neither. RuntimeError : HiGHS refused the program.
    """
    status = _run(program, alteration, options).getModelStatus()
    if status not in {_OPTIMAL, highspy.HighsModelStatus.kInfeasible}:
        raise UndecidedError(status.name)
    return bool(status == _OPTIMAL)


def _run(program: Program, alteration: Alteration, options: Options) -> highspy.Highs:
    # Each thread has its own pool of HiGHS, which refuses another number of threads than the last time.
    highspy.Highs.resetGlobalScheduler(True)  # noqa: FBT003 - positional only
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[alteration.columns] = upper[alteration.columns] = alteration.values
    row_lower, row_upper = program.row_lower.copy(), program.row_upper.copy()
    row_lower[alteration.freed], row_upper[alteration.freed] = -np.inf, np.inf
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    settings = {"output_flag": False, "threads": 1, "random_seed": 1, "mip_rel_gap": 0.0, **options}
    for name, value in settings.items():
        highs.setOptionValue(name, value)
    count, matrix = len(lower), program.by_row
    highs.addCols(count, program.costs, lower, upper, 0, _NO_INTS, _NO_INTS, np.zeros(0))
    starts, indices = (part.astype(np.int32) for part in (matrix.indptr[:-1], matrix.indices))
    highs.addRows(len(row_lower), row_lower, row_upper, matrix.nnz, starts, indices, matrix.data)
    highs.changeColsIntegrality(count, np.arange(count, dtype=np.int32), program.integer.astype(np.uint8))
    if highs.run() == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS refused the program; look for numbers that are not finite or extremely large")
    return highs
