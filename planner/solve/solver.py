"""The only place that calls a solver: a PuLP problem and options in, an honest result out."""

from __future__ import annotations

import inspect
import math
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Literal

import highspy
import numpy as np
import pulp

Status = Literal["optimal", "feasible", "infeasible", "unbounded", "no_plan"]

_CBC_NAMES = ("COIN_CMD", "PULP_CBC_CMD")
_TOLERANCE = 1e-5
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
    """

    status: Status
    objective: float | None
    bound: float | None
    seconds: float
    clock_ended: bool
    solver: str
    version: str | None
    values: Mapping[str, float] = field(repr=False)

    @property
    def gap_abs(self) -> float | None:
        """Proven distance from the optimum, in units of the objective."""
        return absolute_gap(self.objective, self.bound)

    @property
    def gap(self) -> float | None:
        """Proven distance from the optimum relative to the objective."""
        return relative_gap(self.objective, self.bound)


def solve(problem: pulp.LpProblem, options: SolverOptions, start: Mapping[str, float] | None = None) -> SolveResult:
    """Solve a minimisation problem and report only what the solver proved.

    Read the result, not the problem: without a solution PuLP's variables may still hold the values of an earlier solve.

    Parameters
    ----------
    problem : the problem; it minimises.
    options : solver, gap, clock, threads and seed.
    start : values of a known solution by variable, from which HiGHS begins; other solvers ignore it.

    Raises
    ------
    ValueError : the problem maximises (signs of bounds and duals then differ between solvers), or the solver is
        unknown.
    RuntimeError : HiGHS refused the model.
    """
    if problem.sense != pulp.LpMinimize:
        raise ValueError(f"the problem {problem.name!r} maximises; state it as a minimisation")
    with _relaxed(problem) if options.relax else nullcontext():
        if options.name.lower() == "highs":
            return _solve_highs(problem, options, start or {})
        return _solve_other(problem, options)


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


def available_solvers() -> list[str]:
    """Return the names of the solvers that PuLP finds on this machine."""
    with _no_migration_warnings():
        return [str(name) for name in pulp.listSolvers(onlyAvailable=True)]


def _solve_highs(problem: pulp.LpProblem, options: SolverOptions, begin: Mapping[str, float]) -> SolveResult:
    """Run HiGHS in memory and read its own status and bound: PuLP 3 says "Optimal" after a time limit."""
    start = time.perf_counter()
    solver = pulp.HiGHS(
        msg=False,
        gapRel=float(options.gap),
        gapAbs=float(options.gap_abs or 0.0),
        timeLimit=options.time_limit_s,
        threads=options.threads,
        random_seed=options.seed,
        **options.highs,
    )
    # HiGHS keeps one pool of threads per process and refuses a model when the number asked for differs.
    highspy.Highs.resetGlobalScheduler(True)  # noqa: FBT003 - positional only
    with _fixed_objective(problem):
        solver.createAndConfigureSolver(problem)
        solver.buildSolverModel(problem)
        highs = problem.solverModel
        # PuLP 3 leaves the constant out, which would make the relative gap relative to another number.
        highs.changeObjectiveOffset(float(problem.objective.constant))
        if begin:
            solution = highspy.HighsSolution()
            solution.col_value = [begin.get(variable.name, 0.0) for variable in problem.variables()]
            highs.setSolution(solution)
        solver.callSolver(problem)
        clock_ended = highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
        status = _highs_status(highs)
        if status in {"optimal", "feasible"}:
            solver.findSolutionValues(problem)
    return _result(
        problem,
        status=status,
        bound=_highs_bound(highs, status, integer=bool(problem.isMIP())),
        seconds=time.perf_counter() - start,
        clock_ended=clock_ended,
        solver="HiGHS",
        version=str(highs.version()),
    )


def _highs_status(highs: highspy.Highs) -> Status:
    model = highs.getModelStatus()
    known = highspy.HighsModelStatus
    if model == known.kUnboundedOrInfeasible:
        return _unbounded_or_infeasible(highs)
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
    found = highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return "feasible" if found else "no_plan"


def _unbounded_or_infeasible(highs: highspy.Highs) -> Status:
    """Tell the two apart: without costs only an infeasible problem has no solution."""
    columns = highs.getNumCol()
    highs.changeColsCost(columns, np.arange(columns, dtype=np.int32), np.zeros(columns))
    highs.run()
    model = highs.getModelStatus()
    if model == highspy.HighsModelStatus.kInfeasible:
        return "infeasible"
    return "unbounded" if model == highspy.HighsModelStatus.kOptimal else "no_plan"


def _highs_bound(highs: highspy.Highs, status: Status, *, integer: bool) -> float | None:
    info = highs.getInfo()
    if status == "optimal" and not integer:
        return float(info.objective_function_value)
    if status in {"optimal", "feasible", "no_plan"} and integer and math.isfinite(info.mip_dual_bound):
        return float(info.mip_dual_bound)
    return None


def _solve_other(problem: pulp.LpProblem, options: SolverOptions) -> SolveResult:
    """Run another solver through PuLP, believing neither its word after the clock nor its values unchecked.

    Such a solver's bound is known only where it ended on its own, from the gap that was asked for.
    """
    solver = _pulp_solver(options)
    start = time.perf_counter()
    outcome = problem.solve(solver)
    seconds = time.perf_counter() - start
    status, found = _claim(problem, outcome)
    if options.time_limit_s is not None and seconds >= options.time_limit_s:
        status = "no_plan"
    if found and _is_feasible(problem):
        status = "feasible" if status == "no_plan" else status
    elif status == "optimal":
        status = "no_plan"
    return _result(
        problem,
        status=status,
        bound=_promised_bound(problem, options) if status == "optimal" else None,
        seconds=seconds,
        clock_ended=options.time_limit_s is not None and status in {"feasible", "no_plan"},
        solver=str(solver.name),
        version=None,
    )


def _promised_bound(problem: pulp.LpProblem, options: SolverOptions) -> float:
    """Return the bound that a solver promises by ending on its own, at whichever of the gaps is reached first."""
    objective = _objective(problem)
    return objective - max(options.gap_abs or 0.0, options.gap * abs(objective))


def find_solver(name: str) -> str | None:
    """Return PuLP's own name of a solver on this machine ("cbc" is whichever CBC there is), or None."""
    wanted = name.lower()
    return next((n for n in available_solvers() if n.lower() == wanted or (wanted == "cbc" and n in _CBC_NAMES)), None)


