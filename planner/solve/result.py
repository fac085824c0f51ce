"""How to solve, and what a solve proved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Status = Literal["optimal", "feasible", "infeasible", "unbounded", "no_plan"]

_FLOAT_NOISE = 1e-9


@dataclass(frozen=True, kw_only=True)
class SolverOptions:
    """How to solve.

    Attributes
    ----------
    name : "highs", "cbc", or any name of `pulp.listSolvers()`; upper and lower case are the same.
    gap : relative gap at which a solution counts as optimal.
    gap_abs : absolute gap in units of the objective; the solver stops at whichever of the two is reached first.
    time_limit_s : wall-clock seconds, None for no limit.
    threads : None leaves the choice to the solver. CBC always runs on one: its parallel search is not reproducible.
    seed : random seed (HiGHS; other solvers where PuLP passes one on).
    relax : solve the LP relaxation; the problem itself stays as it is.
    highs : further options of HiGHS by their own names; other solvers do not see them.
    """

    name: str = "highs"
    gap: float = 0.0
    gap_abs: float | None = None
    time_limit_s: float | None = None
    threads: int | None = 2
    seed: int = 1
    relax: bool = False
    highs: Mapping[str, bool | int | float | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse values that a solver would ignore without a word."""
        for name in ("gap", "gap_abs", "time_limit_s"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} is {value!r}; give a finite number of zero or more")
        if self.threads is not None and self.threads < 1:
            raise ValueError(f"threads is {self.threads}; give 1 or more, or None to leave it to the solver")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"seed is {self.seed}; give a whole number from 0 to 2147483647")


@dataclass(frozen=True, kw_only=True)
class SolveResult:
    """What a solve proved.

    Attributes
    ----------
    status : "optimal": proven within the requested gap; "feasible": a solution without that proof (the clock ended it);
        "infeasible"; "unbounded"; "no_plan": nothing usable was found and nothing was proven.
    objective, bound : value of the solution and proven lower bound, None where unknown.
    gap_abs, gap : objective − bound, and the same relative to |objective|; None where either is unknown.
    seconds : wall-clock time including handing the problem over.
    clock_ended : the time limit ended the solve, so a second run may give another solution.
    solver, version : which solver ran; the version is None where PuLP does not tell it.
    values : variable name to value, whole numbers for integer variables; empty without a solution.
    columns : (n,) the same by column, where the live solver was told the columns; None elsewhere.
    """

    status: Status
    objective: float | None
    bound: float | None
    seconds: float
    clock_ended: bool
    solver: str
    version: str | None
    values: Mapping[str, float] = field(repr=False)
    columns: NDArray[np.float64] | None = field(default=None, repr=False)

    @property
    def gap_abs(self) -> float | None:
        """Proven distance from the optimum, in units of the objective."""
        return absolute_gap(self.objective, self.bound)

    @property
    def gap(self) -> float | None:
        """Proven distance from the optimum relative to the objective."""
        return relative_gap(self.objective, self.bound)


def absolute_gap(objective: float | None, bound: float | None) -> float | None:
    """Return |objective − bound|, zero within the noise of floating-point sums, None if one is unknown."""
    if objective is None or bound is None:
        return None
    gap = abs(objective - bound)
    return 0.0 if gap <= _FLOAT_NOISE * max(1.0, abs(objective)) else gap


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Return the absolute gap divided by |objective|; infinite at an objective of zero, None if one is unknown."""
    gap = absolute_gap(objective, bound)
    if not gap or objective is None:
        return gap
    return gap / abs(objective) if objective else math.inf
