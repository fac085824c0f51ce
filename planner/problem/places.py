"""Where everything lies, in one plane: settlements, facilities and services, and who reaches what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.catalogue import Catalogue, Use
from planner.errors import Record
from planner.geography.travel import Points, StraightLine, Travel, local_projection, to_plane
from planner.inputs.tables import Inputs
from planner.problem.facts import number_of, position_error
from planner.problem.needs import Needs
from planner.problem.reach import Arcs, Places, centres, reach, speakers, unsure_positions
from planner.problem.ways import make_travel
from planner.scenario import Scenario


@dataclass(frozen=True)
class Positions:
    """Settlements, facilities and the services that stay, as places of one plane, and how one travels between them.

    Attributes
    ----------
    people : (n,) of each settlement. records : what is not certain about travel.
    """

    settlements: Places
    facilities: Places
    services: Places
    people: np.ndarray
    travel: Travel
    records: list[Record]


@dataclass(frozen=True)
class UseArcs:
    """Who reaches what for one use: arcs from the rows of `Needs.nodes` to facilities and to services."""

    to_facilities: Arcs
    to_services: Arcs


def find_positions(  # noqa: PLR0913  all tables with a position
    scenario: Scenario,
    inputs: Inputs,
    services: pd.DataFrame,
    facts: pd.DataFrame,
    communes: pd.DataFrame,
    catalogue: Catalogue,
) -> Positions:
    """Return all places in a plane of kilometres and the way to travel; see `facts` for the tables of facts."""
    projection = local_projection(inputs.communes.geometry)
    number = {code: i for i, code in enumerate(communes["commune_code"])}
    mountain = np.append(communes["mountainous"].to_numpy(bool), [False])  # -1, no commune, takes the last
    detour = np.append(communes["detour"].to_numpy(float), catalogue.coefficient("detour_plain"))
    in_mountains = catalogue.coefficient("door_to_door_kmh_mountain")
    kmh = np.where(mountain, in_mountains, catalogue.coefficient("door_to_door_kmh_plain"))

    def place(table: str, geometry: gpd.GeoSeries, commune: np.ndarray, error: np.ndarray) -> Places:
        plane = to_plane(geometry, projection)
        known_error = np.where(np.isnan(plane[:, 0]), np.inf, error)
        points = Points(table, np.arange(len(plane)), plane, detour[commune], kmh[commune])
        return Places(points, commune, known_error, mountain[commune])

    def commune_of(table: pd.DataFrame) -> np.ndarray:
        return np.asarray(table["commune_code"].map(number).fillna(-1).astype(int))

    settlements = inputs.settlements
    settlement_error = position_error(settlements["position_quality"], catalogue)
    surveyed = np.full(len(services), catalogue.coefficient("position_error_surveyed_km"))
    facility_commune, facility_error = facts["commune"].to_numpy(), facts["position_error_km"].to_numpy()
    places = {
        "settlements": place("settlements", settlements.geometry, commune_of(settlements), settlement_error),
        "facilities": place("facilities", inputs.facilities.geometry, facility_commune, facility_error),
        "services": place("services", services.geometry, commune_of(services), surveyed),
    }
    tables = {"settlements": settlements, "facilities": inputs.facilities, "services": services}
    travel, records = make_travel(
        scenario, inputs, tables, catalogue, projection, {key: found.points for key, found in places.items()}
    )
    people = settlements["population"].fillna(0).to_numpy(float)
    return Positions(**places, people=people, travel=travel, records=records)


def find_arcs(needs: Needs, positions: Positions, uses: Sequence[Use], catalogue: Catalogue) -> dict[str, UseArcs]:
    """Return the arcs of every use that people reach, by use key."""
    return {use.key: _arcs(use, needs, positions, catalogue) for use in uses if use.family == "service"}


def node_places(use: Use, needs: Needs, positions: Positions) -> tuple[np.ndarray, Places]:
    """Return the rows of `Needs.nodes` that are about a use, and where each of them is."""
    rows = np.nonzero((needs.nodes["use"] == use.key).to_numpy())[0]
    members = needs.members[needs.members["use"] == use.key]
    speak = centres if isinstance(positions.travel, StraightLine) else speakers
    return rows, speak(positions.settlements, members["settlement"], members["node"], members["demand"])


def _arcs(use: Use, needs: Needs, positions: Positions, catalogue: Catalogue) -> UseArcs:
    rows, origins = node_places(use, needs, positions)
    reference = catalogue.coefficient("reference_travel_km")

    def to(destinations: Places) -> Arcs:
        arcs = reach(use, origins, destinations, positions.travel, reference)
        return Arcs(rows[arcs.origin], arcs.destination, arcs.km, arcs.share)

    return UseArcs(to(positions.facilities), to(positions.services))


def reached_by_commune(uses: Sequence[Use], allowed: np.ndarray, positions: Positions) -> np.ndarray:
    """Return (F,) whether a facility that may serve people is reached by commune, its position being too unsure."""
    vague = np.zeros(len(allowed), dtype=bool)
    for use in uses:
        if use.family == "service":
            unsure = unsure_positions(use, positions.facilities, positions.travel)
            vague |= unsure & allowed[:, number_of(uses, use.key)]
    return vague


def mean_km(positions: Positions, places: Places, commune: np.ndarray) -> np.ndarray:
    """Return (n,) population-weighted mean travel from a commune's settlements to each place; NaN where unknown.

    A settlement from which no way leads there counts as twice as far as the farthest of its commune that has one.
    """
    settlements, travel = positions.settlements, positions.travel
    able = np.isfinite(settlements.points.plane[:, 0]) | travel.knows(settlements.points)
    able &= positions.people > 0
    inside = [np.nonzero((settlements.commune == c) & able)[0] for c in commune]
    counts = [len(rows) for rows in inside]
    origin = np.concatenate([np.zeros(0, dtype=int), *inside])
    destination = np.repeat(np.arange(len(commune)), counts)
    km = travel.between(settlements.points.take(origin), places.points.take(destination))
    of = commune[destination]
    farthest = pd.Series(km).where(np.isfinite(km)).groupby(of).transform("max").to_numpy(float)
    km = np.where(np.isposinf(km), 2 * farthest, km)
    found = np.full(len(commune), np.nan)
    for i, (rows, part) in enumerate(zip(inside, np.split(km, np.cumsum(counts))[:-1], strict=True)):
        known = ~np.isnan(part)
        if known.any():
            found[i] = np.average(part[known], weights=positions.people[rows[known]])
    return found


def kept_seat_km(positions: Positions, services: pd.DataFrame, communes: np.ndarray) -> np.ndarray:
    """Return (C,) mean travel to the nearest seat that stays; NaN where there is none."""
    seats = np.nonzero(((services["use"] == "commune_office") & services["facility_id"].isna()).to_numpy())[0]
    where = positions.services.commune[seats]
    best = pd.Series(mean_km(positions, positions.services.take(seats), where)).groupby(where).min()
    return best.reindex(communes).to_numpy(float)
