"""Read, place and check all input tables of a scenario."""

from __future__ import annotations

import os
import tomllib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import geopandas as gpd
import pandas as pd

from planner.catalogue.columns import columns, label, value_label
from planner.catalogue.load import read_data
from planner.errors import PlannerError, Record
from planner.inputs.cells.convert import convert
from planner.inputs.decisions import in_order, told_once
from planner.inputs.dossiers import fill_dossiers
from planner.inputs.files.opening import file_hash
from planner.inputs.lists.blocks import Block, as_table, read_blocks
from planner.inputs.origin import Origin
from planner.inputs.places.people import Grid, settle
from planner.inputs.places.raster import cut_raster
from planner.inputs.places.resolve import mend_polygons, place_facilities, place_points
from planner.inputs.positions.points import place_block
from planner.inputs.positions.readings import resolve_positions, settled
from planner.inputs.positions.turned import resolve_degrees
from planner.inputs.previous import lay_decisions_over, repeated
from planner.inputs.sameness.aliases import follow_aliases, said_same
from planner.inputs.sameness.identity import identify, join_buildings
from planner.inputs.sameness.same_rows import count_set_aside
from planner.inputs.tables import (
    LAYERS,
    WGS84,
    InputFile,
    Inputs,
    SheetRead,
    Tables,
    empty_table,
    records_table,
)
from planner.inputs.uses import fill_uses
from planner.inputs.ways import read_ways
from planner.memory import collector_paused
from planner.scenario import INPUT_TABLES, nearest

if TYPE_CHECKING:
    from pathlib import Path

    from planner.scenario import Scenario

_INPUT_COLUMNS = {key: None for table in (*INPUT_TABLES, "roads", "travel") for key in columns(table)}


class Clock(Protocol):
    """Anything that counts the time of a block under a name."""

    def lap(self, name: str) -> AbstractContextManager[None]:
        """Count the time of the block under a name."""


@dataclass
class Reading:
    """What is known after reading, also where there are errors.

    Attributes
    ----------
    scenario : names the files.
    tables : the tables by name, as far as they could be read.
    complete : the same tables, placed and checked; None where that was not possible.
    records : everything found, in the order found.
    sources : the files read.
    sheets : how each of their sheets was understood.
    read, set_aside : rows by table.
    mapped : headers of the scenario's mapping that were found.
    aliases : codes of facilities kept, by the codes of those that `same_as` sets aside.
    previous : an earlier plan, where the scenario names one.
    roads, travel : what travel is measured by, where the scenario asks for it.
    """

    scenario: Scenario
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    complete: Tables | None = None
    records: list[Record] = field(default_factory=list)
    sources: list[InputFile] = field(default_factory=list)
    sheets: list[SheetRead] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    set_aside: dict[str, int] = field(default_factory=dict)
    mapped: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    previous: pd.DataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    travel: pd.DataFrame | None = None

    @property
    def errors(self) -> list[Record]:
        """Return the records that stop a run."""
        return [record for record in self.records if record.severity == "error"]


def read_inputs(scenario: Scenario, clock: Clock | None = None) -> Inputs:
    """Read all input tables of a scenario, put them into their communes and check them.

    Parameters
    ----------
    scenario : names the files, extra headers, defaults and the checks raised to errors.
    clock : counts the time under `read` and `check`.

    Returns
    -------
    The tables with all records; warnings and notes travel with the plan.

    Raises
    ------
    PlannerError : all errors found, with file, sheet, row and column.
    """
    reading = examine(scenario, clock)
    if scenario.inputs.communes is None:
        raise PlannerError([_no_communes(scenario), *reading.errors])
    if reading.errors or reading.complete is None:
        raise PlannerError(reading.errors)
    return inputs_of(reading, reading.complete)


def inputs_of(reading: Reading, complete: Tables) -> Inputs:
    """Return what a plan is made from: the tables of a reading without errors, with all records."""
    return Inputs(
        **vars(complete),
        checks=records_table(reading.records),
        sources=tuple(reading.sources),
        sheets=tuple(reading.sheets),
        read=reading.read,
        set_aside=reading.set_aside,
        synthetic_notice=_notice(reading.scenario),
        previous=reading.previous,
        roads=reading.roads,
        travel=reading.travel,
    )


def examine(scenario: Scenario, clock: Clock | None = None) -> Reading:
    """Read, place and check all input tables of a scenario and return what was found, errors too.

    Without a communes table the communes are known by their names only: enough to check a list.
    """
    reading = Reading(scenario)
    with collector_paused():
        with clock.lap("read") if clock else nullcontext():
            _read_tables(reading)
        with clock.lap("check") if clock else nullcontext():
            reading.complete = _placed_and_checked(reading)
    reading.records = _strict(told_once(reading.records), scenario.checks.strict)
    return reading


