"""Make a plan: case, solve, tables."""

from __future__ import annotations

import platform
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version
from typing import Any, Protocol

import numpy as np
import pandas as pd

import planner
from planner.catalogue.messages import message
from planner.errors import ExitCode, PlannerError, Record
from planner.geography.roads import RoadTravel
from planner.geography.travel import Travel
from planner.inputs.tables import Inputs, records_table
from planner.model.build import build
from planner.plan.allocation import assumed_cells, decided_by, make_allocation
from planner.plan.classical import make_classical
from planner.plan.dossiers import make_dossiers
from planner.plan.needs import make_equity, make_needs, make_purchases, settlements_served, shares_by_priority
from planner.plan.reasons import Grounds
from planner.plan.result import Plan
from planner.plan.statistics import (
    make_budget,
    make_form_totals,
    make_parameters,
    make_planning_updates,
    make_statistics,
    make_to_clear,
)
from planner.problem import make_case
from planner.problem.facts import favoured
from planner.scenario import Scenario
from planner.solve import (
    NoPlanError,
    SolverOptions,
    SolveSettings,
    available_solvers,
    baseline_unserved,
    find_solver,
    solve_problem,
    steep_weights,
    with_attainable,
)

SCHEMA = 1

TIE_GAP = 1e-4
"""Persons-equivalent: a plan proven this closely is the only one, since ties between plans are broken by more."""


class Clock(Protocol):
    """Something that counts the time of named laps."""

    def lap(self, name: str) -> AbstractContextManager[None]:
        """Count the time of the block under a name."""


