"""Make a plan: case, solve, tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from planner.catalogue.messages import message
from planner.errors import ExitCode, PlannerError, Record
from planner.inputs.tables import Inputs, records_table
from planner.model.assembly import Model
from planner.model.build import build
from planner.plan.allocation import assumed_cells, decided_by, make_allocation
from planner.plan.alternatives import make_alternatives
from planner.plan.changes import make_changes
from planner.plan.clashes import explain_clashes
from planner.plan.classical import make_classical
from planner.plan.clearing import count_recommendations, make_recommendations, make_to_clear
from planner.plan.deadlines import make_deadlines
from planner.plan.decisions import decision_locks, locks_in_short, make_decision_log, price_decisions
from planner.plan.dossiers import make_dossiers
from planner.plan.fairness import (
    building_records,
    fairness_in_short,
    make_fairness,
    make_needs_building,
    make_shares,
)
from planner.plan.grounds import Grounds
from planner.plan.needs import make_equity, make_needs, make_purchases, settlements_served
from planner.plan.procedure import UNDECIDED
from planner.plan.reasons import LANGUAGE_COLUMN, make_reasons
from planner.plan.result import Plan
from planner.plan.statistics import (
    make_budget,
    make_form_totals,
    make_parameters,
    make_planning_updates,
    make_statistics,
)
from planner.plan.summary import make_summary, told_changes
from planner.prepare import Clock, NoClock, Prepared, prepare
from planner.problem.facts import favoured
from planner.scenario import Scenario
from planner.solve import NoPlanError, solve_problem
from planner.solve.evidence import Evidence, gather_evidence, gives_evidence
from planner.solve.examine import Decided
from planner.solve.outcome import Outcome
from planner.solve.prices import LockPrices, no_prices
from planner.studies.make import make_studies
from planner.studies.result import Studies


def make_plan(scenario: Scenario, inputs: Inputs, clock: Clock | None = None) -> Plan:
    """Return the plan of a scenario over validated inputs.

    Raises
    ------
    PlannerError : exit code 3 where the scenario is infeasible, 4 where the clock ended before any plan was found,
        1 where this machine has no such solver.
    """
    clock = clock or NoClock()
    prepared = prepare(scenario, inputs, clock)
    outcome, model = _decide(prepared, clock)
    prices = price_decisions(prepared, model, outcome, clock)
    studies = make_studies(prepared, model, outcome, clock)
    evidence = _evidence(prepared, outcome, clock)
    with clock.lap("explain"):
        return make_tables(prepared, grounds_of(prepared, outcome, evidence, studies), prices)


def examine_again(scenario: Scenario, inputs: Inputs, facility_id: str, clock: Clock | None = None) -> Plan:
    """Return the plan of a scenario with exact evidence for one facility: the whole plan is solved again for it.

    Raises
    ------
    PlannerError : as `make_plan`.
    """
    clock = clock or NoClock()
    prepared = prepare(scenario, inputs, clock)
    outcome, _ = _decide(prepared, clock)
    facility = prepared.case.facilities["facility_id"].tolist().index(facility_id)
    with clock.lap("explain"):
        evidence = evidence_of(prepared, outcome, "exact", facilities=[facility], tick=clock.tick)
    return finish(prepared, outcome, evidence, clock)


def _decide(prepared: Prepared, clock: Clock) -> tuple[Outcome, Model]:
    with clock.lap("build"):
        model = build(prepared.problem, prepared.settings.weights)
    with clock.lap("solve"):
        try:
            return solve_problem(prepared.problem, prepared.settings, model), model
        except NoPlanError as error:
            raise _no_plan(error, prepared, clock) from error


def finish(
    prepared: Prepared,
    outcome: Outcome,
    evidence: Evidence,
    clock: Clock,
    prices: LockPrices | None = None,
) -> Plan:
    """Return the plan of decisions: form, money, reasons, and all tables; `prices` are those of its locks."""
    with clock.lap("explain"):
        return make_tables(prepared, grounds_of(prepared, outcome, evidence), prices)


def _evidence(prepared: Prepared, outcome: Outcome, clock: Clock) -> Evidence:
    """Return the evidence that the scenario asks for; none where the plan comes from a solver that cannot give it."""
    level = prepared.scenario.explain.level
    if level == "none" or not gives_evidence(prepared.settings.options):
        return Evidence()
    with clock.lap("explain"):
        return evidence_of(prepared, outcome, level, tick=clock.tick)


def evidence_of(
    prepared: Prepared,
    outcome: Outcome,
    level: Literal["estimate", "exact"],
    *,
    facilities: Sequence[int] | None = None,
    tick: Callable[[float], None] = lambda _share: None,
) -> Evidence:
    """Return the evidence of a plan, of some facilities (by number) or of all; see `gather_evidence`."""
    case, settings = prepared.case, prepared.settings
    undecided = np.array([u for u, use in enumerate(case.uses) if use.key in UNDECIDED], dtype=np.int64)
    decided = Decided(outcome.use, outcome.gap_abs, undecided, case.arc_km)
    return gather_evidence(prepared.problem, decided, settings, level, facilities=facilities, tick=tick)


def grounds_of(prepared: Prepared, outcome: Outcome, evidence: Evidence, studies: Studies | None = None) -> Grounds:
    """Return what the tables and sentences of a plan are made from."""
    p = prepared
    by = decided_by(p.case, outcome)
    about = (p.case, p.inputs, outcome, p.baseline, by, p.catalogue, p.scenario.language)
    return Grounds(*about, evidence, studies or Studies())


def _no_plan(error: NoPlanError, prepared: Prepared, clock: Clock) -> PlannerError:
    """Return why there is no plan: what clashes, also where the clock ended before the solver had found that out."""
    scenario = prepared.scenario
    if clashes := explain_clashes(prepared, clock):
        return PlannerError(clashes, ExitCode.INFEASIBLE)
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


def make_tables(prepared: Prepared, grounds: Grounds, prices: LockPrices | None = None) -> Plan:
    """Return the plan with all its tables; `prices` are those of its locks, where they are known."""
    prices = prices or no_prices(len(decision_locks(prepared.case)))
    scenario, case, inputs = prepared.scenario, grounds.case, grounds.inputs
    reasons = make_reasons(grounds)
    allocation = make_allocation(grounds, reasons[LANGUAGE_COLUMN[grounds.language]].tolist())
    changes = make_changes(grounds, allocation)
    dossiers = make_dossiers(inputs.facilities, allocation)
    recommendations = make_recommendations(grounds, allocation)
    needs = make_needs(grounds)
    fairness = prepared.problem.fairness
    equity = make_equity(grounds, fairness)
    inequality, shared = make_fairness(grounds, equity), make_shares(grounds, scenario)
    building = make_needs_building(grounds, fairness, needs)
    records = [*case.records, *building_records(grounds, building)]
    checks = pd.concat([inputs.checks, records_table(records)], ignore_index=True) if records else inputs.checks
    log = make_decision_log(prepared, prices)
    asked = scenario.budget
    group = np.append(favoured(case.communes, asked.disadvantaged), False)[case.facilities["commune"].to_numpy()]
    return Plan(
        scenario=scenario,
        catalogue=grounds.catalogue,
        inputs=inputs,
        summary=make_summary(scenario, grounds, allocation, needs, prepared.settings)
        | {"locks": locks_in_short(log, prices), "fairness": fairness_in_short(inequality, shared, building)}
        | told_changes(inputs, changes),
        allocation=allocation,
        changes=changes,
        needs=needs,
        rules=case.rules,
        budget=make_budget(grounds, group, asked.disadvantaged_share_min),
        equity=equity,
        fairness=inequality,
        shares=shared,
        needs_building=building,
        statistics=make_statistics(grounds, allocation),
        form_totals=make_form_totals(inputs, allocation, grounds.catalogue),
        planning_updates=make_planning_updates(grounds, allocation),
        purchases=make_purchases(grounds, needs),
        to_clear=make_to_clear(grounds, allocation, dossiers),
        recommendations=recommendations,
        recommendation_totals=count_recommendations(recommendations, inputs),
        deadlines=make_deadlines(scenario, inputs, allocation),
        dossiers=dossiers,
        classical=make_classical(scenario, inputs, case),
        alternatives=make_alternatives(grounds),
        reasons=reasons,
        decision_log=log,
        checks=checks,
        parameters=make_parameters(grounds, with_roads=inputs.roads is not None),
        assumed=assumed_cells(case, allocation),
        settlements_served=settlements_served(grounds),
        studies=grounds.studies,
    )