def _read_tables(reading: Reading) -> None:
    reading.records += _scenario_records(reading.scenario)
    for table in INPUT_TABLES:
        reading.tables[table] = _read_table(table, reading)
    facilities, language = reading.tables["facilities"], reading.scenario.language
    for table in ("services", "decisions") if reading.aliases else ():
        rows = reading.tables[table]
        reading.tables[table], found = follow_aliases(table, rows, reading.aliases, facilities, language)
        reading.records += found
    if reading.scenario.inputs.dossiers:
        _lay_dossiers_over(reading)
    if reading.scenario.inputs.previous is not None:
        _read_previous(reading)
    read_ways(reading)
    reading.records += _unused_mapping(reading)


def _lay_dossiers_over(reading: Reading) -> None:
    """Fill the columns on papers from the workbooks that the holders completed."""
    reported = _read_table("dossiers", reading)
    facilities, language = reading.tables["facilities"], reading.scenario.language
    reading.tables["facilities"], found = fill_dossiers(facilities, reported, language)
    reading.records += found


def _read_previous(reading: Reading) -> None:
    """Read an earlier plan; codes that `same_as` set aside are followed where the plan knows them by no other code."""
    facilities, language = reading.tables["facilities"], reading.scenario.language
    rows = _read_table("previous", reading)
    known = set(rows["facility_id"])
    aliases = {code: kept for code, kept in reading.aliases.items() if kept not in known}
    rows, found = follow_aliases("previous", rows, aliases, facilities, language)
    reading.records += [*found, *repeated(rows, language)]
    reading.previous = rows


def _no_communes(scenario: Scenario) -> Record:
    place = Origin("scenario", scenario.path.name, "", scenario.language)
    return place.record("scenario-missing-key", "error", column="inputs.communes", key="inputs.communes")


def _paths(scenario: Scenario, table: str) -> tuple[Path, ...]:
    named = getattr(scenario.inputs, table)
    paths = named if isinstance(named, tuple) else (named,) if named is not None else ()
    return in_order(paths) if table == "decisions" else paths


def _read_table(table: str, reading: Reading) -> pd.DataFrame:
    """Read all files of a table into one frame of the data model."""
    scenario = reading.scenario
    blocks: list[Block] = []
    for path in _paths(scenario, table):
        found, records = read_blocks(path, table, scenario.mapping, scenario.language)
        reading.sheets += [block.understood for block in found]
        found, more = join_buildings(found)
        reading.records += [*records, *more]
        if path.is_file():
            rows = sum(block.read for block in found)
            reading.sources.append(InputFile(_seen_from(path, scenario), file_hash(path), rows))
        blocks += found
    reading.mapped |= {header for block in blocks for header in block.mapped}
    reading.read[table] = sum(block.read for block in blocks)
    if table == "facilities":
        reading.aliases = said_same(blocks)
    blocks, records = identify(blocks)
    reading.set_aside[table] = sum(block.set_aside for block in blocks)
    reading.sheets = list(count_set_aside(reading.sheets, records))
    reading.records += records
    if not blocks:
        return empty_table(table)
    frame = _frame(table, blocks, reading)
    return _of_province(frame, reading) if table == "communes" else frame


def _frame(table: str, blocks: list[Block], reading: Reading) -> pd.DataFrame:
    geometry = []
    for block in blocks:
        if table in LAYERS:
            placed, records = place_block(block)
            geometry.append(placed)
            reading.records += records
        reading.records += _fill_defaults(block, reading.scenario)
    frame = as_table(table, blocks)
    if geometry:
        headers = frame.attrs
        frame = gpd.GeoDataFrame(frame, geometry=pd.concat(geometry, ignore_index=True), crs=WGS84)
        frame.attrs = headers
    return frame


def _fill_defaults(block: Block, scenario: Scenario) -> list[Record]:
    """Fill the columns that a sheet lacks from the scenario's defaults."""
    table = block.origin.table
    records = []
    for key, default in scenario.defaults.get(table, {}).items():  # type: ignore[call-overload]
        if key not in columns(table) or key in block.headers:
            continue
        (value,), problems = convert(columns(table)[key], [default])
        if not problems:
            known = block.data.get(key, [None] * len(block.rows))
            block.data[key] = [value if cell is None else cell for cell in known]
            count = sum(cell is None for cell in known)
            name = label(table, key, scenario.language)
            meaning = value_label(columns(table)[key].values, str(value), scenario.language)
            words = {"name": name, "meaning": meaning, "count": str(count)}
            records.append(block.origin.record("default-used", "info", row=None, column=key, value=default, **words))
    return records


def _scenario_records(scenario: Scenario) -> list[Record]:
    """Return what is wrong with the names in `[mapping]`, `[defaults]` and `[checks]`."""
    origin = Origin("scenario", scenario.path.name, "", scenario.language)
    records = [
        origin.record(
            "unknown-column", "error", column=f"mapping.{header}", value=key, nearest=nearest(key, _INPUT_COLUMNS)
        )
        for header, key in scenario.mapping.items()
        if key not in _INPUT_COLUMNS
    ]
    for table, defaults in scenario.defaults.items():
        known = columns(table)
        for key, value in defaults.items():
            place = f"defaults.{table}.{key}"
            if key not in known:
                close = nearest(key, known)
                records.append(origin.record("unknown-column", "error", column=place, value=key, nearest=close))
            elif convert(known[key], [value])[1]:
                records.append(origin.record("bad-default", "error", column=place, value=value))
    rules = {name.replace("_", "-"): None for name in read_data("messages")}
    records += [
        origin.record("unknown-check", "error", column="checks.strict", value=rule, nearest=nearest(rule, rules))
        for rule in scenario.checks.strict
        if rule not in rules
    ]
    return records


