"""Carry out the studies that a scenario asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from planner.model.assembly import Model
from planner.prepare import Clock, PartOf, Prepared
from planner.solve.outcome import Outcome
from planner.studies.frontier import make_frontier
from planner.studies.other_plans import make_other_plans
from planner.studies.protections import study_protections
from planner.studies.result import Studies
from planner.studies.sensitivity import study_sensitivity
from planner.studies.surveys import study_surveys

Study = Callable[[Clock], dict[str, pd.DataFrame]]
"""Carries out one study under a clock and returns its tables by name."""


def make_studies(prepared: Prepared, model: Model, outcome: Outcome, clock: Clock) -> Studies:
    """Return the studies of a plan.

    Parameters
    ----------
    prepared : the scenario and its problem. model : built of it, solved before. outcome : what that gave.
    clock : counts the lap "study" and is told how far it is.
    """
    studies = list(_asked_for(prepared, model, outcome))
    if not studies:
        return Studies()
    tables: dict[str, pd.DataFrame] = {}
    with clock.lap("study"):
        for number, study in enumerate(studies):
            tables |= study(PartOf(clock, number / len(studies), 1 / len(studies)))
    return Studies(**tables)


def _asked_for(prepared: Prepared, model: Model, outcome: Outcome) -> Iterator[Study]:
    """Yield the studies that the scenario names."""
    asked = prepared.scenario.studies
    if asked.sensitivity is not None:
        yield lambda clock: vars(study_sensitivity(prepared, outcome, clock))
    if asked.sensitivity is not None and asked.sensitivity.surveys:
        yield lambda clock: {"surveys": study_surveys(prepared, outcome, clock)}
    if (frontier := asked.frontier) is not None:
        yield lambda clock: {"frontier": make_frontier(prepared, frontier, clock)}
    if (protections := asked.protections) is not None:
        yield lambda clock: study_protections(prepared, model, outcome, protections, clock)
    if (others := asked.other_plans) is not None:
        names = ("other_plans", "other_decisions")
        yield lambda clock: dict(zip(names, make_other_plans(prepared, outcome, others, clock), strict=True))
