"""What people and communes need: places within reach, office area, and uses counted per commune."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.inputs.tables import Inputs
from planner.problem.demand import People, capacity_share, demand_of, find_people
from planner.scenario import Scenario


@dataclass(frozen=True)
class Needs:
    """Needs before anything is decided.

    Attributes
    ----------
    members : settlement (number), use, demand (persons), node: which node speaks for each settlement and use.
    nodes : commune (number), use, demand and people (persons), weight (priority), one row a node: a settlement where
        service is by distance, the settlements of one commune and weight together where it is by commune or by cluster
        of communes. People are those among whom the demand arises.
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
    services = staying(inputs, catalogue)
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
        for row in _counts(inputs, communes, use, modes[use.key], services)
    ]
    office = catalogue.uses["commune_office"]
    if office in uses:
        known = (modes[office.key] != "unknown") | office_candidates
        rows += _office(inputs, communes, office, modes[office.key], services, known)
        unknown += [(c, office.key) for c in every if not known[c]]
    columns = ["commune", "use", "need", "existing", "value", "mandatory", "existing_sites", "listed"]
    known_uses = [
        use for use in uses if use.family == "service" and (modes[use.key] != "unknown" or _listed(inputs, use.key))
    ]
    people = find_people(scenario, inputs, communes, catalogue)
    members, nodes = _gather([_members(inputs, communes, use, people, catalogue) for use in known_uses])
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


def _members(inputs: Inputs, communes: pd.DataFrame, use: Use, people: People, catalogue: Catalogue) -> pd.DataFrame:
    """Return the demand of each settlement: by age or norm, or a given need of the commune shared by population."""
    settlements = inputs.settlements
    commune, population = people.commune, people.population
    demand = demand_of(use, people)
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
            "people": np.maximum(population, demand),
            "weight": weight,
            "alone": order if use.reach == "distance" else -1,
        }
    )
    return members[members["demand"] > 0]


def _gather(parts: list[pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the members with their node numbers, and the nodes, in the order in which they first appear."""
    columns = ["settlement", "commune", "use", "demand", "people", "weight", "alone"]
    members = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    by = members.groupby(["use", "commune", "weight", "alone"], sort=False)
    members["node"] = by.ngroup()
    nodes = by[["demand", "people"]].sum().reset_index().drop(columns="alone")
    return members.drop(columns=["alone", "people"]), nodes


def _counts(
    inputs: Inputs, communes: pd.DataFrame, use: Use, mode: str, services: pd.DataFrame
) -> list[tuple[object, ...]]:
    """Return the commune needs of a counted use; a use given by unit has a need only where the needs table says so."""
    need = _given(inputs, communes, use.key)
    if use.family == "commune_wide" and mode != "unknown":
        need = dict.fromkeys(range(len(communes)), use.norm("per_commune") or 1.0) | need
    there = _services_by_commune(services, communes, use.key)[0] if mode == "listed" else {}
    return [
        (c, use.key, amount, float(there.get(c, 0.0)), _worth(communes, c, use), use.mandatory, 0, True)
        for c, amount in sorted(need.items())
    ]


def _office(  # noqa: PLR0913  the tables behind a need
    inputs: Inputs, communes: pd.DataFrame, use: Use, mode: str, services: pd.DataFrame, known: np.ndarray
) -> list[tuple[object, ...]]:
    """Return the office needs in usable m², with the seats that stay."""
    given = _given(inputs, communes, use.key)
    sites, area = _services_by_commune(services, communes, use.key) if mode == "listed" else ({}, {})
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


def _services_by_commune(
    services: pd.DataFrame, communes: pd.DataFrame, use: str
) -> tuple[dict[int, int], dict[int, float]]:
    """Return number and capacity of the services of a use that stay, by commune, without those in the inventory."""
    number = {code: i for i, code in enumerate(communes["commune_code"])}
    services = services[(services["use"] == use) & services["facility_id"].isna()]
    commune = services["commune_code"].map(number).dropna().astype(int)
    capacity = services["capacity"].fillna(0).astype(float)
    count, total = commune.groupby(commune).size(), capacity[commune.index].groupby(commune).sum()
    keys = count.index.tolist()
    return dict(zip(keys, count.tolist(), strict=True)), dict(zip(keys, total.tolist(), strict=True))


def staying(inputs: Inputs, catalogue: Catalogue) -> pd.DataFrame:
    """Return the services that stay, with the capacity that counts by their condition; without those that count none.

    A condition that nobody stated takes the share of `capacity_share_unknown`.
    """
    services = inputs.services
    share = capacity_share(services["condition"], catalogue)
    stays = (services["status"].astype("string").fillna("keeps") != "closing").to_numpy(bool) & (share > 0)
    kept: pd.DataFrame = services[stays].assign(capacity=services.loc[stays, "capacity"] * share[stays])
    return kept
