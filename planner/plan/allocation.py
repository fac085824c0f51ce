"""The allocation: one row a facility, with use, form, money, status and reason."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from planner.plan.alternatives import evidence_columns
from planner.plan.grounds import Grounds
from planner.plan.procedure import Handling, handle, outcome_of, receiver
from planner.problem.assemble import Case
from planner.problem.eligibility import WANT_OF_NEED
from planner.solve.outcome import Outcome

COLUMNS = (
    "facility_id", "site_id", "name", "commune_code", "commune_name", "lon", "lat", "position_quality", "land_area_m2",
    "floor_area_m2", "current_use", "new_use", "main_office", "handling_form", "next_step", "legal_ground", "receiver",
    "authority", "decide_days", "handover_days", "ministry_outcome", "status", "decided_by", "planning_status",
    "planning_update", "renovation_cost_million_vnd", "equipment_cost_million_vnd", "funding_source", "period",
    "priority_class", "locked", "survey_needed", "runner_up_use", "runner_up_loss", "importance", "loss_term",
    "evidence", "reason", "holds_share",
)  # fmt: skip


def decided_by(case: Case, outcome: Outcome) -> list[str]:
    """Return (F,) what decided each facility.

    lock: a decision already taken; law: the rules leave one outcome whatever may be needed, or something must be
    cleared first; need: a known need claims it; cascade: no need claims it and the order of tiers and exits says where
    it goes.
    """
    locked = set(case.locks.loc[case.locks["kind"] != "forbid", "facility"])
    options = case.problem.eligible.sum(axis=1)
    serving = {int(a) for a in case.problem.commune_wide.pair} | {
        int(a) for a in case.problem.service.offer_pair if a >= 0
    }
    counted = [use.key for use in case.uses if use.public and use.family != "by_unit"]
    idle = set(case.rules.loc[case.rules["rule"].isin(WANT_OF_NEED) & case.rules["use"].isin(counted), "facility_id"])
    only = (options == 1) & ~case.facilities["facility_id"].isin(idle).to_numpy()
    found = []
    for f, u in enumerate(outcome.use):
        use = case.uses[u]
        if f in locked:
            found.append("lock")
        elif use.key == "pending" or only[f]:
            found.append("law")
        elif use.public or (use.family == "keep" and int(case.problem.pair_number[f, u]) in serving):
            found.append("need")
        else:
            found.append("cascade")
    return found


def make_allocation(grounds: Grounds, reasons: Sequence[str]) -> pd.DataFrame:
    """Return the allocation table with the columns of `COLUMNS`, keys of the catalogue where the column is a list."""
    case, outcome, inputs = grounds.case, grounds.outcome, grounds.inputs
    facts, table = case.facilities, inputs.facilities
    chosen = [case.uses[u] for u in outcome.use]
    rows = np.arange(len(facts))
    handling = [
        handle(use, row, grounds.catalogue, grounds.language)
        for use, row in zip(chosen, facts.to_dict("records"), strict=True)
    ]
    planning = case.planning[rows, outcome.use].astype(str)
    public = np.array([use.public for use in chosen], dtype=bool)
    renovation, equipment = (case.cost[s, rows, outcome.use] for s in range(2))
    floor_assumed = facts["floor_assumed"].to_numpy(bool)
    locked = np.array([by == "lock" for by in grounds.decided_by], dtype=bool)
    columns: dict[str, object] = {
        **{key: table[key] for key in ("facility_id", "site_id", "name", "commune_code", "commune_name")},
        "lon": table.geometry.x.round(6),
        "lat": table.geometry.y.round(6),
        **{key: table[key] for key in ("position_quality", "land_area_m2", "floor_area_m2", "current_use")},
        "new_use": [use.key for use in chosen],
        "main_office": _main_office(case, outcome),
        **_handling_columns(handling),
        "receiver": _receivers(grounds),
        "ministry_outcome": [
            outcome_of(use, now, grounds.catalogue) for use, now in zip(chosen, facts["current_use"], strict=True)
        ],
        "status": _status(table, [use.key for use in chosen]),
        "decided_by": grounds.decided_by,
        "planning_status": planning,
        "planning_update": public & np.isin(planning, ["conform_after_update", "unknown"]),
        "renovation_cost_million_vnd": renovation,
        "equipment_cost_million_vnd": equipment,
        "funding_source": [("local_budget" if cost > 0 else None) for cost in renovation + equipment],
        "period": None,
        "priority_class": _of_commune(case, "priority_class"),
        "locked": locked,
        "survey_needed": floor_assumed & public,
        **evidence_columns(grounds),
        "reason": reasons,
        "holds_share": _holds(grounds),
    }
    return pd.DataFrame({key: pd.Series(_plain(columns[key], len(facts))) for key in COLUMNS})


def _status(table: pd.DataFrame, chosen: list[str]) -> pd.Series:
    """Return the status of each decision; a released one that changes is a proposal again.

    Else the next run would take what nobody approved for approved.
    """
    changed = table["approved_use"].notna() & (table["approved_use"] != pd.Series(chosen, index=table.index))
    return table["status"].fillna("proposed").mask(changed.fillna(value=False), "proposed")


def assumed_cells(case: Case, allocation: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of the allocation that rest on an assumption: facility_id, column, value, rule."""
    facts = case.facilities
    ids = facts["facility_id"]
    public = allocation["new_use"].map({use.key: use.public for use in case.uses}).to_numpy(bool)
    costly = allocation["renovation_cost_million_vnd"].to_numpy(float) > 0
    parts = [
        _cells(
            ids, facts["floor_assumed"].to_numpy(bool), "floor_area_m2", facts["floor_m2"], "floor_per_land_assumed"
        ),
        _cells(
            ids,
            public & costly & facts["repair_cost_vnd"].isna().to_numpy(),
            "renovation_cost_million_vnd",
            allocation["renovation_cost_million_vnd"],
            "renovation_" + facts["condition"].replace("unsafe", "poor"),
        ),
    ]
    return pd.concat(parts, ignore_index=True)