class NoClock:
    """Counts nothing."""

    def lap(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002
        """Count nothing."""
        return nullcontext()


def make_plan(scenario: Scenario, inputs: Inputs, clock: Clock | None = None) -> Plan:
    """Return the plan of a scenario over validated inputs.

    Raises
    ------
    PlannerError : exit code 3 where the scenario is infeasible, 4 where the clock ended before any plan was found,
        1 where this machine has no such solver.
    """
    clock = clock or NoClock()
    _refuse_unknown_solver(scenario)
    catalogue = scenario.load_catalogue()
    with clock.lap("travel"):
        case = make_case(scenario, inputs, catalogue)
    settings = solve_settings(scenario)
    with clock.lap("solve"):
        problem = with_attainable(case.problem, settings.options)
        baseline = baseline_unserved(problem.service, settings.options)
    with clock.lap("build"):
        model = build(problem, settings.weights)
    with clock.lap("solve"):
        try:
            outcome = solve_problem(problem, settings, model)
        except NoPlanError as error:
            raise _no_plan(error, scenario) from error
    grounds = Grounds(case, inputs, outcome, baseline, decided_by(case, outcome), catalogue, scenario.language)
    with clock.lap("explain"):
        return _tables(scenario, grounds, problem.fairness.attainable, settings)


def _refuse_unknown_solver(scenario: Scenario) -> None:
    name = scenario.solver.name
    if name.lower() != "highs" and find_solver(name) is None:
        known = ", ".join(["highs", *available_solvers()])
        text = message("solver_unknown", scenario.language, name=name, known=known)
        record = Record(
            table="scenario",
            rule="solver-unknown",
            severity="error",
            file=scenario.path.name,
            column="solver.name",
            value=name,
            message=text.text,
            fix=text.fix,
        )
        raise PlannerError([record])


def solve_settings(scenario: Scenario) -> SolveSettings:
    """Return mode, weights and solver options of a scenario; a relative gap replaces the absolute one."""
    solver = scenario.solver
    options = SolverOptions(
        name=solver.name,
        gap=solver.gap or 0.0,
        gap_abs=None if solver.gap is not None else solver.gap_abs,
        time_limit_s=solver.time_limit_s,
        threads=solver.threads,
        seed=solver.seed,
    )
    given = {str(term): weight for term, weight in scenario.objective.weights.items()}
    weights = steep_weights(scenario.objective.terms, given)
    return SolveSettings(scenario.objective.mode, weights, options)


def _no_plan(error: NoPlanError, scenario: Scenario) -> PlannerError:
    infeasible = error.status in ("infeasible", "unbounded")
    rule = "infeasible" if infeasible else "no_plan_in_time"
    text = message(rule, scenario.language, limit=scenario.solver.time_limit_s)
    record = Record(
        table="scenario",
        rule=rule.replace("_", "-"),
        severity="error",
        file=scenario.path.name,
        message=text.text,
        fix=text.fix,
    )
    return PlannerError([record], ExitCode.INFEASIBLE if infeasible else ExitCode.NO_PLAN)


def _tables(scenario: Scenario, grounds: Grounds, attainable: np.ndarray, settings: SolveSettings) -> Plan:
    case, inputs = grounds.case, grounds.inputs
    allocation = make_allocation(grounds)
    needs = make_needs(grounds)
    checks = (
        pd.concat([inputs.checks, records_table(case.records)], ignore_index=True) if case.records else inputs.checks
    )
    asked = scenario.budget
    group = np.append(favoured(case.communes, asked.disadvantaged), False)[case.facilities["commune"].to_numpy()]
    return Plan(
        scenario=scenario,
        catalogue=grounds.catalogue,
        inputs=inputs,
        summary=_summary(scenario, grounds, allocation, needs, settings),
        allocation=allocation,
        needs=needs,
        rules=case.rules,
        budget=make_budget(grounds, group, asked.disadvantaged_share_min),
        equity=make_equity(grounds, attainable),
        statistics=make_statistics(grounds, allocation),
        form_totals=make_form_totals(inputs, allocation, grounds.catalogue),
        planning_updates=make_planning_updates(grounds, allocation),
        purchases=make_purchases(grounds, needs),
        to_clear=make_to_clear(grounds, allocation),
        dossiers=make_dossiers(inputs.facilities, allocation),
        classical=make_classical(scenario, inputs, case),
        checks=checks,
        parameters=make_parameters(grounds, with_roads=inputs.roads is not None),
        assumed=assumed_cells(case, allocation),
        settlements_served=settlements_served(grounds),
    )


def _summary(
    scenario: Scenario, grounds: Grounds, allocation: pd.DataFrame, needs: pd.DataFrame, settings: SolveSettings
) -> dict[str, Any]:
    outcome, inputs = grounds.outcome, grounds.inputs
    reproducible = not outcome.clock_ended
    return {
        "schema": SCHEMA,
        "scenario": scenario.name,
        "status": outcome.status,
        "objective": _figure(outcome.objective),
        "bound": _figure(outcome.bound),
        "gap": _figure(outcome.gap, 9),
        "gap_abs": _figure(outcome.gap_abs),
        "unique": reproducible and outcome.gap_abs is not None and outcome.gap_abs <= TIE_GAP,
        "reproducible": reproducible,
        "terms": [
            {
                "name": t.name,
                "unit": t.unit,
                "weight": t.weight,
                "value": _figure(t.value),
                "unavoidable": _figure(t.unavoidable),
                "bound": _figure(t.bound),
            }
            for t in outcome.terms
        ],
        "counts": _counts(allocation, inputs),
        "needs": _needs_summary(needs),
        "disadvantaged": shares_by_priority(grounds, needs),
        "inputs": [{"path": s.path, "sha256": s.sha256, "rows": s.rows} for s in inputs.sources],
        "solver": {
            "name": outcome.solver,
            "version": outcome.version,
            "threads": settings.options.threads,
            "seed": settings.options.seed,
        },
        "versions": versions(),
    } | _travel(scenario, grounds.case.positions.travel)


def _travel(scenario: Scenario, travel: Travel) -> dict[str, Any]:
    """Return how travel was measured, by road with season and whether it was kept; nothing for a straight line."""
    if scenario.travel.mode == "straight_line":
        return {}
    told: dict[str, Any] = {"mode": scenario.travel.mode}
    if isinstance(travel, RoadTravel):
        told |= {"season": travel.settings.season, "from_cache": travel.from_cache}
    return {"travel": told}


def _figure(value: float | None, digits: int = 6) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), digits) + 0.0


def _counts(allocation: pd.DataFrame, inputs: Inputs) -> dict[str, Any]:
    def by(column: str) -> dict[str, int]:
        return {str(key): int(n) for key, n in allocation[column].value_counts().sort_index().items()}

    return {
        "read": inputs.read,
        "set_aside": inputs.set_aside,
        "facilities": len(allocation),
        "sites": int(allocation["site_id"].fillna(allocation["facility_id"]).nunique()),
        "by_use": by("new_use"),
        "by_handling_form": by("handling_form"),
        "by_ministry_outcome": by("ministry_outcome"),
        "by_decided_by": by("decided_by"),
        "survey_needed": int(allocation["survey_needed"].sum()),
    }


def _needs_summary(needs: pd.DataFrame) -> dict[str, dict[str, Any]]:
    known = needs[needs["known"]]
    return {
        str(use): {"unit": str(rows["unit"].iat[0])}
        | {column: round(float(rows[column].sum()), 3) for column in ("need", "existing", "met", "unmet")}
        for use, rows in known.groupby("use", sort=True)
    }


def versions() -> dict[str, str]:
    """Return the versions of what makes the plan."""
    names = ("pulp", "highspy", "pandas", "geopandas", "shapely", "folium")
    return {"python": platform.python_version(), "reallocation-planner": planner.__version__} | {
        name: version(name) for name in names
    }
