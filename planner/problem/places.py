"""Where everything lies, in one plane: settlements, facilities and services, and who reaches what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.geography.travel import local_projection, straight_line, to_plane
from planner.inputs.tables import Inputs
from planner.problem.facts import number_of, position_error
from planner.problem.needs import Needs
from planner.problem.reach import Arcs, Places, centres, reach, unsure_positions


@dataclass(frozen=True)
class Positions:
    """Settlements, facilities and the services that stay, as places of one plane; people: (n,) of each settlement."""

    settlements: Places
    facilities: Places
    services: Places
    people: np.ndarray


@dataclass(frozen=True)
class UseArcs:
    """Who reaches what for one use: arcs from the rows of `Needs.nodes` to facilities and to services."""

    to_facilities: Arcs
    to_services: Arcs


def find_positions(
    inputs: Inputs, services: pd.DataFrame, facts: pd.DataFrame, communes: pd.DataFrame, catalogue: Catalogue
) -> Positions:
    """Return all places in a plane of kilometres; see `facts` for the tables of facts."""
    projection = local_projection(inputs.communes.geometry)
    number = {code: i for i, code in enumerate(communes["commune_code"])}
    mountain = np.append(communes["mountainous"].to_numpy(bool), [False])  # -1, no commune, takes the last
    detour = np.append(communes["detour"].to_numpy(float), catalogue.coefficient("detour_plain"))

    def place(points: gpd.GeoSeries, commune: np.ndarray, error: np.ndarray) -> Places:
        plane = to_plane(points, projection)
        known_error = np.where(np.isnan(plane[:, 0]), np.inf, error)
        return Places(plane, commune, known_error, mountain[commune], detour[commune])

    def commune_of(table: pd.DataFrame) -> np.ndarray:
        return np.asarray(table["commune_code"].map(number).fillna(-1).astype(int))

    settlements = inputs.settlements
    settlement_error = position_error(settlements["position_quality"], catalogue)
    surveyed = np.full(len(services), catalogue.coefficient("position_error_surveyed_km"))
    return Positions(
        settlements=place(settlements.geometry, commune_of(settlements), settlement_error),
        facilities=place(
            inputs.facilities.geometry, facts["commune"].to_numpy(), facts["position_error_km"].to_numpy()
        ),
        services=place(services.geometry, commune_of(services), surveyed),
        people=settlements["population"].fillna(0).to_numpy(float),
    )


def find_arcs(needs: Needs, positions: Positions, uses: Sequence[Use], catalogue: Catalogue) -> dict[str, UseArcs]:
    """Return the arcs of every use that people reach, by use key."""
    return {use.key: _arcs(use, needs, positions, catalogue) for use in uses if use.family == "service"}


def _arcs(use: Use, needs: Needs, positions: Positions, catalogue: Catalogue) -> UseArcs:
    rows = np.nonzero((needs.nodes["use"] == use.key).to_numpy())[0]
    members = needs.members[needs.members["use"] == use.key]
    origins = centres(positions.settlements, members["settlement"], members["node"], members["demand"])
    reference = catalogue.coefficient("reference_travel_km")

    def to(destinations: Places) -> Arcs:
        arcs = reach(use, origins, destinations, reference)
        return Arcs(rows[arcs.origin], arcs.destination, arcs.km, arcs.share)

    return UseArcs(to(positions.facilities), to(positions.services))


def reached_by_commune(uses: Sequence[Use], allowed: np.ndarray, facilities: Places) -> np.ndarray:
    """Return (F,) whether a facility that may serve people is reached by commune, its position being too unsure."""
    vague = np.zeros(len(allowed), dtype=bool)
    for use in uses:
        if use.family == "service":
            vague |= unsure_positions(use, facilities) & allowed[:, number_of(uses, use.key)]
    return vague


def mean_km(positions: Positions, plane: np.ndarray, commune: np.ndarray) -> np.ndarray:
    """Return (n,) population-weighted mean travel from the commune's settlements to each point; NaN where unknown."""
    settlements, people = positions.settlements, positions.people
    found = np.full(len(plane), np.nan)
    for i, c in enumerate(commune):
        inside = np.nonzero((settlements.commune == c) & np.isfinite(settlements.plane[:, 0]) & (people > 0))[0]
        if len(inside) and np.isfinite(plane[i, 0]):
            there = np.broadcast_to(plane[i], (len(inside), 2))
            km = straight_line(settlements.plane[inside], there, settlements.detour[inside])
            found[i] = np.average(km, weights=people[inside])
    return found


def kept_seat_km(positions: Positions, services: pd.DataFrame, communes: np.ndarray) -> np.ndarray:
    """Return (C,) mean travel to the nearest seat that stays; NaN where there is none."""
    seats = np.nonzero(((services["use"] == "commune_office") & services["facility_id"].isna()).to_numpy())[0]
    where = positions.services.commune[seats]
    best = pd.Series(mean_km(positions, positions.services.plane[seats], where)).groupby(where).min()
    return best.reindex(communes).to_numpy(float)
