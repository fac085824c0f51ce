"""A solve may begin from a known solution: it never ends worse, and a start that breaks a row does no harm."""

from __future__ import annotations

import pulp
import pytest

from planner.solve.solver import SolverOptions, solve

VALUES = (4, 7, 9, 13, 17, 22, 31, 38)
LIMIT = 61


def knapsack() -> pulp.LpProblem:
    """Return the problem of packing the most into a limit, as a minimisation."""
    problem = pulp.LpProblem("knapsack", pulp.LpMinimize)
    take = [problem.add_variable(f"x{i}", cat=pulp.LpBinary) for i in range(len(VALUES))]
    problem += pulp.lpSum(-value * x for value, x in zip(VALUES, take, strict=True))
    problem += pulp.lpSum(value * x for value, x in zip(VALUES, take, strict=True)) <= LIMIT, "limit"
    return problem


@pytest.mark.parametrize(
    "start",
    [{}, {"x0": 1.0, "x2": 1.0}, {"x6": 1.0, "x7": 1.0}, {f"x{i}": 1.0 for i in range(len(VALUES))}],
    ids=["none", "feasible", "too heavy", "far too heavy"],
)
def test_the_optimum_does_not_depend_on_the_start(start: dict[str, float]) -> None:
    result = solve(knapsack(), SolverOptions(gap=0.0, threads=1), start=start)
    assert result.status == "optimal"
    assert result.objective == -LIMIT


def test_without_time_the_start_is_the_plan() -> None:
    best = solve(knapsack(), SolverOptions(gap=0.0, threads=1))
    again = solve(knapsack(), SolverOptions(gap=0.0, threads=1, time_limit_s=1e-6), start=best.values)
    assert again.status in {"optimal", "feasible"}
    assert again.objective == best.objective
