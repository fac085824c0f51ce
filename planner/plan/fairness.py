"""Who gets how much of what it could have: worst, next worst, inequality, and communes that need a building."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from planner.catalogue.columns import columns
from planner.catalogue.messages import message
from planner.errors import Record
from planner.model.budget import total_cost
from planner.model.fairness import hopeless, shares
from planner.model.inequality import gini, lowest, lowest_decile
from planner.model.problem import Fairness
from planner.plan.grounds import Grounds
from planner.problem.families import favoured_pairs
from planner.scenario import Scenario


class Member(NamedTuple):
    """A scope of communes over which figures are made: its kind, key and name, and (C,) which communes."""

    scope: str
    key: str | None
    name: str | None
    chosen: np.ndarray


def make_fairness(grounds: Grounds, equity: pd.DataFrame) -> pd.DataFrame:
    """Return inequality by people, and the worst and next worst commune by the share of its own best.

    Rows: over all communes; between the priority classes; within each class; within mountain and plain.

    Parameters
    ----------
    equity : see `planner.plan.needs.make_equity`.
    """
    communes = equity[equity["group"] == "commune"].reset_index(drop=True)
    table = [_between_classes(grounds, communes), *(_figures(m, communes) for m in _members(grounds))]
    table[0], table[1] = table[1], table[0]
    return pd.DataFrame(table, columns=list(columns("fairness")))


def _members(grounds: Grounds) -> list[Member]:
    facts = grounds.case.communes
    every = np.ones(len(facts), dtype=bool)
    classes = [
        Member("class", key, grounds.catalogue.priority[key].label(grounds.language), facts["priority_class"] == key)
        for key in sorted(facts["priority_class"].unique())
    ]
    high = facts["mountainous"].to_numpy(bool)
    terrains = [Member("mountain", None, None, high), Member("plain", None, None, ~high)]
    return [Member("communes", None, None, every), *classes, *(m for m in terrains if m.chosen.any())]


def _figures(member: Member, communes: pd.DataFrame) -> dict[str, Any]:
    rows = communes[np.asarray(member.chosen)]
    people, share, own = (rows[key].to_numpy(float) for key in ("population", "share", "own_best_share"))
    found: dict[str, Any] = {"scope": member.scope, "key": member.key, "name": member.name, "communes": len(rows)}
    found |= {"population": people.sum()} | _inequality(share, own, people)
    for place, i in zip(("worst", "next_worst"), lowest(own), strict=False):
        found |= {place: rows["name"].iat[i], f"{place}_own_best_share": round(float(own[i]), 4)}
    return found


def _inequality(share: np.ndarray, own: np.ndarray, people: np.ndarray) -> dict[str, float]:
    figures = {
        "mean_share": _mean(share, people),
        "gini": gini(share, people),
        "lowest_decile_share": lowest_decile(share, people),
        "mean_own_best_share": _mean(own, people),
        "gini_own_best": gini(own, people),
        "lowest_decile_own_best_share": lowest_decile(own, people),
    }
    return {key: round(value, 4) for key, value in figures.items()}


def _mean(values: np.ndarray, people: np.ndarray) -> float:
    known = ~np.isnan(values)
    total = float(people[known].sum())
    return float(values[known] @ people[known]) / total if total > 0 else float("nan")


def _between_classes(grounds: Grounds, communes: pd.DataFrame) -> dict[str, Any]:
    """Return the inequality between the priority classes, each with the mean of its people."""
    by_class = communes.groupby(grounds.case.communes["priority_class"].to_numpy())
    rows = [
        [_mean(c[key].to_numpy(float), c["population"].to_numpy(float)) for key in ("share", "own_best_share")]
        + [float(c["population"].sum())]
        for _, c in by_class
    ]
    share, own, people = np.array(rows).reshape(-1, 3).T
    found = {"scope": "classes", "communes": len(communes), "population": people.sum()}
    return found | _inequality(share, own, people)


def make_shares(grounds: Grounds, scenario: Scenario) -> pd.DataFrame:
    """Return the share of the money spent and of the area given to needs that disadvantaged communes get, and should.

    A facility without a known area counts none.
    """
    case = grounds.case
    problem, uses = case.problem, grounds.outcome.use
    chosen = problem.pair_number[np.arange(len(uses)), uses]
    group = favoured_pairs(case.communes, case.facilities, problem, scenario.budget.disadvantaged)[chosen]
    given = {
        "money": (total_cost(problem.budget)[chosen], scenario.budget.disadvantaged_share_min),
        "area": (problem.area_share.area[chosen], scenario.fairness.area_share_min),
    }
    rows = [
        {
            "measure": measure,
            "total": round(float(amount.sum()), 3),
            "disadvantaged": round(float(amount[group].sum()), 3),
            "disadvantaged_share": round(float(amount[group].sum() / amount.sum()), 4) if amount.sum() > 0 else np.nan,
            "disadvantaged_share_min": least,
        }
        for measure, (amount, least) in given.items()
    ]
    return pd.DataFrame(rows, columns=list(columns("shares"))).astype({"disadvantaged_share_min": "Float64"})


def make_needs_building(grounds: Grounds, fairness: Fairness, needs: pd.DataFrame) -> pd.DataFrame:
    """Return what the communes ask for that could reach nothing, were they served first: no house there will do.

    They pull nothing from the others (their own target is nothing) and stand in no worst or next worst.
    """
    case = grounds.case
    share = shares(case.problem.service, len(fairness.attainable), grounds.outcome.unserved)
    codes = case.communes.loc[hopeless(fairness, share), "commune_code"]
    served = [use.key for use in case.uses if use.family == "service"]
    asked = needs["commune_code"].isin(codes) & needs["use"].isin(served) & needs["known"] & (needs["need"] > 0)
    table = needs[asked].copy()
    table["population"] = table["commune_code"].map(case.communes.set_index("commune_code")["population"])
    return table.reindex(columns=list(columns("needs_building"))).reset_index(drop=True)


def building_records(grounds: Grounds, table: pd.DataFrame) -> list[Record]:
    """Return a warning for each commune of `make_needs_building`."""
    found = []
    for (code, name), rows in table.groupby(["commune_code", "commune_name"], sort=False):
        uses = "; ".join(grounds.catalogue.uses[use].label(grounds.language) for use in rows["use"])
        text = message("commune_needs_building", grounds.language, commune=f"{name} ({code})", uses=uses)
        record = Record(
            table="needs",
            rule="commune-needs-building",
            severity="warning",
            value=str(code),
            message=text.text,
            fix=text.fix,
        )
        found.append(record)
    return found


def fairness_in_short(fairness: pd.DataFrame, shared: pd.DataFrame, building: pd.DataFrame) -> dict[str, Any]:
    """Return what plan.json says of fairness: inequality over the communes, the two worst, the least shares."""
    row = {key: None if pd.isna(value) else value for key, value in fairness.iloc[0].to_dict().items()}
    figures = ("gini", "lowest_decile_share", "gini_own_best", "lowest_decile_own_best_share")
    worst = {
        place: {"name": row[place], "own_best_share": row[f"{place}_own_best_share"]}
        for place in ("worst", "next_worst")
        if row[place] is not None
    }
    least = {
        f"{part['measure']}_share": {
            "reached": None if pd.isna(part["disadvantaged_share"]) else part["disadvantaged_share"],
            "asked": None if pd.isna(part["disadvantaged_share_min"]) else float(part["disadvantaged_share_min"]),
        }
        for part in shared.to_dict("records")
    }
    count = int(building["commune_code"].nunique())
    return {key: row[key] for key in figures} | worst | least | {"communes_that_need_a_building": count}
