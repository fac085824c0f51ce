"""Each family compiles to the rows that its inequality says, written down once and read by hand."""

from __future__ import annotations

import pulp
import pytest

from planner.model.build import FAMILIES
from tests.model.canonical import GOLDEN, canonical, compiled, golden_file
from tests.model.cases import CASES


@pytest.mark.parametrize("name", CASES)
def test_compiles_to_its_golden_text(name: str) -> None:
    assert compiled(name) == golden_file(name).read_text(encoding="utf-8")


def test_every_family_has_a_golden_text() -> None:
    texts = {path.name.removesuffix(".lp.txt") for path in GOLDEN.iterdir()}
    assert texts == set(CASES)
    assert texts == {*FAMILIES, "objective"}


def test_canonical_text_does_not_depend_on_the_order_of_building() -> None:
    def built(*, forwards: bool) -> str:
        problem = pulp.LpProblem("order")
        x = problem.add_variable("x", 0, 3, cat="Integer")
        y = problem.add_variable("y", -1)
        rows = [(x - 2 * y <= 5, "a"), (y + 0 * x >= 1, "b")]
        for row in rows if forwards else rows[::-1]:
            problem += row
        problem.setObjective(x - y + 7 if forwards else 7 - y + x)
        return canonical(problem)

    assert built(forwards=True) == built(forwards=False)
    assert built(forwards=True).splitlines() == [
        "minimise", "    7.0", "    + 1.0 x", "    - 1.0 y", "",
        "subject to", "    a: 1.0 x - 2.0 y <= 5.0", "    b: 1.0 y >= 1.0", "",
        "where", "    x from 0.0 to 3.0 whole", "    y from -1.0 to inf",
    ]  # fmt: skip
