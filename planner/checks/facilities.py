"""Checks of the facilities table."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pandas as pd

from planner.checks.common import Check, findings, flag, rows_where
from planner.errors import Record
from planner.inputs.places.resolve import in_viet_nam
from planner.inputs.tables import Tables
from planner.scenario import Scenario

FIRST_YEAR = 1800
FIRST_DECISION = pd.Timestamp(1990, 1, 1)
DECIDED = ("approved", "handed_over", "in_use")
HANDED_OVER = ("handed_over", "in_use")
ROUNDING_M2 = 0.5


def today() -> dt.date:
    """Return today's date in Viet Nam."""
    return dt.datetime.now(tz=ZoneInfo("Asia/Ho_Chi_Minh")).date()


def missing_name(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report facilities without a name: nobody can tell which house is meant."""
    missing = tables.facilities["name"].isna()
    return flag(findings("facilities", tables, scenario), missing, "name", "missing-name", "warning")


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
    """Report degrees that no commune has settled and that lie in Viet Nam once the two are swapped."""
    lon, lat = tables.facilities["lon"], tables.facilities["lat"]
    return _wrong_degrees(tables, scenario, ~in_viet_nam(lon, lat) & in_viet_nam(lat, lon), "swapped-coordinates")


def outside_viet_nam(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report other degrees outside Viet Nam."""
    lon, lat = tables.facilities["lon"], tables.facilities["lat"]
    return _wrong_degrees(tables, scenario, ~in_viet_nam(lon, lat) & ~in_viet_nam(lat, lon), "outside-viet-nam")


def _wrong_degrees(tables: Tables, scenario: Scenario, wrong: pd.Series[bool], rule: str) -> list[Record]:
    about, facilities = findings("facilities", tables, scenario), tables.facilities
    return [
        about.cell(index, "lon", rule, "error", lon=about.text(index, "lon"), lat=about.text(index, "lat"))
        for index in rows_where(wrong & facilities["lon"].notna() & facilities["lat"].notna())
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


def residual_exceeds_original(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report facilities worth more in the books than they cost: residual value ≤ original value."""
    facilities = tables.facilities
    exceeds = facilities["residual_value_vnd"] > facilities["original_value_vnd"]
    about = findings("facilities", tables, scenario)
    return flag(about, exceeds, "residual_value_vnd", "residual-exceeds-original", "warning")


def floor_without_storeys(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report a floor area in a house of no storeys."""
    facilities = tables.facilities
    contradicts = (facilities["floor_area_m2"] > 0) & (facilities["storeys"] == 0)
    return flag(findings("facilities", tables, scenario), contradicts, "storeys", "floor-without-storeys", "warning")


def land_zero(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report a land area of 0: every house stands on land, and unknown is a blank cell."""
    zero = tables.facilities["land_area_m2"] == 0
    return flag(findings("facilities", tables, scenario), zero, "land_area_m2", "land-zero", "warning")


def areas_differ(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report land areas that differ from the certificate's by more than rounding: both are kept."""
    land, paper = tables.facilities["land_area_m2"], tables.facilities["certificate_area_m2"]
    differs = (land - paper).abs() > ROUNDING_M2
    about = findings("facilities", tables, scenario)
    return [
        about.cell(index, "certificate_area_m2", "areas-differ", "warning", land=about.text(index, "land_area_m2"))
        for index in rows_where(differs)
    ]


def decision_missing(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report approved facilities without the decision's number: the status is kept, its proof is not there."""
    facilities = tables.facilities
    unproved = facilities["status"].isin(DECIDED) & facilities["decision_no"].isna()
    return flag(findings("facilities", tables, scenario), unproved, "decision_no", "decision-missing", "warning")


def decided_after_handover(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report facilities handed over before they were decided on: decision date ≤ date of handing over."""
    facilities = tables.facilities
    late = facilities["status"].isin(HANDED_OVER) & (facilities["decision_date"] > facilities["available_from"])
    about = findings("facilities", tables, scenario)
    return [
        about.cell(
            index, "decision_date", "decided-after-handover", "warning", date=about.text(index, "available_from")
        )
        for index in rows_where(late)
    ]


def built_after_decision(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report houses built after the decision about them: year built ≤ year of the decision."""
    facilities = tables.facilities
    late = facilities["built_year"] > facilities["decision_date"].dt.year
    about = findings("facilities", tables, scenario)
    return [
        about.cell(index, "built_year", "built-after-decision", "warning", date=about.text(index, "decision_date"))
        for index in rows_where(late)
    ]


CHECKS: tuple[Check, ...] = (
    missing_name,
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
    residual_exceeds_original,
    floor_without_storeys,
    land_zero,
    areas_differ,
    decision_missing,
    decided_after_handover,
    built_after_decision,
)
