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
    return Amounts.of_columns(np.array([7.0, 10.0, 0.0]), np.array([1, 2]), np.array([0, 2]), np.array([-1.0, 1.0]))


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


def test_only_people_with_two_ways_have_a_row_and_a_variable_of_their_own() -> None:
    """Node 0 has no way, node 1 one way to a new offer, node 2 one to an offer never full, node 3 two ways."""
    service = Service(
        demand=np.array([4.0, 6.0, 8.0, 9.0]),
        value=np.ones(4),
        group=np.full(4, -1),
        offer_pair=np.array([0, -1, -1]),
        offer_capacity=np.array([5.0, 100.0, 3.0]),
        arc_node=np.array([1, 2, 3, 3]),
        arc_offer=np.array([0, 1, 0, 2]),
        arc_travel=np.zeros(4),
    )
    model = build(Problem(eligible=np.ones((1, 2), dtype=np.bool_), service=service), {"services": 1.0})
    names = {variable.name for variable in model.columns if variable.name[0] in "vy"}
    assert names == {"y0", "y2", "y3", "v3"}
    assert [row.name for row in model.lp.constraints() if row.name.startswith("served")] == ["served3"]
    assert model.known["services"] == pytest.approx(4.0 + 6.0)  # and 0 of node 2, less y0 of node 1
