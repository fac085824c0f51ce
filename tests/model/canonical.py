"""A built model as text that is the same for PuLP 3 and PuLP 4, and the golden texts.

Write the golden texts anew, then read each against the inequality in its family's docstring::

    python -m tests.model.canonical --write
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterable
from pathlib import Path

import pulp

from planner.model.build import build
from tests.model.cases import CASES, WEIGHTS

GOLDEN = Path(__file__).parent / "golden"
_SENSES = {pulp.LpConstraintLE: "<=", pulp.LpConstraintEQ: "=", pulp.LpConstraintGE: ">="}


def canonical(problem: pulp.LpProblem) -> str:
    """Return objective, rows by name and variables by name, every number written with `repr`."""
    rows = [
        f"{row.name}: {_sum(row.items())} {_SENSES[row.sense]} {_number(-row.constant)}"
        for row in problem.constraints()
    ]
    objective = [f"{_number(problem.objective.constant)}", *_terms(problem.objective.items())]
    blocks = {
        "minimise" if problem.sense == pulp.LpMinimize else "maximise": objective,
        "subject to": sorted(rows),
        "where": sorted(_domain(variable) for variable in problem.variables()),
    }
    return "\n".join("\n".join([title, *(f"    {line}" for line in lines)]) + "\n" for title, lines in blocks.items())


def _sum(pairs: Iterable[tuple[pulp.LpVariable, float]]) -> str:
    return " ".join(_terms(pairs)).removeprefix("+ ") or "0.0"


def _terms(pairs: Iterable[tuple[pulp.LpVariable, float]]) -> list[str]:
    """Return the terms by variable name; a coefficient of zero says nothing."""
    ordered = sorted((variable.name, float(coefficient)) for variable, coefficient in pairs if coefficient)
    return [f"{'-' if coefficient < 0 else '+'} {abs(coefficient)!r} {name}" for name, coefficient in ordered]


def _domain(variable: pulp.LpVariable) -> str:
    low, up = variable.lowBound, variable.upBound
    below = "-inf" if low is None or math.isinf(low) else _number(low)
    above = "inf" if up is None or math.isinf(up) else _number(up)
    kind = " whole" if variable.cat == pulp.LpInteger else ""
    return f"{variable.name} from {below} to {above}{kind}"


def _number(value: float) -> str:
    """Return the number; minus zero is zero."""
    return repr(float(value) + 0.0)


def golden_file(name: str) -> Path:
    """Return the place of a golden text."""
    return GOLDEN / f"{name}.lp.txt"


def compiled(name: str) -> str:
    """Return the canonical text of a named case."""
    return canonical(build(CASES[name], WEIGHTS[name]).lp)


def main() -> None:
    """Print every case, or write the golden texts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the golden texts")
    write = parser.parse_args().write
    for name in CASES:
        if write:
            golden_file(name).write_text(compiled(name), encoding="utf-8")
        else:
            sys.stdout.write(f"== {name}\n{compiled(name)}\n")


if __name__ == "__main__":
    main()
