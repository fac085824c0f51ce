"""Amounts: what is decided and what is known are read, summed and put into rows the same way."""

from __future__ import annotations

import numpy as np
import pulp
import pytest

from planner.model.amounts import Amounts
from planner.model.assembly import Model
from planner.model.build import build
from planner.model.problem import Problem, Service

VALUES = np.array([2.0, 3.0, 5.0])


def amounts() -> Amounts:
    """Return 7, 10 - the first column, and the third column."""
    return Amounts.of_columns(np.array([7.0, 10.0, 0.0]), np.array([1, 2]), np.array([0, 2]), np.array([-1.0, 1.0]), 3)


def test_amounts_are_read_from_the_values_of_all_columns() -> None:
    assert amounts().at(VALUES) == pytest.approx([7.0, 8.0, 5.0])


def test_a_weighted_total_has_the_value_of_its_amounts() -> None:
    weights = np.array([1.0, 20.0, 300.0])
    columns, coefficients, known = amounts().total(weights)
    assert coefficients @ VALUES[columns] + known == pytest.approx(weights @ amounts().at(VALUES))


def test_what_is_known_goes_to_the_right_of_its_row() -> None:
    rows, numbers = np.array([0, 0, 2]), np.array([0, 1, 2])
    (row, column, coefficient), known = amounts().in_rows(3, rows, numbers, np.array([1.0, 2.0, 3.0]))
    sums = np.bincount(row, coefficient * VALUES[column], 3) + known
    assert sums == pytest.approx([7.0 + 2.0 * 8.0, 0.0, 3.0 * 5.0])


def test_a_column_named_twice_in_a_row_adds_up() -> None:
    model = Model(pulp.LpProblem("twice", pulp.LpMinimize))
    columns = model.variables("a", 2)
    model.rows("row", [(0, columns, 1.0), (0, columns[:1], 4.0)], "<=", np.array([9.0]))
    (row,) = model.lp.constraints()
    assert {variable.name: value for variable, value in row.items()} == {"a0": 5.0, "a1": 1.0}


def test_moved_amounts_add_to_others() -> None:
    moved = amounts().moved(2, np.array([1]), np.array([2]))
    assert moved.at(VALUES) == pytest.approx([0.0, 5.0])
    assert (moved + moved).at(VALUES) == pytest.approx([0.0, 10.0])


def test_only_what_is_decided_has_a_variable_or_a_row() -> None:
    """By node: no way; one to a new offer; one to a place never full; two that fill; that place with one; with two."""
    service = Service(
        demand=np.array([4.0, 6.0, 8.0, 9.0, 7.0, 5.0]),
        value=np.ones(6),
        group=np.full(6, -1),
        offer_pair=np.array([0, -1, -1]),
        offer_capacity=np.array([5.0, 100.0, 3.0]),
        arc_node=np.array([1, 2, 3, 3, 4, 4, 5, 5, 5]),
        arc_offer=np.array([0, 1, 0, 2, 0, 1, 0, 1, 2]),
        arc_travel=np.array([0.5, 0.5, 0.5, 0.5, 0.1, 0.2, 0.1, 0.9, 0.2]),
    )
    model = build(Problem(eligible=np.ones((1, 2), dtype=np.bool_), service=service), {"services": 1.0})
    assert {v.name for v in model.columns if v.name[0] == "v"} == {"v3"}
    assert {v.name for v in model.columns if v.name[0] == "y"} == {"y0", "y2", "y3", "y4", "y6", "y8"}
    assert [row.name for row in model.lp.constraints() if row.name.startswith("served")] == ["served3", "served5"]
    number = {variable.name: column for column, variable in enumerate(model.columns)}
    values = np.zeros(len(model.columns))
    values[[number[name] for name in ("y0", "y3", "v3", "y4", "y6", "y8")]] = 5.0, 3.0, 6.0, 2.0, 1.0, 2.0
    assert model.unserved.at(values) == pytest.approx([4.0, 1.0, 0.0, 6.0, 0.0, 0.0])
    assert model.flow.at(values) == pytest.approx([5.0, 8.0, 0.0, 3.0, 2.0, 5.0, 1.0, 2.0, 2.0])
