"""The model while it is built: PuLP variables and rows from arrays, and the terms of the objective."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pulp
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from planner.model.amounts import Amounts
from planner.model.expression import affine

TERMS = ("mandatory", "fairness", "services", "money", "quality", "cascade")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

Entries = tuple[Any, Any, Any]
"""Entries of a matrix: row number, column number and coefficient, each (n,) or one for all."""

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {"<=": operator.le, ">=": operator.ge, "=": operator.eq}


def _no_columns() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass
class Model:
    """A PuLP problem, its variables by column number, and its objective by terms.

    Attributes
    ----------
    lp : the PuLP problem; `build` sets its objective.
    columns : its variables; a column number is a position in this list.
    x : (A,) column of each pair's assignment variable.
    unserved : (N,) the unserved persons of each service node, filled by the service family.
    flow : (R,) the persons on each arc, filled by the service family.
    main : (P,) column of each office candidate's main-office variable, filled by the office family.
    short : (C,) column of the m² of office that each commune lacks, filled by the office family.
    miss : (M,) what each counted need lacks, filled by the commune-wide family.
    unavoidable : what no plan can avoid in each term. known : what no decision changes in it; it has no column.
    """

    lp: pulp.LpProblem
    columns: list[pulp.LpVariable] = field(default_factory=list)
    x: Ints = field(default_factory=_no_columns)
    unserved: Amounts = field(default_factory=Amounts)
    flow: Amounts = field(default_factory=Amounts)
    main: Ints = field(default_factory=_no_columns)
    short: Ints = field(default_factory=_no_columns)
    miss: Amounts = field(default_factory=Amounts)
    unavoidable: dict[str, float] = field(default_factory=lambda: dict.fromkeys(TERMS, 0.0))
    known: dict[str, float] = field(default_factory=lambda: dict.fromkeys(TERMS, 0.0))
    _charges: dict[str, list[tuple[Ints, Floats]]] = field(default_factory=lambda: {name: [] for name in TERMS})

    def variables(self, prefix: str, numbers: int | Ints, upper: ArrayLike = np.inf, *, binary: bool = False) -> Ints:
        """Add variables from 0 to `upper`, named by so many opaque numbers or by those given; return their columns."""
        named = range(numbers) if isinstance(numbers, int) else numbers.tolist()
        first, count = len(self.columns), len(named)
        add, cat = self.lp.add_variable, pulp.LpBinary if binary else pulp.LpContinuous
        highest = np.broadcast_to(np.asarray(upper, dtype=float), (count,)).tolist()
        self.columns += [
            add(f"{prefix}{i}", 0.0, None if most == np.inf else most, cat)
            for i, most in zip(named, highest, strict=True)
        ]
        return np.arange(first, first + count)

    def rows(
        self, prefix: str, entries: Sequence[Entries], sense: str, right: ArrayLike, numbers: Ints | None = None
    ) -> None:
        """Add rows: the sum of coefficient x variable, `<=`, `>=` or `=`, a number.

        Parameters
        ----------
        prefix : of the rows' names; the row's number follows.
        entries : of the matrix; a column named twice in a row adds up.
        right : (n,) right-hand sides by row number.
        numbers : the rows to add, in rising order; all n without it.
        """
        right = np.asarray(right, dtype=float)
        numbers = np.arange(len(right)) if numbers is None else numbers
        if not len(numbers):
            return
        parts = [np.broadcast_arrays(*map(np.atleast_1d, part)) for part in entries]
        row, column, coefficient = (np.concatenate([part[i] for part in parts]) for i in range(3))
        shape = (max(len(right), int(row.max(initial=-1)) + 1), len(self.columns))
        matrix = csr_array((coefficient.astype(float), (row, column)), shape=shape)
        variables = map(self.columns.__getitem__, matrix.indices.tolist())
        terms, starts = list(zip(variables, matrix.data.tolist(), strict=True)), matrix.indptr
        compare, add = _COMPARE[sense], self.lp.addConstraint
        places = zip(numbers.tolist(), starts[numbers].tolist(), starts[numbers + 1].tolist(), strict=True)
        for (number, start, end), value in zip(places, right[numbers].tolist(), strict=True):
            add(compare(affine(terms[start:end]), value), f"{prefix}{number}")

    def charge(self, term: str, columns: Ints, costs: ArrayLike) -> None:
        """Add the costs of some columns to a term of the objective."""
        self._charges[term].append((columns, np.broadcast_to(np.asarray(costs, dtype=float), columns.shape)))

    def charge_amounts(self, term: str, amounts: Amounts, prices: Floats) -> None:
        """Add (n,) price x amount to a term of the objective."""
        columns, costs, known = amounts.total(prices)
        self.charge(term, columns, costs)
        self.known[term] += known

    def at_most(self, term: str, value: float) -> tuple[Floats, float]:
        """Return "the term is at most `value`" as a row: the costs of the columns, and their most."""
        return self.costs(term), value - self.known[term]

    def costs(self, term: str) -> Floats:
        """Return the cost of each column in a term of the objective."""
        found = np.zeros(len(self.columns))
        for columns, costs in self._charges[term]:
            np.add.at(found, columns, costs)
        return found

    def expression(self, costs: Floats, constant: float = 0.0) -> pulp.LpAffineExpression:
        """Return costs by column as an expression of the variables that have any."""
        chosen = np.nonzero(costs)[0]
        variables = map(self.columns.__getitem__, chosen.tolist())
        return affine(zip(variables, costs[chosen].tolist(), strict=True), float(constant))


def grouped(keys: Ints, count: int) -> list[Ints]:
    """Return, for each of `count` keys, the positions at which it stands."""
    if not count:
        return []
    order = np.argsort(keys, kind="stable")
    return np.split(order, np.searchsorted(keys[order], np.arange(1, count)))
