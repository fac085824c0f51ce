"""What each pair costs and whether planning must be updated for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.problem.facts import OFFICE_LIKE

MILLION = 1e6
SCHOOLS = ("preschool", "primary", "lower_secondary", "upper_secondary")


def renovation_cost(facts: pd.DataFrame, uses: Sequence[Use], catalogue: Catalogue) -> np.ndarray:
    """Return (F, U) renovation cost in million VND.

    A given repair cost counts as it is; else floor area x rate by condition, less where the new use resembles the old
    one. Uses of the bare land and demolition pay for clearing; exits and the status quo pay nothing.
    """
    floor = np.nan_to_num(facts["floor_m2"].to_numpy(float))
    rates = {
        key: catalogue.coefficient(f"renovation_{key}")
        for key in ("good", "repairable", "poor", "unfinished", "unknown")
    }
    rate = facts["condition"].map(rates | {"unsafe": rates["poor"]}).to_numpy(float)
    given = facts["repair_cost_vnd"].to_numpy(float) / MILLION
    convert = np.where(np.isnan(given), floor * rate, given)
    cost = np.zeros((len(facts), len(uses)))
    for u, use in enumerate(uses):
        if use.land_based or use.key == "demolish":
            cost[:, u] = floor * catalogue.coefficient("demolition")
        elif use.public:
            alike = resembles(facts["current_use"], use.key)
            cost[:, u] = convert * np.where(alike & np.isnan(given), catalogue.coefficient("same_use_share"), 1.0)
    return np.round(cost, 3)


def equipment_cost(facts: pd.DataFrame, uses: Sequence[Use]) -> np.ndarray:
    """Return (F, U) equipment cost in million VND where the inventory gives one; only public uses are equipped."""
    given = np.nan_to_num(facts["equipment_cost_vnd"].to_numpy(float)) / MILLION
    return np.asarray(np.round(given[:, None] * np.array([[use.public for use in uses]]), 3))


def resembles(current: pd.Series, use: str) -> np.ndarray:
    """Return (F,) whether the current use is of the same kind as a new one."""
    kinds = next((kind for kind in (OFFICE_LIKE, SCHOOLS) if use in kind), (use,))
    return current.isin(kinds).to_numpy(bool)


def planning_status(facts: pd.DataFrame, uses: Sequence[Use]) -> np.ndarray:
    """Return (F, U) planning status by land codes: conform, conform_after_update, conflict or unknown."""
    code = facts["planning_code"]
    status = np.full((len(facts), len(uses)), "conform", dtype=object)
    for u, use in enumerate(uses):
        if use.land_codes:
            other = "conflict" if use.commercial else "conform_after_update"
            status[:, u] = np.where(code.isin(use.land_codes), "conform", other)
    status[(code == "").to_numpy()] = "unknown"
    return status


def resembles_one(current: str, use: str) -> bool:
    """Return whether one current use is of the same kind as a new one."""
    return bool(resembles(pd.Series([current]), use)[0])
