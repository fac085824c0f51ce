"""HiGHS with a PuLP problem in it: handed over once as a sparse matrix, then solved again and again."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from planner.solve.result import SolveResult, SolverOptions, Status

Floats = NDArray[np.float64]

_FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible


class LiveSolver:
    """HiGHS with a PuLP problem in it.

    The rows are handed over once, all as one sparse matrix. Before each solve only what changed in the problem since is
    taken over: costs, bounds, integrality and rows that were added; a linear program then goes on from the basis of
    the one before.

    Parameters
    ----------
    problem : the problem; it minimises.

    Raises
    ------
    ValueError : the problem maximises; signs of bounds and duals then differ between solvers.
    """

    def __init__(self, problem: pulp.LpProblem) -> None:
        if problem.sense != pulp.LpMinimize:
            raise ValueError(f"the problem {problem.name!r} maximises; state it as a minimisation")
        self._problem = problem
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self._variables: list[pulp.LpVariable] = []
        self._column: dict[str, int] = {}
        self._rows = 0
        self._held = 0

    def solve(self, options: SolverOptions, start: Mapping[str, float] | None = None) -> SolveResult:
        """Solve the problem as it is now and report only what HiGHS proved.

        Parameters
        ----------
        options : gap, clock, threads, seed, whether relaxed; `name` plays no part.
        start : values of a known solution by variable, from which the search begins.

        Raises
        ------
        RuntimeError : HiGHS refused the model.
        """
        began = time.perf_counter()
        highs = self._highs
        # HiGHS keeps one pool of threads per process and refuses a model when the number asked for differs.
        highspy.Highs.resetGlobalScheduler(True)  # noqa: FBT003 - positional only
        self._set(options)
        integer = self._take_over(relax=options.relax)
        if integer.any() or self._held:
            # What was solved before must not decide which of equal plans is found; and with a new dense row a linear
            # program starts faster from nothing, presolved, than from the last basis.
            highs.clearSolver()
        if start:
            solution = highspy.HighsSolution()
            solution.col_value = [start.get(name, 0.0) for name in self._column]
            highs.setSolution(solution)
        highs.run()
        clock_ended = highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
        status = _status(highs)
        found = status in {"optimal", "feasible"}
        info = highs.getInfo()
        return SolveResult(
            status=status,
            objective=float(info.objective_function_value) if found else None,
            bound=_bound(info, status, integer=bool(integer.any())),
            seconds=time.perf_counter() - began,
            clock_ended=clock_ended,
            solver="HiGHS",
            version=str(highs.version()),
            values=self._values(integer) if found else {},
        )

    def hold(self, costs: Mapping[str, float], at_most: float) -> None:
        """Hold a sum of cost x variable, by variable name, at most at a number in all solves from here on.

        Held rows belong to the search, not to the problem; `release` takes them away.
        """
        columns = np.array([self._column[name] for name in costs], dtype=np.int32)
        self._highs.addRow(-math.inf, at_most, len(columns), columns, np.fromiter(costs.values(), float, len(columns)))
        self._held += 1

    def release(self) -> None:
        """Take away all held rows."""
        last = self._highs.getNumRow()
        self._highs.deleteRows(self._held, np.arange(last - self._held, last, dtype=np.int32))
        self._held = 0

    def _set(self, options: SolverOptions) -> None:
        highs = self._highs
        highs.resetOptions()
        settings: dict[str, bool | int | float | str] = {
            "output_flag": False,
            "mip_rel_gap": float(options.gap),
            "mip_abs_gap": float(options.gap_abs or 0.0),
            "random_seed": options.seed,
            **options.highs,
        }
        if options.threads is not None:
            settings["threads"] = options.threads
        if options.time_limit_s is not None:
            settings["time_limit"] = highs.getRunTime() + options.time_limit_s
        for name, value in settings.items():
            highs.setOptionValue(name, value)

    def _take_over(self, *, relax: bool) -> NDArray[np.bool_]:
        """Bring HiGHS up to date with the problem and return (n,) which columns are integer."""
        objective = self._problem.objective
        terms = [] if objective is None else [(v.name, float(c)) for v, c in objective.items()]
        if any(name not in self._column for name, _ in terms):
            self._add_columns(v for v, _ in objective.items())
        self._add_rows()
        highs, variables, column = self._highs, self._variables, self._column
        count = len(variables)
        every = np.arange(count, dtype=np.int32)
        cost = np.zeros(count)
        cost[[column[name] for name, _ in terms]] = [c for _, c in terms]
        lower = np.array([v.lowBound for v in variables], dtype=float)  # None becomes NaN: no bound
        upper = np.array([v.upBound for v in variables], dtype=float)
        integer = np.array([v.cat == pulp.LpInteger for v in variables], dtype=bool) & (not relax)
        highs.changeColsCost(count, every, cost)
        highs.changeColsBounds(count, every, np.nan_to_num(lower, nan=-math.inf), np.nan_to_num(upper, nan=math.inf))
        highs.changeColsIntegrality(count, every, integer.astype(np.uint8))  # HighsVarType: 0 continuous, 1 integer
        highs.changeObjectiveOffset(0.0 if objective is None else float(objective.constant))
        return integer

    def _add_columns(self, variables: Iterable[pulp.LpVariable]) -> None:
        before = len(self._variables)
        for variable in variables:
            if self._column.setdefault(variable.name, len(self._variables)) == len(self._variables):
                self._variables.append(variable)
        count = len(self._variables) - before
        if count:
            none = np.zeros(0, dtype=np.int32)
            zeros, infinity = np.zeros(count), np.full(count, math.inf)
            self._highs.addCols(count, zeros, zeros, infinity, 0, none, none, np.zeros(0))

    def _add_rows(self) -> None:
        """Hand over the rows that are new, all at once."""
        rows = self._problem.constraints()[self._rows :]
        if not rows:
            return
        if self._held:
            raise RuntimeError("rows were added to the problem while others are held; release them first")
        entries = [[(v, float(c)) for v, c in row.items() if c] for row in rows]
        self._add_columns(v for row in entries for v, _ in row)
        starts = np.zeros(len(rows), dtype=np.int32)
        np.cumsum([len(row) for row in entries[:-1]], out=starts[1:])
        columns = np.array([self._column[v.name] for row in entries for v, _ in row], dtype=np.int32)
        coefficients = np.array([c for row in entries for _, c in row], dtype=float)
        lower = np.array([-math.inf if (bound := row.getLb()) is None else bound for row in rows], dtype=float)
        upper = np.array([math.inf if (bound := row.getUb()) is None else bound for row in rows], dtype=float)
        self._highs.addRows(len(rows), lower, upper, len(columns), starts, columns, coefficients)
        self._rows += len(rows)

    def _values(self, integer: NDArray[np.bool_]) -> dict[str, float]:
        """Return the value of every variable that takes part, integer ones without their rounding noise."""
        values = np.array(self._highs.getSolution().col_value, dtype=float)
        return dict(zip(self._column, np.where(integer, values.round(), values).tolist(), strict=True))


def _status(highs: highspy.Highs) -> Status:
    model = highs.getModelStatus()
    known = highspy.HighsModelStatus
    if model == known.kUnboundedOrInfeasible:
        return _unbounded_or_infeasible(highs)
    settled: dict[highspy.HighsModelStatus, Status] = {
        known.kOptimal: "optimal",
        known.kModelEmpty: "optimal" if _allows_nothing(highs) else "infeasible",
        known.kInfeasible: "infeasible",
        known.kUnbounded: "unbounded",
    }
    if model in settled:
        return settled[model]
    if model in {known.kNotset, known.kLoadError, known.kModelError, known.kPresolveError, known.kPostsolveError}:
        raise RuntimeError(
            f"HiGHS refused the model ({model.name}); look for numbers that are not finite or extremely large"
        )
    return "feasible" if highs.getInfo().primal_solution_status == _FEASIBLE else "no_plan"


def _allows_nothing(highs: highspy.Highs) -> bool:
    """Return whether the rows of a model without columns hold: HiGHS does not look at them."""
    lp = highs.getLp()
    return all(low <= 0 <= up for low, up in zip(lp.row_lower_, lp.row_upper_, strict=True))


def _unbounded_or_infeasible(highs: highspy.Highs) -> Status:
    """Tell the two apart: without costs only an infeasible problem has no solution."""
    columns = highs.getNumCol()
    highs.changeColsCost(columns, np.arange(columns, dtype=np.int32), np.zeros(columns))
    highs.run()
    model = highs.getModelStatus()
    if model == highspy.HighsModelStatus.kInfeasible:
        return "infeasible"
    return "unbounded" if model == highspy.HighsModelStatus.kOptimal else "no_plan"


def _bound(info: highspy.HighsInfo, status: Status, *, integer: bool) -> float | None:
    if status == "optimal" and not integer:
        return float(info.objective_function_value)
    if status in {"optimal", "feasible", "no_plan"} and integer and math.isfinite(info.mip_dual_bound):
        return float(info.mip_dual_bound)
    return None
