"""What is known of each facility and commune, and what is assumed where it is not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.inputs.tables import Inputs

CLEAR_CONSENT = ("given", "not_needed")
OWNERS_WITH_CONSENT = ("central", "other_province", "party", "armed_forces", "enterprise", "other")
OFFICE_LIKE = ("office", "commune_office", "state_office", "public_service_centre")
IN_USE = ("in_use", "partly_used")


def number_of(uses: Sequence[Use], key: str) -> int:
    """Return the column of a use."""
    return next(u for u, use in enumerate(uses) if use.key == key)


def commune_facts(inputs: Inputs, catalogue: Catalogue) -> pd.DataFrame:
    """Return one row a commune: code, name, population, terrain, priority class and weight, office need in usable m².

    The priority class is the one with the highest weight among difficulty, border, island and ATK.
    """
    communes = inputs.communes
    facts = pd.DataFrame(
        {
            "commune_code": communes["commune_code"].astype(str),
            "name": communes["name"].astype(str),
            "population": communes["population"].fillna(0).astype(float),
            "mountainous": communes["mountainous"].fillna(value=False).astype(bool),
            "difficulty": communes["difficulty"].fillna("unknown").astype(str),
        }
    )
    priority = [_priority(row, catalogue) for row in communes.to_dict("records")]
    facts["priority_class"], facts["weight"] = zip(*priority, strict=True) if priority else ((), ())
    facts["detour"] = np.where(
        facts["mountainous"], catalogue.coefficient("detour_mountain"), catalogue.coefficient("detour_plain")
    )
    facts["difficult"] = facts["difficulty"].isin(["II", "III"])
    office = catalogue.uses["commune_office"]
    per_post = office.norms["m2_per_post"].value * (1 + office.norms["common_share"].value)
    staff = communes["staff"].astype("Float64").fillna(office.norms["staff_default"].value)
    facts["office_need_m2"] = communes["office_need_m2"].astype("Float64").fillna(staff * per_post).astype(float)
    return facts


def _priority(commune: dict[str, object], catalogue: Catalogue) -> tuple[str, float]:
    difficulty = commune.get("difficulty")
    classes = [str(difficulty) if isinstance(difficulty, str) else "unknown"]
    classes += [flag for flag in ("border", "island", "atk") if commune.get(flag) is True]
    best = max(classes, key=lambda key: catalogue.priority[key].weight)
    return best, catalogue.priority[best].weight


def favoured(communes: pd.DataFrame, classes: Sequence[str]) -> np.ndarray:
    """Return (C,) whether a commune belongs to one of the priority classes, by difficulty or by its leading class."""
    return np.asarray(communes["difficulty"].isin(classes) | communes["priority_class"].isin(classes))


def facility_facts(inputs: Inputs, communes: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return one row a facility with plain numpy columns; NaN and "unknown" stay unknown.

    Columns: facility_id, commune (number, -1 unknown), land_m2 (share of the site's land), floor_m2, floor_assumed,
    usable_m2, rooms, storeys, condition, occupancy, owner, consent, encumbrance, hazard, heritage, current_use, in_use,
    has_successor, planning_code, land_demand, position_error_km.
    """
    table = inputs.facilities
    number = {code: i for i, code in enumerate(communes["commune_code"])}
    facts = pd.DataFrame({"facility_id": table["facility_id"].astype(str)})
    facts["commune"] = table["commune_code"].map(number).fillna(-1).astype(int)
    facts["site"] = table["site_id"].astype("string").fillna(facts["facility_id"]).astype(str)
    buildings = facts.groupby("site")["facility_id"].transform("size")
    facts["land_m2"] = table["land_area_m2"].to_numpy(float, na_value=np.nan) / buildings
    for column in ("rooms", "storeys", "built_year", "repair_cost_vnd", "equipment_cost_vnd"):
        facts[column] = table[column].to_numpy(float, na_value=np.nan)
    for column in ("condition", "occupancy", "owner", "consent", "encumbrance", "hazard", "current_use", "land_demand"):
        facts[column] = table[column].astype("string").fillna("unknown").astype(str)
    facts["planning_code"] = table["planning_code"].astype("string").fillna("").astype(str)
    facts["land_use_code"] = table["land_use_code"].astype("string").fillna("").astype(str)
    facts["heritage"] = table["heritage"].fillna(value=False).astype(bool)
    facts["has_successor"] = table["successor"].notna().to_numpy()
    facts["in_use"] = facts["occupancy"].isin(IN_USE)
    facts["position_error_km"] = position_error(table["position_quality"], catalogue)
    _assume_floor(facts, table["floor_area_m2"].to_numpy(float, na_value=np.nan), catalogue)
    return facts