def _pulp_solver(options: SolverOptions) -> pulp.LpSolver:
    """Return the named solver with every option that its class knows."""
    name = find_solver(options.name)
    if name is None:
        available = ", ".join(available_solvers())
        raise ValueError(f"no solver {options.name!r} on this machine; choose one of: {available}, or install it")
    settings = {
        "msg": False,
        "timeLimit": options.time_limit_s,
        "gapRel": options.gap,
        "gapAbs": options.gap_abs,
        "threads": None if name in _CBC_NAMES else options.threads,
        "randomSeed": options.seed,
    }
    with _no_migration_warnings():
        known = inspect.signature(type(pulp.getSolver(name, msg=False))).parameters
        return pulp.getSolver(name, **{key: value for key, value in settings.items() if key in known})


def _claim(problem: pulp.LpProblem, outcome: object) -> tuple[Status, bool]:
    """Return what PuLP says and whether it handed values over: PuLP 3 leaves it in the problem, PuLP 4 returns it."""
    if isinstance(outcome, int):
        code = int(problem.sol_status if problem.status == pulp.LpStatusOptimal else problem.status)
        found = problem.sol_status in {pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible}
    else:
        code, found = int(outcome.status), bool(outcome.has_solution)  # type: ignore[attr-defined]
    gap_reached = -7
    claims: dict[int, Status] = {1: "optimal", gap_reached: "optimal", -1: "infeasible", -2: "unbounded"}
    return claims.get(code, "no_plan"), found


def _is_feasible(problem: pulp.LpProblem) -> bool:
    """Return whether the values now in the variables obey bounds, integrality and every row."""
    for variable in problem.variables():
        value = variable.varValue
        if value is None:
            continue
        slack = _TOLERANCE * max(1.0, abs(value))
        low, up = variable.lowBound, variable.upBound
        if (low is not None and value < low - slack) or (up is not None and value > up + slack):
            return False
        if variable.cat == pulp.LpInteger and abs(value - round(value)) > _TOLERANCE:
            return False
    return all(_row_holds(row) for row in problem.constraints())


def _row_holds(row: pulp.LpConstraint) -> bool:
    values = [(coefficient, variable.varValue) for variable, coefficient in row.items()]
    if any(value is None for _, value in values):
        return False
    terms = [coefficient * value for coefficient, value in values]
    excess = sum(terms) + row.constant
    slack = _TOLERANCE * max(1.0, sum(map(abs, terms)))
    if row.sense == pulp.LpConstraintEQ:
        return bool(abs(excess) <= slack)
    return bool(row.sense * excess >= -slack)


def _result(  # noqa: PLR0913 - the fields of a result
    problem: pulp.LpProblem,
    *,
    status: Status,
    bound: float | None,
    seconds: float,
    clock_ended: bool,
    solver: str,
    version: str | None,
) -> SolveResult:
    found = status in {"optimal", "feasible"}
    return SolveResult(
        status=status,
        objective=_objective(problem) if found else None,
        bound=bound,
        seconds=seconds,
        clock_ended=clock_ended,
        solver=solver,
        version=version,
        values=_values(problem) if found else {},
    )


def _objective(problem: pulp.LpProblem) -> float:
    """Return the objective at the values now in the variables, its constant included."""
    return 0.0 if problem.objective is None else float(pulp.value(problem.objective))


def _values(problem: pulp.LpProblem) -> dict[str, float]:
    """Return the value of every variable that takes part, integer ones without their rounding noise."""
    dummy = "__dummy"
    return {
        variable.name: float(round(value) if variable.cat == pulp.LpInteger else value)
        for variable in problem.variables()
        if (value := variable.varValue) is not None and variable.name != dummy
    }


@contextmanager
def _relaxed(problem: pulp.LpProblem) -> Iterator[None]:
    """Make integer variables continuous for a while; CBC would otherwise still tighten their bounds in an LP."""
    integer = [variable for variable in problem.variables() if variable.cat == pulp.LpInteger]
    for variable in integer:
        variable.cat = pulp.LpContinuous
    try:
        yield
    finally:
        for variable in integer:
            variable.cat = pulp.LpInteger


@contextmanager
def _fixed_objective(problem: pulp.LpProblem) -> Iterator[None]:
    """Give the problem an objective while it is solved, as PuLP's own `solve` does."""
    was_none, dummy = problem.fixObjective()
    try:
        yield
    finally:
        problem.restoreObjective(was_none, dummy)


@contextmanager
def _no_migration_warnings() -> Iterator[None]:
    """PuLP 3 warns about its own bundled CBC, which is there to be used while it lasts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
