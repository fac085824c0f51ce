"""The summary of a plan: what `plan.json` says of it."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

import planner
from planner.geography.roads import RoadTravel
from planner.geography.travel import Travel
from planner.inputs.tables import Inputs
from planner.plan.changes import count_changes
from planner.plan.grounds import Grounds
from planner.plan.needs import shares_by_priority
from planner.scenario import Scenario
from planner.solve import SolveSettings

SCHEMA = 1

_PLAIN = (str, int, float, bool, list)

TIE_GAP = 1e-4
"""Persons-equivalent: a plan proven this closely is the only one, since ties between plans are broken by more."""


def make_summary(
    scenario: Scenario, grounds: Grounds, allocation: pd.DataFrame, needs: pd.DataFrame, settings: SolveSettings
) -> dict[str, Any]:
    """Return plan.json without `files` and `seconds`."""
    outcome, inputs = grounds.outcome, grounds.inputs
    reproducible = not outcome.clock_ended
    return (
        {
            "schema": SCHEMA,
            "scenario": scenario.name,
            "language": scenario.language,
            "scenario_file": str(scenario.path),
            "overrides": {k: v if isinstance(v, _PLAIN) else str(v) for k, v in scenario.overrides.items()},
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
        }
        | _travel(scenario, grounds.case.positions.travel)
        | _notice(inputs)
    )


def _notice(inputs: Inputs) -> dict[str, str]:
    """Return what must be known of the data: that they are a sample."""
    return {"notice": inputs.synthetic_notice} if inputs.synthetic_notice else {}


def _travel(scenario: Scenario, travel: Travel) -> dict[str, Any]:
    """Return how travel was measured, by road with season and whether it was kept; nothing for a straight line."""
    if scenario.travel.mode == "straight_line":
        return {}
    told: dict[str, Any] = {"mode": scenario.travel.mode}
    if isinstance(travel, RoadTravel):
        told |= {"season": travel.settings.season, "from_cache": travel.from_cache}
    return {"travel": told}


def told_changes(inputs: Inputs, changes: pd.DataFrame) -> dict[str, Any]:
    """Return how many decisions differ from the earlier plan's; nothing where there is none."""
    return {} if inputs.previous is None else {"changes": count_changes(changes)}


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
