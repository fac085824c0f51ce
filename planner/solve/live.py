"""HiGHS with a PuLP problem in it: handed over once as a sparse matrix, then solved again and again."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import Any

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from planner.memory import collector_paused
from planner.model.expression import variable_key
from planner.solve.named import ByName, Names
from planner.solve.program import Program
from planner.solve.result import SolveResult, SolverOptions, Status

Floats = NDArray[np.float64]

_lowest, _highest = attrgetter("lowBound"), attrgetter("upBound")
_constant, _sense = attrgetter("constant"), attrgetter("sense")
_PRIMAL = 4
_NOTHING_TOLD: tuple[NDArray[Any], ...] = (np.zeros(0),) * 4
_FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible


@dataclass(frozen=True, eq=False)
class Change:
    """What differs from the problem in one solve.

    Attributes
    ----------
    costs, offset : (n,) cost of each column and the objective's constant; None leaves the problem's objective.
    columns, values : (m,) columns that are fixed, and at what.
    rows : rows that need not hold, by their order in the problem.
    limited, limits : (m,) rows with another upper bound, and which.
    """

    costs: Floats | None = None
    offset: float = 0.0
    columns: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    values: Floats = field(default_factory=lambda: np.zeros(0))
    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    limited: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    limits: Floats = field(default_factory=lambda: np.zeros(0))


class LiveSolver:
    """HiGHS with a PuLP problem in it.

    Variables and rows are handed over at the first solve, all rows as one sparse matrix; later solves take over rows
    and objectives that are new. Other costs or fixed variables for one solve go straight to HiGHS. A linear program
    goes on from the basis of the one before.

    Parameters
    ----------
    problem : the problem; it minimises.
    columns : its variables by column number; the order in which rows and objective name them without it.

    Raises
    ------
    ValueError : the problem maximises; signs of bounds and duals then differ between solvers.
    """

    def __init__(self, problem: pulp.LpProblem, columns: Sequence[pulp.LpVariable] = ()) -> None:
        if problem.sense != pulp.LpMinimize:
            raise ValueError(f"the problem {problem.name!r} maximises; state it as a minimisation")
        self._problem = problem
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self._highs.setOptionValue("output_flag", False)  # noqa: FBT003 - positional only
        self._variables: list[pulp.LpVariable] = []
        self._names = Names(problem, self._variables)
        self._column: dict[int, int] = {}
        self._lower, self._upper, self._cost = np.zeros(0), np.zeros(0), np.zeros(0)
        self._integer = np.zeros(0, dtype=bool)
        self._given = bool(columns)
        self._objective: object = None
        self._offset = 0.0
        self._rows = 0
        self._row_lower, self._row_upper = np.zeros(0), np.zeros(0)
        self._held = 0
        self._basis: highspy.HighsBasis | None = None
        self._told: tuple[NDArray[Any], ...] = _NOTHING_TOLD
        self._add_columns(columns)

    def solve(
        self, options: SolverOptions, start: Mapping[str, float] | None = None, change: Change | None = None
    ) -> SolveResult:
        """Solve the problem and report only what HiGHS proved.

        Parameters
        ----------
        options : gap, clock, threads, seed, whether relaxed; `name` plays no part.
        start : values of a known solution by variable, from which the search begins.
        change : other costs, fixed columns, rows freed or limited otherwise, for this solve only.

        Raises
        ------
        RuntimeError : HiGHS refused the model.
        """
        began = time.perf_counter()
        highs = self._highs
        # HiGHS keeps one pool of threads per process and refuses a model when the number asked for differs.
        highspy.Highs.resetGlobalScheduler(True)  # noqa: FBT003 - positional only
        self._set(options)
        if options.relax and change is not None and change.costs is not None:
            highs.setOptionValue("simplex_strategy", _PRIMAL)  # the last basis is feasible for other costs too
        self._take_over()
        integer = self._put(change or Change(), relax=options.relax)
        if integer.any():
            highs.clearSolver()  # what was solved before must not decide which of equal plans is found
        elif not highs.getBasis().valid and self._basis is not None:
            self._go_on_from(self._basis)
        if start:
            solution = highspy.HighsSolution()
            solution.col_value = [start.get(name, 0.0) for name in self._names.columns()]
            highs.setSolution(solution)
        free, limited = (change.rows, change.limited) if change else ((), ())
        self._bound_rows(free, hold=False)
        self._limit_rows(limited, change.limits if change else ())
        highs.run()
        clock_ended = highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
        status = _status(highs)
        if status in {"infeasible", "unbounded"}:
            self._told = _NOTHING_TOLD  # to tell the two apart takes other costs
        found = status in {"optimal", "feasible"}
        if found and not integer.any() and not self._held:
            self._basis = highs.getBasis()
        info = highs.getInfo()
        values = self._values(integer) if found else np.zeros(0)
        result = SolveResult(
            status=status,
            objective=float(info.objective_function_value) if found else None,
            bound=_bound(info, status, integer=bool(integer.any())),
            seconds=time.perf_counter() - began,
            clock_ended=clock_ended,
            solver="HiGHS",
            version=str(highs.version()),
            values=ByName(self._names, values) if found else {},
            columns=values if found and self._given else None,
        )
        self._bound_rows(free, hold=True)
        self._bound_rows(limited, hold=True)
        return result

    def hold(self, costs: Floats, at_most: float) -> None:
        """Hold the sum of (n,) cost x column at most at a number in all solves from here on.

        Held rows belong to the search, not to the problem; `release` takes them away.
        """
        self._take_over()
        columns = np.nonzero(costs)[0].astype(np.int32)
        self._highs.addRow(-math.inf, at_most, len(columns), columns, costs[columns])
        self._held += 1

    def rows_of(self, columns: NDArray[np.int64]) -> csc_array[Any]:
        """Return (rows, n) the coefficients of some columns in all rows of the problem, solved before or not."""
        return self.program().matrix[:, columns]

    def program(self) -> Program:
        """Return the problem as arrays, columns and rows in the order in which HiGHS has them."""
        self._take_over()
        lp = self._highs.getLp()
        parts = (np.array(lp.a_matrix_.value_), np.array(lp.a_matrix_.index_), np.array(lp.a_matrix_.start_))
        shape = (self._highs.getNumRow(), self._highs.getNumCol())
        by_column = lp.a_matrix_.format_ == highspy.MatrixFormat.kColwise
        return Program(
            costs=self._cost.copy(),
            matrix=csc_array(parts, shape=shape) if by_column else csr_array(parts, shape=shape).tocsc(),
            row_lower=np.array(lp.row_lower_, dtype=float),
            row_upper=np.array(lp.row_upper_, dtype=float),
            lower=self._lower.copy(),
            upper=self._upper.copy(),
            integer=self._integer.copy(),
        )

    def row_duals(self) -> Floats:
        """Return (rows,) the shadow price of each row in the linear program solved last; at most 0 where it is <=."""
        return np.array(self._highs.getSolution().row_dual, dtype=float)

    def release(self) -> None:
        """Take away all held rows, if there are any."""
        if not self._held:
            return
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

    def _take_over(self) -> None:
        """Bring HiGHS up to date with the rows and the objective of the problem."""
        with collector_paused():
            self._add_rows()
            self._take_over_objective()

    def _take_over_objective(self) -> None:
        objective = self._problem.objective
        if objective is None or objective is self._objective:
            return
        columns = self._columns_of(list(objective.keys()))
        self._cost = np.zeros(len(self._column))
        self._cost[columns] = list(objective.values())
        self._objective, self._offset = objective, float(objective.constant)

    def _go_on_from(self, basis: highspy.HighsBasis) -> None:
        """Begin with the basis of an earlier linear program; rows that are new since then are slack in it."""
        rows, columns = list(basis.row_status), list(basis.col_status)
        new_rows, new_columns = self._highs.getNumRow() - len(rows), self._highs.getNumCol() - len(columns)
        if new_columns:
            return
        begun = highspy.HighsBasis()
        begun.col_status, begun.row_status = columns, rows + [highspy.HighsBasisStatus.kBasic] * new_rows
        begun.valid = True
        self._highs.setBasis(begun)

    def _put(self, change: Change, *, relax: bool) -> NDArray[np.bool_]:
        """Give HiGHS costs, bounds and integrality for the next solve and return (n,) which columns are integer."""
        lower, upper = self._lower.copy(), self._upper.copy()
        lower[change.columns] = upper[change.columns] = change.values
        integer = self._integer & (not relax)
        costs, offset = (self._cost, self._offset) if change.costs is None else (change.costs, change.offset)
        self._tell(costs, offset, lower, upper, integer)
        return integer

    def _tell(self, costs: Floats, offset: float, lower: Floats, upper: Floats, integer: NDArray[np.bool_]) -> None:
        """Tell HiGHS only what it does not know yet."""
        highs = self._highs
        known_costs, known_lower, known_upper, known_integer = self._told
        highs.changeObjectiveOffset(offset)
        if len(other := _news(costs, known_costs)):
            highs.changeColsCost(len(other), other, costs[other])
        if len(other := np.union1d(_news(lower, known_lower), _news(upper, known_upper))):
            highs.changeColsBounds(len(other), other, lower[other], upper[other])
        if len(other := _news(integer, known_integer)):
            highs.changeColsIntegrality(len(other), other, integer[other].astype(np.uint8))  # 0 continuous, 1 integer
        self._told = (costs.copy(), lower, upper, integer)

    def _bound_rows(self, rows: Iterable[int], *, hold: bool) -> None:
        """Let some rows hold, or not."""
        for row in rows:
            lower, upper = (self._row_lower[row], self._row_upper[row]) if hold else (-math.inf, math.inf)
            self._highs.changeRowBounds(int(row), lower, upper)

    def _limit_rows(self, rows: Iterable[int], limits: Iterable[float]) -> None:
        """Give some rows another upper bound."""
        for row, limit in zip(rows, limits, strict=True):
            self._highs.changeRowBounds(int(row), self._row_lower[row], limit)

    def _add_columns(self, variables: Sequence[pulp.LpVariable]) -> None:
        unknown = dict(zip(map(variable_key, variables), variables, strict=True))
        for key in unknown.keys() & self._column.keys():
            del unknown[key]
        if not unknown:
            return
        new, before, count = list(unknown.values()), len(self._variables), len(unknown)
        self._column.update(zip(unknown, range(before, before + count), strict=True))
        self._variables += new
        lower, upper = (np.array(list(map(bound, new)), dtype=float) for bound in (_lowest, _highest))  # None is NaN
        self._lower = np.append(self._lower, np.nan_to_num(lower, nan=-math.inf, neginf=-math.inf))
        self._upper = np.append(self._upper, np.nan_to_num(upper, nan=math.inf, posinf=math.inf))
        self._integer = np.append(self._integer, [v.cat == pulp.LpInteger for v in new])
        self._cost = np.append(self._cost, np.zeros(count))
        none, zeros = np.zeros(0, dtype=np.int32), np.zeros(count)
        self._highs.addCols(count, zeros, self._lower[before:], self._upper[before:], 0, none, none, np.zeros(0))

    def _columns_of(self, variables: Sequence[pulp.LpVariable]) -> NDArray[np.int32]:
        """Return (n,) columns of variables; those that are new get one."""
        found = list(map(self._column.get, map(variable_key, variables)))
        if None in found:
            self._add_columns(variables)
            found = list(map(self._column.get, map(variable_key, variables)))
        return np.array(found, dtype=np.int32)

    def _add_rows(self) -> None:
        """Hand over the rows that are new, all at once."""
        rows = self._problem.constraints()[self._rows :]
        if not rows:
            return
        if self._held:
            raise RuntimeError("rows were added to the problem while others are held; release them first")
        named = [row.keys() for row in rows]
        columns = self._columns_of(list(chain.from_iterable(named)))
        starts = np.zeros(len(rows), dtype=np.int32)
        np.cumsum(list(map(len, named[:-1])), out=starts[1:])
        coefficients = np.fromiter(chain.from_iterable(row.values() for row in rows), dtype=float, count=len(columns))
        right, sense = -np.array(list(map(_constant, rows)), dtype=float), np.array(list(map(_sense, rows)))
        lower = np.where(sense == pulp.LpConstraintLE, -math.inf, right)
        upper = np.where(sense == pulp.LpConstraintGE, math.inf, right)
        self._row_lower, self._row_upper = np.append(self._row_lower, lower), np.append(self._row_upper, upper)
        self._highs.addRows(len(rows), lower, upper, len(columns), starts, columns, coefficients)
        self._rows += len(rows)

    def _values(self, integer: NDArray[np.bool_]) -> Floats:
        """Return (n,) the value of every variable that takes part, integer ones without their rounding noise."""
        values = np.array(self._highs.getSolution().col_value, dtype=float)
        return np.where(integer, values.round(), values)


def _news(values: NDArray[Any], known: NDArray[Any]) -> NDArray[np.int32]:
    """Return the positions at which values are not what is known, or nothing is known yet."""
    other = np.nonzero(values[: len(known)] != known)[0]
    return np.append(other, np.arange(len(known), len(values))).astype(np.int32)


def _status(highs: highspy.Highs) -> Status:
    model = highs.getModelStatus()
    known = highspy.HighsModelStatus
    if model == known.kUnboundedOrInfeasible:
        return _unbounded_or_infeasible(highs)
    if model == known.kModelEmpty:
        return "optimal" if _allows_nothing(highs) else "infeasible"
    settled: dict[highspy.HighsModelStatus, Status] = {
        known.kOptimal: "optimal",
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
