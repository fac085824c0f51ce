"""Near-optimal alternatives that differ most: how good each is, and what it decides otherwise."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planner.catalogue.columns import columns
from planner.model.assembly import TERMS
from planner.model.problem import Ints
from planner.prepare import Clock, NoClock, Prepared
from planner.sections import OtherPlans
from planner.solve.others import OtherPlan, other_plans
from planner.solve.outcome import Outcome


def make_other_plans(
    prepared: Prepared, outcome: Outcome, asked: OtherPlans, clock: Clock | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return plans as good as the best that differ most, and what they decide.

    Parameters
    ----------
    outcome : the plan itself. asked : how many alternatives, and how much worse each term may be.

    Returns
    -------
    One row a plan, number 0 the plan itself: facilities decided otherwise than in it and in each alternative before,
    the proven most, persons served, money (million VND), weighted objective, terms less what no plan can avoid.
    One row a facility that any alternative decides otherwise: its use in the plan and in each alternative. No rows
    where no alternative was found.
    """
    tick = (clock or NoClock()).tick
    found = other_plans(prepared.problem, prepared.settings, outcome, asked.count, asked.within, tick)
    return _plans(prepared, outcome, found), _decisions(prepared, outcome, found)


def _plans(prepared: Prepared, outcome: Outcome, found: list[OtherPlan]) -> pd.DataFrame:
    if not found:
        return pd.DataFrame()
    unavoidable = {term.name: term.unavoidable for term in outcome.terms}
    served = float((prepared.problem.service.demand - outcome.unserved).sum())
    own = {term.name: term.value for term in outcome.terms}
    rows: list[tuple[Ints, float, Mapping[str, float], float, int | None, int | None, bool | None]]
    rows = [(outcome.use, outcome.objective, own, served, None, None, None)]
    rows += [(p.use, p.objective, p.terms, p.served, p.distance, p.bound, p.proven) for p in found]
    table = pd.DataFrame(
        {
            "plan": number,
            "different": distance,
            "different_at_most": bound,
            "proven": proven,
            "persons_served": round(persons, 3),
            "cost_million_vnd": round(_cost(prepared, use), 3),
            "objective": round(objective, 6),
            **{name: round(max(terms[name] - unavoidable.get(name, 0.0), 0.0), 3) for name in TERMS},
        }
        for number, (use, objective, terms, persons, distance, bound, proven) in enumerate(rows)
    )
    kinds = {"different": "Int64", "different_at_most": "Int64", "proven": "boolean"}
    return table.astype(kinds)[list(columns("other_plans"))]


def _cost(prepared: Prepared, use: Ints) -> float:
    return float(prepared.case.cost[:, np.arange(len(use)), use].sum())


def _decisions(prepared: Prepared, outcome: Outcome, found: list[OtherPlan]) -> pd.DataFrame:
    if not found:
        return pd.DataFrame()
    keys = np.array([use.key for use in prepared.case.uses], dtype=object)
    table = prepared.inputs.facilities[["facility_id", "name", "commune_name"]].reset_index(drop=True)
    table["new_use"] = keys[outcome.use]
    for number, plan in enumerate(found, start=1):
        table[f"use_{number}"] = keys[plan.use]
    differs = np.any([plan.use != outcome.use for plan in found], axis=0)
    return pd.DataFrame(table[differs].reset_index(drop=True))
