"""The only place that calls a solver: a PuLP problem and options in, an honest result out."""

from __future__ import annotations

import inspect
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext

import pulp

from planner.solve.live import LiveSolver
from planner.solve.result import SolveResult, SolverOptions, Status, absolute_gap, relative_gap

__all__ = [
    "SolveResult", "SolverOptions", "Status", "absolute_gap", "available_solvers", "find_solver", "relative_gap",
    "solve",
]  # fmt: skip

_CBC_NAMES = ("COIN_CMD", "PULP_CBC_CMD")
_TOLERANCE = 1e-5


def solve(
    problem: pulp.LpProblem,
    options: SolverOptions,
    start: Mapping[str, float] | None = None,
    live: LiveSolver | None = None,
) -> SolveResult:
    """Solve a minimisation problem and report only what the solver proved.

    Read the result, not the problem: without a solution PuLP's variables may still hold the values of an earlier solve.

    Parameters
    ----------
    problem : the problem; it minimises.
    options : solver, gap, clock, threads and seed.
    start : values of a known solution by variable, from which HiGHS begins; other solvers ignore it.
    live : HiGHS with the problem in it already, where the caller goes on to solve it again; other solvers ignore it.

    Raises
    ------
    ValueError : the problem maximises (signs of bounds and duals then differ between solvers), or the solver is
        unknown.
    RuntimeError : HiGHS refused the model.
    """
    if problem.sense != pulp.LpMinimize:
        raise ValueError(f"the problem {problem.name!r} maximises; state it as a minimisation")
    if options.name.lower() == "highs":
        return (live or LiveSolver(problem)).solve(options, start)
    with _relaxed(problem) if options.relax else nullcontext():
        return _solve_other(problem, options)


def available_solvers() -> list[str]:
    """Return the names of the solvers that PuLP finds on this machine."""
    with _no_migration_warnings():
        return [str(name) for name in pulp.listSolvers(onlyAvailable=True)]


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
def _no_migration_warnings() -> Iterator[None]:
    """PuLP 3 warns about its own bundled CBC, which is there to be used while it lasts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