def _unused_mapping(reading: Reading) -> list[Record]:
    origin = Origin("scenario", reading.scenario.path.name, "", reading.scenario.language)
    return [
        origin.record("mapping-not-found", "warning", column=f"mapping.{header}", value=header)
        for header, key in reading.scenario.mapping.items()
        if header not in reading.mapped and key in _INPUT_COLUMNS
    ]


def _of_province(communes: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Keep the communes of the scenario's province; the others count as set aside."""
    wanted = reading.scenario.inputs.province_code
    if wanted is None:
        return communes
    wanted = wanted.zfill(columns("communes")["province_code"].width or 0)
    kept = communes[(communes["province_code"] == wanted).fillna(value=False)].reset_index(drop=True)
    left_out = len(communes) - len(kept)
    reading.set_aside["communes"] += left_out
    place = Origin("communes", str(communes["file"].iloc[0]), "", reading.scenario.language)
    if len(kept):
        record = place.record("other-provinces", "info", value=wanted, count=left_out, kept=len(kept))
    else:
        record = place.record("province-not-found", "error", value=wanted)
    reading.records.append(record)
    return kept


def _placed_and_checked(reading: Reading) -> Tables | None:
    """Resolve communes and run the checks; not possible without facilities and commune polygons."""
    from planner.checks import run_checks

    tables, language = reading.tables, reading.scenario.language
    if reading.scenario.inputs.communes is None:
        from planner.inputs.places.resolve import communes_by_name

        tables["communes"] = communes_by_name(reading.scenario.inputs.province_code)
    communes = tables["communes"]
    if not len(tables["facilities"]) or (communes.geometry.isna().all() and reading.scenario.inputs.communes):
        return None
    communes, found = mend_polygons(communes, language)
    tables["communes"] = communes
    reading.records += found
    given = tables["facilities"]["position_quality"]
    tables["facilities"], found = place_facilities(tables["facilities"], communes, language)
    tables["facilities"], more = resolve_positions(tables["facilities"], communes, language, given)
    reading.records += settled(found, more) + more
    tables["facilities"], found = fill_uses(tables["facilities"], language)
    reading.records += found
    for name in ("settlements", "services"):
        if len(tables[name]):
            tables[name], found = place_points(name, tables[name], communes, language)
            tables[name], more = resolve_degrees(name, tables[name], communes, language)
            reading.records += found + more
    if reading.scenario.inputs.communes is not None:
        _settle_people(reading, communes)
    checked = Tables(**tables)
    reading.records += run_checks(reading.scenario, checked)
    if reading.previous is None or reading.errors:
        return checked
    facilities, found = lay_decisions_over(checked.facilities, reading.previous, language)
    reading.records += found
    return replace(checked, facilities=facilities)


def _settle_people(reading: Reading, communes: gpd.GeoDataFrame) -> None:
    """Complete the settlements from a raster of people or the old communes."""
    scenario, cells = reading.scenario, None
    raster = scenario.inputs.population
    if raster is not None:
        cells, found = cut_raster(raster, communes, scenario.language)
        reading.records += found
    if raster is not None and cells is not None:
        reading.sources.append(InputFile(_seen_from(raster, scenario), file_hash(raster), len(cells.people)))
    coefficient = scenario.load_catalogue().coefficient
    grid = Grid(coefficient("population_grid_km"), coefficient("population_point_min"))
    listed = None if scenario.inputs.settlements is None else reading.tables["settlements"]
    reading.tables["settlements"], found = settle(listed, communes, cells, grid, scenario.language)
    reading.records += found


def _strict(records: list[Record], strict: tuple[str, ...]) -> list[Record]:
    """Raise the warnings that the scenario is strict about to errors."""
    return [
        replace(record, severity="error") if record.severity == "warning" and record.rule in strict else record
        for record in records
    ]


def _seen_from(path: Path, scenario: Scenario) -> str:
    """Return a path relative to the scenario file, the same on every machine; absolute on another drive."""
    try:
        return os.path.relpath(path, scenario.path.parent).replace(os.sep, "/")
    except ValueError:
        return path.as_posix()


def _notice(scenario: Scenario) -> str | None:
    """Return the notice that lies beside the facilities' file where the data are a synthetic sample."""
    path = scenario.inputs.facilities[0].parent / "NOTICE.toml"
    if not path.is_file():
        return None
    return str(tomllib.loads(path.read_text(encoding="utf-8"))[scenario.language])
