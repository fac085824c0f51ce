"""What people and communes need: places within reach, office area, and uses counted per commune."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.inputs.tables import Inputs
from planner.scenario import Scenario


@dataclass(frozen=True)
class Needs:
    """Needs before anything is decided.

    Attributes
    ----------
    members : settlement (number), use, demand (persons), node: which node speaks for each settlement and use.
    nodes : commune (number), use, demand (persons), weight (priority), one row a node: a settlement where service is by
        distance, the settlements of one commune and weight together where it is by commune or by cluster of communes.
    commune_needs : commune (number), use, need, existing, value (persons-equivalent), mandatory, existing_sites,
        listed, one row a commune and use; not listed: the office of a commune without known posts or seats.
    unknown : commune (number), use: needs that nobody listed, neither unmet nor bought.
    """

    members: pd.DataFrame
    nodes: pd.DataFrame
    commune_needs: pd.DataFrame
    unknown: pd.DataFrame


def enabled_uses(scenario: Scenario, catalogue: Catalogue) -> list[Use]:
    """Return the uses that the scenario leaves switched on, in the catalogue's order."""
    off = {key for key, settings in scenario.uses.items() if not settings.enabled}
    return [use for key, use in catalogue.uses.items() if key not in off]


def existing_mode(scenario: Scenario, inputs: Inputs, use: str) -> str:
    """Return how the services table is read for a use: listed (the default where it has the use), none or unknown."""
    settings = scenario.uses.get(use)
    if settings is not None and settings.existing is not None:
        return settings.existing
    return "listed" if bool((inputs.services["use"] == use).any()) else "unknown"


def find_needs(
    scenario: Scenario, inputs: Inputs, communes: pd.DataFrame, office_candidates: np.ndarray, catalogue: Catalogue
) -> Needs:
    """Return the needs of every settlement and commune.

    Parameters
    ----------
    communes : see `facts.commune_facts`.
    office_candidates : (C,) whether the inventory holds a possible office of the commune.
    """
    uses = enabled_uses(scenario, catalogue)
    unknown: list[tuple[int, str]] = []
    modes = {use.key: existing_mode(scenario, inputs, use.key) for use in uses}
    every = range(len(communes))
    for use in uses:
        if use.family == "service" and modes[use.key] == "unknown" and not _listed(inputs, use.key):
            unknown += [(c, use.key) for c in every]
        if use.family == "commune_wide" and modes[use.key] == "unknown":
            given = _given(inputs, communes, use.key)
            unknown += [(c, use.key) for c in every if c not in given]
    rows = [
        row
        for use in uses
        if use.family in ("commune_wide", "by_unit")
        for row in _counts(inputs, communes, use, modes)
    ]
    office = catalogue.uses["commune_office"]
    if office in uses:
        known = (modes[office.key] != "unknown") | office_candidates
        rows += _office(inputs, communes, office, modes[office.key], known)
        unknown += [(c, office.key) for c in every if not known[c]]
    columns = ["commune", "use", "need", "existing", "value", "mandatory", "existing_sites", "listed"]
    known_uses = [
        use for use in uses if use.family == "service" and (modes[use.key] != "unknown" or _listed(inputs, use.key))
    ]
    members, nodes = _gather([_members(inputs, communes, use, catalogue) for use in known_uses])
    return Needs(
        members=members,
        nodes=nodes,
        commune_needs=pd.DataFrame(rows, columns=columns),
        unknown=pd.DataFrame(unknown, columns=["commune", "use"]),
    )


def _listed(inputs: Inputs, use: str) -> bool:
    return bool((inputs.needs["use"] == use).any())


def _given(inputs: Inputs, communes: pd.DataFrame, use: str) -> dict[int, float]:
    """Return the amounts that the needs table gives for a use, by commune number."""
    number = {code: i for i, code in enumerate(communes["commune_code"])}
    rows = inputs.needs[inputs.needs["use"] == use]
    return {
        number[code]: float(amount)
        for code, amount in zip(rows["commune_code"], rows["amount"], strict=True)
        if code in number and not pd.isna(amount)
    }


