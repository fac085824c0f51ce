"""The plan: every decision with its evidence, and all tables that outputs are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.catalogue import Catalogue
from planner.inputs.tables import Inputs
from planner.scenario import Scenario
from planner.studies.result import Studies

if TYPE_CHECKING:
    import folium


@dataclass(frozen=True)
class Plan:
    """A solved scenario; see the data model for the columns of each table.

    Attributes
    ----------
    summary : plan.json without `files` and `seconds`.
    allocation : one row a facility. needs : commune x use. rules : excluded pairs. budget, equity, statistics.
    fairness : inequality over communes and classes, worst and next worst. shares : of money and area for those in need.
    needs_building : what the communes ask for that can reach nothing.
    changes : what differs from the earlier plan, and why; no rows without one.
    form_totals : sites, land and floor by form and next step.
    planning_updates, purchases, to_clear, checks, parameters : the lists of work and of sources.
    recommendations, recommendation_totals : what is asked of other levels, and how much of it.
    deadlines : by when each decision is due; no rows without a start date.
    dossiers : facility x paper: needed, held, missing.
    classical : the sites of each classical problem that the scenario asks for.
    alternatives : facility x other use or without: what the plan would lose, and in what.
    reasons : facility_id, name, vietnamese and english.
    decision_log : one row a decision read: what became of it, rules overridden, price.
    assumed : cells of the allocation that rest on an assumption (facility_id, column, value, rule).
    settlements_served : settlement_id, use, need, served.
    studies : what the scenario asks beside the plan.
    """

    scenario: Scenario
    catalogue: Catalogue
    inputs: Inputs
    summary: dict[str, Any]
    allocation: pd.DataFrame
    changes: pd.DataFrame
    needs: pd.DataFrame
    rules: pd.DataFrame
    budget: pd.DataFrame
    equity: pd.DataFrame
    fairness: pd.DataFrame
    shares: pd.DataFrame
    needs_building: pd.DataFrame
    statistics: pd.DataFrame
    form_totals: pd.DataFrame
    planning_updates: pd.DataFrame
    purchases: pd.DataFrame
    to_clear: pd.DataFrame
    recommendations: pd.DataFrame
    recommendation_totals: pd.DataFrame
    deadlines: pd.DataFrame
    dossiers: pd.DataFrame
    classical: pd.DataFrame
    alternatives: pd.DataFrame
    reasons: pd.DataFrame
    decision_log: pd.DataFrame
    checks: pd.DataFrame
    parameters: pd.DataFrame
    assumed: pd.DataFrame
    settlements_served: pd.DataFrame
    studies: Studies = field(default_factory=Studies)

    def explain(self, facility_id: str) -> dict[str, Any]:
        """Return the decision of one facility, its reason, what else was possible and every excluded use.

        Keys: decision (one row of the allocation), reason (by language), alternatives, excluded, assumed (tables).

        Raises
        ------
        KeyError : no such facility.
        """
        row = self.allocation[self.allocation["facility_id"] == facility_id]
        if not len(row):
            raise KeyError(facility_id)
        tables = {"alternatives": self.alternatives, "excluded": self.rules, "assumed": self.assumed}
        own = self.reasons["facility_id"] == facility_id
        reason = self.reasons[own][["vietnamese", "english"]].set_axis(["vi", "en"], axis="columns")
        return {"decision": row.iloc[0].to_dict(), "reason": reason.iloc[0].to_dict()} | {
            name: table[table["facility_id"] == facility_id].drop(columns="facility_id").reset_index(drop=True)
            for name, table in tables.items()
        }

    def map(self) -> folium.Map:
        """Return the folium map of the plan."""
        from planner.outputs.map import make_map

        return make_map(self)

    def save(self, out: str | Path, *, force: bool = False) -> Path:
        """Write the plan's folder; see `planner.outputs.folder.save_run`."""
        from planner.outputs.folder import save_run

        return save_run(self, Path(out), force=force)