def _cells(ids: pd.Series, mask: np.ndarray, column: str, value: pd.Series, rule: str | pd.Series) -> pd.DataFrame:
    table = pd.DataFrame({"facility_id": ids, "column": column, "value": value, "rule": rule})
    return table[mask]


def _plain(values: object, count: int) -> object:
    if values is None or isinstance(values, str):
        return [values] * count
    return values.reset_index(drop=True) if isinstance(values, pd.Series) else values


def _handling_columns(handling: list[Handling]) -> dict[str, object]:
    return {
        "handling_form": [h.form for h in handling],
        "next_step": [h.next_step for h in handling],
        "legal_ground": [h.ground for h in handling],
        "authority": [h.authority for h in handling],
        "decide_days": pd.array([h.decide_days for h in handling], dtype="Int64"),
        "handover_days": pd.array([h.handover_days for h in handling], dtype="Int64"),
    }


def _holds(grounds: Grounds) -> list[float]:
    """Return (F,) the share of the joint runs in which each decision holds; NaN where nothing was varied."""
    holds = grounds.studies.holds
    share = dict(zip(holds["facility_id"], holds["holds_share"], strict=True)) if len(holds) else {}
    return [share.get(name, np.nan) for name in grounds.case.facilities["facility_id"]]


def _main_office(case: Case, outcome: Outcome) -> np.ndarray:
    main = np.zeros(len(case.facilities), dtype=bool)
    main[case.problem.pair_facility[case.problem.office.pair[outcome.main]]] = True
    return main


def _of_commune(case: Case, column: str) -> list[object]:
    values = case.communes[column].tolist()
    return [values[c] if c >= 0 else None for c in case.facilities["commune"]]


def _receivers(grounds: Grounds) -> list[str]:
    case, table = grounds.case, grounds.inputs.facilities
    names = _of_commune(case, "name")
    found = []
    for f, u in enumerate(grounds.outcome.use):
        holder = table["successor"].iat[f] if pd.notna(table["successor"].iat[f]) else table["holder"].iat[f]
        given = table["approved_receiver"].iat[f]
        if grounds.decided_by[f] == "lock" and pd.notna(given):
            found.append(str(given))
        else:
            found.append(
                receiver(case.uses[u], str(names[f] or ""), "" if pd.isna(holder) else str(holder), grounds.language)
            )
    return found
