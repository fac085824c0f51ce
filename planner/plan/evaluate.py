"""Price a plan made by hand: the same figures as for a plan of our own, and what it breaks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from planner.errors import Record
from planner.inputs.plan_table import GivenPlan, read_plan
from planner.inputs.tables import Inputs
from planner.plan.allocation import decided_by
from planner.plan.make import grounds_of, make_tables
from planner.plan.result import Plan
from planner.plan.violations import Judged, closed_pairs, facilities_of, violations
from planner.prepare import Clock, NoClock, Prepared, prepare
from planner.problem import make_case
from planner.scenario import Scenario
from planner.solve.evaluate import evaluate_uses
from planner.solve.evidence import Evidence

DECIDED_BY_OTHERS = ("law", "lock")
"""What decides a facility whoever makes the plan."""


def evaluate_plan(scenario: Scenario, inputs: Inputs, path: Path, clock: Clock | None = None) -> Plan:
    """Return the plan whose uses a file gives, with all figures, and what it breaks among its checks.

    Flows of people and main offices are the best for those uses. The status is "feasible", no bound is given, and the
    summary holds `evaluated`, the number of `violations`, and the file.

    Parameters
    ----------
    path : see `planner.inputs.plan_table.read_plan`.

    Raises
    ------
    PlannerError : the file has errors, all listed; what the plan breaks is no error.
    """
    clock = clock or NoClock()
    with clock.lap("read"):
        given = read_plan(path, inputs, scenario.load_catalogue(), scenario.language)
    asked = prepare(scenario, inputs, clock)
    numbers = {use.key: u for u, use in enumerate(asked.case.uses)}
    uses = np.array([numbers[key] for key in given.uses], dtype=np.int64)
    priced = _opened(asked, closed_pairs(asked.problem, uses), clock)
    with clock.lap("solve"):
        weights, options = asked.settings.weights, asked.settings.options
        outcome = evaluate_uses(priced.problem, uses, weights, options, asked.problem)
    with clock.lap("explain"):
        judged = Judged(priced.case, asked.problem.eligible, uses, given, scenario, inputs, asked.catalogue)
        broken = violations(judged)
        case = replace(priced.case, records=[*asked.case.records, *given.warnings, *broken])
        priced = replace(priced, case=case)
        grounds = grounds_of(priced, outcome, Evidence())
        by = _told(decided_by(case, outcome), broken, given)
        plan = make_tables(priced, replace(grounds, decided_by=by))
    file = {"path": path.name, "sha256": given.file.sha256, "rows": given.file.rows}
    told = {"evaluated": True, "violations": len(broken), "plan_file": file}
    return replace(plan, summary=plan.summary | told)


def _opened(asked: Prepared, pairs: list[tuple[int, int]], clock: Clock) -> Prepared:
    """Return what was prepared with further pairs eligible; attainable shares and baseline stay those of the rules."""
    if not pairs:
        return asked
    with clock.lap("travel"):
        case = make_case(asked.scenario, asked.inputs, asked.catalogue, pairs)
    return replace(asked, case=case, problem=replace(case.problem, fairness=asked.problem.fairness))


def _told(by: list[str], broken: list[Record], given: GivenPlan) -> list[str]:
    """Return (F,) what decided: law and locks as ever where they are kept, else the hand that made the plan."""
    against = facilities_of(broken, given)
    return [key if key in DECIDED_BY_OTHERS and f not in against else "given" for f, key in enumerate(by)]
