"""The roads of vector files as lines with class, direction, season and speed; what is no open road is set aside."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from planner.catalogue.columns import columns
from planner.catalogue.load import read_data
from planner.inputs.cells.convert import Value, convert
from planner.inputs.cells.numbers import word_set
from planner.inputs.files.opening import open_sheets
from planner.inputs.files.scans import UnreadableError
from planner.inputs.lists.headings import Heading, match
from planner.inputs.origin import Origin
from planner.inputs.positions.crs import has_crs, in_viet_nam, to_wgs84
from planner.inputs.tables import WGS84
from planner.inputs.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from planner.catalogue.load import Language
    from planner.errors import Record
    from planner.inputs.files.opening import Cell, Sheet

OTHER_FORMATS = (".fgb", ".kml", ".gml", ".gpx", ".pbf")
"""Vector files that hold lines and no other table; the rest is opened as every table is."""

_TAG = re.compile(r'"([^"]+)"=>"([^"]*)"')
_TAGS = ("highway", "route", "oneway", "bridge", "tunnel")
_LINES = ("LineString", "MultiLineString", "LinearRing")


def read_roads(
    paths: Sequence[Path], mapping: Mapping[str, str], language: Language
) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Return the lines of all files and what was found while reading them.

    Parameters
    ----------
    paths : vector files with lines in any CRS.
    mapping : the scenario's own header → column.

    Returns
    -------
    One row a line in EPSG:4326, as drawn: name, class (`unknown` where nothing says it), oneway (both, forward,
    backward), season (all, dry, rainy), speed_kmh (NaN where the class decides), ferry, bridge (or tunnel), file,
    sheet, row.
    """
    parts: list[gpd.GeoDataFrame] = []
    records: list[Record] = []
    headings: dict[str, str] = {}
    for path in paths:
        sheets, found = _open(path, language)
        records += found
        for sheet in sheets:
            lines, more = _lines(sheet, Origin("roads", path.name, sheet.name, language), mapping)
            parts += [lines] if len(lines) else []
            records += more
            headings = lines.attrs.get("headers", {}) | headings
    frame = pd.concat(parts, ignore_index=True) if parts else gpd.GeoDataFrame(geometry=[], crs=WGS84)
    if not len(frame) and not any(record.severity == "error" for record in records):
        place = Origin("roads", paths[0].name if paths else "", "", language)
        records.append(place.record("roads-empty", "error"))
    frame = gpd.GeoDataFrame(frame, geometry="geometry", crs=WGS84)
    frame.attrs["headers"] = headings
    return frame, records


def _open(path: Path, language: Language) -> tuple[list[Sheet], list[Record]]:
    """Return the layers with geometry; where layers are called roads, only those."""
    if path.suffix.lower() in OTHER_FORMATS and path.is_file():
        from planner.inputs.files.layers import read_layers

        records: list[Record] = []
        try:
            sheets = list(read_layers(path, "roads"))
        except UnreadableError as error:
            place = Origin("roads", path.name, "", language)
            return [], [place.record(error.rule, "error", path=path, reason=error.reason)]
    else:
        sheets, records = open_sheets(path, "roads", language)
    layers = [sheet for sheet in sheets if sheet.geometry is not None and sheet.geometry.notna().any()]
    if sheets and not layers and not records:
        records = [Origin("roads", path.name, sheets[0].name, language).record("roads-empty", "error")]
    names = {fold(name) for name in read_data("roads")["layers"]["names"]}
    named = [sheet for sheet in layers if fold(sheet.name) in names]
    return named or layers, records


def _lines(sheet: Sheet, place: Origin, mapping: Mapping[str, str]) -> tuple[gpd.GeoDataFrame, list[Record]]:
    assert sheet.geometry is not None  # noqa: S101  layers only, see _open
    placed = to_wgs84(sheet.geometry)
    empty = gpd.GeoDataFrame(geometry=[], crs=WGS84)
    cells, headings = _cells(sheet, mapping)
    if not in_viet_nam(placed[~placed.is_empty]):
        bounds = ", ".join(f"{value:.6g}" for value in sheet.geometry.total_bounds)
        crs = "–" if sheet.geometry.crs is None else sheet.geometry.crs.name
        return empty, [place.record("wrong-crs", "error", column="geometry", value=crs, bounds=bounds)]
    records = [] if has_crs(sheet.geometry) else [place.record("crs-assumed", "warning")]
    understood = "; ".join(f"{text} → {key}" for key, text in headings.items() if text != key)
    if understood:
        records.append(place.record("columns-matched", "info", names=understood))
    numbers = [sheet.row_number(index) for index in range(1, len(placed) + 1)]
    fields, found = _fields(cells, headings, numbers, place)
    frame = gpd.GeoDataFrame(fields, geometry=shapely.force_2d(placed.to_numpy()), crs=WGS84)
    frame = frame.assign(file=place.file, sheet=place.sheet, row=numbers)
    kept, more = _set_aside(frame, place)
    kept.attrs["headers"] = headings
    return kept, [*records, *found, *more]