def _members(inputs: Inputs, communes: pd.DataFrame, use: Use, catalogue: Catalogue) -> pd.DataFrame:
    """Return the demand of each settlement: population x norm, or a given need of the commune shared by population."""
    settlements = inputs.settlements
    number = {code: i for i, code in enumerate(communes["commune_code"])}
    commune = settlements["commune_code"].map(number).fillna(-1).astype(int).to_numpy()
    population = settlements["population"].fillna(0).to_numpy(float)
    demand = population * (use.norm("places_per_1000") or 0.0) / 1000.0
    for c, amount in _given(inputs, communes, use.key).items():
        inside = commune == c
        if population[inside].sum() > 0:
            demand[inside] = amount * population[inside] / population[inside].sum()
    weight = np.append(communes["weight"].to_numpy(float), 1.0)[commune]
    village = catalogue.priority["village"].weight
    weight = np.where(
        settlements["specially_disadvantaged"].fillna(value=False).astype(bool), np.maximum(weight, village), weight
    )
    order = np.arange(len(settlements))
    members = pd.DataFrame(
        {
            "settlement": order,
            "commune": commune,
            "use": use.key,
            "demand": demand,
            "weight": weight,
            "alone": order if use.reach == "distance" else -1,
        }
    )
    return members[members["demand"] > 0]


def _gather(parts: list[pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the members with their node numbers, and the nodes, in the order in which they first appear."""
    columns = ["settlement", "commune", "use", "demand", "weight", "alone"]
    members = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    by = members.groupby(["use", "commune", "weight", "alone"], sort=False)
    members["node"] = by.ngroup()
    nodes = by["demand"].sum().reset_index().drop(columns="alone")
    return members.drop(columns="alone"), nodes


def _counts(inputs: Inputs, communes: pd.DataFrame, use: Use, modes: dict[str, str]) -> list[tuple[object, ...]]:
    """Return the commune needs of a counted use; a use given by unit has a need only where the needs table says so."""
    need = _given(inputs, communes, use.key)
    if use.family == "commune_wide" and modes[use.key] != "unknown":
        need = dict.fromkeys(range(len(communes)), use.norm("per_commune") or 1.0) | need
    there = _services_by_commune(inputs, communes, use.key)[0] if modes[use.key] == "listed" else {}
    return [
        (c, use.key, amount, float(there.get(c, 0.0)), _worth(communes, c, use), use.mandatory, 0, True)
        for c, amount in sorted(need.items())
    ]


def _office(inputs: Inputs, communes: pd.DataFrame, use: Use, mode: str, known: np.ndarray) -> list[tuple[object, ...]]:
    """Return the office needs in usable m², with the seats that stay."""
    given = _given(inputs, communes, use.key)
    sites, area = _services_by_commune(inputs, communes, use.key) if mode == "listed" else ({}, {})
    posts = (inputs.communes["staff"].notna() | inputs.communes["office_need_m2"].notna()).to_numpy(bool)
    listed = [mode != "unknown" or c in given or bool(posts[c]) for c in range(len(communes))]
    return [
        (
            c,
            use.key,
            given.get(c, need),
            area.get(c, 0.0),
            _worth(communes, c, use),
            use.mandatory,
            sites.get(c, 0),
            listed[c],
        )
        for c, need in enumerate(communes["office_need_m2"])
        if known[c]
    ]


def _worth(communes: pd.DataFrame, commune: int, use: Use) -> float:
    """Return the persons-equivalent of missing all of a need: population x priority weight x importance."""
    population, weight = (communes[column].to_numpy(float)[commune] for column in ("population", "weight"))
    return float(population * weight * use.importance)


def _services_by_commune(inputs: Inputs, communes: pd.DataFrame, use: str) -> tuple[dict[int, int], dict[int, float]]:
    """Return number and capacity of the services of a use that stay, by commune, without those in the inventory."""
    number = {code: i for i, code in enumerate(communes["commune_code"])}
    services = staying(inputs)
    services = services[(services["use"] == use) & services["facility_id"].isna()]
    commune = services["commune_code"].map(number).dropna().astype(int)
    capacity = services["capacity"].fillna(0).astype(float)
    count, total = commune.groupby(commune).size(), capacity[commune.index].groupby(commune).sum()
    keys = count.index.tolist()
    return dict(zip(keys, count.tolist(), strict=True)), dict(zip(keys, total.tolist(), strict=True))


def staying(inputs: Inputs) -> pd.DataFrame:
    """Return the services that are not closing."""
    status = inputs.services["status"].astype("string").fillna("keeps")
    stays: pd.DataFrame = inputs.services[status != "closing"]
    return stays
