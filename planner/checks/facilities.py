"""Checks of the facilities table."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.checks.common import Check, findings, flag, rows_where
from planner.errors import Record
from planner.inputs.places import in_metres, in_viet_nam
from planner.inputs.tables import Tables
from planner.inputs.units import marks
from planner.scenario import Scenario

FIRST_YEAR = 1800
FIRST_DECISION = pd.Timestamp(1990, 1, 1)
SAME_PLACE_M = 5.0
DECIDED = ("approved", "handed_over", "in_use")


def today() -> dt.date:
    """Return today's date in Viet Nam."""
    return dt.datetime.now(tz=ZoneInfo("Asia/Ho_Chi_Minh")).date()


def missing_floor_area(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report facilities without a floor area: their capacity is assumed and they must be surveyed."""
    missing = tables.facilities["floor_area_m2"].isna()
    return flag(findings("facilities", tables, scenario), missing, "floor_area_m2", "missing-floor-area", "warning")


def missing_land_area(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report facilities without a land area: the norms of plots cannot be tested."""
    missing = tables.facilities["land_area_m2"].isna()
    return flag(findings("facilities", tables, scenario), missing, "land_area_m2", "missing-land-area", "warning")


def unknown_owner(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report facilities whose owner is unknown: nobody can decide about them."""
    owner = tables.facilities["owner"].fillna("unknown")
    return flag(findings("facilities", tables, scenario), owner == "unknown", "owner", "owner-unknown", "warning")


def swapped_coordinates(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report positions that lie in Viet Nam once longitude and latitude are swapped."""
    lon, lat = tables.facilities.geometry.x, tables.facilities.geometry.y
    swapped = ~in_viet_nam(lon, lat) & in_viet_nam(lat, lon)
    about = findings("facilities", tables, scenario)
    return [
        about.cell(index, "lon", "swapped-coordinates", "error", lon=f"{lon.iloc[index]:g}", lat=f"{lat.iloc[index]:g}")
        for index in rows_where(swapped)
    ]


def outside_viet_nam(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report other positions outside Viet Nam."""
    lon, lat = tables.facilities.geometry.x, tables.facilities.geometry.y
    given = tables.facilities.geometry.notna()
    about = findings("facilities", tables, scenario)
    return [
        about.cell(index, "lon", "outside-viet-nam", "error", lon=f"{lon.iloc[index]:g}", lat=f"{lat.iloc[index]:g}")
        for index in rows_where(given & ~in_viet_nam(lon, lat) & ~in_viet_nam(lat, lon))
    ]


def floor_exceeds_storeys(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report houses that break floor area ≤ land area × storeys."""
    facilities = tables.facilities
    too_large = facilities["floor_area_m2"] > facilities["land_area_m2"] * facilities["storeys"]
    return flag(
        findings("facilities", tables, scenario), too_large, "floor_area_m2", "floor-exceeds-storeys", "warning"
    )


def impossible_year(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report years of building before 1800 or after this year."""
    year = tables.facilities["built_year"]
    impossible = (year < FIRST_YEAR) | (year > today().year)
    return flag(findings("facilities", tables, scenario), impossible, "built_year", "impossible-year", "warning")


def approved_without_use(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report approved facilities that do not say for which use."""
    facilities = tables.facilities
    undecided = facilities["status"].isin(DECIDED) & facilities["approved_use"].isna()
    return flag(findings("facilities", tables, scenario), undecided, "approved_use", "approved-without-use", "warning")


def impossible_decision_date(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report decisions dated before 1990 or in the future."""
    date = tables.facilities["decision_date"]
    impossible = (date < FIRST_DECISION) | (date > pd.Timestamp(today()))
    return flag(
        findings("facilities", tables, scenario), impossible, "decision_date", "impossible-decision-date", "warning"
    )


def confidential_in_public_run(tables: Tables, scenario: Scenario) -> list[Record]:
    """Say how many confidential facilities a public run leaves out, and not which."""
    confidential = rows_where(tables.facilities["confidential"])
    if not scenario.outputs.public or not confidential:
        return []
    about = findings("facilities", tables, scenario)
    return [about.whole("confidential-left-out", "info", count=len(confidential))]


def site_with_different_land(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report rows of a site that give different land areas: land counts once a site."""
    about = findings("facilities", tables, scenario)
    land, sites = tables.facilities["land_area_m2"], tables.facilities["site_id"]
    first = _first_of_each([sites.where(land.notna())])
    return [
        about.cell(
            index,
            "land_area_m2",
            "site-land-differs",
            "warning",
            first=about.where(first[index]),
            land=f"{land.iloc[first[index]]:g}",
        )
        for index in rows_where(land != land.iloc[first].array)
    ]


def same_name_and_commune(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report facilities of the same name in one commune: they may be one, listed twice."""
    names = tables.facilities["name"].map(marks, na_action="ignore")
    first = _first_of_each([names, tables.facilities["commune_code"]])
    pairs = [(one, index) for index, one in enumerate(first) if one != index]
    return _possible_duplicates(pairs, "name", tables, scenario)


def _first_of_each(keys: list[pd.Series[str]]) -> list[int]:
    """Return for each row the position of the first row with the same keys; rows with an unknown key stand alone."""
    first: dict[tuple[str, ...], int] = {}
    rows = zip(*(key.tolist() for key in keys), strict=True)
    return [index if any(map(pd.isna, row)) else first.setdefault(row, index) for index, row in enumerate(rows)]


def same_place(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report facilities surveyed less than 5 m apart: they may be one, listed twice."""
    facilities = tables.facilities
    inside = in_viet_nam(facilities.geometry.x, facilities.geometry.y)
    points = in_metres(facilities.geometry[inside & (facilities["position_quality"] == "surveyed")])
    left, right = points.sindex.query(points, predicate="dwithin", distance=SAME_PLACE_M)
    order = np.lexsort((left, right))
    nearest: dict[int, int] = {}
    for one, two in zip(points.index[left[order]], points.index[right[order]], strict=True):
        if one < two:
            nearest.setdefault(int(two), int(one))
    return _possible_duplicates([(first, second) for second, first in nearest.items()], "lon", tables, scenario)


def _possible_duplicates(pairs: list[tuple[int, int]], column: str, tables: Tables, scenario: Scenario) -> list[Record]:
    """Return a record for the later row of each pair that does not share a site."""
    about = findings("facilities", tables, scenario)
    ids, sites = tables.facilities["facility_id"].tolist(), tables.facilities["site_id"].tolist()
    return [
        about.cell(second, column, "possible-duplicate", "info", other=ids[first], first=about.where(first))
        for first, second in sorted(pairs, key=lambda pair: pair[1])
        if pd.isna(sites[first]) or pd.isna(sites[second]) or sites[first] != sites[second]
    ]


CHECKS: tuple[Check, ...] = (
    missing_floor_area,
    missing_land_area,
    unknown_owner,
    swapped_coordinates,
    outside_viet_nam,
    floor_exceeds_storeys,
    impossible_year,
    approved_without_use,
    impossible_decision_date,
    confidential_in_public_run,
    site_with_different_land,
    same_name_and_commune,
    same_place,
)
