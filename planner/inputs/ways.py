"""What travel is measured by: the roads or the ready-made table that the scenario names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from planner.inputs.files.opening import file_hash
from planner.inputs.origin import Origin
from planner.inputs.roads import read_roads
from planner.inputs.tables import InputFile, text_of
from planner.inputs.travel_table import read_travel

if TYPE_CHECKING:
    import pandas as pd

    from planner.errors import Record
    from planner.inputs.read import Reading
    from planner.scenario import Scenario


def read_ways(reading: Reading) -> None:
    """Read the roads or the travel table into the reading, if the scenario travels by them."""
    scenario, tables = reading.scenario, reading.tables
    if scenario.travel.mode == "network":
        reading.roads, found = read_roads(scenario.inputs.roads, scenario.mapping, scenario.language)
        reading.records += found
        _count(reading, "roads", scenario.inputs.roads, reading.roads)
    if scenario.travel.mode == "matrix":
        known = {
            "origin": text_of(tables["settlements"], "settlement_id"),
            "destination": [
                *text_of(tables["facilities"], "facility_id"),
                *text_of(tables["services"], "service_id"),
            ],
        }
        reading.travel, found = read_travel(scenario.inputs.travel, scenario.mapping, known, scenario.language)
        reading.records += [*found, *_missing_measures(scenario, reading.travel)]
        _count(reading, "travel", scenario.inputs.travel, reading.travel)


def _count(reading: Reading, name: str, paths: Sequence[Path], rows: pd.DataFrame) -> None:
    reading.read[name] = len(rows)
    reading.mapped |= set(rows.attrs["headers"].values()) & set(reading.scenario.mapping)
    here = reading.scenario.path.parent
    for path in paths:
        if path.is_file():
            seen = os.path.relpath(path, here).replace(os.sep, "/")
            used = int((rows["file"] == path.name).sum()) if "file" in rows else len(rows)
            reading.sources.append(InputFile(seen, file_hash(path), used))


def _missing_measures(scenario: Scenario, travel: pd.DataFrame) -> list[Record]:
    """Return an error for each use whose limit is in a measure that the table lacks."""
    place = Origin("travel", scenario.inputs.travel[0].name if scenario.inputs.travel else "", "", scenario.language)
    if not len(travel):
        return []
    records = []
    for key, use in scenario.load_catalogue().uses.items():
        settings = scenario.uses.get(key)
        if use.family != "service" or use.reach == "commune" or (settings is not None and not settings.enabled):
            continue
        unit = use.limit_unit
        if travel["km" if unit == "km" else "minutes"].isna().all():
            rule = "travel-lacks-km" if unit == "km" else "travel-lacks-minutes"
            records.append(place.record(rule, "error", column=f"uses.{key}.max_travel_{unit}"))
    return records
