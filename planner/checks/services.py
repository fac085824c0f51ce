"""Checks of the services and needs tables."""

from __future__ import annotations

import pandas as pd

from planner.catalogue.columns import value_label
from planner.checks.common import Check, findings, flag, known_uses
from planner.errors import Record
from planner.inputs.places.resolve import in_viet_nam
from planner.inputs.tables import Tables, text_of
from planner.scenario import Scenario


def missing_capacity(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report services without a capacity where people are served by capacity: it is unknown how many."""
    served = [key for key, use in known_uses().items() if use.family in ("office", "service")]
    missing = tables.services["capacity"].isna() & tables.services["use"].isin(served)
    return flag(findings("services", tables, scenario), missing, "capacity", "missing-capacity", "warning")


def capacity_reduced(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report services of which less than the whole counts, for the condition of their building."""
    about, catalogue = findings("services", tables, scenario), scenario.load_catalogue()
    records = []
    for index, condition in enumerate(text_of(tables.services, "condition")):
        key = f"capacity_share_{condition}"
        if condition and catalogue.coefficient(key) < 1:
            words = {"name": about.text(index, "name"), "share": f"{catalogue.coefficient(key):.0%}", "key": key}
            words["condition"] = value_label("condition", condition, scenario.language)
            records.append(about.cell(index, "condition", "capacity-reduced", "warning", **words))
    return records


def unknown_facility(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report services in a facility that is not in the list."""
    known = {"", *text_of(tables.facilities, "facility_id")}
    unknown = pd.Series([code not in known for code in text_of(tables.services, "facility_id")], dtype=bool)
    return flag(findings("services", tables, scenario), unknown, "facility_id", "service-facility-unknown", "warning")


def not_a_public_use(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report services whose use is unknown or serves no public need."""
    public = [key for key, use in known_uses().items() if use.public]
    other = ~tables.services["use"].isin(public)
    return flag(findings("services", tables, scenario), other, "use", "service-use-unknown", "error")


def outside_viet_nam(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report services outside Viet Nam."""
    lon, lat = tables.services["lon"], tables.services["lat"]
    outside = lon.notna() & lat.notna() & ~in_viet_nam(lon, lat)
    return flag(findings("services", tables, scenario), outside, "lon", "point-outside-viet-nam", "error")


def need_of_unknown_commune(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report needs of a commune that is not in the communes table."""
    unknown = ~tables.needs["commune_code"].isin(tables.communes["commune_code"])
    return flag(findings("needs", tables, scenario), unknown, "commune_code", "need-commune-unknown", "error")


def need_of_unknown_use(tables: Tables, scenario: Scenario) -> list[Record]:
    """Report needs whose use is unknown or serves no public need."""
    public = [key for key, use in known_uses().items() if use.public]
    unknown = ~tables.needs["use"].isin(public)
    return flag(findings("needs", tables, scenario), unknown, "use", "need-use-unknown", "error")


CHECKS: tuple[Check, ...] = (
    missing_capacity,
    capacity_reduced,
    unknown_facility,
    not_a_public_use,
    outside_viet_nam,
    need_of_unknown_commune,
    need_of_unknown_use,
)
