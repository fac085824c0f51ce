"""Carry out the studies that a scenario asks for."""

from __future__ import annotations

import pandas as pd

from planner.model.assembly import Model
from planner.prepare import Clock, Prepared
from planner.sections import Studies as Asked
from planner.solve.outcome import Outcome
from planner.studies.frontier import make_frontier
from planner.studies.other_plans import make_other_plans
from planner.studies.protections import study_protections
from planner.studies.result import Studies
from planner.studies.sensitivity import study_sensitivity
from planner.studies.surveys import study_surveys


def make_studies(prepared: Prepared, model: Model, outcome: Outcome, clock: Clock) -> Studies:
    """Return the studies of a plan.

    Parameters
    ----------
    prepared : the scenario and its problem. model : built of it, solved before. outcome : what that gave.
    clock : counts the lap "study" and is told how far it is.
    """
    asked = prepared.scenario.studies
    if asked == Asked():
        return Studies()
    tables: dict[str, pd.DataFrame] = {}
    with clock.lap("study"):
        if asked.sensitivity is not None:
            tables |= vars(study_sensitivity(prepared, outcome, clock))
            tables |= {"surveys": study_surveys(prepared, outcome, clock)} if asked.sensitivity.surveys else {}
        if asked.frontier is not None:
            tables["frontier"] = make_frontier(prepared, asked.frontier, clock)
        if asked.protections is not None:
            tables |= study_protections(prepared, model, outcome, asked.protections, clock)
        if asked.other_plans is not None:
            others = make_other_plans(prepared, outcome, asked.other_plans, clock)
            tables |= dict(zip(("other_plans", "other_decisions"), others, strict=True))
        return Studies(**tables)