def _assume_floor(facts: pd.DataFrame, given: np.ndarray, catalogue: Catalogue) -> None:
    """Fill a missing floor area from the plot: a share of the land on each storey, up to a maximum."""
    guess = facts["land_m2"] * catalogue.coefficient("floor_per_land_assumed") * facts["storeys"].fillna(1)
    guess = guess.clip(upper=catalogue.coefficient("floor_assumed_max_m2")).round(1)
    facts["floor_assumed"] = np.isnan(given) & guess.notna()
    facts["floor_m2"] = np.where(np.isnan(given), guess, given)
    facts["usable_m2"] = facts["floor_m2"] * catalogue.coefficient("net_to_gross")


def position_error(quality: pd.Series, catalogue: Catalogue) -> np.ndarray:
    """Return (n,) position error in km of points whose quality is given; infinite where unknown."""
    errors = {
        key: catalogue.coefficient(f"position_error_{key}_km") for key in ("surveyed", "address", "grid", "commune")
    }
    return quality.map(errors).fillna(np.inf).to_numpy(float)


def linked_services(services: pd.DataFrame, facts: pd.DataFrame) -> np.ndarray:
    """Return (F,) the use of the working service in the same house, "" for none."""
    inside = services[services["facility_id"].notna()]
    use = dict(zip(inside["facility_id"], inside["use"], strict=True))
    return np.array([str(use.get(facility_id, "")) for facility_id in facts["facility_id"]], dtype=object)


def office_candidates(
    facts: pd.DataFrame, communes: pd.DataFrame, locks: pd.DataFrame, catalogue: Catalogue
) -> np.ndarray:
    """Return (C,) whether the inventory holds a house that could be its office and is not decided otherwise."""
    least = catalogue.uses["commune_office"].norm("min_floor_m2") or 0.0
    fits = facts["current_use"].isin([*OFFICE_LIKE, "unknown"]) & (facts["floor_m2"] >= least) & (facts["commune"] >= 0)
    fits &= ~facts.index.isin(locks.loc[(locks["kind"] != "forbid") & (locks["use"] != "commune_office"), "facility"])
    found = np.zeros(len(communes), dtype=bool)
    found[facts.loc[fits, "commune"].to_numpy()] = True
    return found


def capacity(facts: pd.DataFrame, communes: pd.DataFrame, use: str, catalogue: Catalogue) -> np.ndarray:
    """Return (F,) places that each facility offers for a service use: the least of land, floor and rooms.

    Land: land / m2_per_place (the difficult-area norm where the commune is difficult). Floor: usable /
    floor_m2_per_place. Rooms: rooms x class_size, where rooms are known. NaN where an area is unknown.
    """
    norm = catalogue.uses[use].norm
    difficult = np.append(communes["difficult"].to_numpy(bool), [False])[facts["commune"]]  # -1 takes the last
    parts = []
    if (per_place := norm("m2_per_place")) is not None:
        land_norm = np.where(difficult, norm("m2_per_place_difficult") or per_place, per_place)
        parts.append(facts["land_m2"].to_numpy(float) / land_norm)
    if (floor_norm := norm("floor_m2_per_place")) is not None:
        parts.append(facts["usable_m2"].to_numpy(float) / floor_norm)
    if (class_size := norm("class_size")) is not None:
        rooms = facts["rooms"].to_numpy(float)
        parts.append(np.where(np.isnan(rooms), np.inf, rooms * class_size))
    return np.asarray(np.floor(np.min(parts, axis=0)))
