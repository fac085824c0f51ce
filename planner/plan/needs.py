"""Needs met and unmet by commune and use, who is left without, purchases, and equity figures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.catalogue.columns import columns
from planner.model.fairness import own_best, shares
from planner.model.problem import Fairness
from planner.plan.grounds import Grounds
from planner.problem.assemble import Case
from planner.solve.outcome import Outcome

NEED_COLUMNS = (
    "commune_code", "commune_name", "use", "unit", "need", "existing", "met", "unmet", "residents_without",
    "mean_travel_km", "max_travel_km", "priority_class", "known",
)  # fmt: skip
UNITS = {"office": "m2", "service": "places", "commune_wide": "facilities", "by_unit": "facilities"}


def make_needs(grounds: Grounds) -> pd.DataFrame:
    """Return needs by commune and use: need = existing + met + unmet; unknown needs have no figures.

    Existing is what a baseline solve without the facilities serves, less what the plan gives to others who wait longer.
    """
    case = grounds.case
    parts = [_service_needs(grounds), _commune_needs(case, grounds.outcome), _unknown_needs(case)]
    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    order = {use.key: i for i, use in enumerate(case.uses)}
    table = table.assign(order=table["use"].map(order)).sort_values(["commune", "order"], kind="stable")
    table["commune_code"] = case.communes["commune_code"].to_numpy()[table["commune"]]
    table["commune_name"] = case.communes["name"].to_numpy()[table["commune"]]
    table["priority_class"] = case.communes["priority_class"].to_numpy()[table["commune"]]
    units = {use.key: UNITS.get(use.family, "") for use in case.uses}
    table["unit"] = table["use"].map(units)
    return table.reindex(columns=list(NEED_COLUMNS)).reset_index(drop=True)


def _service_needs(grounds: Grounds) -> pd.DataFrame:
    case, outcome = grounds.case, grounds.outcome
    nodes = case.needs.nodes
    if not len(nodes):
        return pd.DataFrame()
    demand = nodes["demand"].to_numpy(float)
    persons_per_place = nodes["people"].to_numpy(float) / demand
    flow, km, node = outcome.flow, case.arc_km, case.problem.service.arc_node
    known = np.isfinite(km) & (flow > 1e-6)  # noqa: PLR2004
    travelled = np.bincount(node[known], (flow * np.nan_to_num(km))[known], len(nodes))
    counted = np.bincount(node[known], flow[known], len(nodes))
    farthest = np.zeros(len(nodes))
    np.maximum.at(farthest, node[known], km[known])
    frame = pd.DataFrame(
        {
            "commune": nodes["commune"].to_numpy(int),
            "use": nodes["use"].to_numpy(),
            "need": demand,
            "existing": demand - np.maximum(grounds.baseline, outcome.unserved),
            "met": np.maximum(grounds.baseline - outcome.unserved, 0.0),
            "unmet": outcome.unserved,
            "residents_without": outcome.unserved * persons_per_place,
            "travelled": travelled,
            "counted": counted,
            "max_travel_km": farthest,
        }
    )
    frame = frame[frame["commune"] >= 0]
    table = frame.groupby(["commune", "use"], sort=True).agg(
        {**dict.fromkeys(frame.columns[2:-1], "sum"), "max_travel_km": "max"}
    )
    table["mean_travel_km"] = (table["travelled"] / table["counted"].where(table["counted"] > 0)).round(3)
    table["max_travel_km"] = table["max_travel_km"].where(table["counted"] > 0).round(3)
    figures = ["need", "existing", "met", "unmet", "residents_without"]
    table[figures] = table[figures].round(3)
    return table.reset_index().assign(known=True)


def _commune_needs(case: Case, outcome: Outcome) -> pd.DataFrame:
    needs = case.needs.commune_needs
    if not len(needs):
        return pd.DataFrame()
    office = (needs["use"] == "commune_office").to_numpy()
    brought = np.zeros(len(needs))
    seats, counted = case.problem.office, case.problem.commune_wide
    chosen = set(case.problem.pair_number[np.arange(len(outcome.use)), outcome.use].tolist())
    for family, rows, amount, of_need in (
        (seats.pair, np.nonzero(office)[0], seats.pair_usable, seats.pair_commune),
        (counted.pair, np.nonzero(~office)[0], counted.pair_amount, counted.pair_need),
    ):
        for p, pair in enumerate(family):
            if int(pair) in chosen:
                brought[rows[of_need[p]]] += amount[p]
    need = needs["need"].to_numpy(float)
    existing = np.minimum(needs["existing"].to_numpy(float), need)
    met = np.minimum(brought, need - existing)
    unmet = need - existing - met
    people = case.communes["population"].to_numpy(float)[needs["commune"].to_numpy(int)]
    missing = np.divide(unmet, need, out=np.zeros(len(need)), where=need > 0)
    return pd.DataFrame(
        {
            "commune": needs["commune"].to_numpy(int),
            "use": needs["use"].to_numpy(),
            "need": need.round(3),
            "existing": existing.round(3),
            "met": met.round(3),
            "unmet": unmet.round(3),
            "residents_without": (missing * people).round(3),
            "known": True,
        }
    )


def _unknown_needs(case: Case) -> pd.DataFrame:
    return case.needs.unknown.assign(known=False)


def make_purchases(grounds: Grounds, needs: pd.DataFrame) -> pd.DataFrame:
    """Return what stays unmet and what building it new would cost; reported, not part of the objective.

    m² of office: usable / net_to_gross; places: usable norm / net_to_gross; counted uses: their least floor area. Land
    is not priced. Where a use has no floor norm, the cost is unknown. What nobody listed is not bought: a commune of
    which neither posts nor seats are known sits somewhere.
    """
    catalogue = grounds.catalogue
    table = needs[needs["known"] & (needs["unmet"] > 1e-6) & ~_not_listed(grounds.case, needs)].copy()  # noqa: PLR2004
    gross = catalogue.coefficient("net_to_gross")

    def floor(use: str) -> float:
        norm = catalogue.uses[use].norm
        if use == "commune_office":
            return 1.0 / gross
        per_place = norm("floor_m2_per_place")
        return per_place / gross if per_place is not None else norm("min_floor_m2") or np.nan

    table["cost_million_vnd"] = (
        table["unmet"] * table["use"].map(floor).astype(float) * catalogue.coefficient("new_build")
    ).round(3)
    table["assumed"] = True
    return table[["commune_code", "commune_name", "use", "unit", "unmet", "cost_million_vnd", "assumed"]].reset_index(
        drop=True
    )


def _not_listed(case: Case, needs: pd.DataFrame) -> pd.Series:
    supposed = case.needs.commune_needs[~case.needs.commune_needs["listed"].astype(bool)]
    codes = case.communes["commune_code"].to_numpy()[supposed["commune"].to_numpy(int)]
    return needs["commune_code"].isin(codes) & needs["use"].isin(supposed["use"])


def make_equity(grounds: Grounds, fairness: Fairness) -> pd.DataFrame:
    """Return served shares of the services that people reach, by priority class and by commune.

    Of a commune also, weighed by value as in the model: the best share it could get, the part of it that it gets
    (unknown where it can reach nothing or asks for nothing), and the part that it should.
    """
    case = grounds.case
    reached = shares(case.problem.service, len(fairness.attainable), grounds.outcome.unserved)
    nodes = case.needs.nodes
    served = pd.DataFrame(
        {
            "commune": nodes["commune"].to_numpy(int),
            "need": nodes["demand"].to_numpy(float),
            "served": nodes["demand"].to_numpy(float) - grounds.outcome.unserved,
        }
    )
    by_commune = (
        served[served["commune"] >= 0].groupby("commune").sum().reindex(range(len(case.communes)), fill_value=0.0)
    )
    communes = case.communes.assign(
        need=by_commune["need"],
        served=by_commune["served"],
        attainable_share=fairness.attainable,
        own_best_share=own_best(fairness, reached).round(4),
        target_share=np.broadcast_to(fairness.tau, len(fairness.attainable)).round(4),
    )
    classes = communes.groupby("priority_class").agg(
        {"population": "sum", "weight": "mean", "need": "sum", "served": "sum"}
    )
    rows = [
        pd.DataFrame(
            {
                "group": "class",
                "key": classes.index,
                "name": [grounds.catalogue.priority[k].label(grounds.language) for k in classes.index],
            }
        ).join(classes.reset_index(drop=True)),
        communes.assign(group="commune", key=communes["commune_code"]),
    ]
    table = pd.concat(rows, ignore_index=True)
    table["share"] = (table["served"] / table["need"].where(table["need"] > 0)).round(4)
    table[["need", "served"]] = table[["need", "served"]].round(3)
    return table[list(columns("equity"))]


def shares_by_priority(grounds: Grounds, needs: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """Return, by use, the share served where the priority weight is above 1 and elsewhere; None where nobody asks."""
    case = grounds.case
    nodes = case.needs.nodes.assign(served=case.needs.nodes["demand"] - grounds.outcome.unserved)
    found: dict[str, dict[str, float | None]] = {}
    weight = dict(zip(case.communes["commune_code"], case.communes["weight"], strict=True))
    for use in case.uses:
        if use.family == "service":
            rows = nodes[nodes["use"] == use.key]
            first, need, served = rows["weight"] > 1, rows["demand"], rows["served"]
        else:
            rows = needs[(needs["use"] == use.key) & needs["known"]]
            first, need, served = rows["commune_code"].map(weight) > 1, rows["need"], rows["existing"] + rows["met"]
        if len(rows):
            found[use.key] = {
                "priority": _share(served[first], need[first]),
                "elsewhere": _share(served[~first], need[~first]),
            }
    return found


def _share(served: pd.Series, need: pd.Series) -> float | None:
    total = float(need.sum())
    return round(float(served.sum()) / total, 4) if total > 0 else None


def settlements_served(grounds: Grounds) -> pd.DataFrame:
    """Return need and served persons of each settlement and use; settlements that share a node share its shortage."""
    needs = grounds.case.needs
    members = needs.members
    share = 1.0 - np.divide(
        grounds.outcome.unserved,
        needs.nodes["demand"],
        out=np.zeros(len(needs.nodes)),
        where=needs.nodes["demand"].to_numpy() > 0,
    )
    demand = members["demand"].to_numpy(float)
    return pd.DataFrame(
        {
            "settlement_id": grounds.inputs.settlements["settlement_id"].to_numpy()[
                members["settlement"].to_numpy(dtype=int)
            ],
            "use": members["use"].to_numpy(),
            "need": demand.round(3),
            "served": (demand * share[members["node"].to_numpy(dtype=int)]).round(3),
        }
    )
