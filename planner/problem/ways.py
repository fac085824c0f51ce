"""The way of travel that a scenario asks for, and what it leaves uncertain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.geography.roads import RoadSettings, RoadTravel, Survey
from planner.geography.table import make_table_travel
from planner.geography.travel import Points, StraightLine, Travel
from planner.inputs.findings import Findings
from planner.inputs.tables import text_of

if TYPE_CHECKING:
    from pyproj import Transformer

    from planner.catalogue import Catalogue
    from planner.catalogue.load import Language
    from planner.errors import Record
    from planner.inputs.tables import Inputs
    from planner.scenario import Scenario

Tables = Mapping[str, pd.DataFrame]
_IDS = {"settlements": "settlement_id", "facilities": "facility_id", "services": "service_id"}
_NAMED = 10


def make_travel(  # noqa: PLR0913  a scenario with its tables
    scenario: Scenario,
    inputs: Inputs,
    tables: Tables,
    catalogue: Catalogue,
    projection: Transformer,
    points: Mapping[str, Points],
) -> tuple[Travel, list[Record]]:
    """Return the way of travel that the scenario asks for, and what is not certain about it.

    Parameters
    ----------
    tables : settlements, facilities and the services that stay. points : the same in a plane of kilometres.
    projection : to that plane, in metres.
    """
    language = scenario.language
    if inputs.roads is not None:
        travel = RoadTravel(inputs.roads, projection, road_settings(scenario, catalogue))
        survey = travel.survey(points)
        off = {key: (survey.line[key] < 0) & np.isfinite(found.plane[:, 0]) for key, found in points.items()}
        limit = f"{travel.settings.snap_km:g}"
        missing = _by_name("off-the-roads", off, tables, language, limit=limit)
        return travel, [*_loose_parts(survey, inputs.roads, tables, language), *missing]
    if inputs.travel is not None:
        by_table = make_table_travel(inputs.travel, {key: text_of(table, _IDS[key]) for key, table in tables.items()})
        unlisted = {key: ~by_table.listed[key] for key in tables}
        return by_table, _by_name("travel-not-listed", unlisted, tables, language)
    return StraightLine(), []


def road_settings(scenario: Scenario, catalogue: Catalogue) -> RoadSettings:
    """Return season and speeds of travel by road."""
    season = scenario.travel.season
    return RoadSettings(
        season=season,
        kmh={key: road.rainy_kmh if season == "rainy" else road.dry_kmh for key, road in catalogue.roads.items()},
        walking_kmh=catalogue.coefficient("walking_kmh"),
        snap_km=catalogue.coefficient("snap_km"),
        loose_part_km=catalogue.coefficient("loose_part_km"),
    )


def _by_name(
    rule: str, chosen: Mapping[str, np.ndarray], tables: Tables, language: Language, **fields: object
) -> list[Record]:
    """Return one warning for each point chosen."""
    return [
        Findings(key, tables[key], language).cell(row, "name", rule, "warning", name=name, **fields)
        for key, mask in chosen.items()
        for row, name in _names(key, tables[key], np.nonzero(mask)[0])
    ]


def _names(key: str, table: pd.DataFrame, rows: np.ndarray) -> Iterator[tuple[int, str]]:
    ids, names = text_of(table, _IDS[key]), text_of(table, "name")
    yield from ((int(row), f"{names[row]} ({ids[row]})" if names[row] else ids[row]) for row in rows)


def _loose_parts(survey: Survey, roads: pd.DataFrame, tables: Tables, language: Language) -> list[Record]:
    """Return a warning for each part of the roads that does not meet the largest, with the points that lie on it."""
    about = Findings("roads", roads, language)
    main = int(np.bincount(survey.part, survey.km).argmax())
    records = []
    for part in np.unique(survey.part[survey.used & (survey.part != main)]).tolist():
        lines = np.nonzero(survey.part == part)[0]
        figures = {"lines": len(lines), "km": f"{survey.km[lines].sum():.1f}"}
        names = _shown(_on(lines, survey, tables)) or "–"
        records.append(_at(about, lines, "roads-loose", names=names, **figures))
    short = np.nonzero(~survey.used)[0]
    if len(short):
        figures = {"lines": len(short), "km": f"{survey.km[short].sum():.1f}"}
        first = np.unique(survey.part[short], return_index=True)[1]
        names = _shown([_label(about, short[i]) for i in np.sort(first)])
        records.append(_at(about, short, "roads-left-out", names=names, parts=len(first), **figures))
    of_main = survey.season_part[(survey.part == main) & (survey.season_part >= 0)]
    km = np.bincount(of_main, survey.km[(survey.part == main) & (survey.season_part >= 0)], minlength=1)
    for part in np.unique(of_main[of_main != km.argmax()]).tolist():
        lines = np.nonzero(survey.season_part == part)[0]
        if names := _shown(_on(lines, survey, tables)):
            records.append(_at(about, lines, "roads-cut-off", names=names, km=f"{survey.km[lines].sum():.1f}"))
    return records


def _at(about: Findings, at: np.ndarray, rule: str, **fields: object) -> Record:
    """Return a warning at the first of some lines that has a name, or at the first."""
    named = next((row for row in at.tolist() if about.text(row, "name")), int(at[0]))
    return about.cell(named, "name", rule, "warning", **fields)


def _label(about: Findings, row: int) -> str:
    return about.text(row, "name") or about.where(row)


def _on(lines: np.ndarray, survey: Survey, tables: Tables) -> list[str]:
    """Return the points that step onto the roads at some lines."""
    return [
        name
        for key, line in survey.line.items()
        for _, name in _names(key, tables[key], np.nonzero(np.isin(line, lines))[0])
    ]


def _shown(names: list[str]) -> str:
    rest = len(names) - _NAMED
    return "; ".join(names[:_NAMED]) + (f"; … (+{rest})" if rest > 0 else "")
