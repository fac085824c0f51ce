"""Audit of the weighted solve: the same problem solved term after term, both printed side by side.

Run with `python -m benchmarks.audit [SCENARIO.toml]`.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from planner.model.problem import Problem
from planner.prepare import solve_settings
from planner.problem import make_case
from planner.scenario import Scenario
from planner.solve import Outcome, SolveSettings, solve_problem, with_attainable

SAMPLE = Path(__file__).parents[1] / "scenarios" / "lao-cai.toml"
HARD_TERMS = 2
TOLERANCE = (1e-6, 1e-4)
"""Relative and absolute tolerance of two equal terms, as in the stages of the audit."""


@dataclass(frozen=True)
class Comparison:
    """One term of the objective in both solves, in persons-equivalent.

    Attributes
    ----------
    weighted, lexicographic : value of the term. bound : proven lower bound while no earlier term gets worse than in the
        weighted plan; None where it was not computed.
    hard : the term must be equal; the others may be apart by their proven distance, weighted - bound.
    """

    name: str
    weighted: float
    lexicographic: float
    bound: float | None
    hard: bool

    @property
    def tolerance(self) -> float:
        """Return by how much two equal values may differ."""
        relative, absolute = TOLERANCE
        return relative * max(abs(self.weighted), abs(self.lexicographic)) + absolute

    @property
    def holds(self) -> bool:
        """Return whether the weighted value is what the audit proves."""
        if self.hard:
            return abs(self.weighted - self.lexicographic) <= self.tolerance
        return (
            self.bound is not None and self.weighted - self.lexicographic <= self.weighted - self.bound + self.tolerance
        )


def compare(weighted: Outcome, lexicographic: Outcome) -> list[Comparison]:
    """Return the terms of two solves of one problem side by side."""
    return [
        Comparison(one.name, one.value, other.value, one.bound, hard=number < HARD_TERMS)
        for number, (one, other) in enumerate(zip(weighted.terms, lexicographic.terms, strict=True))
    ]


def audit(problem: Problem, settings: SolveSettings, weighted: Outcome) -> list[Comparison]:
    """Solve a problem term after term and compare.

    Parameters
    ----------
    problem : with the attainable shares filled in. settings : those of the weighted solve. weighted : its outcome.
    """
    return compare(weighted, solve_problem(problem, replace(settings, mode="lexicographic")))


def lines(found: list[Comparison]) -> list[str]:
    """Return the comparison as a table of fixed columns."""
    head = f"{'term':<10} {'weighted':>16} {'lexicographic':>16} {'difference':>12} {'proven distance':>16}  holds"
    rows = [
        f"{c.name:<10} {c.weighted:>16.4f} {c.lexicographic:>16.4f} {c.weighted - c.lexicographic:>12.4f} "
        f"{'–' if c.bound is None else f'{c.weighted - c.bound:.4f}':>16}  {'yes' if c.holds else 'NO'}"
        for c in found
    ]
    return [head, *rows]


def main(arguments: list[str]) -> int:
    """Audit a scenario, the sample by default; return 0 where every term holds."""
    scenario = Scenario.load(arguments[0] if arguments else SAMPLE)
    settings = solve_settings(scenario)
    problem = with_attainable(make_case(scenario, scenario.read(), scenario.load_catalogue()).problem, settings.options)
    start = time.perf_counter()
    weighted = solve_problem(problem, settings)
    middle = time.perf_counter()
    found = audit(problem, settings, weighted)
    seconds = f"weighted {middle - start:.1f} s, lexicographic {time.perf_counter() - middle:.1f} s"
    sys.stdout.write("\n".join([*lines(found), seconds, ""]))
    return 0 if all(c.holds for c in found) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
