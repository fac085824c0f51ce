"""By when each decision is due, counted from a start date; nothing is said where the days are not known."""

from __future__ import annotations

import pandas as pd

from planner.catalogue.columns import columns
from planner.inputs.decisions import FIXED
from planner.inputs.tables import Inputs
from planner.scenario import Scenario


def make_deadlines(scenario: Scenario, inputs: Inputs, allocation: pd.DataFrame) -> pd.DataFrame:
    """Return decide_by and handover_by of each facility whose procedure has days, the earliest first.

    decide_by = start date + days to decide; handover_by = decide_by + days to hand over, in calendar days. What is
    approved counts from its decision's date; what is handed over or in use is not listed. No rows without a start date.
    """
    keys = list(columns("deadlines"))
    if scenario.procedure.start_date is None:
        return pd.DataFrame(columns=keys)
    timed = allocation["decide_days"].notna() | allocation["handover_days"].notna()
    table = allocation[timed & ~allocation["status"].isin([s for s in FIXED if s != "approved"])].copy()
    decided = pd.to_datetime(inputs.facilities["decision_date"].reset_index(drop=True)).loc[table.index]
    approved = table["status"] == "approved"
    due = pd.Timestamp(scenario.procedure.start_date) + _days(table["decide_days"])
    table["decide_by"] = due.mask(approved)
    table["handover_by"] = due.mask(approved, decided) + _days(table["handover_days"])
    ordered = table[keys].sort_values(["decide_by", "handover_by"], kind="stable", na_position="last")
    return ordered.reset_index(drop=True)


def _days(days: pd.Series) -> pd.Series:
    """Return days as differences of time; unknown stays unknown."""
    return pd.to_timedelta(days.astype("Float64"), unit="D")