def _fields(
    cells: Mapping[str, list[Cell]], headings: Mapping[str, str], numbers: list[int], place: Origin
) -> tuple[dict[str, object], list[Record]]:
    records: list[Record] = []

    def values(key: str) -> list[Value]:
        if key not in cells:
            return [None] * len(numbers)
        taken, problems = convert(columns("roads")[key], cells[key])
        told = Counter((cells[key][p.position], p.rule) for p in problems)
        for p in problems:  # one record for each text, with the first line that has it
            cell = cells[key][p.position]
            if (count := told.pop((cell, p.rule), 0)) > 0:
                row, value = numbers[p.position], "" if cell is None else cell
                fields = {"read_as": p.read_as, "count": count}
                records.append(place.record(p.rule, p.severity, row=row, column=headings[key], value=value, **fields))
        return taken

    route = [fold(str(cell or "")) == "ferry" for cell in cells.get("route", [None] * len(numbers))]
    road_class = pd.Series(values("class"), dtype="string").fillna("unknown")
    ferry = pd.Series(_marked(cells.get("ferry"), len(numbers))) | pd.Series(route) | (road_class == "ferry")
    if "class" not in cells:
        records.append(place.record("roads-without-class", "warning", count=len(numbers)))
    speed = pd.Series(values("speed_kmh"), dtype=float)
    records += _bad_speeds(speed, numbers, place, headings)
    bridge = pd.Series(_marked(cells.get("bridge"), len(numbers))) | pd.Series(
        _marked(cells.get("tunnel"), len(numbers))
    )
    return {
        "name": ["" if value is None else str(value) for value in values("name")],
        "class": road_class.where(~ferry, "ferry").tolist(),
        "oneway": pd.Series(values("oneway"), dtype="string").fillna("both").tolist(),
        "season": pd.Series(values("season"), dtype="string").fillna("all").tolist(),
        "speed_kmh": speed.where(speed > 0).to_numpy(),
        "ferry": ferry.to_numpy(bool),
        "bridge": bridge.to_numpy(bool),
    }, records


def _cells(sheet: Sheet, mapping: Mapping[str, str]) -> tuple[dict[str, list[Cell]], dict[str, str]]:
    """Return cells and headings of the columns known; tags that OpenStreetMap files keep in one cell are parted."""
    across = dict(zip((clean(str(name)) for name in sheet.rows[0]), zip(*sheet.rows[1:], strict=True), strict=False))
    if "other_tags" in across:
        tags = [dict(_TAG.findall(cell)) if isinstance(cell, str) else {} for cell in across["other_tags"]]
        across |= {tag: tuple(found.get(tag) for found in tags) for tag in _TAGS if tag not in across}
    cells: dict[str, list[Cell]] = {}
    headings: dict[str, str] = {}
    for index, (name, column) in enumerate(across.items()):
        hit = match(Heading(index, name), "roads")
        key = mapping.get(name) or (hit.column if hit else None)
        if key in columns("roads") and key not in cells:
            cells[key], headings[key] = list(column), name
    if "oneway" in cells:  # the sign is lost where texts are compared
        cells["oneway"] = ["reverse" if str(cell).strip() in ("-1", "-1.0") else cell for cell in cells["oneway"]]
    return cells, headings


def _marked(cells: list[Cell] | None, count: int) -> list[bool]:
    """Return whether each cell says yes; everything but a no does: a bridge may be a "viaduct"."""
    if cells is None:
        return [False] * count
    no = word_set("no") | {"", "f", "0"}
    said = {
        cell: cell is not None and cell is not False and fold(str(cell).removesuffix(".0")) not in no
        for cell in set(cells)
    }
    return [said[cell] for cell in cells]


def _bad_speeds(speed: pd.Series, numbers: list[int], place: Origin, headings: Mapping[str, str]) -> list[Record]:
    """Return an error for a negative speed; zero is how many programs write nothing, and the class decides."""
    records = []
    for bad, rule in ((speed < 0, "road-speed-negative"), (speed == 0, "road-speed-zero")):
        if bad.any():
            first = int(bad.to_numpy().argmax())
            severity = "error" if rule == "road-speed-negative" else "warning"
            cell = {"row": numbers[first], "column": headings["speed_kmh"], "value": float(speed[first])}
            records.append(place.record(rule, severity, count=int(bad.sum()), **cell))  # type: ignore[arg-type]
    return records


def _set_aside(frame: gpd.GeoDataFrame, place: Origin) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Set aside what is no line or no open road, and part lines of several pieces."""
    is_line = frame.geom_type.isin(_LINES) & (shapely.length(frame.geometry.to_numpy()) > 0)
    is_open = frame["class"] != "not_open"
    records = []
    for left_out, rule in ((~is_line, "road-not-a-line"), (is_line & ~is_open, "road-not-open")):
        if left_out.any():
            first = frame[left_out].iloc[0]
            kind = str(first.geometry.geom_type if first.geometry is not None else "–")
            records.append(
                place.record(
                    rule,
                    "warning" if rule == "road-not-a-line" else "info",
                    row=int(first["row"]),
                    column="geometry",
                    value=kind,
                    count=int(left_out.sum()),
                )
            )
    return frame[is_line & is_open].explode(index_parts=False, ignore_index=True), records
